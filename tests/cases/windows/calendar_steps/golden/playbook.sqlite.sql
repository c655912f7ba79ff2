-- made by `pytest --update` from 7c390f206d136488

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
      "e"."_at" > :before_1_month) AS "leaf number visit in last 1 month",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_2_month
      ) AND (
        "e"."_at" <= :before_1_month
      )) AS "leaf number visit ago [""2 month"",""1 month""]",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_13_month) AS "leaf number visit in last 13 month",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_3_day) AS "leaf number visit in last 3 day",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_1_year) AS "leaf number visit in last 1 year"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_6
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf number visit in last 1 month", 0) AS "leaf number visit in last 1 month",
    COALESCE("p0"."leaf number visit ago [""2 month"",""1 month""]", 0) AS "leaf number visit ago [""2 month"",""1 month""]",
    COALESCE("p0"."leaf number visit in last 13 month", 0) AS "leaf number visit in last 13 month",
    COALESCE("p0"."leaf number visit in last 3 day", 0) AS "leaf number visit in last 3 day",
    COALESCE("p0"."leaf number visit in last 1 year", 0) AS "leaf number visit in last 1 year"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 1 month" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment month",
    CASE
      WHEN COALESCE("f"."leaf number visit ago [""2 month"",""1 month""]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment month_before",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 13 month" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment thirteen_months",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 3 day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment three_days",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 1 year" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment year"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment month" + "f"."segment month_before" * 2 + "f"."segment thirteen_months" * 4 + "f"."segment three_days" * 8 + "f"."segment year" * 16 AS "word 1"
FROM "frame_2" AS "f";
