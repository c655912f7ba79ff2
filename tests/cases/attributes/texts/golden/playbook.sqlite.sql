-- made by `pytest --update` from 6715fe97bcfb2dee

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."last_name" AS "field last_name",
    "c"."phone" AS "field phone",
    "c"."first_name" AS "field first_name",
    "c"."_key" AS "field contact_id"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      COALESCE(SUBSTRING("e"."page", 1, 2) = 'a%', FALSE)) AS "leaf number visit"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field last_name",
    "f"."field phone",
    "f"."field first_name",
    "f"."field contact_id",
    COALESCE("p0"."leaf number visit", 0) AS "leaf number visit"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."field last_name" = 'O''Brien', FALSE) THEN 1 ELSE 0 END AS "segment apostrophe",
    CASE WHEN COALESCE(INSTR("f"."field phone", '🎿') > 0, FALSE) THEN 1 ELSE 0 END AS "segment astral",
    CASE WHEN COALESCE(INSTR("f"."field first_name", '\') > 0, FALSE) THEN 1 ELSE 0 END AS "segment backslash",
    CASE WHEN COALESCE("f"."field phone" = 'Zoë', FALSE) THEN 1 ELSE 0 END AS "segment composed",
    CASE WHEN COALESCE("f"."field phone" = 'Zoë', FALSE) THEN 1 ELSE 0 END AS "segment decomposed",
    CASE WHEN COALESCE(INSTR("f"."field phone", 'SS') > 0, FALSE) THEN 1 ELSE 0 END AS "segment double_s",
    CASE
      WHEN COALESCE(
        (
          LENGTH("f"."field first_name") >= 2
        )
        AND (
          SUBSTRING("f"."field first_name", LENGTH("f"."field first_name") - 1, 2) = 'le'
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment ends",
    CASE
      WHEN COALESCE(
        (
          LENGTH("f"."field first_name") >= 1
        )
        AND (
          SUBSTRING("f"."field first_name", LENGTH("f"."field first_name") - 0, 1) = '_'
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment ends_underscore",
    CASE
      WHEN COALESCE(INSTR("f"."field first_name", 'fem') > 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment holds_fem",
    CASE WHEN COALESCE(INSTR("f"."field first_name", 'mu') > 0, FALSE) THEN 1 ELSE 0 END AS "segment holds_mu",
    CASE WHEN COALESCE(INSTR("f"."field first_name", '%') > 0, FALSE) THEN 1 ELSE 0 END AS "segment holds_percent",
    CASE WHEN COALESCE("f"."field phone" IN ('STRASSE', 'Zoë'), FALSE) THEN 1 ELSE 0 END AS "segment in_texts",
    CASE WHEN COALESCE("f"."field contact_id" = 'u4', FALSE) THEN 1 ELSE 0 END AS "segment key",
    CASE WHEN COALESCE("f"."field phone" = 'zoë', FALSE) THEN 1 ELSE 0 END AS "segment lower",
    CASE
      WHEN COALESCE("f"."field last_name" = 'Mario', FALSE)
      AND COALESCE(INSTR("f"."field last_name", 'a') > 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment mario_twice",
    CASE
      WHEN NOT COALESCE(
        (
          LENGTH("f"."field first_name") >= 2
        )
        AND (
          SUBSTRING("f"."field first_name", LENGTH("f"."field first_name") - 1, 2) = 'le'
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment not_ends",
    CASE
      WHEN NOT COALESCE(INSTR("f"."field first_name", 'fem') > 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment not_holds_fem",
    CASE
      WHEN NOT COALESCE(SUBSTRING("f"."field first_name", 1, 2) = 'fe', FALSE)
      THEN 1
      ELSE 0
    END AS "segment not_starts",
    CASE
      WHEN COALESCE(SUBSTRING("f"."field phone", 1, 2) = '日本', FALSE)
      THEN 1
      ELSE 0
    END AS "segment other_script",
    CASE WHEN COALESCE("f"."leaf number visit" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment page_pattern",
    CASE WHEN COALESCE(INSTR("f"."field phone", 'ß') > 0, FALSE) THEN 1 ELSE 0 END AS "segment sharp_s",
    CASE
      WHEN COALESCE(SUBSTRING("f"."field first_name", 1, 2) = 'fe', FALSE)
      THEN 1
      ELSE 0
    END AS "segment starts",
    CASE
      WHEN COALESCE(SUBSTRING("f"."field first_name", 1, 3) = 'fe%', FALSE)
      THEN 1
      ELSE 0
    END AS "segment starts_percent",
    CASE
      WHEN COALESCE(INSTR("f"."field first_name", ';--') > 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment statement_end",
    CASE
      WHEN COALESCE(INSTR("f"."field last_name", 'Toad') > 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment toad",
    CASE WHEN COALESCE(INSTR("f"."field last_name", 'A') > 0, FALSE) THEN 1 ELSE 0 END AS "segment upper_a"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment apostrophe" + "f"."segment astral" * 2 + "f"."segment backslash" * 4 + "f"."segment composed" * 8 + "f"."segment decomposed" * 16 + "f"."segment double_s" * 32 + "f"."segment ends" * 64 + "f"."segment ends_underscore" * 128 + "f"."segment holds_fem" * 256 + "f"."segment holds_mu" * 512 + "f"."segment holds_percent" * 1024 + "f"."segment in_texts" * 2048 + "f"."segment key" * 4096 + "f"."segment lower" * 8192 + "f"."segment mario_twice" * 16384 + "f"."segment not_ends" * 32768 + "f"."segment not_holds_fem" * 65536 + "f"."segment not_starts" * 131072 + "f"."segment other_script" * 262144 + "f"."segment page_pattern" * 524288 + "f"."segment sharp_s" * 1048576 + "f"."segment starts" * 2097152 + "f"."segment starts_percent" * 4194304 + "f"."segment statement_end" * 8388608 + "f"."segment toad" * 16777216 + "f"."segment upper_a" * 33554432 AS "word 1"
FROM "frame_2" AS "f";
