-- made by `pytest --update` from 8c292c22b8e7259c

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."visits" AS "field visits",
    "c"."active" AS "field active"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."field visits" = 1, FALSE) THEN 1 ELSE 0 END AS "condition trigger daily where",
    CASE WHEN COALESCE("f"."field visits" = 2, FALSE) THEN 1 ELSE 0 END AS "condition trigger mondays where",
    CASE WHEN COALESCE("f"."field active" = 1, FALSE) THEN 1 ELSE 0 END AS "condition trigger once where",
    CASE WHEN COALESCE("f"."field visits" = 2, FALSE) THEN 1 ELSE 0 END AS "condition trigger midnight where"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."condition trigger daily where" + "f"."condition trigger mondays where" * 2 + "f"."condition trigger once where" * 4 + "f"."condition trigger midnight where" * 8 AS "word 1"
FROM "frame_1" AS "f";
