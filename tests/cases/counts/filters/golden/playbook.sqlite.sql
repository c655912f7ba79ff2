-- made by `pytest --update` from 30674a8aa4c61838

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "start of 20260517" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."turnover" AS "field turnover",
    "c"."country" AS "field country",
    "z"."start of 20260517" AS "zone start of 20260517"
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
      COALESCE("e"."product" = 'Box A', FALSE)) AS "leaf number purchase a",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."product" = 'Box B', FALSE)) AS "leaf number purchase b",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."gift" = 1, FALSE) OR COALESCE("e"."product" = 'Box B', FALSE)) AS "leaf number purchase c",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."amount" > "f"."field turnover", FALSE)) AS "leaf number purchase d",
    COUNT(*) FILTER(WHERE
      NOT COALESCE("e"."country" = "f"."field country", FALSE)) AS "leaf number purchase e",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."country" = "f"."field country", FALSE)) AS "leaf number purchase f",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."amount" <= 5100, FALSE) AND COALESCE("e"."amount" >= 5000, FALSE)) AS "leaf number purchase g",
    COUNT(*) AS "leaf number purchase h",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."amount" > 500, FALSE)) AS "leaf number purchase i",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."country" = 'US', FALSE)) AS "leaf number purchase j",
    COUNT(*) FILTER(WHERE
      NOT "e"."product" IS NULL) AS "leaf number purchase k",
    COUNT(*) FILTER(WHERE
      NOT (
        NOT "e"."product" IS NULL
      )) AS "leaf number purchase l",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_7_day
      ) AND COALESCE("e"."amount" >= 5000, FALSE)) AS "leaf number purchase in last 7 day a",
    COUNT(*) FILTER(WHERE
      NOT COALESCE("e"."product" = 'Box A', FALSE)) AS "leaf number purchase m",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."amount" > 500, FALSE) AND COALESCE("e"."product" = 'Box B', FALSE)) AS "leaf number purchase n",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of 20260517"
      )
      AND COALESCE("e"."product" = 'Box A', FALSE)) AS "leaf number purchase local dates [20260517,null]",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_7_day
      )
      AND (
        COALESCE("e"."product" = 'Box A', FALSE)
        AND COALESCE(INSTR("e"."product", 'Box') > 0, FALSE)
      )) AS "leaf number purchase in last 7 day b",
    COUNT(*) FILTER(WHERE
      NOT COALESCE("e"."gift" = 1, FALSE)) AS "leaf number purchase o"
  FROM "frame_0" AS "f"
  JOIN "event_purchase" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "events_1_2" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."channel" = 'email', FALSE)) AS "leaf number message_bounced a",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."channel" = 'sms', FALSE)) AS "leaf number message_bounced b",
    COUNT(*) AS "leaf number message_bounced c"
  FROM "event_message_bounced" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "events_1_3" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."template" = 'news', FALSE)) AS "leaf number message_clicked"
  FROM "event_message_clicked" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "events_1_4" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."template" = 'welcome', FALSE)
      AND COALESCE("e"."trigger" = 't1', FALSE)) AS "leaf number message_opened a",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."template" = 'welcome', FALSE)) AS "leaf number message_opened b"
  FROM "event_message_opened" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "events_1_5" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."seconds" = 0, FALSE)) AS "leaf number visit"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf number purchase a", 0) AS "leaf number purchase a",
    COALESCE("p0"."leaf number purchase b", 0) AS "leaf number purchase b",
    COALESCE("p0"."leaf number purchase c", 0) AS "leaf number purchase c",
    COALESCE("p0"."leaf number purchase d", 0) AS "leaf number purchase d",
    COALESCE("p0"."leaf number purchase e", 0) AS "leaf number purchase e",
    COALESCE("p0"."leaf number purchase f", 0) AS "leaf number purchase f",
    COALESCE("p0"."leaf number purchase g", 0) AS "leaf number purchase g",
    COALESCE("p0"."leaf number purchase h", 0) AS "leaf number purchase h",
    COALESCE("p0"."leaf number purchase i", 0) AS "leaf number purchase i",
    COALESCE("p0"."leaf number purchase j", 0) AS "leaf number purchase j",
    COALESCE("p0"."leaf number purchase k", 0) AS "leaf number purchase k",
    COALESCE("p0"."leaf number purchase l", 0) AS "leaf number purchase l",
    COALESCE("p0"."leaf number purchase in last 7 day a", 0) AS "leaf number purchase in last 7 day a",
    COALESCE("p0"."leaf number purchase m", 0) AS "leaf number purchase m",
    COALESCE("p0"."leaf number purchase n", 0) AS "leaf number purchase n",
    COALESCE("p0"."leaf number purchase local dates [20260517,null]", 0) AS "leaf number purchase local dates [20260517,null]",
    COALESCE("p0"."leaf number purchase in last 7 day b", 0) AS "leaf number purchase in last 7 day b",
    COALESCE("p0"."leaf number purchase o", 0) AS "leaf number purchase o",
    COALESCE("p1"."leaf number message_bounced a", 0) AS "leaf number message_bounced a",
    COALESCE("p1"."leaf number message_bounced b", 0) AS "leaf number message_bounced b",
    COALESCE("p1"."leaf number message_bounced c", 0) AS "leaf number message_bounced c",
    COALESCE("p2"."leaf number message_clicked", 0) AS "leaf number message_clicked",
    COALESCE("p3"."leaf number message_opened a", 0) AS "leaf number message_opened a",
    COALESCE("p3"."leaf number message_opened b", 0) AS "leaf number message_opened b",
    COALESCE("p4"."leaf number visit", 0) AS "leaf number visit"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_3" AS "p2"
    ON "p2"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_4" AS "p3"
    ON "p3"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_5" AS "p4"
    ON "p4"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE("f"."leaf number purchase a" >= 1, FALSE)
      AND (
        NOT COALESCE("f"."leaf number purchase b" >= 1, FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment a_and_no_b",
    CASE WHEN COALESCE("f"."leaf number purchase c" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment a_or_gift",
    CASE WHEN COALESCE("f"."leaf number purchase d" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment above_own_turnover",
    CASE WHEN COALESCE("f"."leaf number purchase e" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment abroad",
    CASE WHEN COALESCE("f"."leaf number purchase f" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment at_home",
    CASE WHEN COALESCE("f"."leaf number purchase g" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment between_amounts",
    CASE
      WHEN COALESCE("f"."leaf number purchase a" >= 1, FALSE)
      AND COALESCE("f"."leaf number purchase b" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment both_boxes",
    CASE WHEN COALESCE("f"."leaf number purchase a" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment bought_a",
    CASE WHEN COALESCE("f"."leaf number purchase h" >= 2, FALSE) THEN 1 ELSE 0 END AS "segment bought_twice",
    CASE
      WHEN COALESCE("f"."leaf number message_bounced a" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment bounce_of_mail",
    CASE
      WHEN COALESCE("f"."leaf number message_bounced b" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment bounce_of_text",
    CASE
      WHEN NOT COALESCE("f"."leaf number message_clicked" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment clicked_nothing_new",
    CASE
      WHEN COALESCE("f"."leaf number purchase i" >= 1, FALSE)
      AND COALESCE("f"."leaf number purchase b" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment different_events",
    CASE WHEN COALESCE("f"."leaf number purchase j" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment event_name_wins",
    CASE WHEN COALESCE("f"."leaf number purchase k" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment has_product",
    CASE
      WHEN COALESCE("f"."leaf number message_bounced c" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment kind_of_bounce",
    CASE WHEN COALESCE("f"."leaf number purchase l" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment lacks_product",
    CASE
      WHEN COALESCE("f"."leaf number purchase in last 7 day a" >= 2, FALSE)
      THEN 1
      ELSE 0
    END AS "segment large_ones_twice",
    CASE
      WHEN COALESCE("f"."leaf number purchase h" >= 1, FALSE)
      AND (
        NOT COALESCE("f"."leaf number purchase a" >= 1, FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment only_other_products",
    CASE WHEN COALESCE("f"."leaf number message_opened a" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment opened_of_t1",
    CASE WHEN COALESCE("f"."leaf number message_opened b" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment opened_welcome",
    CASE WHEN COALESCE("f"."leaf number purchase m" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment other_product",
    CASE WHEN COALESCE("f"."leaf number purchase n" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment same_event",
    CASE
      WHEN COALESCE("f"."leaf number purchase local dates [20260517,null]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment since_date",
    CASE
      WHEN COALESCE("f"."leaf number purchase in last 7 day b" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment two_filters",
    CASE WHEN COALESCE("f"."leaf number purchase o" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment without_gift",
    CASE WHEN COALESCE("f"."leaf number visit" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment zero_seconds"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment a_and_no_b" + "f"."segment a_or_gift" * 2 + "f"."segment above_own_turnover" * 4 + "f"."segment abroad" * 8 + "f"."segment at_home" * 16 + "f"."segment between_amounts" * 32 + "f"."segment both_boxes" * 64 + "f"."segment bought_a" * 128 + "f"."segment bought_twice" * 256 + "f"."segment bounce_of_mail" * 512 + "f"."segment bounce_of_text" * 1024 + "f"."segment clicked_nothing_new" * 2048 + "f"."segment different_events" * 4096 + "f"."segment event_name_wins" * 8192 + "f"."segment has_product" * 16384 + "f"."segment kind_of_bounce" * 32768 + "f"."segment lacks_product" * 65536 + "f"."segment large_ones_twice" * 131072 + "f"."segment only_other_products" * 262144 + "f"."segment opened_of_t1" * 524288 + "f"."segment opened_welcome" * 1048576 + "f"."segment other_product" * 2097152 + "f"."segment same_event" * 4194304 + "f"."segment since_date" * 8388608 + "f"."segment two_filters" * 16777216 + "f"."segment without_gift" * 33554432 + "f"."segment zero_seconds" * 67108864 AS "word 1"
FROM "frame_2" AS "f";
