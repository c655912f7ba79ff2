-- made by `pytest --update` from 3ad6ab1c6b88e5be

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."visits" AS "field visits",
    "c"."country" AS "field country"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE("f"."field country" = 'CH', FALSE)
      THEN CASE
        WHEN NOT COALESCE("f"."field visits" >= 0, FALSE)
        THEN 0
        WHEN (
          "f"."field visits" / 1
        ) > 100000000
        THEN 107374182400000000
        ELSE (
          "f"."field visits" / 1
        ) * 1073741824
      END
    END AS "sum warmth"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN "f"."sum warmth" < 0 THEN 0 ELSE "f"."sum warmth" END AS "points warmth"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  CASE WHEN NOT "f"."points warmth" IS NULL THEN 1 ELSE 0 END AS "word 1",
  COALESCE("f"."points warmth", 0) AS "points warmth"
FROM "frame_2" AS "f";
