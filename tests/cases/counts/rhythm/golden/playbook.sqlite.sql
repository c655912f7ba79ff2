-- made by `pytest --update` from 2f8bbdf7e144ff53

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_6_day
      ) AND (
        "e"."_at" <= :before_3_day
      )) AS "leaf number message_opened ago [""6 day"",""3 day""]",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_9_day
      ) AND (
        "e"."_at" <= :before_6_day
      )) AS "leaf number message_opened ago [""9 day"",""6 day""]",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_3_day) AS "leaf number message_opened in last 3 day"
  FROM "event_message_opened" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_10
  GROUP BY
    "e"."_contact"
), "events_1_2" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_6_day
      ) AND (
        "e"."_at" <= :before_3_day
      )) AS "leaf number message_clicked ago [""6 day"",""3 day""]",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_3_day) AS "leaf number message_clicked in last 3 day",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_9_day
      ) AND (
        "e"."_at" <= :before_6_day
      )) AS "leaf number message_clicked ago [""9 day"",""6 day""]"
  FROM "event_message_clicked" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_11
  GROUP BY
    "e"."_contact"
), "events_1_3" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_3650_day
      ) AND (
        "e"."_at" <= :before_7_day
      )) AS "leaf number cart_added ago [""3650 day"",""7 day""]",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_2_day) AS "leaf number cart_added in last 2 day",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_7_day
      ) AND (
        "e"."_at" <= :before_2_day
      )) AS "leaf number cart_added ago [""7 day"",""2 day""]"
  FROM "event_cart_added" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_12
  GROUP BY
    "e"."_contact"
), "events_1_4" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_7_day) AS "leaf number visit in last 7 day",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_14_day
      ) AND (
        "e"."_at" <= :before_7_day
      )) AS "leaf number visit ago [""14 day"",""7 day""]"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_13
  GROUP BY
    "e"."_contact"
), "events_1_5" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_1_year) AS "leaf number purchase in last 1 year",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_2_year
      ) AND (
        "e"."_at" <= :before_1_year
      )) AS "leaf number purchase ago [""2 year"",""1 year""]"
  FROM "event_purchase" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_14
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf number message_opened ago [""6 day"",""3 day""]", 0) AS "leaf number message_opened ago [""6 day"",""3 day""]",
    COALESCE("p0"."leaf number message_opened ago [""9 day"",""6 day""]", 0) AS "leaf number message_opened ago [""9 day"",""6 day""]",
    COALESCE("p0"."leaf number message_opened in last 3 day", 0) AS "leaf number message_opened in last 3 day",
    COALESCE("p1"."leaf number message_clicked ago [""6 day"",""3 day""]", 0) AS "leaf number message_clicked ago [""6 day"",""3 day""]",
    COALESCE("p1"."leaf number message_clicked in last 3 day", 0) AS "leaf number message_clicked in last 3 day",
    COALESCE("p1"."leaf number message_clicked ago [""9 day"",""6 day""]", 0) AS "leaf number message_clicked ago [""9 day"",""6 day""]",
    COALESCE("p2"."leaf number cart_added ago [""3650 day"",""7 day""]", 0) AS "leaf number cart_added ago [""3650 day"",""7 day""]",
    COALESCE("p2"."leaf number cart_added in last 2 day", 0) AS "leaf number cart_added in last 2 day",
    COALESCE("p2"."leaf number cart_added ago [""7 day"",""2 day""]", 0) AS "leaf number cart_added ago [""7 day"",""2 day""]",
    COALESCE("p3"."leaf number visit in last 7 day", 0) AS "leaf number visit in last 7 day",
    COALESCE("p3"."leaf number visit ago [""14 day"",""7 day""]", 0) AS "leaf number visit ago [""14 day"",""7 day""]",
    COALESCE("p4"."leaf number purchase in last 1 year", 0) AS "leaf number purchase in last 1 year",
    COALESCE("p4"."leaf number purchase ago [""2 year"",""1 year""]", 0) AS "leaf number purchase ago [""2 year"",""1 year""]"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
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
    CASE
      WHEN COALESCE("f"."leaf number message_opened ago [""6 day"",""3 day""]" >= 1, FALSE)
      AND (
        COALESCE("f"."leaf number message_opened ago [""9 day"",""6 day""]" >= 1, FALSE)
        AND COALESCE("f"."leaf number message_opened in last 3 day" >= 1, FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment every_three_days",
    CASE
      WHEN COALESCE("f"."leaf number message_clicked ago [""6 day"",""3 day""]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "define middle_one",
    CASE
      WHEN COALESCE("f"."leaf number message_clicked in last 3 day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "define newest_one",
    CASE
      WHEN COALESCE("f"."leaf number message_clicked ago [""9 day"",""6 day""]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "define oldest_one",
    CASE
      WHEN COALESCE("f"."leaf number cart_added ago [""3650 day"",""7 day""]" >= 1, FALSE)
      AND (
        COALESCE("f"."leaf number cart_added in last 2 day" >= 1, FALSE)
        AND (
          NOT COALESCE("f"."leaf number cart_added ago [""7 day"",""2 day""]" >= 1, FALSE)
        )
      )
      THEN 1
      ELSE 0
    END AS "segment restarted",
    CASE
      WHEN COALESCE("f"."leaf number visit ago [""14 day"",""7 day""]" >= 1, FALSE)
      AND (
        NOT COALESCE("f"."leaf number visit in last 7 day" >= 1, FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment stopped",
    CASE
      WHEN COALESCE("f"."leaf number purchase in last 1 year" >= 2, FALSE)
      AND COALESCE("f"."leaf number purchase ago [""2 year"",""1 year""]" >= 2, FALSE)
      THEN 1
      ELSE 0
    END AS "segment twice_in_both_years",
    CASE
      WHEN COALESCE("f"."leaf number message_clicked ago [""6 day"",""3 day""]" >= 2, FALSE)
      THEN 1
      ELSE 0
    END AS "define middle",
    CASE
      WHEN COALESCE("f"."leaf number message_clicked in last 3 day" >= 2, FALSE)
      THEN 1
      ELSE 0
    END AS "define newest",
    CASE
      WHEN COALESCE("f"."leaf number message_clicked ago [""9 day"",""6 day""]" >= 2, FALSE)
      THEN 1
      ELSE 0
    END AS "define oldest"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment every_three_days",
    "f"."segment restarted",
    "f"."segment stopped",
    "f"."segment twice_in_both_years",
    CASE
      WHEN (
        (
          "f"."define middle_one" = 1
        ) AND (
          "f"."define newest_one" = 1
        )
      )
      OR (
        (
          (
            "f"."define middle_one" = 1
          ) AND (
            "f"."define oldest_one" = 1
          )
        )
        OR (
          (
            "f"."define newest_one" = 1
          ) AND (
            "f"."define oldest_one" = 1
          )
        )
      )
      THEN 1
      ELSE 0
    END AS "segment once_in_two_of_three",
    CASE
      WHEN (
        (
          "f"."define middle" = 1
        ) AND (
          "f"."define newest" = 1
        )
      )
      OR (
        (
          (
            "f"."define middle" = 1
          ) AND (
            "f"."define oldest" = 1
          )
        )
        OR (
          (
            "f"."define newest" = 1
          ) AND (
            "f"."define oldest" = 1
          )
        )
      )
      THEN 1
      ELSE 0
    END AS "segment twice_in_two_of_three"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment every_three_days" + "f"."segment once_in_two_of_three" * 2 + "f"."segment restarted" * 4 + "f"."segment stopped" * 8 + "f"."segment twice_in_both_years" * 16 + "f"."segment twice_in_two_of_three" * 32 AS "word 1"
FROM "frame_3" AS "f";
