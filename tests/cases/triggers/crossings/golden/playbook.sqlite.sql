-- made by `pytest --update` from 0a32fe9bcf1fdd52

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."email" AS "field email"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_5_minute) AS "leaf number visit in last 5 minute"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_2
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field email",
    COALESCE("p0"."leaf number visit in last 5 minute", 0) AS "leaf number visit in last 5 minute"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 5 minute" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment recent",
    CASE WHEN COALESCE("f"."field email" = 'nobody', FALSE) THEN 5368709120 ELSE 0 END AS "sum fit",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 5 minute" >= 1, FALSE)
      THEN 5368709120
      ELSE 0
    END AS "sum lead"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment recent",
    CASE WHEN "f"."sum fit" < 0 THEN 0 ELSE "f"."sum fit" END AS "points fit",
    CASE WHEN "f"."sum lead" < 0 THEN 0 ELSE "f"."sum lead" END AS "points lead"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment recent",
    "f"."points fit",
    "f"."points lead",
    CASE
      WHEN "f"."points fit" >= 5368709120
      THEN 'warm'
      WHEN "f"."points fit" >= 0
      THEN 'cold'
    END AS "stage fit",
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
  "f"."segment recent" + CASE WHEN NOT "f"."points fit" IS NULL THEN 1 ELSE 0 END * 2 + CASE
    WHEN "f"."stage fit" = 'cold'
    THEN 1
    WHEN "f"."stage fit" = 'warm'
    THEN 2
    ELSE 0
  END * 4 + CASE WHEN NOT "f"."points lead" IS NULL THEN 1 ELSE 0 END * 16 + CASE
    WHEN "f"."stage lead" = 'cold'
    THEN 1
    WHEN "f"."stage lead" = 'warm'
    THEN 2
    ELSE 0
  END * 32 AS "word 1",
  COALESCE("f"."points fit", 0) AS "points fit",
  COALESCE("f"."points lead", 0) AS "points lead"
FROM "frame_4" AS "f";
