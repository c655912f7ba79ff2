-- made by `pytest --update` from 7e87b49cd0d689e0

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_7_day) AS "leaf number cart_added in last 7 day"
  FROM "event_cart_added" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_3
  GROUP BY
    "e"."_contact"
), "events_1_2" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_8_day
      )
      AND EXISTS(
        SELECT
          1
        FROM "event_visit" AS "x"
        WHERE
          (
            (
              "x"."_contact" = "e"."_contact"
            ) AND (
              "x"."_at" > "e"."_at"
            )
          )
          AND (
            (
              "x"."_at" <= (
                "e"."_at" + 259200000000
              )
            )
            AND (
              "x"."_at" <= :as_of
            )
          )
      )) AS "leaf then visit in last 8 day"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_4
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf number cart_added in last 7 day", 0) AS "leaf number cart_added in last 7 day",
    COALESCE("p1"."leaf then visit in last 8 day", 0) AS "leaf then visit in last 8 day"
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
      WHEN COALESCE("f"."leaf number cart_added in last 7 day" >= 1, FALSE)
      AND (
        NOT COALESCE("f"."leaf then visit in last 8 day" >= 1, FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment new_and_no_pair"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment new_and_no_pair" AS "word 1"
FROM "frame_2" AS "f";
