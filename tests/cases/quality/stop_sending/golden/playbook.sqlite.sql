-- made by `pytest --update` from bc25e0132a1c16db

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."country" AS "field country",
    "c"."phone" AS "field phone",
    "c"."plan" AS "field plan"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) AS "leaf number visit"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field country",
    "f"."field phone",
    "f"."field plan",
    COALESCE("p0"."leaf number visit", 0) AS "leaf number visit"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field phone",
    CASE WHEN COALESCE("f"."field country" = 'LI', FALSE) THEN 1 ELSE 0 END AS "condition suppress staff where",
    CASE WHEN COALESCE("f"."leaf number visit" >= 1, FALSE) THEN 1 ELSE 0 END AS "condition quality addresses where",
    CASE WHEN NOT "f"."field phone" IS NULL THEN 1 ELSE 0 END AS "condition quality addresses 1",
    CASE
      WHEN COALESCE("f"."leaf number visit" >= 1, FALSE)
      AND (
        NOT "f"."field phone" IS NULL
      )
      THEN 1
      ELSE 0
    END AS "condition quality addresses 2 known",
    CASE WHEN NOT "f"."field plan" IS NULL THEN 1 ELSE 0 END AS "condition quality plans 1"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."condition suppress staff where",
    "f"."condition quality addresses where",
    "f"."condition quality addresses 1",
    "f"."condition quality addresses 2 known",
    "f"."condition quality plans 1",
    CASE
      WHEN (
        "f"."condition quality addresses 2 known" = 1
      )
      AND (
        (
          COUNT(*) OVER (PARTITION BY "f"."condition quality addresses 2 known", "f"."field phone")
        ) = 1
      )
      THEN 1
      ELSE 0
    END AS "alone quality addresses 2"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."condition suppress staff where" + "f"."condition quality addresses where" * 2 + "f"."condition quality addresses 1" * 4 + "f"."condition quality addresses 2 known" * 8 + "f"."condition quality plans 1" * 16 + "f"."alone quality addresses 2" * 32 AS "word 1"
FROM "frame_3" AS "f";
