-- made by `pytest --update` from 114003e03368fc2e

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
