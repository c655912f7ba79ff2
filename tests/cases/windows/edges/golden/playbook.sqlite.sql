-- made by `pytest --update` from 04f6c05aaa53c534

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) AS "leaf number visit",
    MAX("e"."_at") AS "leaf last visit",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_7_day) AS "leaf number visit in last 7 day",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_14_day
      ) AND (
        "e"."_at" <= :before_0_day
      )) AS "leaf number visit ago [""14 day"",""0 day""]",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_14_day
      ) AND (
        "e"."_at" <= :before_7_day
      )) AS "leaf number visit ago [""14 day"",""7 day""]"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "events_1_2" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_5_minute) AS "leaf number cart_added in last 5 minute"
  FROM "event_cart_added" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_5
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf number visit", 0) AS "leaf number visit",
    "p0"."leaf last visit" AS "leaf last visit",
    COALESCE("p0"."leaf number visit in last 7 day", 0) AS "leaf number visit in last 7 day",
    COALESCE("p0"."leaf number visit ago [""14 day"",""0 day""]", 0) AS "leaf number visit ago [""14 day"",""0 day""]",
    COALESCE("p0"."leaf number visit ago [""14 day"",""7 day""]", 0) AS "leaf number visit ago [""14 day"",""7 day""]",
    COALESCE("p1"."leaf number cart_added in last 5 minute", 0) AS "leaf number cart_added in last 5 minute"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."leaf number visit" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment ever",
    CASE WHEN COALESCE("f"."leaf last visit" <= :before_7_day, FALSE) THEN 1 ELSE 0 END AS "segment last_is_old",
    CASE
      WHEN COALESCE(
        (
          "f"."leaf last visit" > :before_7_day
        )
        AND (
          "f"."leaf last visit" <= :as_of
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment last_was_recent",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 7 day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment last_week",
    CASE
      WHEN COALESCE("f"."leaf number cart_added in last 5 minute" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment minutes",
    CASE WHEN NOT COALESCE("f"."leaf number visit" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment never",
    CASE
      WHEN NOT COALESCE("f"."leaf number visit in last 7 day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment not_last_week",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 7 day" = 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment number_now",
    CASE
      WHEN COALESCE("f"."leaf number visit ago [""14 day"",""0 day""]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment until_now",
    CASE
      WHEN COALESCE("f"."leaf number visit ago [""14 day"",""7 day""]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment week_before"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment ever" + "f"."segment last_is_old" * 2 + "f"."segment last_was_recent" * 4 + "f"."segment last_week" * 8 + "f"."segment minutes" * 16 + "f"."segment never" * 32 + "f"."segment not_last_week" * 64 + "f"."segment number_now" * 128 + "f"."segment until_now" * 256 + "f"."segment week_before" * 512 AS "word 1"
FROM "frame_2" AS "f";
