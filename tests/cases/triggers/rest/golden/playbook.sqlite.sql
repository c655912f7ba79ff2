-- made by `pytest --update` from 51266009e17f6978

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."visits" AS "field visits"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN NOT COALESCE("f"."field visits" >= 0, FALSE)
      THEN 0
      WHEN (
        "f"."field visits" / 1
      ) > 100000000
      THEN 107374182400000000
      ELSE (
        "f"."field visits" / 1
      ) * 1073741824
    END AS "sum lead"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN "f"."sum lead" < 0 THEN 0 ELSE "f"."sum lead" END AS "points lead"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."points lead",
    CASE
      WHEN "f"."points lead" >= 42949672960
      THEN 'hot'
      WHEN "f"."points lead" >= 21474836480
      THEN 'warm'
      WHEN "f"."points lead" >= 0
      THEN 'cold'
    END AS "stage lead"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  CASE WHEN NOT "f"."points lead" IS NULL THEN 1 ELSE 0 END + CASE
    WHEN "f"."stage lead" = 'cold'
    THEN 1
    WHEN "f"."stage lead" = 'warm'
    THEN 2
    WHEN "f"."stage lead" = 'hot'
    THEN 3
    ELSE 0
  END * 2 AS "word 1",
  COALESCE("f"."points lead", 0) AS "points lead"
FROM "frame_3" AS "f";
