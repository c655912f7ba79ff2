-- made by `pytest --update` from ae536a74ddb5da46

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "today" INTEGER,
  "today + 1 day" INTEGER,
  "today + 4 day" INTEGER,
  "today + 5 day" INTEGER,
  "today + 7 day" INTEGER,
  "today - 1 month" INTEGER,
  "today - 4 day" INTEGER,
  "today - 5 day" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."contract_end" AS "field contract_end",
    "z"."today" AS "zone today",
    "z"."today - 5 day" AS "zone today - 5 day",
    "z"."today - 4 day" AS "zone today - 4 day",
    "z"."today + 5 day" AS "zone today + 5 day",
    "z"."today + 4 day" AS "zone today + 4 day",
    "z"."today - 1 month" AS "zone today - 1 month",
    "z"."today + 1 day" AS "zone today + 1 day",
    "z"."today + 7 day" AS "zone today + 7 day"
  FROM "contacts" AS "c"
  JOIN "_zones" AS "z"
    ON (
      "z"."zone" = COALESCE("c"."zone", '')
    )
    AND (
      "z"."country" = COALESCE("c"."country", '')
    )
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."field contract_end" < 20260401, FALSE) THEN 1 ELSE 0 END AS "segment before",
    CASE
      WHEN COALESCE(
        (
          "f"."field contract_end" > "f"."zone today - 5 day"
        )
        AND (
          "f"."field contract_end" <= "f"."zone today"
        ),
        FALSE
      )
      AND (
        NOT COALESCE(
          (
            "f"."field contract_end" > "f"."zone today - 4 day"
          )
          AND (
            "f"."field contract_end" <= "f"."zone today"
          ),
          FALSE
        )
      )
      THEN 1
      ELSE 0
    END AS "segment exactly_4_ago",
    CASE
      WHEN COALESCE(
        (
          "f"."field contract_end" > "f"."zone today"
        )
        AND (
          "f"."field contract_end" <= "f"."zone today + 5 day"
        ),
        FALSE
      )
      AND (
        NOT COALESCE(
          (
            "f"."field contract_end" > "f"."zone today"
          )
          AND (
            "f"."field contract_end" <= "f"."zone today + 4 day"
          ),
          FALSE
        )
      )
      THEN 1
      ELSE 0
    END AS "segment exactly_5",
    CASE WHEN COALESCE("f"."field contract_end" = 20260401, FALSE) THEN 1 ELSE 0 END AS "segment is_it",
    CASE WHEN NOT COALESCE("f"."field contract_end" = 20260401, FALSE) THEN 1 ELSE 0 END AS "segment is_not",
    CASE WHEN NOT "f"."field contract_end" IS NULL THEN 1 ELSE 0 END AS "segment known",
    CASE
      WHEN COALESCE(
        (
          "f"."field contract_end" > "f"."zone today - 4 day"
        )
        AND (
          "f"."field contract_end" <= "f"."zone today"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment last_4",
    CASE
      WHEN COALESCE(
        (
          "f"."field contract_end" > "f"."zone today - 1 month"
        )
        AND (
          "f"."field contract_end" <= "f"."zone today"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment last_month",
    CASE WHEN NOT (
      NOT "f"."field contract_end" IS NULL
    ) THEN 1 ELSE 0 END AS "segment missing",
    CASE
      WHEN COALESCE(
        (
          "f"."field contract_end" > "f"."zone today"
        )
        AND (
          "f"."field contract_end" <= "f"."zone today + 5 day"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment next_5",
    CASE
      WHEN COALESCE(
        (
          "f"."field contract_end" > "f"."zone today"
        )
        AND (
          "f"."field contract_end" <= "f"."zone today + 1 day"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment next_day",
    CASE
      WHEN COALESCE(
        (
          "f"."field contract_end" > "f"."zone today"
        )
        AND (
          "f"."field contract_end" <= "f"."zone today + 7 day"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment next_week",
    CASE
      WHEN COALESCE("f"."field contract_end" <= "f"."zone today - 1 month", FALSE)
      THEN 1
      ELSE 0
    END AS "segment older_month",
    CASE
      WHEN COALESCE("f"."field contract_end" <= 20260401, FALSE)
      AND COALESCE("f"."field contract_end" >= 20260301, FALSE)
      THEN 1
      ELSE 0
    END AS "segment spring"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment before" + "f"."segment exactly_4_ago" * 2 + "f"."segment exactly_5" * 4 + "f"."segment is_it" * 8 + "f"."segment is_not" * 16 + "f"."segment known" * 32 + "f"."segment last_4" * 64 + "f"."segment last_month" * 128 + "f"."segment missing" * 256 + "f"."segment next_5" * 512 + "f"."segment next_day" * 1024 + "f"."segment next_week" * 2048 + "f"."segment older_month" * 4096 + "f"."segment spring" * 8192 AS "word 1"
FROM "frame_1" AS "f";
