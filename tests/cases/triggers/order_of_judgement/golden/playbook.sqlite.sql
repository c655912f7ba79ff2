-- made by `pytest --update` from 3563cb3fcab16681

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."active" AS "field active",
    "c"."country" AS "field country"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."field active" = 1, FALSE) THEN 1 ELSE 0 END AS "condition trigger first where",
    CASE WHEN COALESCE("f"."field country" = 'LI', FALSE) THEN 1 ELSE 0 END AS "condition suppress staff where",
    CASE WHEN COALESCE("f"."field active" = 1, FALSE) THEN 1 ELSE 0 END AS "condition cap budget_first where"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."condition trigger first where" + "f"."condition suppress staff where" * 2 + "f"."condition cap budget_first where" * 4 AS "word 1"
FROM "frame_1" AS "f";
