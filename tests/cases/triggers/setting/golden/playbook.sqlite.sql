-- made by `pytest --update` from 22d4967d917837cd

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."home.x" AS "field home.x",
    "c"."home.y" AS "field home.y",
    "c"."home.z" AS "field home.z",
    "c"."plan" AS "field plan",
    "c"."visits" AS "field visits"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field home.x" - 719043566
            ) * (
              "f"."field home.x" - 719043566
            )
          ) + (
            (
              (
                "f"."field home.y" - 107996850
              ) * (
                "f"."field home.y" - 107996850
              )
            ) + (
              (
                "f"."field home.z" - 790085144
              ) * (
                "f"."field home.z" - 790085144
              )
            )
          )
        ) <= 710106219264,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment in_zurich",
    CASE WHEN COALESCE("f"."field plan" IN ('plus', 'pro'), FALSE) THEN 1 ELSE 0 END AS "segment plus_or_more",
    CASE
      WHEN COALESCE("f"."field plan" = 'plus', FALSE)
      AND COALESCE("f"."field visits" = 0, FALSE)
      THEN 1
      ELSE 0
    END AS "condition trigger climb when"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment in_zurich",
    "f"."segment plus_or_more",
    "f"."condition trigger climb when",
    CASE WHEN "f"."segment plus_or_more" = 1 THEN 1 ELSE 0 END AS "condition trigger tell where"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment in_zurich" + "f"."segment plus_or_more" * 2 + "f"."condition trigger tell where" * 4 + "f"."condition trigger climb when" * 8 AS "word 1"
FROM "frame_2" AS "f";
