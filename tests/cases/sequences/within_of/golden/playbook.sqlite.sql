-- made by `pytest --update` from 74a0e376e93e1988

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."signed_up" AS "field signed_up"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    MIN("e"."_at") AS "leaf first visit",
    MAX("e"."_at") AS "leaf last visit"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "events_1_2" AS (
  SELECT
    "f"."_row" AS "_row",
    MIN("e"."_at") FILTER(WHERE
      COALESCE("e"."product" = 'X', FALSE)) AS "leaf first purchase",
    COUNT(*) FILTER(WHERE
      COALESCE(
        (
          "e"."_at" > "f"."field signed_up"
        )
        AND (
          "e"."_at" <= (
            "f"."field signed_up" + 259200000000
          )
        ),
        FALSE
      )) AS "leaf number purchase c",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_20_day
      )
      AND COALESCE(
        (
          "e"."_at" > "f"."field signed_up"
        )
        AND (
          "e"."_at" <= (
            "f"."field signed_up" + 259200000000
          )
        ),
        FALSE
      )) AS "leaf number purchase in last 20 day",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."product" = 'X', FALSE)
      AND COALESCE(
        (
          "e"."_at" > "f"."field signed_up"
        )
        AND (
          "e"."_at" <= (
            "f"."field signed_up" + 259200000000
          )
        ),
        FALSE
      )) AS "leaf number purchase d"
  FROM "frame_0" AS "f"
  JOIN "event_purchase" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "p0"."leaf first visit" AS "leaf first visit",
    "p0"."leaf last visit" AS "leaf last visit",
    "p1"."leaf first purchase" AS "leaf first purchase",
    COALESCE("p1"."leaf number purchase c", 0) AS "leaf number purchase c",
    COALESCE("p1"."leaf number purchase in last 20 day", 0) AS "leaf number purchase in last 20 day",
    COALESCE("p1"."leaf number purchase d", 0) AS "leaf number purchase d"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_row" = "f"."_row"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf first visit",
    "f"."leaf last visit",
    "f"."leaf first purchase",
    CASE WHEN NOT COALESCE("f"."leaf number purchase c" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment not_soon",
    CASE WHEN COALESCE("f"."leaf number purchase c" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment soon",
    CASE
      WHEN COALESCE("f"."leaf number purchase in last 20 day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment soon_lately",
    CASE WHEN COALESCE("f"."leaf number purchase d" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment soon_of_x"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "events_3_1" AS (
  SELECT
    "f"."_row" AS "_row",
    COUNT(*) FILTER(WHERE
      COALESCE(
        (
          "e"."_at" > "f"."leaf first visit"
        )
        AND (
          "e"."_at" <= (
            "f"."leaf first visit" + 86400000000
          )
        ),
        FALSE
      )) AS "leaf number purchase a",
    COUNT(*) FILTER(WHERE
      COALESCE(
        (
          "e"."_at" > "f"."leaf last visit"
        )
        AND (
          "e"."_at" <= (
            "f"."leaf last visit" + 86400000000
          )
        ),
        FALSE
      )) AS "leaf number purchase b"
  FROM "frame_2" AS "f"
  JOIN "event_purchase" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "events_3_2" AS (
  SELECT
    "f"."_row" AS "_row",
    COUNT(*) FILTER(WHERE
      COALESCE(
        (
          "e"."_at" > "f"."leaf first purchase"
        )
        AND (
          "e"."_at" <= (
            "f"."leaf first purchase" + 345600000000
          )
        ),
        FALSE
      )) AS "leaf number visit"
  FROM "frame_2" AS "f"
  JOIN "event_visit" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment not_soon",
    "f"."segment soon",
    "f"."segment soon_lately",
    "f"."segment soon_of_x",
    COALESCE("p0"."leaf number purchase a", 0) AS "leaf number purchase a",
    COALESCE("p0"."leaf number purchase b", 0) AS "leaf number purchase b",
    COALESCE("p1"."leaf number visit", 0) AS "leaf number visit"
  FROM "frame_2" AS "f"
  LEFT JOIN "events_3_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
  LEFT JOIN "events_3_2" AS "p1"
    ON "p1"."_row" = "f"."_row"
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment not_soon",
    "f"."segment soon",
    "f"."segment soon_lately",
    "f"."segment soon_of_x",
    CASE WHEN COALESCE("f"."leaf number purchase a" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment after_first_visit",
    CASE WHEN COALESCE("f"."leaf number visit" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment after_first_x",
    CASE WHEN COALESCE("f"."leaf number purchase b" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment after_last_visit"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment after_first_visit" + "f"."segment after_first_x" * 2 + "f"."segment after_last_visit" * 4 + "f"."segment not_soon" * 8 + "f"."segment soon" * 16 + "f"."segment soon_lately" * 32 + "f"."segment soon_of_x" * 64 AS "word 1"
FROM "frame_4" AS "f";
