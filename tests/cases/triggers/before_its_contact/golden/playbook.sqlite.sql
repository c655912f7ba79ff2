-- made by `pytest --update` from f68c3177f1e011ae

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact"
  FROM "contacts" AS "c"
)
SELECT
  "f"."_row",
  0 AS "word 1"
FROM "frame_0" AS "f";
