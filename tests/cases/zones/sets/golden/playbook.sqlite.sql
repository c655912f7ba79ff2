-- made by `pytest --update` from ee175bce97425e94

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "end of today" INTEGER,
  "end of yesterday" INTEGER,
  "start of today" INTEGER,
  "start of yesterday" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "z"."start of today" AS "zone start of today",
    "z"."end of today" AS "zone end of today",
    "z"."start of yesterday" AS "zone start of yesterday",
    "z"."end of yesterday" AS "zone end of yesterday"
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
      )) AS "leaf number visit local period yesterday"
  FROM "frame_0" AS "f"
  JOIN "event_visit" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_1
  GROUP BY
    "f"."_row"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf number visit local period today", 0) AS "leaf number visit local period today",
    COALESCE("p0"."leaf number visit local period yesterday", 0) AS "leaf number visit local period yesterday"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE("f"."leaf number visit local period today" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment on_today",
    CASE
      WHEN COALESCE("f"."leaf number visit local period yesterday" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment on_yesterday"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment on_today" + "f"."segment on_yesterday" * 2 AS "word 1"
FROM "frame_2" AS "f";
