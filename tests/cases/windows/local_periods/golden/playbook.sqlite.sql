-- made by `pytest --update` from 79daccbb1b34052d

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "end of month" INTEGER,
  "end of quarter" INTEGER,
  "end of today" INTEGER,
  "end of week" INTEGER,
  "end of year" INTEGER,
  "end of yesterday" INTEGER,
  "start of 20260628" INTEGER,
  "start of 20260630" INTEGER,
  "start of 20260701" INTEGER,
  "start of month" INTEGER,
  "start of quarter" INTEGER,
  "start of the last 1 days" INTEGER,
  "start of the last 2 days" INTEGER,
  "start of the last 3 days" INTEGER,
  "start of the last 4 days" INTEGER,
  "start of today" INTEGER,
  "start of week" INTEGER,
  "start of year" INTEGER,
  "start of yesterday" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "z"."start of 20260701" AS "zone start of 20260701",
    "z"."start of the last 4 days" AS "zone start of the last 4 days",
    "z"."start of month" AS "zone start of month",
    "z"."end of month" AS "zone end of month",
    "z"."start of quarter" AS "zone start of quarter",
    "z"."end of quarter" AS "zone end of quarter",
    "z"."start of week" AS "zone start of week",
    "z"."end of week" AS "zone end of week",
    "z"."start of year" AS "zone start of year",
    "z"."end of year" AS "zone end of year",
    "z"."start of today" AS "zone start of today",
    "z"."end of today" AS "zone end of today",
    "z"."start of yesterday" AS "zone start of yesterday",
    "z"."end of yesterday" AS "zone end of yesterday",
    "z"."start of the last 1 days" AS "zone start of the last 1 days",
    "z"."start of the last 3 days" AS "zone start of the last 3 days",
    "z"."start of the last 2 days" AS "zone start of the last 2 days",
    "z"."start of 20260628" AS "zone start of 20260628",
    "z"."start of 20260630" AS "zone start of 20260630"
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
    "f"."_row" AS "_row",
    COUNT(*) FILTER(WHERE
      "e"."_at" < "f"."zone start of 20260701") AS "leaf number visit local dates [null,20260630]",
    COUNT(*) FILTER(WHERE
      "e"."_at" >= "f"."zone start of the last 4 days") AS "leaf number visit in last 4 local day",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of month"
      )
      AND (
        "e"."_at" < "f"."zone end of month"
      )) AS "leaf number visit local period month",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of quarter"
      )
      AND (
        "e"."_at" < "f"."zone end of quarter"
      )) AS "leaf number visit local period quarter",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of week"
      )
      AND (
        "e"."_at" < "f"."zone end of week"
      )) AS "leaf number visit local period week",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of year"
      )
      AND (
        "e"."_at" < "f"."zone end of year"
      )) AS "leaf number visit local period year",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of today"
      )
      AND (
        "e"."_at" < "f"."zone end of today"
      )) AS "leaf number visit local period today",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of yesterday"
      )
      AND (
        "e"."_at" < "f"."zone end of yesterday"
      )) AS "leaf number visit local period yesterday",
    COUNT(*) FILTER(WHERE
      "e"."_at" >= "f"."zone start of the last 1 days") AS "leaf number visit in last 1 local day",
    COUNT(*) FILTER(WHERE
      "e"."_at" >= "f"."zone start of 20260701") AS "leaf number visit local dates [20260701,null]",
    COUNT(*) FILTER(WHERE
      "e"."_at" >= "f"."zone start of the last 3 days") AS "leaf number visit in last 3 local day",
    COUNT(*) FILTER(WHERE
      "e"."_at" >= "f"."zone start of the last 2 days") AS "leaf number visit in last 2 local day",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of 20260628"
      )
      AND (
        "e"."_at" < "f"."zone start of 20260630"
      )) AS "leaf number visit local dates [20260628,20260629]"
  FROM "frame_0" AS "f"
  JOIN "event_visit" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf number visit local dates [null,20260630]", 0) AS "leaf number visit local dates [null,20260630]",
    COALESCE("p0"."leaf number visit in last 4 local day", 0) AS "leaf number visit in last 4 local day",
    COALESCE("p0"."leaf number visit local period month", 0) AS "leaf number visit local period month",
    COALESCE("p0"."leaf number visit local period quarter", 0) AS "leaf number visit local period quarter",
    COALESCE("p0"."leaf number visit local period week", 0) AS "leaf number visit local period week",
    COALESCE("p0"."leaf number visit local period year", 0) AS "leaf number visit local period year",
    COALESCE("p0"."leaf number visit local period today", 0) AS "leaf number visit local period today",
    COALESCE("p0"."leaf number visit local period yesterday", 0) AS "leaf number visit local period yesterday",
    COALESCE("p0"."leaf number visit in last 1 local day", 0) AS "leaf number visit in last 1 local day",
    COALESCE("p0"."leaf number visit local dates [20260701,null]", 0) AS "leaf number visit local dates [20260701,null]",
    COALESCE("p0"."leaf number visit in last 3 local day", 0) AS "leaf number visit in last 3 local day",
    COALESCE("p0"."leaf number visit in last 2 local day", 0) AS "leaf number visit in last 2 local day",
    COALESCE("p0"."leaf number visit local dates [20260628,20260629]", 0) AS "leaf number visit local dates [20260628,20260629]"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE("f"."leaf number visit local dates [null,20260630]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment before_july",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 4 local day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment four_days",
    CASE
      WHEN COALESCE("f"."leaf number visit local period month" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment in_month",
    CASE
      WHEN COALESCE("f"."leaf number visit local period quarter" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment in_quarter",
    CASE
      WHEN COALESCE("f"."leaf number visit local period week" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment in_week",
    CASE
      WHEN COALESCE("f"."leaf number visit local period year" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment in_year",
    CASE
      WHEN COALESCE("f"."leaf number visit local period today" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment on_today",
    CASE
      WHEN COALESCE("f"."leaf number visit local period yesterday" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment on_yesterday",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 1 local day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment one_day",
    CASE
      WHEN COALESCE("f"."leaf number visit local dates [20260701,null]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment since_july",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 3 local day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment three_days",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 2 local day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment two_days",
    CASE
      WHEN COALESCE("f"."leaf number visit local dates [20260628,20260629]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment two_june_days"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment before_july" + "f"."segment four_days" * 2 + "f"."segment in_month" * 4 + "f"."segment in_quarter" * 8 + "f"."segment in_week" * 16 + "f"."segment in_year" * 32 + "f"."segment on_today" * 64 + "f"."segment on_yesterday" * 128 + "f"."segment one_day" * 256 + "f"."segment since_july" * 512 + "f"."segment three_days" * 1024 + "f"."segment two_days" * 2048 + "f"."segment two_june_days" * 4096 AS "word 1"
FROM "frame_2" AS "f";
