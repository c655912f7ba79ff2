-- made by `pytest --update` from 1dce417467f2be7d

-- temporary table _weights halve every 10 day
CREATE TEMPORARY TABLE "_weights halve every 10 day" (
  "step" INTEGER PRIMARY KEY,
  "weight" INTEGER
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "r"."_contact",
    SUM(CASE WHEN "r"."n0" <= 1 THEN 10 ELSE 5 END * "w1"."weight") FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 2
      )) AS "leaf points visit d",
    SUM(10 * "w1"."weight") FILTER(WHERE
      (
        "r"."m1" = 1
      ) AND (
        "r"."n1" <= 2
      )) AS "leaf points visit e",
    SUM(10 * "w1"."weight") FILTER(WHERE
      (
        "r"."m2" = 1
      ) AND (
        "r"."n2" <= 1
      )) AS "leaf points visit ago [""30 day"",""5 day""]",
    SUM(CASE WHEN "r"."n3" <= 1 THEN -10 ELSE -5 END * "w1"."weight") FILTER(WHERE
      (
        "r"."m3" = 1
      ) AND (
        "r"."n3" <= 2
      )) AS "leaf points visit c",
    SUM(10 * "w1"."weight") FILTER(WHERE
      (
        "r"."m4" = 1
      ) AND (
        "r"."n4" <= 3
      )) AS "leaf points visit in last 10 day",
    SUM(10 * "w1"."weight") FILTER(WHERE
      (
        "r"."m5" = 1
      ) AND (
        "r"."n5" <= 3
      )) AS "leaf points visit in last 15 day"
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
      ) AS "n3",
      "e"."m4",
      SUM("e"."m4") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n4",
      "e"."m5",
      SUM("e"."m5") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n5"
    FROM (
      SELECT
        "e"."_contact" AS "_contact",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m0",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m1",
        CASE
          WHEN (
            "e"."_at" > :before_30_day
          ) AND (
            "e"."_at" <= :before_5_day
          )
          THEN 1
          ELSE 0
        END AS "m2",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m3",
        CASE WHEN "e"."_at" > :before_10_day THEN 1 ELSE 0 END AS "m4",
        CASE WHEN "e"."_at" > :before_15_day THEN 1 ELSE 0 END AS "m5"
      FROM "event_visit" AS "e"
      WHERE
        "e"."_at" <= :as_of AND "e"."_at" > :oldest_5
    ) AS "e"
  ) AS "r"
  LEFT JOIN "_weights halve every 10 day" AS "w1"
    ON "w1"."step" = (
      (
        :as_of - "r"."_at"
      ) / 86400000000
    )
  WHERE
    (
      (
        (
          "r"."m0" = 1
        ) AND (
          "r"."n0" <= 2
        )
      )
      OR (
        (
          (
            "r"."m1" = 1
          ) AND (
            "r"."n1" <= 2
          )
        )
        OR (
          (
            "r"."m2" = 1
          ) AND (
            "r"."n2" <= 1
          )
        )
      )
    )
    OR (
      (
        (
          "r"."m3" = 1
        ) AND (
          "r"."n3" <= 2
        )
      )
      OR (
        (
          (
            "r"."m4" = 1
          ) AND (
            "r"."n4" <= 3
          )
        )
        OR (
          (
            "r"."m5" = 1
          ) AND (
            "r"."n5" <= 3
          )
        )
      )
    )
  GROUP BY
    "r"."_contact"
), "events_1_2" AS (
  SELECT
    "e"."_contact" AS "_contact",
    SUM("w1"."weight") * (
      -10
    ) AS "leaf points visit f",
    COUNT(*) AS "leaf number visit",
    SUM("w1"."weight") * 10 AS "leaf points visit g"
  FROM "event_visit" AS "e"
  LEFT JOIN "_weights halve every 10 day" AS "w1"
    ON "w1"."step" = (
      (
        :as_of - "e"."_at"
      ) / 86400000000
    )
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "events_1_3" AS (
  SELECT
    "r"."_contact",
    SUM(10 * "w1"."weight") FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 1
      )) AS "leaf points visit a",
    SUM(CASE WHEN "r"."n1" <= 1 THEN 10 ELSE 2 END * "w1"."weight") FILTER(WHERE
      (
        "r"."m1" = 1
      ) AND (
        "r"."n1" <= 2
      )) AS "leaf points visit b"
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
        "e"."page" AS "per",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m0",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m1"
      FROM "event_visit" AS "e"
      WHERE
        "e"."_at" <= :as_of AND "e"."_at" > :oldest_6
    ) AS "e"
  ) AS "r"
  LEFT JOIN "_weights halve every 10 day" AS "w1"
    ON "w1"."step" = (
      (
        :as_of - "r"."_at"
      ) / 86400000000
    )
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
    COALESCE("p0"."leaf points visit d", 0) AS "leaf points visit d",
    COALESCE("p0"."leaf points visit e", 0) AS "leaf points visit e",
    COALESCE("p0"."leaf points visit ago [""30 day"",""5 day""]", 0) AS "leaf points visit ago [""30 day"",""5 day""]",
    COALESCE("p0"."leaf points visit c", 0) AS "leaf points visit c",
    COALESCE("p0"."leaf points visit in last 10 day", 0) AS "leaf points visit in last 10 day",
    COALESCE("p0"."leaf points visit in last 15 day", 0) AS "leaf points visit in last 15 day",
    COALESCE("p1"."leaf points visit f", 0) AS "leaf points visit f",
    COALESCE("p1"."leaf number visit", 0) AS "leaf number visit",
    COALESCE("p1"."leaf points visit g", 0) AS "leaf points visit g",
    COALESCE("p2"."leaf points visit a", 0) AS "leaf points visit a",
    COALESCE("p2"."leaf points visit b", 0) AS "leaf points visit b"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_3" AS "p2"
    ON "p2"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf points visit d" AS "sum newest_fifteen",
    "f"."leaf points visit e" AS "sum newest_two",
    "f"."leaf points visit f" + CASE WHEN TRUE THEN 10737418240 ELSE 0 END AS "sum no_credit_below_floor",
    "f"."leaf points visit ago [""30 day"",""5 day""]" AS "sum older_window",
    "f"."leaf points visit a" AS "sum per_page",
    "f"."leaf points visit b" AS "sum points_per_page",
    "f"."leaf points visit g" + CASE WHEN COALESCE("f"."leaf number visit" >= 1, FALSE) THEN -10737418240 ELSE 0 END AS "sum sum_then_clamp",
    "f"."leaf points visit c" AS "sum taken_at_most",
    "f"."leaf points visit in last 10 day" AS "sum window_edge",
    "f"."leaf points visit in last 15 day" AS "sum windowed"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN "f"."sum newest_fifteen" < 0 THEN 0 ELSE "f"."sum newest_fifteen" END AS "points newest_fifteen",
    CASE WHEN "f"."sum newest_two" < 0 THEN 0 ELSE "f"."sum newest_two" END AS "points newest_two",
    CASE
      WHEN "f"."sum no_credit_below_floor" < 0
      THEN 0
      ELSE "f"."sum no_credit_below_floor"
    END AS "points no_credit_below_floor",
    CASE WHEN "f"."sum older_window" < 0 THEN 0 ELSE "f"."sum older_window" END AS "points older_window",
    CASE WHEN "f"."sum per_page" < 0 THEN 0 ELSE "f"."sum per_page" END AS "points per_page",
    CASE WHEN "f"."sum points_per_page" < 0 THEN 0 ELSE "f"."sum points_per_page" END AS "points points_per_page",
    CASE
      WHEN "f"."sum sum_then_clamp" < 0
      THEN 0
      WHEN "f"."sum sum_then_clamp" > 12884901888
      THEN 12884901888
      ELSE "f"."sum sum_then_clamp"
    END AS "points sum_then_clamp",
    CASE
      WHEN "f"."sum taken_at_most" < (
        -107374182400
      )
      THEN -107374182400
      WHEN "f"."sum taken_at_most" > 0
      THEN 0
      ELSE "f"."sum taken_at_most"
    END AS "points taken_at_most",
    CASE WHEN "f"."sum window_edge" < 0 THEN 0 ELSE "f"."sum window_edge" END AS "points window_edge",
    CASE WHEN "f"."sum windowed" < 0 THEN 0 ELSE "f"."sum windowed" END AS "points windowed"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  CASE WHEN NOT "f"."points newest_fifteen" IS NULL THEN 1 ELSE 0 END + CASE WHEN NOT "f"."points newest_two" IS NULL THEN 1 ELSE 0 END * 2 + CASE WHEN NOT "f"."points no_credit_below_floor" IS NULL THEN 1 ELSE 0 END * 4 + CASE WHEN NOT "f"."points older_window" IS NULL THEN 1 ELSE 0 END * 8 + CASE WHEN NOT "f"."points per_page" IS NULL THEN 1 ELSE 0 END * 16 + CASE WHEN NOT "f"."points points_per_page" IS NULL THEN 1 ELSE 0 END * 32 + CASE WHEN NOT "f"."points sum_then_clamp" IS NULL THEN 1 ELSE 0 END * 64 + CASE WHEN NOT "f"."points taken_at_most" IS NULL THEN 1 ELSE 0 END * 128 + CASE WHEN NOT "f"."points window_edge" IS NULL THEN 1 ELSE 0 END * 256 + CASE WHEN NOT "f"."points windowed" IS NULL THEN 1 ELSE 0 END * 512 AS "word 1",
  COALESCE("f"."points newest_fifteen", 0) AS "points newest_fifteen",
  COALESCE("f"."points newest_two", 0) AS "points newest_two",
  COALESCE("f"."points no_credit_below_floor", 0) AS "points no_credit_below_floor",
  COALESCE("f"."points older_window", 0) AS "points older_window",
  COALESCE("f"."points per_page", 0) AS "points per_page",
  COALESCE("f"."points points_per_page", 0) AS "points points_per_page",
  COALESCE("f"."points sum_then_clamp", 0) AS "points sum_then_clamp",
  COALESCE("f"."points taken_at_most", 0) AS "points taken_at_most",
  COALESCE("f"."points window_edge", 0) AS "points window_edge",
  COALESCE("f"."points windowed", 0) AS "points windowed"
FROM "frame_3" AS "f";
