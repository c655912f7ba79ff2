-- made by `pytest --update` from ee9a18862127a082

-- temporary table _stages
CREATE TEMPORARY TABLE "_stages" (
  "_contact" TEXT PRIMARY KEY,
  "before lead" INTEGER
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."visits" AS "field visits",
    "c"."country" AS "field country",
    COALESCE("s"."before lead", -1) AS "before lead"
  FROM "contacts" AS "c"
  LEFT JOIN "_stages" AS "s"
    ON "s"."_contact" = "c"."_key"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_5_minute) AS "leaf number visit in last 5 minute"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_2
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field visits",
    "f"."field country",
    "f"."before lead",
    COALESCE("p0"."leaf number visit in last 5 minute", 0) AS "leaf number visit in last 5 minute"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."before lead",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 5 minute" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment recent",
    CASE
      WHEN COALESCE("f"."field country" = 'CH', FALSE)
      THEN CASE
        WHEN NOT COALESCE("f"."field visits" >= 0, FALSE)
        THEN 0
        WHEN (
          "f"."field visits" / 1
        ) > 100000000
        THEN 107374182400000000
        ELSE (
          "f"."field visits" / 1
        ) * 1073741824
      END
    END AS "sum lead"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."before lead",
    "f"."segment recent",
    CASE WHEN "f"."sum lead" < 0 THEN 0 ELSE "f"."sum lead" END AS "points lead"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment recent",
    "f"."points lead",
    CASE
      WHEN "f"."points lead" >= CASE WHEN "f"."before lead" >= 2 THEN 32212254720 ELSE 42949672960 END
      THEN 'hot'
      WHEN "f"."points lead" >= 21474836480
      THEN 'warm'
      WHEN "f"."points lead" >= 0
      THEN 'cold'
    END AS "stage lead"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment recent" + CASE WHEN NOT "f"."points lead" IS NULL THEN 1 ELSE 0 END * 2 + CASE
    WHEN "f"."stage lead" = 'cold'
    THEN 1
    WHEN "f"."stage lead" = 'warm'
    THEN 2
    WHEN "f"."stage lead" = 'hot'
    THEN 3
    ELSE 0
  END * 4 AS "word 1",
  COALESCE("f"."points lead", 0) AS "points lead"
FROM "frame_4" AS "f";
