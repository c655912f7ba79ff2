-- made by `pytest --update` from d3cad72d7e42f246

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."birth_date" AS "field birth_date",
    "c"."contract_end" AS "field contract_end",
    "c"."goal" AS "field goal",
    "c"."height" AS "field height",
    "c"."visits" AS "field visits"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF(
            MIN(
              COALESCE("f"."field birth_date", "f"."field contract_end"),
              COALESCE("f"."field contract_end", "f"."field birth_date")
            )
          ) = 'real'
          THEN ABS(
            (
              (
                MIN(
                  COALESCE("f"."field birth_date", "f"."field contract_end"),
                  COALESCE("f"."field contract_end", "f"."field birth_date")
                )
              ) IS NULL
            ) - 9223372036854775807 - 1
          )
          ELSE MIN(
            COALESCE("f"."field birth_date", "f"."field contract_end"),
            COALESCE("f"."field contract_end", "f"."field birth_date")
          )
        END < 20000101,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment early",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF(
            MIN(
              COALESCE("f"."field goal" * 10, "f"."field height"),
              COALESCE("f"."field height", "f"."field goal" * 10)
            )
          ) = 'real'
          THEN ABS(
            (
              (
                MIN(
                  COALESCE("f"."field goal" * 10, "f"."field height"),
                  COALESCE("f"."field height", "f"."field goal" * 10)
                )
              ) IS NULL
            ) - 9223372036854775807 - 1
          )
          ELSE MIN(
            COALESCE("f"."field goal" * 10, "f"."field height"),
            COALESCE("f"."field height", "f"."field goal" * 10)
          )
        END < 50,
        FALSE
      )
      AND COALESCE(
        CASE
          WHEN TYPEOF(
            MIN(
              COALESCE("f"."field goal" * 10, "f"."field height"),
              COALESCE("f"."field height", "f"."field goal" * 10)
            )
          ) = 'real'
          THEN ABS(
            (
              (
                MIN(
                  COALESCE("f"."field goal" * 10, "f"."field height"),
                  COALESCE("f"."field height", "f"."field goal" * 10)
                )
              ) IS NULL
            ) - 9223372036854775807 - 1
          )
          ELSE MIN(
            COALESCE("f"."field goal" * 10, "f"."field height"),
            COALESCE("f"."field height", "f"."field goal" * 10)
          )
        END > 40,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment fine",
    CASE
      WHEN TYPEOF(
        MAX(
          COALESCE("f"."field goal", "f"."field visits"),
          COALESCE("f"."field visits", "f"."field goal")
        )
      ) = 'real'
      THEN ABS(
        (
          (
            MAX(
              COALESCE("f"."field goal", "f"."field visits"),
              COALESCE("f"."field visits", "f"."field goal")
            )
          ) IS NULL
        ) - 9223372036854775807 - 1
      )
      ELSE MAX(
        COALESCE("f"."field goal", "f"."field visits"),
        COALESCE("f"."field visits", "f"."field goal")
      )
    END AS "define best",
    CASE
      WHEN NOT CASE
        WHEN TYPEOF(
          MAX(
            COALESCE("f"."field goal", "f"."field visits"),
            COALESCE("f"."field visits", "f"."field goal")
          )
        ) = 'real'
        THEN ABS(
          (
            (
              MAX(
                COALESCE("f"."field goal", "f"."field visits"),
                COALESCE("f"."field visits", "f"."field goal")
              )
            ) IS NULL
          ) - 9223372036854775807 - 1
        )
        ELSE MAX(
          COALESCE("f"."field goal", "f"."field visits"),
          COALESCE("f"."field visits", "f"."field goal")
        )
      END IS NULL
      THEN 1
      ELSE 0
    END AS "segment great_known",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF(
            MAX(
              COALESCE("f"."field goal", "f"."field visits"),
              COALESCE("f"."field visits", "f"."field goal")
            )
          ) = 'real'
          THEN ABS(
            (
              (
                MAX(
                  COALESCE("f"."field goal", "f"."field visits"),
                  COALESCE("f"."field visits", "f"."field goal")
                )
              ) IS NULL
            ) - 9223372036854775807 - 1
          )
          ELSE MAX(
            COALESCE("f"."field goal", "f"."field visits"),
            COALESCE("f"."field visits", "f"."field goal")
          )
        END = -3,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment great_minus_3",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF(
            MIN(
              COALESCE("f"."field goal", "f"."field visits"),
              COALESCE("f"."field visits", "f"."field goal")
            )
          ) = 'real'
          THEN ABS(
            (
              (
                MIN(
                  COALESCE("f"."field goal", "f"."field visits"),
                  COALESCE("f"."field visits", "f"."field goal")
                )
              ) IS NULL
            ) - 9223372036854775807 - 1
          )
          ELSE MIN(
            COALESCE("f"."field goal", "f"."field visits"),
            COALESCE("f"."field visits", "f"."field goal")
          )
        END = 3,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment least_3",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF(
            MAX(
              COALESCE("f"."field goal", "f"."field visits", 0),
              COALESCE("f"."field visits", 0, "f"."field goal"),
              COALESCE(0, "f"."field goal", "f"."field visits")
            )
          ) = 'real'
          THEN ABS(
            (
              (
                MAX(
                  COALESCE("f"."field goal", "f"."field visits", 0),
                  COALESCE("f"."field visits", 0, "f"."field goal"),
                  COALESCE(0, "f"."field goal", "f"."field visits")
                )
              ) IS NULL
            ) - 9223372036854775807 - 1
          )
          ELSE MAX(
            COALESCE("f"."field goal", "f"."field visits", 0),
            COALESCE("f"."field visits", 0, "f"."field goal"),
            COALESCE(0, "f"."field goal", "f"."field visits")
          )
        END = 0,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment with_number"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment early",
    "f"."segment fine",
    "f"."segment great_known",
    "f"."segment great_minus_3",
    "f"."segment least_3",
    "f"."segment with_number",
    CASE WHEN COALESCE("f"."define best" = 3, FALSE) THEN 1 ELSE 0 END AS "segment great_3",
    CASE WHEN COALESCE("f"."define best" = 5, FALSE) THEN 1 ELSE 0 END AS "segment great_5",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF("f"."define best" - 1) = 'real'
          THEN ABS((
            (
              "f"."define best" - 1
            ) IS NULL
          ) - 9223372036854775807 - 1)
          ELSE "f"."define best" - 1
        END > 3,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment named"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment early" + "f"."segment fine" * 2 + "f"."segment great_3" * 4 + "f"."segment great_5" * 8 + "f"."segment great_known" * 16 + "f"."segment great_minus_3" * 32 + "f"."segment least_3" * 64 + "f"."segment named" * 128 + "f"."segment with_number" * 256 AS "word 1"
FROM "frame_2" AS "f";
