-- made by `pytest --update` from b7e1b73de179ae20

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "leap year" INTEGER,
  "start of 20260520" INTEGER,
  "start of 20260521" INTEGER,
  "today" INTEGER,
  "today + 3 day" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."visits" AS "field visits",
    "c"."active" AS "field active",
    "c"."birth_date" AS "field birth_date",
    "z"."start of 20260520" AS "zone start of 20260520",
    "z"."start of 20260521" AS "zone start of 20260521",
    "z"."today" AS "zone today",
    "z"."today + 3 day" AS "zone today + 3 day",
    "z"."leap year" AS "zone leap year"
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
      COALESCE("e"."_at" >= "f"."zone start of 20260520", FALSE)) AS "leaf number visit a",
    COUNT(*) * 5368709120 AS "leaf points visit",
    COUNT(*) FILTER(WHERE
      COALESCE(
        CASE
          WHEN "f"."field birth_date" <= "f"."zone today"
          THEN (
            "f"."zone today" - (
              "f"."field birth_date" - CASE
                WHEN (
                  (
                    "f"."field birth_date" % 10000
                  ) = 229
                )
                AND (
                  "f"."zone leap year" = 0
                )
                THEN 1
                ELSE 0
              END
            )
          ) / 10000
        END >= 18,
        FALSE
      )) AS "leaf number visit c",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."_id" = 'k', FALSE)) AS "leaf number visit e"
  FROM "frame_0" AS "f"
  JOIN "event_visit" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "events_1_2" AS (
  SELECT
    "f"."_row" AS "_row",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."delivery_day" >= 20260521, FALSE)) AS "leaf number purchase a",
    COUNT(*) FILTER(WHERE
      COALESCE(
        (
          "e"."delivery_day" > "f"."zone today"
        )
        AND (
          "e"."delivery_day" <= "f"."zone today + 3 day"
        ),
        FALSE
      )) AS "leaf number purchase b"
  FROM "frame_0" AS "f"
  JOIN "event_purchase" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "events_1_3" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) AS "leaf number cart_added"
  FROM "event_cart_added" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field visits",
    "f"."field active",
    COALESCE("p0"."leaf number visit a", 0) AS "leaf number visit a",
    COALESCE("p0"."leaf points visit", 0) AS "leaf points visit",
    COALESCE("p0"."leaf number visit c", 0) AS "leaf number visit c",
    COALESCE("p0"."leaf number visit e", 0) AS "leaf number visit e",
    COALESCE("p1"."leaf number purchase a", 0) AS "leaf number purchase a",
    COALESCE("p1"."leaf number purchase b", 0) AS "leaf number purchase b",
    COALESCE("p2"."leaf number cart_added", 0) AS "leaf number cart_added"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_row" = "f"."_row"
  LEFT JOIN "events_1_3" AS "p2"
    ON "p2"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf number cart_added",
    CASE WHEN COALESCE("f"."field visits" > 1, FALSE) THEN 1 ELSE 0 END AS "segment SELECT",
    CASE WHEN COALESCE("f"."field active" = 1, FALSE) THEN 1 ELSE 0 END AS "segment last",
    CASE WHEN COALESCE("f"."leaf number visit a" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment at_today",
    CASE WHEN COALESCE("f"."leaf number purchase a" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment delivered_from_21",
    CASE WHEN COALESCE("f"."leaf number purchase b" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment delivered_soon",
    "f"."leaf points visit" AS "sum lead",
    "f"."field active" AS "define is_active",
    CASE WHEN COALESCE("f"."leaf number visit c" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment of_grown_ups",
    CASE WHEN COALESCE("f"."leaf number visit e" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment of_that_id",
    CASE WHEN COALESCE("f"."field visits" > 2, FALSE) THEN 1 ELSE 0 END AS "segment select ~2"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "events_3_1" AS (
  SELECT
    "f"."_row" AS "_row",
    COUNT(*) FILTER(WHERE
      "f"."segment last" = 1) AS "leaf number visit d",
    COUNT(*) FILTER(WHERE
      COALESCE("f"."leaf number cart_added" >= 1, FALSE)) AS "leaf number visit f"
  FROM "frame_2" AS "f"
  JOIN "event_visit" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "events_3_2" AS (
  SELECT
    "f"."_row" AS "_row",
    SUM("e"."amount") FILTER(WHERE
      "f"."segment last" = 1) AS "leaf sum purchase.amount a",
    SUM("e"."amount") FILTER(WHERE
      NOT (
        "f"."segment last" = 1
      )) AS "leaf sum purchase.amount b"
  FROM "frame_2" AS "f"
  JOIN "event_purchase" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment SELECT",
    "f"."segment last",
    "f"."segment at_today",
    "f"."segment delivered_from_21",
    "f"."segment delivered_soon",
    "f"."sum lead",
    "f"."define is_active",
    "f"."segment of_grown_ups",
    "f"."segment of_that_id",
    "f"."segment select ~2",
    COALESCE("p0"."leaf number visit d", 0) AS "leaf number visit d",
    COALESCE("p0"."leaf number visit f", 0) AS "leaf number visit f",
    COALESCE("p1"."leaf sum purchase.amount a", 0) AS "leaf sum purchase.amount a",
    COALESCE("p1"."leaf sum purchase.amount b", 0) AS "leaf sum purchase.amount b"
  FROM "frame_2" AS "f"
  LEFT JOIN "events_3_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
  LEFT JOIN "events_3_2" AS "p1"
    ON "p1"."_row" = "f"."_row"
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment SELECT",
    "f"."segment last",
    "f"."segment at_today",
    "f"."segment delivered_from_21",
    "f"."segment delivered_soon",
    "f"."segment of_grown_ups",
    "f"."segment of_that_id",
    "f"."segment select ~2",
    CASE WHEN "f"."segment last" = 1 THEN 1 ELSE 0 END AS "segment and_they",
    CASE WHEN "f"."sum lead" < 0 THEN 0 ELSE "f"."sum lead" END AS "points lead",
    CASE WHEN COALESCE("f"."define is_active" = 1, FALSE) THEN 1 ELSE 0 END AS "segment named",
    CASE WHEN COALESCE("f"."define is_active" = 1, FALSE) THEN 1 ELSE 0 END AS "segment named_yes",
    CASE WHEN NOT COALESCE("f"."define is_active" = 1, FALSE) THEN 1 ELSE 0 END AS "segment not_named",
    CASE WHEN COALESCE("f"."leaf number visit d" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment of_members",
    CASE WHEN COALESCE("f"."leaf number visit f" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment of_those_with_carts",
    CASE WHEN COALESCE("f"."leaf sum purchase.amount a" = 1000, FALSE) THEN 1 ELSE 0 END AS "segment sum_of_members",
    CASE WHEN COALESCE("f"."leaf sum purchase.amount b" = 0, FALSE) THEN 1 ELSE 0 END AS "segment sum_of_nobody"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
), "events_5_1" AS (
  SELECT
    "f"."_row" AS "_row",
    COUNT(*) FILTER(WHERE
      COALESCE(
        (
          "e"."seconds" > (
            "f"."points lead" / 1073741824
          )
        )
        OR (
          (
            "e"."seconds" = (
              "f"."points lead" / 1073741824
            )
          )
          AND (
            (
              0 * 1073741824
            ) > (
              "f"."points lead" % 1073741824
            )
          )
        ),
        FALSE
      )) AS "leaf number visit b"
  FROM "frame_4" AS "f"
  JOIN "event_visit" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "frame_5" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment SELECT",
    "f"."segment last",
    "f"."segment at_today",
    "f"."segment delivered_from_21",
    "f"."segment delivered_soon",
    "f"."segment of_grown_ups",
    "f"."segment of_that_id",
    "f"."segment select ~2",
    "f"."segment and_they",
    "f"."points lead",
    "f"."segment named",
    "f"."segment named_yes",
    "f"."segment not_named",
    "f"."segment of_members",
    "f"."segment of_those_with_carts",
    "f"."segment sum_of_members",
    "f"."segment sum_of_nobody",
    COALESCE("p0"."leaf number visit b", 0) AS "leaf number visit b"
  FROM "frame_4" AS "f"
  LEFT JOIN "events_5_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
), "frame_6" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment SELECT",
    "f"."segment last",
    "f"."segment at_today",
    "f"."segment delivered_from_21",
    "f"."segment delivered_soon",
    "f"."segment of_grown_ups",
    "f"."segment of_that_id",
    "f"."segment select ~2",
    "f"."segment and_they",
    "f"."points lead",
    "f"."segment named",
    "f"."segment named_yes",
    "f"."segment not_named",
    "f"."segment of_members",
    "f"."segment of_those_with_carts",
    "f"."segment sum_of_members",
    "f"."segment sum_of_nobody",
    CASE WHEN COALESCE("f"."leaf number visit b" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment longer_than_score"
  FROM "frame_5" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment SELECT" + "f"."segment last" * 2 + "f"."segment and_they" * 4 + "f"."segment at_today" * 8 + "f"."segment delivered_from_21" * 16 + "f"."segment delivered_soon" * 32 + "f"."segment longer_than_score" * 64 + "f"."segment named" * 128 + "f"."segment named_yes" * 256 + "f"."segment not_named" * 512 + "f"."segment of_grown_ups" * 1024 + "f"."segment of_members" * 2048 + "f"."segment of_that_id" * 4096 + "f"."segment of_those_with_carts" * 8192 + "f"."segment select ~2" * 16384 + "f"."segment sum_of_members" * 32768 + "f"."segment sum_of_nobody" * 65536 + CASE WHEN NOT "f"."points lead" IS NULL THEN 1 ELSE 0 END * 131072 AS "word 1",
  COALESCE("f"."points lead", 0) AS "points lead"
FROM "frame_6" AS "f";
