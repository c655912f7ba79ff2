-- made by `pytest --update` from 8f7acfeee1a7b923

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."_key" AS "field contact_id"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."field contact_id" = 'moves', FALSE) THEN 1 ELSE 0 END AS "condition cap daily where",
    CASE WHEN COALESCE("f"."field contact_id" = 'week', FALSE) THEN 1 ELSE 0 END AS "condition cap weekly where"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."condition cap daily where" + "f"."condition cap weekly where" * 2 AS "word 1"
FROM "frame_1" AS "f";
