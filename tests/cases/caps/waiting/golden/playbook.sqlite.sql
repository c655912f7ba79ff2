-- made by `pytest --update` from 6c9559b5df76151b

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
