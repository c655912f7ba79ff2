-- made by `pytest --update` from 609a0c8e210e1f48

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    SUM("e"."amount") FILTER(WHERE
      "e"."_at" > :before_30_day) AS "leaf sum purchase.amount in last 30 day"
  FROM "event_purchase" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_3
  GROUP BY
    "e"."_contact"
), "events_1_2" AS (
  SELECT
    "e"."_contact" AS "_contact",
    MAX("e"."_at") AS "leaf last visit"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf sum purchase.amount in last 30 day", 0) AS "leaf sum purchase.amount in last 30 day",
    "p1"."leaf last visit" AS "leaf last visit"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE("f"."leaf sum purchase.amount in last 30 day" >= 100000, FALSE)
      THEN 1
      ELSE 0
    END AS "condition trigger thousand when",
    CASE WHEN COALESCE("f"."leaf last visit" <= :before_2_day, FALSE) THEN 1 ELSE 0 END AS "condition trigger silent when",
    CASE
      WHEN COALESCE("f"."leaf sum purchase.amount in last 30 day" >= 100000, FALSE)
      THEN 1
      ELSE 0
    END AS "condition trigger once_only when"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."condition trigger thousand when" + "f"."condition trigger silent when" * 2 + "f"."condition trigger once_only when" * 4 AS "word 1"
FROM "frame_2" AS "f";
