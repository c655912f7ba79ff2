-- made by `pytest --update` from 2309dffbdbcb5667

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
    CASE WHEN COALESCE("f"."field visits" = 1, FALSE) THEN 1 ELSE 0 END AS "condition cap rolling_day where",
    CASE WHEN COALESCE("f"."field visits" = 2, FALSE) THEN 1 ELSE 0 END AS "condition cap local_day where"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."condition cap rolling_day where" + "f"."condition cap local_day where" * 2 AS "word 1"
FROM "frame_1" AS "f";
