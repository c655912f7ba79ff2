-- made by `pytest --update` from ad3cd914334c6cd6

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
  "today" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."birth_date" AS "field birth_date",
    "c"."gender" AS "field gender",
    "z"."today" AS "zone today",
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
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_365_day
      ) AND COALESCE("e"."product" = 'X', FALSE)) AS "leaf number purchase in last 365 day"
  FROM "event_purchase" AS "e"
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_2
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field birth_date",
    "f"."field gender",
    "f"."zone today",
    "f"."zone leap year",
    COALESCE("p0"."leaf number purchase in last 365 day", 0) AS "leaf number purchase in last 365 day"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN NOT CASE
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
      END IS NULL
      THEN 1
      ELSE 0
    END AS "segment age_known",
    CASE
      WHEN COALESCE(
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
        END = 27,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment is_27",
    CASE
      WHEN NOT (
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
          END <= 50,
          FALSE
        )
        AND COALESCE(
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
          END >= 30,
          FALSE
        )
      )
      THEN 1
      ELSE 0
    END AS "segment not_thirty_to_fifty",
    CASE
      WHEN COALESCE(
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
        END = 0,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment nought",
    CASE
      WHEN COALESCE(
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
        END <= 50,
        FALSE
      )
      AND COALESCE(
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
        END >= 30,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment thirty_to_fifty",
    CASE
      WHEN COALESCE(
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
        END < 18,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment under_age",
    CASE
      WHEN (
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
          END <= 50,
          FALSE
        )
        AND COALESCE(
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
          END >= 30,
          FALSE
        )
      )
      AND (
        COALESCE("f"."field gender" = 'female', FALSE)
        AND (
          NOT COALESCE("f"."leaf number purchase in last 365 day" >= 1, FALSE)
        )
      )
      THEN 1
      ELSE 0
    END AS "segment women_without_x"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment age_known" + "f"."segment is_27" * 2 + "f"."segment not_thirty_to_fifty" * 4 + "f"."segment nought" * 8 + "f"."segment thirty_to_fifty" * 16 + "f"."segment under_age" * 32 + "f"."segment women_without_x" * 64 AS "word 1"
FROM "frame_2" AS "f";
