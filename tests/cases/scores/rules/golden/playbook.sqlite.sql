-- made by `pytest --update` from fa2b8d66948ab931

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "start of 20260501" INTEGER,
  "start of 20260601" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."active" AS "field active",
    "c"."country" AS "field country",
    "c"."visits" AS "field visits",
    "c"."goal" AS "field goal",
    "z"."start of 20260501" AS "zone start of 20260501",
    "z"."start of 20260601" AS "zone start of 20260601"
  FROM "contacts" AS "c"
  JOIN "_zones" AS "z"
    ON (
      "z"."zone" = COALESCE("c"."zone", '')
    )
    AND (
      "z"."country" = COALESCE("c"."country", '')
    )
), "events_1_1" AS (
  SELECT
    "f"."_row" AS "_row",
    COUNT(*) * 5368709120 AS "leaf points visit",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_10_day) AS "leaf number visit in last 10 day",
    COUNT(*) AS "leaf number visit",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of 20260501"
      )
      AND (
        "e"."_at" < "f"."zone start of 20260601"
      )) AS "leaf number visit local dates [20260501,20260531]",
    (
      COUNT(*) FILTER(WHERE
        "e"."_at" > :before_10_day)
    ) * 5368709120 AS "leaf points visit in last 10 day"
  FROM "frame_0" AS "f"
  JOIN "event_visit" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "events_1_2" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) * 5368709120 AS "leaf points cart_added h",
    COUNT(*) * (
      -4294967296
    ) AS "leaf points cart_added g",
    (
      COUNT(*) FILTER(WHERE
        (
          "e"."_at" > :before_3_day
        ) AND COALESCE("e"."cart_id" = 'k1', FALSE))
    ) * 7516192768 AS "leaf points cart_added in last 3 day"
  FROM "event_cart_added" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "events_1_3" AS (
  SELECT
    "r"."_contact",
    SUM(2 * 1073741824) FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 1
      )) AS "leaf points cart_added b",
    SUM(CASE WHEN "r"."n1" <= 2 THEN -4 ELSE -2 END * 1073741824) FILTER(WHERE
      (
        "r"."m1" = 1
      ) AND (
        "r"."n1" <= 3
      )) AS "leaf points cart_added c",
    SUM(CASE WHEN "r"."n2" <= 2 THEN 4 ELSE 2 END * 1073741824) FILTER(WHERE
      (
        "r"."m2" = 1
      ) AND (
        "r"."n2" <= 3
      )) AS "leaf points cart_added d",
    SUM(3 * 1073741824) FILTER(WHERE
      (
        "r"."m3" = 1
      ) AND (
        "r"."n3" <= 3
      )) AS "leaf points cart_added f"
  FROM (
    SELECT
      "e"."_contact",
      "e"."_at",
      "e"."m0",
      SUM("e"."m0") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n0",
      "e"."m1",
      SUM("e"."m1") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n1",
      "e"."m2",
      SUM("e"."m2") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n2",
      "e"."m3",
      SUM("e"."m3") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n3"
    FROM (
      SELECT
        "e"."_contact" AS "_contact",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m0",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m1",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m2",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m3"
      FROM "event_cart_added" AS "e"
      WHERE
        "e"."_at" <= :as_of
    ) AS "e"
  ) AS "r"
  WHERE
    (
      (
        (
          "r"."m0" = 1
        ) AND (
          "r"."n0" <= 1
        )
      )
      OR (
        (
          "r"."m1" = 1
        ) AND (
          "r"."n1" <= 3
        )
      )
    )
    OR (
      (
        (
          "r"."m2" = 1
        ) AND (
          "r"."n2" <= 3
        )
      )
      OR (
        (
          "r"."m3" = 1
        ) AND (
          "r"."n3" <= 3
        )
      )
    )
  GROUP BY
    "r"."_contact"
), "events_1_4" AS (
  SELECT
    "e"."_contact" AS "_contact",
    SUM("e"."amount") FILTER(WHERE
      "e"."_at" > :before_1_year) AS "leaf sum purchase.amount in last 1 year"
  FROM "event_purchase" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_4
  GROUP BY
    "e"."_contact"
), "events_1_5" AS (
  SELECT
    "r"."_contact",
    SUM(3 * 1073741824) FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 1
      )) AS "leaf points cart_added a",
    SUM(3 * 1073741824) FILTER(WHERE
      (
        "r"."m1" = 1
      ) AND (
        "r"."n1" <= 2
      )) AS "leaf points cart_added e"
  FROM (
    SELECT
      "e"."_contact",
      "e"."_at",
      "e"."m0",
      SUM("e"."m0") OVER (
        PARTITION BY "e"."_contact", "e"."per"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n0",
      "e"."m1",
      SUM("e"."m1") OVER (
        PARTITION BY "e"."_contact", "e"."per"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n1"
    FROM (
      SELECT
        "e"."_contact" AS "_contact",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        "e"."cart_id" AS "per",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m0",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m1"
      FROM "event_cart_added" AS "e"
      WHERE
        "e"."_at" <= :as_of
    ) AS "e"
  ) AS "r"
  WHERE
    (
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 1
      )
    )
    OR (
      (
        "r"."m1" = 1
      ) AND (
        "r"."n1" <= 2
      )
    )
  GROUP BY
    "r"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field active",
    "f"."field country",
    "f"."field visits",
    "f"."field goal",
    COALESCE("p0"."leaf points visit", 0) AS "leaf points visit",
    COALESCE("p0"."leaf number visit in last 10 day", 0) AS "leaf number visit in last 10 day",
    COALESCE("p0"."leaf number visit", 0) AS "leaf number visit",
    COALESCE("p0"."leaf number visit local dates [20260501,20260531]", 0) AS "leaf number visit local dates [20260501,20260531]",
    COALESCE("p0"."leaf points visit in last 10 day", 0) AS "leaf points visit in last 10 day",
    COALESCE("p1"."leaf points cart_added h", 0) AS "leaf points cart_added h",
    COALESCE("p1"."leaf points cart_added g", 0) AS "leaf points cart_added g",
    COALESCE("p1"."leaf points cart_added in last 3 day", 0) AS "leaf points cart_added in last 3 day",
    COALESCE("p2"."leaf points cart_added b", 0) AS "leaf points cart_added b",
    COALESCE("p2"."leaf points cart_added c", 0) AS "leaf points cart_added c",
    COALESCE("p2"."leaf points cart_added d", 0) AS "leaf points cart_added d",
    COALESCE("p2"."leaf points cart_added f", 0) AS "leaf points cart_added f",
    COALESCE("p3"."leaf sum purchase.amount in last 1 year", 0) AS "leaf sum purchase.amount in last 1 year",
    COALESCE("p4"."leaf points cart_added a", 0) AS "leaf points cart_added a",
    COALESCE("p4"."leaf points cart_added e", 0) AS "leaf points cart_added e"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_3" AS "p2"
    ON "p2"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_4" AS "p3"
    ON "p3"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_5" AS "p4"
    ON "p4"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field visits",
    CASE
      WHEN COALESCE("f"."field country" = 'CH', FALSE)
      THEN "f"."leaf points visit" + CASE WHEN COALESCE("f"."field active" = 1, FALSE) THEN -16106127360 ELSE 0 END
    END AS "sum swiss",
    "f"."leaf points cart_added h" AS "sum capped",
    "f"."leaf points visit" AS "sum each_visit",
    CASE
      WHEN NOT COALESCE("f"."field visits" >= 0, FALSE)
      THEN 0
      WHEN (
        "f"."field visits" / 100
      ) > 1
      THEN 5368709120
      ELSE (
        "f"."field visits" / 100
      ) * 3221225472
    END AS "sum hundreds_at_most",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 10 day" >= 1, FALSE)
      THEN 53687091200
      ELSE 0
    END AS "sum in_ten_days",
    CASE WHEN COALESCE("f"."leaf number visit" <= 1, FALSE) THEN 53687091200 ELSE 0 END AS "sum at_most_one",
    "f"."leaf points cart_added g" + CASE WHEN COALESCE("f"."field country" = 'DE', FALSE) THEN 107374182400 ELSE 0 END AS "sum below_nought",
    "f"."leaf points cart_added b" AS "sum first_only",
    CASE
      WHEN NOT COALESCE("f"."leaf sum purchase.amount in last 1 year" >= 0, FALSE)
      THEN 0
      WHEN (
        "f"."leaf sum purchase.amount in last 1 year" / 10000
      ) > 100000000
      THEN 107374182400000000
      ELSE (
        "f"."leaf sum purchase.amount in last 1 year" / 10000
      ) * 1073741824
    END AS "sum hundreds",
    CASE
      WHEN NOT COALESCE("f"."field visits" >= 0, FALSE)
      THEN 0
      WHEN (
        "f"."field visits" / 100
      ) > 1
      THEN 3221225472
      ELSE (
        "f"."field visits" / 100
      ) * 3221225472
    END AS "sum hundreds_once",
    "f"."leaf points cart_added c" + CASE WHEN COALESCE("f"."field active" = 1, FALSE) THEN 21474836480 ELSE 0 END AS "sum losing",
    CASE
      WHEN COALESCE("f"."leaf number visit local dates [20260501,20260531]" <= 2, FALSE)
      AND COALESCE("f"."leaf number visit local dates [20260501,20260531]" >= 1, FALSE)
      THEN 53687091200
      ELSE 0
    END AS "sum one_or_two",
    "f"."leaf points cart_added a" AS "sum per_cart",
    CASE
      WHEN NOT COALESCE("f"."field goal" >= 0, FALSE)
      THEN 0
      WHEN (
        "f"."field goal" / 10
      ) > 20
      THEN -21474836480
      ELSE (
        "f"."field goal" / 10
      ) * (
        -1073741824
      )
    END AS "sum per_goal",
    "f"."leaf points visit in last 10 day" AS "sum recent_visits",
    "f"."leaf points cart_added d" AS "sum ten_points",
    "f"."leaf points cart_added f" AS "sum three_times",
    "f"."leaf points cart_added e" AS "sum twice_per_cart",
    "f"."leaf points cart_added in last 3 day" AS "sum with_filter"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field visits",
    CASE WHEN "f"."sum swiss" < 0 THEN 0 ELSE "f"."sum swiss" END AS "points swiss",
    CASE
      WHEN "f"."sum capped" < 0
      THEN 0
      WHEN "f"."sum capped" > 12884901888
      THEN 12884901888
      ELSE "f"."sum capped"
    END AS "points capped",
    CASE WHEN "f"."sum each_visit" < 0 THEN 0 ELSE "f"."sum each_visit" END AS "points each_visit",
    CASE WHEN "f"."sum hundreds_at_most" < 0 THEN 0 ELSE "f"."sum hundreds_at_most" END AS "points hundreds_at_most",
    CASE WHEN "f"."sum in_ten_days" < 0 THEN 0 ELSE "f"."sum in_ten_days" END AS "points in_ten_days",
    CASE WHEN "f"."sum at_most_one" < 0 THEN 0 ELSE "f"."sum at_most_one" END AS "points at_most_one",
    CASE
      WHEN "f"."sum below_nought" < (
        -53687091200
      )
      THEN -53687091200
      WHEN "f"."sum below_nought" > 10737418240
      THEN 10737418240
      ELSE "f"."sum below_nought"
    END AS "points below_nought",
    CASE WHEN "f"."sum first_only" < 0 THEN 0 ELSE "f"."sum first_only" END AS "points first_only",
    CASE WHEN "f"."sum hundreds" < 0 THEN 0 ELSE "f"."sum hundreds" END AS "points hundreds",
    CASE WHEN "f"."sum hundreds_once" < 0 THEN 0 ELSE "f"."sum hundreds_once" END AS "points hundreds_once",
    CASE WHEN "f"."sum losing" < 0 THEN 0 ELSE "f"."sum losing" END AS "points losing",
    CASE WHEN "f"."sum one_or_two" < 0 THEN 0 ELSE "f"."sum one_or_two" END AS "points one_or_two",
    CASE WHEN "f"."sum per_cart" < 0 THEN 0 ELSE "f"."sum per_cart" END AS "points per_cart",
    CASE WHEN "f"."sum per_goal" < 0 THEN 0 ELSE "f"."sum per_goal" END AS "points per_goal",
    CASE WHEN "f"."sum recent_visits" < 0 THEN 0 ELSE "f"."sum recent_visits" END AS "points recent_visits",
    CASE WHEN "f"."sum ten_points" < 0 THEN 0 ELSE "f"."sum ten_points" END AS "points ten_points",
    CASE WHEN "f"."sum three_times" < 0 THEN 0 ELSE "f"."sum three_times" END AS "points three_times",
    CASE WHEN "f"."sum twice_per_cart" < 0 THEN 0 ELSE "f"."sum twice_per_cart" END AS "points twice_per_cart",
    CASE WHEN "f"."sum with_filter" < 0 THEN 0 ELSE "f"."sum with_filter" END AS "points with_filter"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."points swiss",
    "f"."points capped",
    "f"."points each_visit",
    "f"."points hundreds_at_most",
    "f"."points in_ten_days",
    "f"."points at_most_one",
    "f"."points below_nought",
    "f"."points first_only",
    "f"."points hundreds",
    "f"."points hundreds_once",
    "f"."points losing",
    "f"."points one_or_two",
    "f"."points per_cart",
    "f"."points per_goal",
    "f"."points recent_visits",
    "f"."points ten_points",
    "f"."points three_times",
    "f"."points twice_per_cart",
    "f"."points with_filter",
    CASE WHEN COALESCE("f"."points swiss" > 0, FALSE) THEN 1 ELSE 0 END AS "segment above_nought",
    CASE WHEN COALESCE("f"."points capped" >= 12884901888, FALSE) THEN 1 ELSE 0 END AS "segment at_least_ten",
    CASE
      WHEN COALESCE("f"."points each_visit" <= 10737418240, FALSE)
      AND COALESCE("f"."points each_visit" >= 5368709120, FALSE)
      THEN 1
      ELSE 0
    END AS "segment between_scores",
    CASE WHEN COALESCE("f"."points each_visit" >= 5368709120, FALSE) THEN 1 ELSE 0 END AS "segment group_a",
    CASE WHEN NOT COALESCE("f"."points swiss" > 0, FALSE) THEN 1 ELSE 0 END AS "segment not_above_nought",
    CASE
      WHEN COALESCE(
        (
          (
            "f"."points hundreds_at_most" / 1073741824
          ) < "f"."field visits"
        )
        OR (
          (
            (
              "f"."points hundreds_at_most" / 1073741824
            ) = "f"."field visits"
          )
          AND (
            (
              "f"."points hundreds_at_most" % 1073741824
            ) < (
              0 * 1073741824
            )
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment score_meets_field",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF("f"."points each_visit" + "f"."points in_ten_days") = 'real'
          THEN ABS(
            (
              (
                "f"."points each_visit" + "f"."points in_ten_days"
              ) IS NULL
            ) - 9223372036854775807 - 1
          )
          ELSE "f"."points each_visit" + "f"."points in_ten_days"
        END = 59055800320,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment sum_of_scores",
    CASE WHEN NOT "f"."points swiss" IS NULL THEN 1 ELSE 0 END AS "segment swiss_known",
    CASE WHEN NOT (
      NOT "f"."points swiss" IS NULL
    ) THEN 1 ELSE 0 END AS "segment swiss_missing",
    CASE
      WHEN NOT COALESCE("f"."points each_visit" >= 0, FALSE)
      THEN 0
      WHEN (
        "f"."points each_visit" / 10737418240
      ) > 100000000
      THEN 107374182400000000
      ELSE (
        "f"."points each_visit" / 10737418240
      ) * 1073741824
    END + CASE
      WHEN COALESCE("f"."points in_ten_days" >= 53687091200, FALSE)
      THEN 10737418240
      ELSE 0
    END AS "sum of_scores"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_5" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."points swiss",
    "f"."points capped",
    "f"."points each_visit",
    "f"."points hundreds_at_most",
    "f"."points in_ten_days",
    "f"."points at_most_one",
    "f"."points below_nought",
    "f"."points first_only",
    "f"."points hundreds",
    "f"."points hundreds_once",
    "f"."points losing",
    "f"."points one_or_two",
    "f"."points per_cart",
    "f"."points per_goal",
    "f"."points recent_visits",
    "f"."points ten_points",
    "f"."points three_times",
    "f"."points twice_per_cart",
    "f"."points with_filter",
    "f"."segment above_nought",
    "f"."segment at_least_ten",
    "f"."segment between_scores",
    "f"."segment group_a",
    "f"."segment not_above_nought",
    "f"."segment score_meets_field",
    "f"."segment sum_of_scores",
    "f"."segment swiss_known",
    "f"."segment swiss_missing",
    CASE WHEN "f"."sum of_scores" < 0 THEN 0 ELSE "f"."sum of_scores" END AS "points of_scores"
  FROM "frame_4" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment above_nought" + "f"."segment at_least_ten" * 2 + "f"."segment between_scores" * 4 + "f"."segment group_a" * 8 + "f"."segment not_above_nought" * 16 + "f"."segment score_meets_field" * 32 + "f"."segment sum_of_scores" * 64 + "f"."segment swiss_known" * 128 + "f"."segment swiss_missing" * 256 + CASE WHEN NOT "f"."points at_most_one" IS NULL THEN 1 ELSE 0 END * 512 + CASE WHEN NOT "f"."points below_nought" IS NULL THEN 1 ELSE 0 END * 1024 + CASE WHEN NOT "f"."points capped" IS NULL THEN 1 ELSE 0 END * 2048 + CASE WHEN NOT "f"."points each_visit" IS NULL THEN 1 ELSE 0 END * 4096 + CASE WHEN NOT "f"."points first_only" IS NULL THEN 1 ELSE 0 END * 8192 + CASE WHEN NOT "f"."points hundreds" IS NULL THEN 1 ELSE 0 END * 16384 + CASE WHEN NOT "f"."points hundreds_at_most" IS NULL THEN 1 ELSE 0 END * 32768 + CASE WHEN NOT "f"."points hundreds_once" IS NULL THEN 1 ELSE 0 END * 65536 + CASE WHEN NOT "f"."points in_ten_days" IS NULL THEN 1 ELSE 0 END * 131072 + CASE WHEN NOT "f"."points losing" IS NULL THEN 1 ELSE 0 END * 262144 + CASE WHEN NOT "f"."points of_scores" IS NULL THEN 1 ELSE 0 END * 524288 + CASE WHEN NOT "f"."points one_or_two" IS NULL THEN 1 ELSE 0 END * 1048576 + CASE WHEN NOT "f"."points per_cart" IS NULL THEN 1 ELSE 0 END * 2097152 + CASE WHEN NOT "f"."points per_goal" IS NULL THEN 1 ELSE 0 END * 4194304 + CASE WHEN NOT "f"."points recent_visits" IS NULL THEN 1 ELSE 0 END * 8388608 + CASE WHEN NOT "f"."points swiss" IS NULL THEN 1 ELSE 0 END * 16777216 + CASE WHEN NOT "f"."points ten_points" IS NULL THEN 1 ELSE 0 END * 33554432 + CASE WHEN NOT "f"."points three_times" IS NULL THEN 1 ELSE 0 END * 67108864 + CASE WHEN NOT "f"."points twice_per_cart" IS NULL THEN 1 ELSE 0 END * 134217728 + CASE WHEN NOT "f"."points with_filter" IS NULL THEN 1 ELSE 0 END * 268435456 AS "word 1",
  COALESCE("f"."points at_most_one", 0) AS "points at_most_one",
  COALESCE("f"."points below_nought", 0) AS "points below_nought",
  COALESCE("f"."points capped", 0) AS "points capped",
  COALESCE("f"."points each_visit", 0) AS "points each_visit",
  COALESCE("f"."points first_only", 0) AS "points first_only",
  COALESCE("f"."points hundreds", 0) AS "points hundreds",
  COALESCE("f"."points hundreds_at_most", 0) AS "points hundreds_at_most",
  COALESCE("f"."points hundreds_once", 0) AS "points hundreds_once",
  COALESCE("f"."points in_ten_days", 0) AS "points in_ten_days",
  COALESCE("f"."points losing", 0) AS "points losing",
  COALESCE("f"."points of_scores", 0) AS "points of_scores",
  COALESCE("f"."points one_or_two", 0) AS "points one_or_two",
  COALESCE("f"."points per_cart", 0) AS "points per_cart",
  COALESCE("f"."points per_goal", 0) AS "points per_goal",
  COALESCE("f"."points recent_visits", 0) AS "points recent_visits",
  COALESCE("f"."points swiss", 0) AS "points swiss",
  COALESCE("f"."points ten_points", 0) AS "points ten_points",
  COALESCE("f"."points three_times", 0) AS "points three_times",
  COALESCE("f"."points twice_per_cart", 0) AS "points twice_per_cart",
  COALESCE("f"."points with_filter", 0) AS "points with_filter"
FROM "frame_5" AS "f";
