-- made by `pytest --update` from c787be30bf899510

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "start of 20260506" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "z"."start of 20260506" AS "zone start of 20260506"
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
      "e"."_at" < "f"."zone start of 20260506") AS "leaf number visit local dates [null,20260505]"
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
    COALESCE("p0"."leaf number visit local dates [null,20260505]", 0) AS "leaf number visit local dates [null,20260505]"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE("f"."leaf number visit local dates [null,20260505]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "condition cap daily where"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."condition cap daily where" AS "word 1"
FROM "frame_2" AS "f";
