-- made by `pytest --update` from 8f7cbd3d21e5cb02

-- classes, as of the last midnight
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."turnover" AS "field turnover"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) AS "leaf number visit 2aed0f254f18"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field turnover",
    COALESCE("p0"."leaf number visit 2aed0f254f18", 0) AS "leaf number visit 2aed0f254f18"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf number visit 2aed0f254f18",
    "f"."field turnover" AS "worth wealth"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf number visit 2aed0f254f18",
    "f"."worth wealth",
    CASE
      WHEN (
        COALESCE(
          SUM(CASE WHEN "f"."worth wealth" > 0 THEN "f"."worth wealth" / 2147483648 END) OVER (),
          0
        ) + (
          COALESCE(
            SUM(CASE WHEN "f"."worth wealth" > 0 THEN "f"."worth wealth" % 2147483648 END) OVER (),
            0
          ) / 2147483648
        )
      ) < 4294967296
      THEN (
        COALESCE(
          SUM(CASE WHEN "f"."worth wealth" > 0 THEN "f"."worth wealth" / 2147483648 END) OVER (),
          0
        ) * 2147483648
      ) + COALESCE(
        SUM(CASE WHEN "f"."worth wealth" > 0 THEN "f"."worth wealth" % 2147483648 END) OVER (),
        0
      )
    END AS "whole wealth",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth wealth" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth wealth" DESC, "f"."_contact" NULLS LAST
    ) AS "place wealth"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf number visit 2aed0f254f18",
    "f"."worth wealth",
    "f"."whole wealth",
    CASE
      WHEN NOT "f"."whole wealth" IS NULL
      THEN (
        COALESCE(
          SUM(CASE WHEN "f"."worth wealth" > 0 THEN "f"."worth wealth" / 2147483648 END) OVER (
            ORDER BY "f"."place wealth" NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
          ),
          0
        ) * 2147483648
      ) + COALESCE(
        SUM(CASE WHEN "f"."worth wealth" > 0 THEN "f"."worth wealth" % 2147483648 END) OVER (
          ORDER BY "f"."place wealth" NULLS LAST
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ),
        0
      )
    END AS "ahead wealth"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_5" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf number visit 2aed0f254f18",
    "f"."whole wealth",
    CASE
      WHEN "f"."worth wealth" IS NULL
      THEN NULL
      WHEN (
        "f"."worth wealth" > 0
      )
      AND (
        "f"."ahead wealth" < (
          (
            (
              "f"."whole wealth" / 1000000
            ) * 500000
          ) + (
            (
              (
                (
                  "f"."whole wealth" % 1000000
                ) * 500000
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_1
      ELSE :value_2
    END AS "class wealth"
  FROM "frame_4" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_6" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf number visit 2aed0f254f18",
    "f"."whole wealth",
    "f"."class wealth",
    CASE WHEN COALESCE("f"."class wealth" = :value_1, FALSE) THEN 1 ELSE 0 END AS "segment rich",
    CASE
      WHEN COALESCE("f"."class wealth" = :value_2, FALSE)
      THEN "f"."leaf number visit 2aed0f254f18"
    END AS "worth small_but_busy"
  FROM "frame_5" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_7" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."whole wealth",
    "f"."class wealth",
    "f"."worth small_but_busy",
    CASE
      WHEN NOT COALESCE("f"."leaf number visit 2aed0f254f18" >= 0, FALSE)
      THEN 0
      WHEN (
        "f"."leaf number visit 2aed0f254f18" / 1
      ) > 100000000
      THEN 107374182400000000
      ELSE (
        "f"."leaf number visit 2aed0f254f18" / 1
      ) * 1073741824
    END + CASE WHEN "f"."segment rich" = 1 THEN 10737418240 ELSE 0 END AS "sum lead",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth small_but_busy" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth small_but_busy" DESC, "f"."_contact" NULLS LAST
    ) AS "place small_but_busy"
  FROM "frame_6" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_8" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."whole wealth",
    "f"."class wealth",
    CASE WHEN "f"."sum lead" < 0 THEN 0 ELSE "f"."sum lead" END AS "points lead",
    CASE
      WHEN "f"."worth small_but_busy" IS NULL
      THEN NULL
      WHEN (
        "f"."worth small_but_busy" > 0
      ) AND (
        "f"."place small_but_busy" <= 1
      )
      THEN :value_5
      ELSE :value_4
    END AS "class small_but_busy"
  FROM "frame_7" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_9" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."whole wealth",
    "f"."class wealth",
    "f"."class small_but_busy",
    "f"."points lead" AS "worth leaders"
  FROM "frame_8" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_10" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."whole wealth",
    "f"."class wealth",
    "f"."class small_but_busy",
    "f"."worth leaders",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth leaders" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth leaders" DESC, "f"."_contact" NULLS LAST
    ) AS "place leaders"
  FROM "frame_9" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_11" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."whole wealth",
    "f"."class wealth",
    "f"."class small_but_busy",
    CASE
      WHEN "f"."worth leaders" IS NULL
      THEN NULL
      WHEN (
        "f"."worth leaders" > 0
      ) AND (
        "f"."place leaders" <= 2
      )
      THEN :value_3
      ELSE :value_4
    END AS "class leaders"
  FROM "frame_10" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."whole wealth",
  "f"."class wealth",
  "f"."class leaders",
  "f"."class small_but_busy"
FROM "frame_11" AS "f";

-- temporary table _classes
CREATE TEMPORARY TABLE "_classes" (
  "_contact" TEXT PRIMARY KEY,
  "tier leaders" TEXT,
  "tier small_but_busy" TEXT,
  "tier wealth" TEXT
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "k"."tier wealth" AS "tier wealth",
    "k"."tier small_but_busy" AS "tier small_but_busy",
    "k"."tier leaders" AS "tier leaders"
  FROM "contacts" AS "c"
  LEFT JOIN "_classes" AS "k"
    ON "k"."_contact" = "c"."_key"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) AS "leaf number visit"
  FROM "event_visit" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."tier wealth",
    "f"."tier small_but_busy",
    "f"."tier leaders",
    COALESCE("p0"."leaf number visit", 0) AS "leaf number visit"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf number visit",
    CASE WHEN COALESCE("f"."tier wealth" = 'big', FALSE) THEN 1 ELSE 0 END AS "segment rich",
    CASE WHEN COALESCE("f"."tier small_but_busy" = 'busiest', FALSE) THEN 1 ELSE 0 END AS "segment busy_and_small",
    CASE WHEN COALESCE("f"."tier leaders" = 'lead_by_points', FALSE) THEN 1 ELSE 0 END AS "segment leading",
    CASE WHEN NOT "f"."tier small_but_busy" IS NULL THEN 1 ELSE 0 END AS "segment ranked_small"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment rich",
    "f"."segment busy_and_small",
    "f"."segment leading",
    "f"."segment ranked_small",
    CASE
      WHEN NOT COALESCE("f"."leaf number visit" >= 0, FALSE)
      THEN 0
      WHEN (
        "f"."leaf number visit" / 1
      ) > 100000000
      THEN 107374182400000000
      ELSE (
        "f"."leaf number visit" / 1
      ) * 1073741824
    END + CASE WHEN "f"."segment rich" = 1 THEN 10737418240 ELSE 0 END AS "sum lead"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment rich",
    "f"."segment busy_and_small",
    "f"."segment leading",
    "f"."segment ranked_small",
    CASE WHEN "f"."sum lead" < 0 THEN 0 ELSE "f"."sum lead" END AS "points lead"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment rich" + "f"."segment busy_and_small" * 2 + "f"."segment leading" * 4 + "f"."segment ranked_small" * 8 + CASE WHEN NOT "f"."points lead" IS NULL THEN 1 ELSE 0 END * 16 AS "word 1",
  COALESCE("f"."points lead", 0) AS "points lead"
FROM "frame_4" AS "f";
