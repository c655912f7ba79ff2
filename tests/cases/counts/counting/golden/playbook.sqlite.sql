-- made by `pytest --update` from 7d5ca94a1a4815d2

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) AS "leaf number première_visite"
  FROM "event_première_visite" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "events_1_2" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_7_day) AS "leaf number purchase in last 7 day",
    COUNT(*) AS "leaf number purchase"
  FROM "event_purchase" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf number première_visite", 0) AS "leaf number première_visite",
    COALESCE("p1"."leaf number purchase in last 7 day", 0) AS "leaf number purchase in last 7 day",
    COALESCE("p1"."leaf number purchase", 0) AS "leaf number purchase"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."leaf number première_visite" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment any_visit",
    CASE
      WHEN COALESCE("f"."leaf number purchase in last 7 day" <= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment at_most_one",
    CASE
      WHEN COALESCE("f"."leaf number purchase in last 7 day" = 2, FALSE)
      THEN 1
      ELSE 0
    END AS "segment exactly_two",
    CASE
      WHEN COALESCE("f"."leaf number purchase in last 7 day" < 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment fewer_than_one",
    CASE
      WHEN COALESCE("f"."leaf number purchase in last 7 day" < 2, FALSE)
      THEN 1
      ELSE 0
    END AS "segment fewer_than_two",
    CASE WHEN COALESCE("f"."leaf number purchase" = 0, FALSE) THEN 1 ELSE 0 END AS "segment never",
    CASE WHEN NOT COALESCE("f"."leaf number purchase" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment not_ever",
    CASE WHEN NOT COALESCE("f"."leaf number purchase" >= 2, FALSE) THEN 1 ELSE 0 END AS "segment not_twice",
    CASE
      WHEN COALESCE("f"."leaf number purchase in last 7 day" <= 2, FALSE)
      AND COALESCE("f"."leaf number purchase in last 7 day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment one_or_two",
    CASE WHEN COALESCE("f"."leaf number purchase" >= 2, FALSE) THEN 1 ELSE 0 END AS "segment twice"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment any_visit" + "f"."segment at_most_one" * 2 + "f"."segment exactly_two" * 4 + "f"."segment fewer_than_one" * 8 + "f"."segment fewer_than_two" * 16 + "f"."segment never" * 32 + "f"."segment not_ever" * 64 + "f"."segment not_twice" * 128 + "f"."segment one_or_two" * 256 + "f"."segment twice" * 512 AS "word 1"
FROM "frame_2" AS "f";
