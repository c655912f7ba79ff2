-- made by `pytest --update` from 47adcd7e3396bb0d

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
      COALESCE("e"."seconds" >= 60, FALSE)) AS "leaf number visit",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_10_day) AS "leaf number visit in last 10 day",
    (
      COUNT(*) FILTER(WHERE
        COALESCE("e"."seconds" >= 60, FALSE))
    ) * 5368709120 AS "leaf points visit"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf number visit", 0) AS "leaf number visit",
    COALESCE("p0"."leaf number visit in last 10 day", 0) AS "leaf number visit in last 10 day",
    COALESCE("p0"."leaf points visit", 0) AS "leaf points visit"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."leaf number visit" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment long_stay",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 10 day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment recent",
    "f"."leaf points visit" AS "sum lead"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment long_stay",
    "f"."segment recent",
    CASE WHEN "f"."sum lead" < 0 THEN 0 ELSE "f"."sum lead" END AS "points lead"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment long_stay",
    "f"."segment recent",
    "f"."points lead",
    CASE
      WHEN "f"."points lead" >= 5368709120
      THEN 'warm'
      WHEN "f"."points lead" >= 0
      THEN 'cold'
    END AS "stage lead"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment long_stay" + "f"."segment recent" * 2 + CASE WHEN NOT "f"."points lead" IS NULL THEN 1 ELSE 0 END * 4 + CASE
    WHEN "f"."stage lead" = 'cold'
    THEN 1
    WHEN "f"."stage lead" = 'warm'
    THEN 2
    ELSE 0
  END * 8 AS "word 1",
  COALESCE("f"."points lead", 0) AS "points lead"
FROM "frame_4" AS "f";
