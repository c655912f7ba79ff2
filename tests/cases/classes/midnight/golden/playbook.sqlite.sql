-- made by `pytest --update` from 4579af3317713bfc

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "end of yesterday" INTEGER,
  "start of yesterday" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- classes, as of the last midnight
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
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
      "e"."_at" > :before_1_day) AS "leaf number visit 4ccdcac56d7c",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of yesterday"
      )
      AND (
        "e"."_at" < "f"."zone end of yesterday"
      )) AS "leaf number visit 75e9187003b7"
  FROM "frame_0" AS "f"
  JOIN "event_visit" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_2
  GROUP BY
    "f"."_row"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf number visit 4ccdcac56d7c", 0) AS "leaf number visit 4ccdcac56d7c",
    COALESCE("p0"."leaf number visit 75e9187003b7", 0) AS "leaf number visit 75e9187003b7"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf number visit 4ccdcac56d7c" AS "worth daily",
    "f"."leaf number visit 75e9187003b7" AS "worth yesterdays"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."worth daily",
    "f"."worth yesterdays",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth daily" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth daily" DESC, "f"."_contact" NULLS LAST
    ) AS "place daily",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth yesterdays" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth yesterdays" DESC, "f"."_contact" NULLS LAST
    ) AS "place yesterdays"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN "f"."worth daily" IS NULL
      THEN NULL
      WHEN (
        "f"."worth daily" > 0
      ) AND (
        "f"."place daily" <= 1
      )
      THEN :value_1
      ELSE :value_2
    END AS "class daily",
    CASE
      WHEN "f"."worth yesterdays" IS NULL
      THEN NULL
      WHEN (
        "f"."worth yesterdays" > 0
      ) AND (
        "f"."place yesterdays" <= 1
      )
      THEN :value_1
      ELSE :value_2
    END AS "class yesterdays"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."class daily",
  "f"."class yesterdays"
FROM "frame_4" AS "f";

-- temporary table _classes
CREATE TEMPORARY TABLE "_classes" (
  "_contact" TEXT PRIMARY KEY,
  "tier daily" TEXT,
  "tier yesterdays" TEXT
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "k"."tier daily" AS "tier daily",
    "k"."tier yesterdays" AS "tier yesterdays"
  FROM "contacts" AS "c"
  LEFT JOIN "_classes" AS "k"
    ON "k"."_contact" = "c"."_key"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."tier daily" = 'first_place', FALSE) THEN 1 ELSE 0 END AS "segment busiest",
    CASE WHEN COALESCE("f"."tier yesterdays" = 'first_place', FALSE) THEN 1 ELSE 0 END AS "segment busiest_yesterday",
    CASE WHEN NOT (
      NOT "f"."tier daily" IS NULL
    ) THEN 1 ELSE 0 END AS "segment without"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment busiest" + "f"."segment busiest_yesterday" * 2 + "f"."segment without" * 4 AS "word 1"
FROM "frame_1" AS "f";
