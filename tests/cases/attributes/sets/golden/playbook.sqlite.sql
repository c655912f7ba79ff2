-- made by `pytest --update` from bda89fa84b4822ab

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."interests" AS "field interests"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE(INSTR("f"."field interests", '|ski|') > 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment all_one",
    CASE
      WHEN COALESCE(
        (
          INSTR("f"."field interests", '|bike|') > 0
        )
        AND (
          INSTR("f"."field interests", '|ski|') > 0
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment all_two",
    CASE
      WHEN COALESCE(INSTR("f"."field interests", '|ski|') > 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment any_ski",
    CASE
      WHEN COALESCE(
        (
          INSTR("f"."field interests", '|bike|') > 0
        )
        OR (
          INSTR("f"."field interests", '|ski|') > 0
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment any_two",
    CASE WHEN NOT (
      NOT "f"."field interests" IS NULL
    ) THEN 1 ELSE 0 END AS "segment gone",
    CASE WHEN NOT "f"."field interests" IS NULL THEN 1 ELSE 0 END AS "segment known",
    CASE
      WHEN COALESCE(INSTR("f"."field interests", '|self-made|') > 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment made",
    CASE
      WHEN NOT COALESCE(INSTR("f"."field interests", '|ski|') > 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment none_ski",
    CASE
      WHEN NOT COALESCE(
        (
          INSTR("f"."field interests", '|bike|') > 0
        )
        OR (
          INSTR("f"."field interests", '|ski|') > 0
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment none_two",
    CASE
      WHEN NOT COALESCE(
        (
          INSTR("f"."field interests", '|bike|') > 0
        )
        AND (
          INSTR("f"."field interests", '|ski|') > 0
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment not_all_two",
    CASE
      WHEN NOT COALESCE(INSTR("f"."field interests", '|ski|') > 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment not_any_ski",
    CASE
      WHEN COALESCE(INSTR("f"."field interests", '|ski|') > 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment twice",
    CASE
      WHEN (
        NOT "f"."field interests" IS NULL
      )
      AND (
        NOT COALESCE(INSTR("f"."field interests", '|ski|') > 0, FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment without_for_certain"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment all_one" + "f"."segment all_two" * 2 + "f"."segment any_ski" * 4 + "f"."segment any_two" * 8 + "f"."segment gone" * 16 + "f"."segment known" * 32 + "f"."segment made" * 64 + "f"."segment none_ski" * 128 + "f"."segment none_two" * 256 + "f"."segment not_all_two" * 512 + "f"."segment not_any_ski" * 1024 + "f"."segment twice" * 2048 + "f"."segment without_for_certain" * 4096 AS "word 1"
FROM "frame_1" AS "f";
