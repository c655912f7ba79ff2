-- made by `pytest --update` from e768ea5655701f50

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."last_name" AS "field last_name",
    "c"."country" AS "field country",
    "c"."environment" AS "field environment",
    "c"."active" AS "field active"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) AS "leaf number purchase"
  FROM "event_purchase" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "events_1_2" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) AS "leaf number visit",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_5_minute) AS "leaf number visit in last 5 minute"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "events_1_3" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_5_minute) AS "leaf number cart_added in last 5 minute"
  FROM "event_cart_added" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_2
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field last_name",
    "f"."field country",
    "f"."field environment",
    "f"."field active",
    COALESCE("p0"."leaf number purchase", 0) AS "leaf number purchase",
    COALESCE("p1"."leaf number visit", 0) AS "leaf number visit",
    COALESCE("p1"."leaf number visit in last 5 minute", 0) AS "leaf number visit in last 5 minute",
    COALESCE("p2"."leaf number cart_added in last 5 minute", 0) AS "leaf number cart_added in last 5 minute"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_3" AS "p2"
    ON "p2"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf number purchase",
    "f"."leaf number visit",
    CASE
      WHEN COALESCE("f"."leaf number purchase" >= 1, FALSE)
      AND (
        NOT COALESCE("f"."field last_name" = 'static', FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment bought_not_static",
    CASE
      WHEN COALESCE("f"."field country" = 'CA', FALSE)
      OR COALESCE("f"."leaf number visit" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment ca_or_visited",
    CASE WHEN COALESCE("f"."field environment" = 'test', FALSE) THEN 1 ELSE 0 END AS "segment testing",
    CASE WHEN COALESCE("f"."field active" = 1, FALSE) THEN 1 ELSE 0 END AS "segment listed",
    CASE
      WHEN (
        COALESCE("f"."field country" = 'CA', FALSE)
        OR COALESCE("f"."field country" = 'US', FALSE)
      )
      AND COALESCE("f"."leaf number visit" >= 3, FALSE)
      THEN 1
      ELSE 0
    END AS "segment north_america_thrice",
    CASE
      WHEN COALESCE("f"."field environment" = 'test', FALSE)
      AND COALESCE("f"."leaf number cart_added in last 5 minute" = 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment testing_and_quiet",
    CASE
      WHEN COALESCE("f"."field environment" = 'test', FALSE)
      AND COALESCE("f"."leaf number visit in last 5 minute" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment testing_and_visited",
    CASE
      WHEN COALESCE("f"."field country" = 'US', FALSE)
      AND COALESCE("f"."leaf number visit" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment us_visited"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment bought_not_static",
    "f"."segment ca_or_visited",
    "f"."segment testing",
    "f"."segment listed",
    "f"."segment north_america_thrice",
    "f"."segment testing_and_quiet",
    "f"."segment testing_and_visited",
    "f"."segment us_visited",
    CASE
      WHEN COALESCE("f"."leaf number visit" >= 1, FALSE) AND (
        "f"."segment testing" = 1
      )
      THEN 1
      ELSE 0
    END AS "segment cohort_and_event",
    CASE
      WHEN COALESCE("f"."leaf number purchase" >= 1, FALSE)
      OR (
        "f"."segment testing" = 1
      )
      THEN 1
      ELSE 0
    END AS "segment cohort_or_event",
    CASE
      WHEN COALESCE("f"."leaf number visit" >= 1, FALSE) OR (
        "f"."segment listed" = 1
      )
      THEN 1
      ELSE 0
    END AS "segment listed_or_visited",
    CASE
      WHEN COALESCE("f"."leaf number visit" >= 1, FALSE) AND (
        "f"."segment listed" = 1
      )
      THEN 1
      ELSE 0
    END AS "segment listed_visited",
    CASE
      WHEN COALESCE("f"."leaf number visit" >= 1, FALSE)
      OR (
        "f"."segment bought_not_static" = 1
      )
      THEN 1
      ELSE 0
    END AS "segment nested",
    CASE
      WHEN COALESCE("f"."leaf number visit" >= 1, FALSE)
      AND (
        NOT (
          "f"."segment listed" = 1
        )
      )
      THEN 1
      ELSE 0
    END AS "segment unlisted_visited"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment bought_not_static" + "f"."segment ca_or_visited" * 2 + "f"."segment testing" * 4 + "f"."segment cohort_and_event" * 8 + "f"."segment cohort_or_event" * 16 + "f"."segment listed" * 32 + "f"."segment listed_or_visited" * 64 + "f"."segment listed_visited" * 128 + "f"."segment nested" * 256 + "f"."segment north_america_thrice" * 512 + "f"."segment testing_and_quiet" * 1024 + "f"."segment testing_and_visited" * 2048 + "f"."segment unlisted_visited" * 4096 + "f"."segment us_visited" * 8192 AS "word 1"
FROM "frame_3" AS "f";
