-- made by `pytest --update` from bff93562bf6f4271

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "today" INTEGER,
  "today + 30 day" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "z"."today" AS "zone today",
    "z"."today + 30 day" AS "zone today + 30 day",
    "c"."turnover" AS "field turnover"
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
    MAX("e"."amount") AS "leaf largest purchase.amount",
    MIN("e"."amount") AS "leaf smallest purchase.amount",
    CASE
      WHEN COUNT("e"."amount") > 0
      THEN (
        (
          SUM("e"."amount") / COUNT("e"."amount")
        ) * 10000
      ) + (
        (
          (
            SUM("e"."amount") % COUNT("e"."amount")
          ) * 10000
        ) / COUNT("e"."amount")
      )
    END AS "leaf average purchase.amount",
    CASE
      WHEN COUNT("e"."quantity") > 0
      THEN (
        (
          SUM("e"."quantity") / COUNT("e"."quantity")
        ) * 1000000
      ) + (
        (
          (
            SUM("e"."quantity") % COUNT("e"."quantity")
          ) * 1000000
        ) / COUNT("e"."quantity")
      )
    END AS "leaf average purchase.quantity",
    MAX("e"."delivery_day") AS "leaf largest purchase.delivery_day",
    MIN("e"."delivery_day") AS "leaf smallest purchase.delivery_day",
    COUNT(*) AS "leaf number purchase",
    COUNT(DISTINCT "e"."product") AS "leaf distinct purchase.product",
    COUNT(DISTINCT "e"."amount") AS "leaf distinct purchase.amount",
    SUM("e"."amount") AS "leaf sum purchase.amount a",
    SUM("e"."amount") FILTER(WHERE
      "e"."_at" > :before_7_day) AS "leaf sum purchase.amount in last 7 day",
    SUM("e"."amount") FILTER(WHERE
      COALESCE("e"."product" = 'X', FALSE)) AS "leaf sum purchase.amount b",
    COUNT(DISTINCT "e"."country") FILTER(WHERE
      "e"."_at" > :before_7_day) AS "leaf distinct purchase.country in last 7 day"
  FROM "event_purchase" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."zone today",
    "f"."zone today + 30 day",
    "f"."field turnover",
    "p0"."leaf largest purchase.amount" AS "leaf largest purchase.amount",
    "p0"."leaf smallest purchase.amount" AS "leaf smallest purchase.amount",
    "p0"."leaf average purchase.amount" AS "leaf average purchase.amount",
    "p0"."leaf average purchase.quantity" AS "leaf average purchase.quantity",
    "p0"."leaf largest purchase.delivery_day" AS "leaf largest purchase.delivery_day",
    "p0"."leaf smallest purchase.delivery_day" AS "leaf smallest purchase.delivery_day",
    COALESCE("p0"."leaf number purchase", 0) AS "leaf number purchase",
    COALESCE("p0"."leaf distinct purchase.product", 0) AS "leaf distinct purchase.product",
    COALESCE("p0"."leaf distinct purchase.amount", 0) AS "leaf distinct purchase.amount",
    COALESCE("p0"."leaf sum purchase.amount a", 0) AS "leaf sum purchase.amount a",
    COALESCE("p0"."leaf sum purchase.amount in last 7 day", 0) AS "leaf sum purchase.amount in last 7 day",
    COALESCE("p0"."leaf sum purchase.amount b", 0) AS "leaf sum purchase.amount b",
    COALESCE("p0"."leaf distinct purchase.country in last 7 day", 0) AS "leaf distinct purchase.country in last 7 day"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."zone today",
    "f"."zone today + 30 day",
    "f"."field turnover",
    CASE
      WHEN COALESCE(
        "f"."leaf largest purchase.amount" = CASE
          WHEN TYPEOF("f"."leaf smallest purchase.amount" * 2) = 'real'
          THEN ABS(
            (
              (
                "f"."leaf smallest purchase.amount" * 2
              ) IS NULL
            ) - 9223372036854775807 - 1
          )
          ELSE "f"."leaf smallest purchase.amount" * 2
        END,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment aggregates_meet",
    CASE
      WHEN COALESCE("f"."leaf average purchase.amount" = 15000000, FALSE)
      THEN 1
      ELSE 0
    END AS "segment average_15",
    CASE
      WHEN COALESCE("f"."leaf average purchase.amount" = 13333, FALSE)
      THEN 1
      ELSE 0
    END AS "segment average_cents",
    CASE
      WHEN COALESCE("f"."leaf average purchase.quantity" = -1333333, FALSE)
      THEN 1
      ELSE 0
    END AS "segment average_minus_third",
    CASE WHEN NOT (
      NOT "f"."leaf average purchase.amount" IS NULL
    ) THEN 1 ELSE 0 END AS "segment average_missing",
    CASE
      WHEN COALESCE("f"."leaf average purchase.quantity" > 1333333, FALSE)
      THEN 1
      ELSE 0
    END AS "segment average_over_third",
    CASE
      WHEN COALESCE("f"."leaf average purchase.quantity" = 1333333, FALSE)
      THEN 1
      ELSE 0
    END AS "segment average_third",
    "f"."leaf largest purchase.delivery_day" AS "define latest_delivery",
    CASE
      WHEN COALESCE("f"."leaf smallest purchase.delivery_day" = 20260522, FALSE)
      THEN 1
      ELSE 0
    END AS "segment earliest_delivery",
    CASE WHEN COALESCE("f"."leaf number purchase" = 2, FALSE) THEN 1 ELSE 0 END AS "segment exactly_two",
    CASE WHEN COALESCE("f"."leaf number purchase" >= 4, FALSE) THEN 1 ELSE 0 END AS "segment four_and_more",
    CASE
      WHEN COALESCE("f"."leaf largest purchase.amount" = 2000, FALSE)
      THEN 1
      ELSE 0
    END AS "segment largest_20",
    CASE WHEN NOT (
      NOT "f"."leaf largest purchase.amount" IS NULL
    ) THEN 1 ELSE 0 END AS "segment largest_missing",
    CASE
      WHEN COALESCE("f"."leaf distinct purchase.product" = 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment no_product",
    CASE
      WHEN NOT COALESCE("f"."leaf smallest purchase.amount" < 100, FALSE)
      THEN 1
      ELSE 0
    END AS "segment not_smallest_under_one",
    CASE WHEN COALESCE("f"."leaf number purchase" = 0, FALSE) THEN 1 ELSE 0 END AS "segment number_nought",
    CASE WHEN COALESCE("f"."leaf distinct purchase.amount" = 1, FALSE) THEN 1 ELSE 0 END AS "segment one_amount",
    CASE
      WHEN COALESCE("f"."leaf smallest purchase.amount" < 100, FALSE)
      THEN 1
      ELSE 0
    END AS "segment smallest_under_one",
    CASE
      WHEN COALESCE("f"."leaf sum purchase.amount a" >= 10000, FALSE)
      THEN 1
      ELSE 0
    END AS "segment sum_100",
    CASE
      WHEN COALESCE("f"."leaf sum purchase.amount a" >= 20000, FALSE)
      THEN 1
      ELSE 0
    END AS "segment sum_200",
    "f"."leaf sum purchase.amount a" AS "define turnover_ever",
    CASE
      WHEN COALESCE("f"."leaf sum purchase.amount a" <= 10000, FALSE)
      THEN 1
      ELSE 0
    END AS "segment sum_at_most_100",
    CASE
      WHEN COALESCE("f"."leaf sum purchase.amount in last 7 day" > 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment sum_in_window",
    CASE WHEN NOT "f"."leaf sum purchase.amount a" IS NULL THEN 1 ELSE 0 END AS "segment sum_is_known",
    CASE WHEN COALESCE("f"."leaf sum purchase.amount a" < 0, FALSE) THEN 1 ELSE 0 END AS "segment sum_negative",
    CASE WHEN COALESCE("f"."leaf sum purchase.amount a" = 0, FALSE) THEN 1 ELSE 0 END AS "segment sum_nought",
    CASE WHEN COALESCE("f"."leaf sum purchase.amount b" = 3000, FALSE) THEN 1 ELSE 0 END AS "segment sum_with",
    CASE
      WHEN COALESCE("f"."leaf distinct purchase.country in last 7 day" >= 2, FALSE)
      THEN 1
      ELSE 0
    END AS "segment two_countries",
    CASE
      WHEN COALESCE("f"."leaf distinct purchase.product" = 2, FALSE)
      THEN 1
      ELSE 0
    END AS "segment two_products"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment aggregates_meet",
    "f"."segment average_15",
    "f"."segment average_cents",
    "f"."segment average_minus_third",
    "f"."segment average_missing",
    "f"."segment average_over_third",
    "f"."segment average_third",
    "f"."segment earliest_delivery",
    "f"."segment exactly_two",
    "f"."segment four_and_more",
    "f"."segment largest_20",
    "f"."segment largest_missing",
    "f"."segment no_product",
    "f"."segment not_smallest_under_one",
    "f"."segment number_nought",
    "f"."segment one_amount",
    "f"."segment smallest_under_one",
    "f"."segment sum_100",
    "f"."segment sum_200",
    "f"."segment sum_at_most_100",
    "f"."segment sum_in_window",
    "f"."segment sum_is_known",
    "f"."segment sum_negative",
    "f"."segment sum_nought",
    "f"."segment sum_with",
    "f"."segment two_countries",
    "f"."segment two_products",
    CASE
      WHEN COALESCE(
        (
          "f"."define latest_delivery" > "f"."zone today"
        )
        AND (
          "f"."define latest_delivery" <= "f"."zone today + 30 day"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment delivery_soon",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF("f"."define turnover_ever" + 1) = 'real'
          THEN ABS((
            (
              "f"."define turnover_ever" + 1
            ) IS NULL
          ) - 9223372036854775807 - 1)
          ELSE "f"."define turnover_ever" + 1
        END = 5,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment sum_and_cents",
    CASE
      WHEN COALESCE("f"."define turnover_ever" = "f"."field turnover", FALSE)
      THEN 1
      ELSE 0
    END AS "segment sum_is_turnover"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment aggregates_meet" + "f"."segment average_15" * 2 + "f"."segment average_cents" * 4 + "f"."segment average_minus_third" * 8 + "f"."segment average_missing" * 16 + "f"."segment average_over_third" * 32 + "f"."segment average_third" * 64 + "f"."segment delivery_soon" * 128 + "f"."segment earliest_delivery" * 256 + "f"."segment exactly_two" * 512 + "f"."segment four_and_more" * 1024 + "f"."segment largest_20" * 2048 + "f"."segment largest_missing" * 4096 + "f"."segment no_product" * 8192 + "f"."segment not_smallest_under_one" * 16384 + "f"."segment number_nought" * 32768 + "f"."segment one_amount" * 65536 + "f"."segment smallest_under_one" * 131072 + "f"."segment sum_100" * 262144 + "f"."segment sum_200" * 524288 + "f"."segment sum_and_cents" * 1048576 + "f"."segment sum_at_most_100" * 2097152 + "f"."segment sum_in_window" * 4194304 + "f"."segment sum_is_known" * 8388608 + "f"."segment sum_is_turnover" * 16777216 + "f"."segment sum_negative" * 33554432 + "f"."segment sum_nought" * 67108864 + "f"."segment sum_with" * 134217728 + "f"."segment two_countries" * 268435456 + "f"."segment two_products" * 536870912 AS "word 1"
FROM "frame_3" AS "f";
