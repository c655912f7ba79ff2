-- made by `pytest --update` from 5c1a370cc51d24f5

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
    SUM("e"."amount") FILTER(WHERE
      "e"."_at" > :before_1_year) AS "leaf sum purchase a6409e92d6fa",
    COUNT(*) AS "leaf number purchase 6c9c1381339d"
  FROM "event_purchase" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field turnover",
    COALESCE("p0"."leaf sum purchase a6409e92d6fa", 0) AS "leaf sum purchase a6409e92d6fa",
    COALESCE("p0"."leaf number purchase 6c9c1381339d", 0) AS "leaf number purchase 6c9c1381339d"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf sum purchase a6409e92d6fa",
    "f"."field turnover" AS "worth by_field",
    CASE
      WHEN COALESCE("f"."leaf number purchase 6c9c1381339d" >= :value_3, FALSE)
      THEN 1
      ELSE 0
    END AS "segment customers"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."worth by_field",
    CASE
      WHEN (
        COALESCE(
          SUM(CASE WHEN "f"."worth by_field" > 0 THEN "f"."worth by_field" / 2147483648 END) OVER (),
          0
        ) + (
          COALESCE(
            SUM(CASE WHEN "f"."worth by_field" > 0 THEN "f"."worth by_field" % 2147483648 END) OVER (),
            0
          ) / 2147483648
        )
      ) < 4294967296
      THEN (
        COALESCE(
          SUM(CASE WHEN "f"."worth by_field" > 0 THEN "f"."worth by_field" / 2147483648 END) OVER (),
          0
        ) * 2147483648
      ) + COALESCE(
        SUM(CASE WHEN "f"."worth by_field" > 0 THEN "f"."worth by_field" % 2147483648 END) OVER (),
        0
      )
    END AS "whole by_field",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth by_field" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth by_field" DESC, "f"."_contact" NULLS LAST
    ) AS "place by_field",
    CASE WHEN "f"."segment customers" = 1 THEN "f"."leaf sum purchase a6409e92d6fa" END AS "worth value"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."worth by_field",
    "f"."whole by_field",
    "f"."worth value",
    CASE
      WHEN NOT "f"."whole by_field" IS NULL
      THEN (
        COALESCE(
          SUM(CASE WHEN "f"."worth by_field" > 0 THEN "f"."worth by_field" / 2147483648 END) OVER (
            ORDER BY "f"."place by_field" NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
          ),
          0
        ) * 2147483648
      ) + COALESCE(
        SUM(CASE WHEN "f"."worth by_field" > 0 THEN "f"."worth by_field" % 2147483648 END) OVER (
          ORDER BY "f"."place by_field" NULLS LAST
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ),
        0
      )
    END AS "ahead by_field",
    CASE
      WHEN (
        COALESCE(
          SUM(CASE WHEN "f"."worth value" > 0 THEN "f"."worth value" / 2147483648 END) OVER (),
          0
        ) + (
          COALESCE(
            SUM(CASE WHEN "f"."worth value" > 0 THEN "f"."worth value" % 2147483648 END) OVER (),
            0
          ) / 2147483648
        )
      ) < 4294967296
      THEN (
        COALESCE(
          SUM(CASE WHEN "f"."worth value" > 0 THEN "f"."worth value" / 2147483648 END) OVER (),
          0
        ) * 2147483648
      ) + COALESCE(
        SUM(CASE WHEN "f"."worth value" > 0 THEN "f"."worth value" % 2147483648 END) OVER (),
        0
      )
    END AS "whole value",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth value" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth value" DESC, "f"."_contact" NULLS LAST
    ) AS "place value"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_5" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."whole by_field",
    "f"."worth value",
    "f"."whole value",
    CASE
      WHEN "f"."worth by_field" IS NULL
      THEN NULL
      WHEN (
        "f"."worth by_field" > 0
      )
      AND (
        "f"."ahead by_field" < (
          (
            (
              "f"."whole by_field" / 1000000
            ) * 500000
          ) + (
            (
              (
                (
                  "f"."whole by_field" % 1000000
                ) * 500000
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_1
      ELSE :value_2
    END AS "class by_field",
    CASE
      WHEN NOT "f"."whole value" IS NULL
      THEN (
        COALESCE(
          SUM(CASE WHEN "f"."worth value" > 0 THEN "f"."worth value" / 2147483648 END) OVER (
            ORDER BY "f"."place value" NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
          ),
          0
        ) * 2147483648
      ) + COALESCE(
        SUM(CASE WHEN "f"."worth value" > 0 THEN "f"."worth value" % 2147483648 END) OVER (
          ORDER BY "f"."place value" NULLS LAST
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ),
        0
      )
    END AS "ahead value"
  FROM "frame_4" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_6" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."whole by_field",
    "f"."whole value",
    "f"."class by_field",
    CASE
      WHEN "f"."worth value" IS NULL
      THEN NULL
      WHEN (
        "f"."worth value" > 0
      )
      AND (
        "f"."ahead value" < (
          (
            (
              "f"."whole value" / 1000000
            ) * 800000
          ) + (
            (
              (
                (
                  "f"."whole value" % 1000000
                ) * 800000
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_4
      WHEN (
        "f"."worth value" > 0
      )
      AND (
        "f"."ahead value" < (
          (
            (
              "f"."whole value" / 1000000
            ) * 950000
          ) + (
            (
              (
                (
                  "f"."whole value" % 1000000
                ) * 950000
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_5
      ELSE :value_6
    END AS "class value"
  FROM "frame_5" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."whole by_field",
  "f"."class by_field",
  "f"."whole value",
  "f"."class value"
FROM "frame_6" AS "f";

-- temporary table _classes
CREATE TEMPORARY TABLE "_classes" (
  "_contact" TEXT PRIMARY KEY,
  "tier by_field" TEXT,
  "tier value" TEXT
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "k"."tier value" AS "tier value",
    "k"."tier by_field" AS "tier by_field"
  FROM "contacts" AS "c"
  LEFT JOIN "_classes" AS "k"
    ON "k"."_contact" = "c"."_key"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) AS "leaf number purchase"
  FROM "event_purchase" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."tier value",
    "f"."tier by_field",
    COALESCE("p0"."leaf number purchase", 0) AS "leaf number purchase"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."leaf number purchase" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment customers",
    CASE WHEN COALESCE("f"."tier value" IN ('A', 'C'), FALSE) THEN 1 ELSE 0 END AS "segment a_or_c",
    CASE WHEN COALESCE("f"."tier value" IN ('B', 'A'), FALSE) THEN 1 ELSE 0 END AS "segment at_least_b",
    CASE WHEN COALESCE("f"."tier value" IN ('C', 'B'), FALSE) THEN 1 ELSE 0 END AS "segment below_a",
    CASE
      WHEN COALESCE("f"."tier value" IN ('C', 'B'), FALSE)
      AND COALESCE("f"."tier value" IN ('C', 'B', 'A'), FALSE)
      THEN 1
      ELSE 0
    END AS "segment c_to_b",
    CASE WHEN COALESCE("f"."tier value" = 'A', FALSE) THEN 1 ELSE 0 END AS "segment in_a",
    CASE WHEN COALESCE("f"."tier value" = 'B', FALSE) THEN 1 ELSE 0 END AS "segment in_b",
    CASE WHEN COALESCE("f"."tier value" = 'C', FALSE) THEN 1 ELSE 0 END AS "segment in_c",
    CASE WHEN COALESCE("f"."tier by_field" = 'lower', FALSE) THEN 1 ELSE 0 END AS "segment lower_half",
    CASE WHEN NOT COALESCE("f"."tier value" = 'A', FALSE) THEN 1 ELSE 0 END AS "segment not_a",
    CASE WHEN COALESCE("f"."tier by_field" = 'upper', FALSE) THEN 1 ELSE 0 END AS "segment upper_half",
    CASE WHEN NOT (
      NOT "f"."tier value" IS NULL
    ) THEN 1 ELSE 0 END AS "segment without"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment customers" + "f"."segment a_or_c" * 2 + "f"."segment at_least_b" * 4 + "f"."segment below_a" * 8 + "f"."segment c_to_b" * 16 + "f"."segment in_a" * 32 + "f"."segment in_b" * 64 + "f"."segment in_c" * 128 + "f"."segment lower_half" * 256 + "f"."segment not_a" * 512 + "f"."segment upper_half" * 1024 + "f"."segment without" * 2048 AS "word 1"
FROM "frame_2" AS "f";
