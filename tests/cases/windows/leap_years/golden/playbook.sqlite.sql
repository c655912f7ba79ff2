-- made by `pytest --update` from fca50134723302a5

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
  "today + 1 month" INTEGER,
  "today - 1 year" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."contract_end" AS "field contract_end",
    "z"."today" AS "zone today",
    "z"."today + 1 month" AS "zone today + 1 month",
    "z"."today - 1 year" AS "zone today - 1 year"
  FROM "contacts" AS "c"
  JOIN "_zones" AS "z"
    ON (
      "z"."zone" = COALESCE("c"."zone", '')
    )
    AND (
      "z"."country" = COALESCE("c"."country", '')
    )
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_1_year) AS "leaf number visit in last 1 year"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_2
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field contract_end",
    "f"."zone today",
    "f"."zone today + 1 month",
    "f"."zone today - 1 year",
    COALESCE("p0"."leaf number visit in last 1 year", 0) AS "leaf number visit in last 1 year"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE(
        (
          "f"."field contract_end" > "f"."zone today"
        )
        AND (
          "f"."field contract_end" <= "f"."zone today + 1 month"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment next_month",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 1 year" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment year",
    CASE
      WHEN COALESCE(
        (
          "f"."field contract_end" > "f"."zone today - 1 year"
        )
        AND (
          "f"."field contract_end" <= "f"."zone today"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment year_on_date"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment next_month" + "f"."segment year" * 2 + "f"."segment year_on_date" * 4 AS "word 1"
FROM "frame_2" AS "f";
