-- made by `pytest --update` from b98f6d5d1c2f0cd7

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "anniversary in 1 day from 1" INTEGER,
  "anniversary in 1 day from 2" INTEGER,
  "anniversary in 1 day to 1" INTEGER,
  "anniversary in 1 day to 2" INTEGER,
  "anniversary in 1 year from 1" INTEGER,
  "anniversary in 1 year from 2" INTEGER,
  "anniversary in 1 year to 1" INTEGER,
  "anniversary in 1 year to 2" INTEGER,
  "anniversary in 2 day from 1" INTEGER,
  "anniversary in 2 day from 2" INTEGER,
  "anniversary in 2 day to 1" INTEGER,
  "anniversary in 2 day to 2" INTEGER,
  "anniversary in 7 day from 1" INTEGER,
  "anniversary in 7 day from 2" INTEGER,
  "anniversary in 7 day to 1" INTEGER,
  "anniversary in 7 day to 2" INTEGER,
  "anniversary today from 1" INTEGER,
  "anniversary today from 2" INTEGER,
  "anniversary today to 1" INTEGER,
  "anniversary today to 2" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."birth_date" AS "field birth_date",
    "c"."birthday" AS "field birthday",
    "z"."anniversary in 2 day from 1" AS "zone anniversary in 2 day from 1",
    "z"."anniversary in 2 day to 1" AS "zone anniversary in 2 day to 1",
    "z"."anniversary in 2 day from 2" AS "zone anniversary in 2 day from 2",
    "z"."anniversary in 2 day to 2" AS "zone anniversary in 2 day to 2",
    "z"."anniversary in 1 day from 1" AS "zone anniversary in 1 day from 1",
    "z"."anniversary in 1 day to 1" AS "zone anniversary in 1 day to 1",
    "z"."anniversary in 1 day from 2" AS "zone anniversary in 1 day from 2",
    "z"."anniversary in 1 day to 2" AS "zone anniversary in 1 day to 2",
    "z"."anniversary today from 1" AS "zone anniversary today from 1",
    "z"."anniversary today to 1" AS "zone anniversary today to 1",
    "z"."anniversary today from 2" AS "zone anniversary today from 2",
    "z"."anniversary today to 2" AS "zone anniversary today to 2",
    "z"."anniversary in 7 day from 1" AS "zone anniversary in 7 day from 1",
    "z"."anniversary in 7 day to 1" AS "zone anniversary in 7 day to 1",
    "z"."anniversary in 7 day from 2" AS "zone anniversary in 7 day from 2",
    "z"."anniversary in 7 day to 2" AS "zone anniversary in 7 day to 2",
    "z"."anniversary in 1 year from 1" AS "zone anniversary in 1 year from 1",
    "z"."anniversary in 1 year to 1" AS "zone anniversary in 1 year to 1",
    "z"."anniversary in 1 year from 2" AS "zone anniversary in 1 year from 2",
    "z"."anniversary in 1 year to 2" AS "zone anniversary in 1 year to 2"
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
          (
            (
              "f"."field birth_date" % 10000
            ) >= "f"."zone anniversary in 2 day from 1"
          )
          AND (
            (
              "f"."field birth_date" % 10000
            ) <= "f"."zone anniversary in 2 day to 1"
          )
        )
        OR (
          (
            (
              "f"."field birth_date" % 10000
            ) >= "f"."zone anniversary in 2 day from 2"
          )
          AND (
            (
              "f"."field birth_date" % 10000
            ) <= "f"."zone anniversary in 2 day to 2"
          )
        ),
        FALSE
      )
      AND (
        NOT COALESCE(
          (
            (
              (
                "f"."field birth_date" % 10000
              ) >= "f"."zone anniversary in 1 day from 1"
            )
            AND (
              (
                "f"."field birth_date" % 10000
              ) <= "f"."zone anniversary in 1 day to 1"
            )
          )
          OR (
            (
              (
                "f"."field birth_date" % 10000
              ) >= "f"."zone anniversary in 1 day from 2"
            )
            AND (
              (
                "f"."field birth_date" % 10000
              ) <= "f"."zone anniversary in 1 day to 2"
            )
          ),
          FALSE
        )
      )
      THEN 1
      ELSE 0
    END AS "segment exactly_2",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field birth_date" % 10000
            ) >= "f"."zone anniversary today from 1"
          )
          AND (
            (
              "f"."field birth_date" % 10000
            ) <= "f"."zone anniversary today to 1"
          )
        )
        OR (
          (
            (
              "f"."field birth_date" % 10000
            ) >= "f"."zone anniversary today from 2"
          )
          AND (
            (
              "f"."field birth_date" % 10000
            ) <= "f"."zone anniversary today to 2"
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment kept_today",
    CASE WHEN COALESCE("f"."field birthday" >= 304, FALSE) THEN 1 ELSE 0 END AS "segment month_day_from",
    CASE WHEN COALESCE("f"."field birthday" = 229, FALSE) THEN 1 ELSE 0 END AS "segment month_day_is",
    CASE
      WHEN COALESCE(
        (
          (
            "f"."field birthday" >= "f"."zone anniversary in 2 day from 1"
          )
          AND (
            "f"."field birthday" <= "f"."zone anniversary in 2 day to 1"
          )
        )
        OR (
          (
            "f"."field birthday" >= "f"."zone anniversary in 2 day from 2"
          )
          AND (
            "f"."field birthday" <= "f"."zone anniversary in 2 day to 2"
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment month_day_next_2",
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
    END AS "segment month_day_today",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field birth_date" % 10000
            ) >= "f"."zone anniversary in 2 day from 1"
          )
          AND (
            (
              "f"."field birth_date" % 10000
            ) <= "f"."zone anniversary in 2 day to 1"
          )
        )
        OR (
          (
            (
              "f"."field birth_date" % 10000
            ) >= "f"."zone anniversary in 2 day from 2"
          )
          AND (
            (
              "f"."field birth_date" % 10000
            ) <= "f"."zone anniversary in 2 day to 2"
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment next_2",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field birth_date" % 10000
            ) >= "f"."zone anniversary in 7 day from 1"
          )
          AND (
            (
              "f"."field birth_date" % 10000
            ) <= "f"."zone anniversary in 7 day to 1"
          )
        )
        OR (
          (
            (
              "f"."field birth_date" % 10000
            ) >= "f"."zone anniversary in 7 day from 2"
          )
          AND (
            (
              "f"."field birth_date" % 10000
            ) <= "f"."zone anniversary in 7 day to 2"
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment next_7",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field birth_date" % 10000
            ) >= "f"."zone anniversary in 1 year from 1"
          )
          AND (
            (
              "f"."field birth_date" % 10000
            ) <= "f"."zone anniversary in 1 year to 1"
          )
        )
        OR (
          (
            (
              "f"."field birth_date" % 10000
            ) >= "f"."zone anniversary in 1 year from 2"
          )
          AND (
            (
              "f"."field birth_date" % 10000
            ) <= "f"."zone anniversary in 1 year to 2"
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment next_year"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment exactly_2" + "f"."segment kept_today" * 2 + "f"."segment month_day_from" * 4 + "f"."segment month_day_is" * 8 + "f"."segment month_day_next_2" * 16 + "f"."segment month_day_today" * 32 + "f"."segment next_2" * 64 + "f"."segment next_7" * 128 + "f"."segment next_year" * 256 AS "word 1"
FROM "frame_1" AS "f";
