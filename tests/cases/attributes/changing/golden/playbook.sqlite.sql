-- made by `pytest --update` from 84f2c4a1a34de723

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."active" AS "field active",
    "c"."environment" AS "field environment"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."field active" = 1, FALSE) THEN 1 ELSE 0 END AS "segment active_ones",
    CASE WHEN COALESCE("f"."field environment" = 'test', FALSE) THEN 1 ELSE 0 END AS "segment testing",
    CASE WHEN NOT COALESCE("f"."field environment" = 'test', FALSE) THEN 1 ELSE 0 END AS "segment not_testing"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment active_ones",
    "f"."segment testing",
    "f"."segment not_testing",
    CASE
      WHEN (
        "f"."segment active_ones" = 1
      )
      AND (
        NOT (
          "f"."segment testing" = 1
        )
      )
      THEN 1
      ELSE 0
    END AS "segment left_over"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment active_ones" + "f"."segment testing" * 2 + "f"."segment left_over" * 4 + "f"."segment not_testing" * 8 AS "word 1"
FROM "frame_2" AS "f";
