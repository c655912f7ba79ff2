-- made by `pytest --update` from a543e1e8a01f335f

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "start of 20260520" INTEGER,
  "start of 20260521" INTEGER,
  "start of 20260522" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."signed_up" AS "field signed_up",
    "c"."environment" AS "field environment",
    "c"."last_seen" AS "field last_seen",
    "z"."start of 20260520" AS "zone start of 20260520",
    "z"."start of 20260521" AS "zone start of 20260521",
    "z"."start of 20260522" AS "zone start of 20260522"
  FROM "contacts" AS "c"
  JOIN "_zones" AS "z"
    ON (
      "z"."zone" = COALESCE("c"."zone", '')
    )
    AND (
      "z"."country" = COALESCE("c"."country", '')
    )
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE(
        (
          "f"."field signed_up" > :before_5_day
        )
        AND (
          "f"."field signed_up" <= :as_of
        ),
        FALSE
      )
      AND (
        NOT COALESCE("f"."field environment" = 'test', FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment last_5_days",
    CASE
      WHEN COALESCE(
        (
          "f"."field signed_up" > :before_1_minute
        )
        AND (
          "f"."field signed_up" <= :as_of
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment last_minute",
    CASE
      WHEN COALESCE(
        (
          "f"."field signed_up" > :before_1_month
        )
        AND (
          "f"."field signed_up" <= :as_of
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment last_month",
    CASE
      WHEN COALESCE(
        (
          "f"."field signed_up" > :as_of
        )
        AND (
          "f"."field signed_up" <= :after_2_day
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment next_2_days",
    CASE
      WHEN NOT COALESCE(
        (
          "f"."field signed_up" > :before_1_minute
        )
        AND (
          "f"."field signed_up" <= :as_of
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment not_last_minute",
    CASE WHEN COALESCE("f"."field signed_up" <= :before_5_day, FALSE) THEN 1 ELSE 0 END AS "segment older",
    CASE
      WHEN COALESCE("f"."field signed_up" <= :before_1_minute, FALSE)
      THEN 1
      ELSE 0
    END AS "segment older_minute",
    CASE
      WHEN COALESCE("f"."field last_seen" >= "f"."zone start of 20260521", FALSE)
      THEN 1
      ELSE 0
    END AS "segment seen_after_20",
    CASE
      WHEN COALESCE("f"."field last_seen" < "f"."zone start of 20260521", FALSE)
      THEN 1
      ELSE 0
    END AS "segment seen_before_21",
    CASE
      WHEN COALESCE("f"."field last_seen" < "f"."zone start of 20260521", FALSE)
      AND COALESCE("f"."field last_seen" >= "f"."zone start of 20260520", FALSE)
      THEN 1
      ELSE 0
    END AS "segment seen_between",
    CASE WHEN NOT "f"."field last_seen" IS NULL THEN 1 ELSE 0 END AS "segment seen_known",
    CASE
      WHEN COALESCE(
        (
          "f"."field last_seen" > :as_of
        )
        AND (
          "f"."field last_seen" <= :after_2_day
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment seen_next_2_days",
    CASE
      WHEN NOT COALESCE(
        (
          "f"."field last_seen" >= "f"."zone start of 20260521"
        )
        AND (
          "f"."field last_seen" < "f"."zone start of 20260522"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment seen_not_on_21",
    CASE
      WHEN COALESCE(
        (
          "f"."field last_seen" >= "f"."zone start of 20260521"
        )
        AND (
          "f"."field last_seen" < "f"."zone start of 20260522"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment seen_on_21",
    CASE
      WHEN COALESCE("f"."field last_seen" >= "f"."zone start of 20260520", FALSE)
      THEN 1
      ELSE 0
    END AS "segment seen_since_20",
    CASE
      WHEN COALESCE("f"."field last_seen" < "f"."zone start of 20260522", FALSE)
      THEN 1
      ELSE 0
    END AS "segment seen_until_21",
    CASE
      WHEN COALESCE("f"."field signed_up" < "f"."field last_seen", FALSE)
      THEN 1
      ELSE 0
    END AS "segment two_instants"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment last_5_days" + "f"."segment last_minute" * 2 + "f"."segment last_month" * 4 + "f"."segment next_2_days" * 8 + "f"."segment not_last_minute" * 16 + "f"."segment older" * 32 + "f"."segment older_minute" * 64 + "f"."segment seen_after_20" * 128 + "f"."segment seen_before_21" * 256 + "f"."segment seen_between" * 512 + "f"."segment seen_known" * 1024 + "f"."segment seen_next_2_days" * 2048 + "f"."segment seen_not_on_21" * 4096 + "f"."segment seen_on_21" * 8192 + "f"."segment seen_since_20" * 16384 + "f"."segment seen_until_21" * 32768 + "f"."segment two_instants" * 65536 AS "word 1"
FROM "frame_1" AS "f";
