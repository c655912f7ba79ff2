-- made by `pytest --update` from c3d1f16a27582ee9

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."visits" AS "field visits"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) AS "leaf number visit"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field visits",
    COALESCE("p0"."leaf number visit", 0) AS "leaf number visit"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE("f"."field visits" > 4, FALSE)
      AND COALESCE("f"."leaf number visit" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment active_ones",
    CASE
      WHEN NOT COALESCE("f"."field visits" >= 0, FALSE)
      THEN 0
      WHEN (
        "f"."field visits" / 1
      ) > 25000000
      THEN 107374182400000000
      ELSE (
        "f"."field visits" / 1
      ) * 4294967296
    END AS "sum lead"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment active_ones",
    CASE WHEN "f"."sum lead" < 0 THEN 0 ELSE "f"."sum lead" END AS "points lead"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment active_ones",
    "f"."points lead",
    CASE
      WHEN "f"."points lead" >= 21474836480
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
  "f"."segment active_ones" + CASE WHEN NOT "f"."points lead" IS NULL THEN 1 ELSE 0 END * 2 + CASE
    WHEN "f"."stage lead" = 'cold'
    THEN 1
    WHEN "f"."stage lead" = 'warm'
    THEN 2
    ELSE 0
  END * 4 AS "word 1",
  COALESCE("f"."points lead", 0) AS "points lead"
FROM "frame_4" AS "f";
