-- made by `pytest --update` from d2ccfef30fcf1249

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "end day of month" INTEGER,
  "end day of quarter" INTEGER,
  "end day of today" INTEGER,
  "end day of yesterday" INTEGER,
  "end of the next 0 days" INTEGER,
  "end of the next 1 days" INTEGER,
  "end of the next 2 days" INTEGER,
  "end of today" INTEGER,
  "end of week" INTEGER,
  "end of yesterday" INTEGER,
  "start day of month" INTEGER,
  "start day of quarter" INTEGER,
  "start day of today" INTEGER,
  "start day of yesterday" INTEGER,
  "start of the last 3 days" INTEGER,
  "start of today" INTEGER,
  "start of week" INTEGER,
  "start of yesterday" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."signed_up" AS "field signed_up",
    "c"."contract_end" AS "field contract_end",
    "z"."start of yesterday" AS "zone start of yesterday",
    "z"."end of yesterday" AS "zone end of yesterday",
    "z"."start day of yesterday" AS "zone start day of yesterday",
    "z"."end day of yesterday" AS "zone end day of yesterday",
    "z"."start day of today" AS "zone start day of today",
    "z"."end day of today" AS "zone end day of today",
    "z"."start day of month" AS "zone start day of month",
    "z"."end day of month" AS "zone end day of month",
    "z"."start of the last 3 days" AS "zone start of the last 3 days",
    "z"."end of the next 0 days" AS "zone end of the next 0 days",
    "z"."start of today" AS "zone start of today",
    "z"."end of today" AS "zone end of today",
    "z"."start day of quarter" AS "zone start day of quarter",
    "z"."end day of quarter" AS "zone end day of quarter",
    "z"."end of the next 1 days" AS "zone end of the next 1 days",
    "z"."end of the next 2 days" AS "zone end of the next 2 days",
    "z"."start of week" AS "zone start of week",
    "z"."end of week" AS "zone end of week"
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
    CASE
      WHEN COALESCE(
        (
          "f"."field signed_up" >= "f"."zone start of yesterday"
        )
        AND (
          "f"."field signed_up" < "f"."zone end of yesterday"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment day_before",
    CASE
      WHEN COALESCE(
        (
          "f"."field contract_end" >= "f"."zone start day of yesterday"
        )
        AND (
          "f"."field contract_end" < "f"."zone end day of yesterday"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment ended_yesterday",
    CASE
      WHEN COALESCE(
        (
          "f"."field contract_end" >= "f"."zone start day of today"
        )
        AND (
          "f"."field contract_end" < "f"."zone end day of today"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment ends_today",
    CASE
      WHEN COALESCE(
        (
          "f"."field contract_end" >= "f"."zone start day of month"
        )
        AND (
          "f"."field contract_end" < "f"."zone end day of month"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment in_may",
    CASE
      WHEN COALESCE(
        (
          "f"."field signed_up" >= "f"."zone start of the last 3 days"
        )
        AND (
          "f"."field signed_up" < "f"."zone end of the next 0 days"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment in_three",
    CASE
      WHEN NOT COALESCE(
        (
          "f"."field contract_end" >= "f"."zone start day of month"
        )
        AND (
          "f"."field contract_end" < "f"."zone end day of month"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment not_in_may",
    CASE
      WHEN COALESCE("f"."field signed_up" < "f"."zone start of the last 3 days", FALSE)
      THEN 1
      ELSE 0
    END AS "segment older",
    CASE
      WHEN COALESCE(
        (
          "f"."field signed_up" >= "f"."zone start of today"
        )
        AND (
          "f"."field signed_up" < "f"."zone end of today"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment on_this_day",
    CASE
      WHEN COALESCE(
        (
          "f"."field contract_end" >= "f"."zone start day of quarter"
        )
        AND (
          "f"."field contract_end" < "f"."zone end day of quarter"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment second_quarter",
    CASE
      WHEN COALESCE(
        (
          "f"."field signed_up" >= "f"."zone end of the next 0 days"
        )
        AND (
          "f"."field signed_up" < "f"."zone end of the next 1 days"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment tomorrow",
    CASE
      WHEN COALESCE(
        (
          "f"."field signed_up" >= "f"."zone end of the next 0 days"
        )
        AND (
          "f"."field signed_up" < "f"."zone end of the next 2 days"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment two_ahead",
    CASE
      WHEN COALESCE(
        (
          "f"."field signed_up" >= "f"."zone start of week"
        )
        AND (
          "f"."field signed_up" < "f"."zone end of week"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment week_from_monday"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment day_before" + "f"."segment ended_yesterday" * 2 + "f"."segment ends_today" * 4 + "f"."segment in_may" * 8 + "f"."segment in_three" * 16 + "f"."segment not_in_may" * 32 + "f"."segment older" * 64 + "f"."segment on_this_day" * 128 + "f"."segment second_quarter" * 256 + "f"."segment tomorrow" * 512 + "f"."segment two_ahead" * 1024 + "f"."segment week_from_monday" * 2048 AS "word 1"
FROM "frame_1" AS "f";
