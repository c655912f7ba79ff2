-- made by `pytest --update` from 5530fb72a43b749e

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "start of 20260520" INTEGER,
  "start of 20260521" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."last_seen" AS "field last_seen",
    "c"."signed_up" AS "field signed_up",
    "z"."start of 20260520" AS "zone start of 20260520",
    "z"."start of 20260521" AS "zone start of 20260521"
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
      "e"."_at" > :before_30_day) AS "leaf number message_complained in last 30 day"
  FROM "event_message_complained" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_2
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field last_seen",
    "f"."field signed_up",
    "f"."zone start of 20260521",
    COALESCE("p0"."leaf number message_complained in last 30 day", 0) AS "leaf number message_complained in last 30 day"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE("f"."field last_seen" < "f"."zone start of 20260521", FALSE)
      AND COALESCE("f"."field signed_up" >= "f"."zone start of 20260521", FALSE)
      THEN 1
      ELSE 0
    END AS "condition suppress away where",
    CASE
      WHEN COALESCE("f"."leaf number message_complained in last 30 day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "condition suppress dispute where"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."condition suppress away where" + "f"."condition suppress dispute where" * 2 AS "word 1"
FROM "frame_2" AS "f";
