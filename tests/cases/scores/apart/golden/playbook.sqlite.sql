-- made by `pytest --update` from e34b4f1778a9d0a7

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) * 5368709120 AS "leaf points visit"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "events_1_2" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) * 3221225472 AS "leaf points message_opened"
  FROM "event_message_opened" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf points visit", 0) AS "leaf points visit",
    COALESCE("p1"."leaf points message_opened", 0) AS "leaf points message_opened"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf points visit" AS "sum main",
    "f"."leaf points message_opened" AS "sum reader"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN "f"."sum main" < 0 THEN 0 ELSE "f"."sum main" END AS "points main",
    CASE WHEN "f"."sum reader" < 0 THEN 0 ELSE "f"."sum reader" END AS "points reader"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."points main",
    "f"."points reader",
    CASE
      WHEN "f"."points main" >= 5368709120
      THEN 'warm'
      WHEN "f"."points main" >= 0
      THEN 'cold'
    END AS "stage main",
    CASE
      WHEN "f"."points reader" >= 5368709120
      THEN 'warm'
      WHEN "f"."points reader" >= 0
      THEN 'cold'
    END AS "stage reader"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  CASE WHEN NOT "f"."points main" IS NULL THEN 1 ELSE 0 END + CASE
    WHEN "f"."stage main" = 'cold'
    THEN 1
    WHEN "f"."stage main" = 'warm'
    THEN 2
    ELSE 0
  END * 2 + CASE WHEN NOT "f"."points reader" IS NULL THEN 1 ELSE 0 END * 8 + CASE
    WHEN "f"."stage reader" = 'cold'
    THEN 1
    WHEN "f"."stage reader" = 'warm'
    THEN 2
    ELSE 0
  END * 16 AS "word 1",
  COALESCE("f"."points main", 0) AS "points main",
  COALESCE("f"."points reader", 0) AS "points reader"
FROM "frame_4" AS "f";
