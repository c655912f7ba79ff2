-- made by `pytest --update` from 66adc55fb06d28e5

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "anniversary today from 1" INTEGER,
  "anniversary today from 2" INTEGER,
  "anniversary today to 1" INTEGER,
  "anniversary today to 2" INTEGER,
  "end of today" INTEGER,
  "end of yesterday" INTEGER,
  "start of 20111229" INTEGER,
  "start of 20111230" INTEGER,
  "start of 20111231" INTEGER,
  "start of the last 2 days" INTEGER,
  "start of the last 3 days" INTEGER,
  "start of today" INTEGER,
  "start of yesterday" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."birthday" AS "field birthday",
    "z"."anniversary today from 1" AS "zone anniversary today from 1",
    "z"."anniversary today to 1" AS "zone anniversary today to 1",
    "z"."anniversary today from 2" AS "zone anniversary today from 2",
    "z"."anniversary today to 2" AS "zone anniversary today to 2",
    "z"."start of 20111229" AS "zone start of 20111229",
    "z"."start of 20111230" AS "zone start of 20111230",
    "z"."start of 20111231" AS "zone start of 20111231",
    "z"."start of today" AS "zone start of today",
    "z"."end of today" AS "zone end of today",
    "z"."start of yesterday" AS "zone start of yesterday",
    "z"."end of yesterday" AS "zone end of yesterday",
    "z"."start of the last 3 days" AS "zone start of the last 3 days",
    "z"."start of the last 2 days" AS "zone start of the last 2 days"
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
      (
        "e"."_at" >= "f"."zone start of 20111229"
      )
      AND (
        "e"."_at" < "f"."zone start of 20111230"
      )) AS "leaf number visit local dates [20111229,20111229]",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of 20111230"
      )
      AND (
        "e"."_at" < "f"."zone start of 20111231"
      )) AS "leaf number visit local dates [20111230,20111230]",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of today"
      )
      AND (
        "e"."_at" < "f"."zone end of today"
      )) AS "leaf number visit local period today",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of yesterday"
      )
      AND (
        "e"."_at" < "f"."zone end of yesterday"
      )) AS "leaf number visit local period yesterday",
    COUNT(*) FILTER(WHERE
      "e"."_at" >= "f"."zone start of 20111230") AS "leaf number visit local dates [20111230,null]",
    COUNT(*) FILTER(WHERE
      "e"."_at" >= "f"."zone start of the last 3 days") AS "leaf number visit in last 3 local day",
    COUNT(*) FILTER(WHERE
      "e"."_at" >= "f"."zone start of the last 2 days") AS "leaf number visit in last 2 local day"
  FROM "frame_0" AS "f"
  JOIN "event_visit" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_1
  GROUP BY
    "f"."_row"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field birthday",
    "f"."zone anniversary today from 1",
    "f"."zone anniversary today to 1",
    "f"."zone anniversary today from 2",
    "f"."zone anniversary today to 2",
    COALESCE("p0"."leaf number visit local dates [20111229,20111229]", 0) AS "leaf number visit local dates [20111229,20111229]",
    COALESCE("p0"."leaf number visit local dates [20111230,20111230]", 0) AS "leaf number visit local dates [20111230,20111230]",
    COALESCE("p0"."leaf number visit local period today", 0) AS "leaf number visit local period today",
    COALESCE("p0"."leaf number visit local period yesterday", 0) AS "leaf number visit local period yesterday",
    COALESCE("p0"."leaf number visit local dates [20111230,null]", 0) AS "leaf number visit local dates [20111230,null]",
    COALESCE("p0"."leaf number visit in last 3 local day", 0) AS "leaf number visit in last 3 local day",
    COALESCE("p0"."leaf number visit in last 2 local day", 0) AS "leaf number visit in last 2 local day"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE(
        (
          (
            "f"."field birthday" >= "f"."zone anniversary today from 1"
          )
          AND (
            "f"."field birthday" <= "f"."zone anniversary today to 1"
          )
        )
        OR (
          (
            "f"."field birthday" >= "f"."zone anniversary today from 2"
          )
          AND (
            "f"."field birthday" <= "f"."zone anniversary today to 2"
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment kept_today",
    CASE
      WHEN COALESCE("f"."leaf number visit local dates [20111229,20111229]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment on_29",
    CASE
      WHEN COALESCE("f"."leaf number visit local dates [20111230,20111230]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment on_30",
    CASE
      WHEN COALESCE("f"."leaf number visit local period today" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment on_today",
    CASE
      WHEN COALESCE("f"."leaf number visit local period yesterday" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment on_yesterday",
    CASE
      WHEN COALESCE("f"."leaf number visit local dates [20111230,null]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment since_30",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 3 local day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment three_days",
    CASE
      WHEN COALESCE("f"."leaf number visit in last 2 local day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment two_days"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment kept_today" + "f"."segment on_29" * 2 + "f"."segment on_30" * 4 + "f"."segment on_today" * 8 + "f"."segment on_yesterday" * 16 + "f"."segment since_30" * 32 + "f"."segment three_days" * 64 + "f"."segment two_days" * 128 AS "word 1"
FROM "frame_2" AS "f";
