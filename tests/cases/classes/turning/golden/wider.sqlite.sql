-- made by `pytest --update` from eb3d46744663ff5a

-- classes, as of the last midnight
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_1_day) AS "leaf number visit 4ccdcac56d7c"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_2
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf number visit 4ccdcac56d7c", 0) AS "leaf number visit 4ccdcac56d7c"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf number visit 4ccdcac56d7c" AS "worth busy"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."worth busy",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth busy" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth busy" DESC, "f"."_contact" NULLS LAST
    ) AS "place busy"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN "f"."worth busy" IS NULL
      THEN NULL
      WHEN (
        "f"."worth busy" > 0
      ) AND (
        "f"."place busy" <= 2
      )
      THEN :value_1
      ELSE :value_2
    END AS "class busy"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."class busy"
FROM "frame_4" AS "f";

-- temporary table _classes
CREATE TEMPORARY TABLE "_classes" (
  "_contact" TEXT PRIMARY KEY,
  "tier busy" TEXT
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "k"."tier busy" AS "tier busy"
  FROM "contacts" AS "c"
  LEFT JOIN "_classes" AS "k"
    ON "k"."_contact" = "c"."_key"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."tier busy" = 'A', FALSE) THEN 1 ELSE 0 END AS "segment best"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment best" AS "word 1"
FROM "frame_1" AS "f";
