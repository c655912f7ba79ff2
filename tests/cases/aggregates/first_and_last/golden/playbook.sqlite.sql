-- made by `pytest --update` from 3768bb7f93255696

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "start of 20260321" INTEGER,
  "start of 20260322" INTEGER,
  "start of 20260501" INTEGER,
  "start of 20260502" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."signed_up" AS "field signed_up",
    "z"."start of 20260501" AS "zone start of 20260501",
    "z"."start of 20260502" AS "zone start of 20260502",
    "z"."start of 20260321" AS "zone start of 20260321",
    "z"."start of 20260322" AS "zone start of 20260322"
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
    MIN("e"."_at") AS "leaf first purchase",
    MAX("e"."_at") AS "leaf last purchase a",
    MAX("e"."_at") FILTER(WHERE
      COALESCE("e"."product" = 'X', FALSE)) AS "leaf last purchase b"
  FROM "event_purchase" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field signed_up",
    "f"."zone start of 20260501",
    "f"."zone start of 20260321",
    "f"."zone start of 20260322",
    "p0"."leaf first purchase" AS "leaf first purchase",
    "p0"."leaf last purchase a" AS "leaf last purchase a",
    "p0"."leaf last purchase b" AS "leaf last purchase b"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE("f"."leaf first purchase" > "f"."field signed_up", FALSE)
      THEN 1
      ELSE 0
    END AS "segment first_after_signing",
    CASE
      WHEN COALESCE("f"."leaf first purchase" <= :before_60_day, FALSE)
      THEN 1
      ELSE 0
    END AS "segment first_older",
    CASE
      WHEN COALESCE("f"."leaf last purchase a" > "f"."field signed_up", FALSE)
      THEN 1
      ELSE 0
    END AS "segment last_after_signing",
    CASE WHEN NOT "f"."leaf last purchase a" IS NULL THEN 1 ELSE 0 END AS "segment last_known",
    CASE WHEN NOT (
      NOT "f"."leaf last purchase a" IS NULL
    ) THEN 1 ELSE 0 END AS "segment last_missing",
    CASE
      WHEN COALESCE("f"."leaf last purchase a" <= :before_60_day, FALSE)
      THEN 1
      ELSE 0
    END AS "segment last_older",
    CASE
      WHEN COALESCE(
        (
          "f"."leaf last purchase a" > :before_30_day
        )
        AND (
          "f"."leaf last purchase a" <= :as_of
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment last_recent",
    CASE
      WHEN COALESCE("f"."leaf last purchase a" >= "f"."zone start of 20260501", FALSE)
      THEN 1
      ELSE 0
    END AS "segment last_since_may",
    CASE
      WHEN COALESCE("f"."leaf last purchase b" <= :before_60_day, FALSE)
      THEN 1
      ELSE 0
    END AS "segment last_x_older",
    CASE
      WHEN NOT COALESCE("f"."leaf last purchase a" <= :before_60_day, FALSE)
      THEN 1
      ELSE 0
    END AS "segment not_last_older",
    CASE
      WHEN COALESCE(
        (
          "f"."leaf first purchase" >= "f"."zone start of 20260321"
        )
        AND (
          "f"."leaf first purchase" < "f"."zone start of 20260322"
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment on_the_day",
    CASE
      WHEN COALESCE("f"."leaf first purchase" = "f"."leaf last purchase a", FALSE)
      THEN 1
      ELSE 0
    END AS "segment one_only"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment first_after_signing" + "f"."segment first_older" * 2 + "f"."segment last_after_signing" * 4 + "f"."segment last_known" * 8 + "f"."segment last_missing" * 16 + "f"."segment last_older" * 32 + "f"."segment last_recent" * 64 + "f"."segment last_since_may" * 128 + "f"."segment last_x_older" * 256 + "f"."segment not_last_older" * 512 + "f"."segment on_the_day" * 1024 + "f"."segment one_only" * 2048 AS "word 1"
FROM "frame_2" AS "f";
