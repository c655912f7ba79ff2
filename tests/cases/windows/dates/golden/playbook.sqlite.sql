-- made by `pytest --update` from 2796afc349d1b356

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "start of 20240101" INTEGER,
  "start of 20250101" INTEGER,
  "start of 20260505" INTEGER,
  "start of 20260516" INTEGER,
  "start of 20260517" INTEGER,
  "start of 20260518" INTEGER,
  "start of 20270101" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "z"."start of 20240101" AS "zone start of 20240101",
    "z"."start of 20260505" AS "zone start of 20260505",
    "z"."start of 20260516" AS "zone start of 20260516",
    "z"."start of 20270101" AS "zone start of 20270101",
    "z"."start of 20250101" AS "zone start of 20250101",
    "z"."start of 20260517" AS "zone start of 20260517",
    "z"."start of 20260518" AS "zone start of 20260518"
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
    COUNT(*) AS "leaf number visit",
    COUNT(*) FILTER(WHERE
      "e"."_at" < "f"."zone start of 20260505") AS "leaf number visit local dates [null,20260504]",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of 20260505"
      )
      AND (
        "e"."_at" < "f"."zone start of 20260516"
      )) AS "leaf number visit local dates [20260505,20260515]",
    COUNT(*) FILTER(WHERE
      "e"."_at" >= "f"."zone start of 20270101") AS "leaf number visit local dates [20270101,null]",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_30_day) AS "leaf number visit in last 30 day",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_7_day) AS "leaf number visit in last 7 day",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of 20260517"
      )
      AND (
        "e"."_at" < "f"."zone start of 20260518"
      )) AS "leaf number visit local dates [20260517,20260517]",
    COUNT(*) FILTER(WHERE
      "e"."_at" >= "f"."zone start of 20260505") AS "leaf number visit local dates [20260505,null]"
  FROM "frame_0" AS "f"
  JOIN "event_visit" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "events_1_2" AS (
  SELECT
    "f"."_row" AS "_row",
    COUNT(*) FILTER(WHERE
      "e"."_at" < "f"."zone start of 20240101") AS "leaf number purchase local dates [null,20231231]",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of 20240101"
      )
      AND (
        "e"."_at" < "f"."zone start of 20250101"
      )) AS "leaf number purchase local dates [20240101,20241231]",
    COUNT(*) FILTER(WHERE
      "e"."_at" >= "f"."zone start of 20250101") AS "leaf number purchase local dates [20250101,null]"
  FROM "frame_0" AS "f"
  JOIN "event_purchase" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf number visit", 0) AS "leaf number visit",
    COALESCE("p0"."leaf number visit local dates [null,20260504]", 0) AS "leaf number visit local dates [null,20260504]",
    COALESCE("p0"."leaf number visit local dates [20260505,20260515]", 0) AS "leaf number visit local dates [20260505,20260515]",
    COALESCE("p0"."leaf number visit local dates [20270101,null]", 0) AS "leaf number visit local dates [20270101,null]",
    COALESCE("p0"."leaf number visit in last 30 day", 0) AS "leaf number visit in last 30 day",
    COALESCE("p0"."leaf number visit in last 7 day", 0) AS "leaf number visit in last 7 day",
    COALESCE("p0"."leaf number visit local dates [20260517,20260517]", 0) AS "leaf number visit local dates [20260517,20260517]",
    COALESCE("p0"."leaf number visit local dates [20260505,null]", 0) AS "leaf number visit local dates [20260505,null]",
    COALESCE("p1"."leaf number purchase local dates [null,20231231]", 0) AS "leaf number purchase local dates [null,20231231]",
    COALESCE("p1"."leaf number purchase local dates [20240101,20241231]", 0) AS "leaf number purchase local dates [20240101,20241231]",
    COALESCE("p1"."leaf number purchase local dates [20250101,null]", 0) AS "leaf number purchase local dates [20250101,null]"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_row" = "f"."_row"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."leaf number visit" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment anytime",
    CASE
      WHEN COALESCE("f"."leaf number purchase local dates [null,20231231]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment before_2024",
    CASE
      WHEN COALESCE("f"."leaf number visit local dates [null,20260504]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment before_5_may",
    CASE
      WHEN COALESCE("f"."leaf number visit local dates [20260505,20260515]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment between_days",
    CASE
      WHEN COALESCE("f"."leaf number visit local dates [20270101,null]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment future_days",
    CASE
      WHEN COALESCE("f"."leaf number purchase local dates [20240101,20241231]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment in_2024",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 30 day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment last_30",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 7 day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment last_7",
    CASE
      WHEN COALESCE("f"."leaf number visit local dates [20260517,20260517]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment on_one_day",
    CASE
      WHEN COALESCE("f"."leaf number purchase local dates [20250101,null]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment since_2025",
    CASE
      WHEN COALESCE("f"."leaf number visit local dates [20260505,null]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment since_5_may"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment anytime" + "f"."segment before_2024" * 2 + "f"."segment before_5_may" * 4 + "f"."segment between_days" * 8 + "f"."segment future_days" * 16 + "f"."segment in_2024" * 32 + "f"."segment last_30" * 64 + "f"."segment last_7" * 128 + "f"."segment on_one_day" * 256 + "f"."segment since_2025" * 512 + "f"."segment since_5_may" * 1024 AS "word 1"
FROM "frame_2" AS "f";
