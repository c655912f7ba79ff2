-- made by `pytest --update` from 104e676d438ef58c

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    (
      SELECT
        "t"."fee"
      FROM "fact_tariff" AS "t"
      WHERE
        "t"."of_plan" = "c"."plan"
    ) AS "fact tariff.fee",
    (
      SELECT
        "t"."rain_mm"
      FROM "fact_weather" AS "t"
      WHERE
        "t"."place" = "c"."company_city" AND "t"."measured" <= :as_of
      ORDER BY
        "t"."measured" DESC
      LIMIT 1
    ) AS "fact weather.rain_mm",
    "c"."turnover" AS "field turnover"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE("f"."fact tariff.fee" > "f"."field turnover", FALSE)
      THEN 1
      ELSE 0
    END AS "segment beside_own",
    CASE WHEN COALESCE("f"."fact tariff.fee" >= 4000, FALSE) THEN 1 ELSE 0 END AS "segment dear",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF("f"."fact weather.rain_mm" * 2) = 'real'
          THEN ABS((
            (
              "f"."fact weather.rain_mm" * 2
            ) IS NULL
          ) - 9223372036854775807 - 1)
          ELSE "f"."fact weather.rain_mm" * 2
        END > 119,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment heavy",
    CASE WHEN NOT COALESCE("f"."fact weather.rain_mm" > 50, FALSE) THEN 1 ELSE 0 END AS "segment not_rainy",
    CASE WHEN COALESCE("f"."fact weather.rain_mm" > 50, FALSE) THEN 1 ELSE 0 END AS "segment rainy",
    CASE WHEN NOT (
      NOT "f"."fact weather.rain_mm" IS NULL
    ) THEN 1 ELSE 0 END AS "segment unknown",
    CASE
      WHEN NOT COALESCE("f"."fact weather.rain_mm" >= 0, FALSE)
      THEN 0
      WHEN (
        "f"."fact weather.rain_mm" / 10
      ) > 50000000
      THEN 107374182400000000
      ELSE (
        "f"."fact weather.rain_mm" / 10
      ) * 2147483648
    END AS "sum umbrella"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment beside_own",
    "f"."segment dear",
    "f"."segment heavy",
    "f"."segment not_rainy",
    "f"."segment rainy",
    "f"."segment unknown",
    CASE WHEN "f"."sum umbrella" < 0 THEN 0 ELSE "f"."sum umbrella" END AS "points umbrella"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment beside_own" + "f"."segment dear" * 2 + "f"."segment heavy" * 4 + "f"."segment not_rainy" * 8 + "f"."segment rainy" * 16 + "f"."segment unknown" * 32 + CASE WHEN NOT "f"."points umbrella" IS NULL THEN 1 ELSE 0 END * 64 AS "word 1",
  COALESCE("f"."points umbrella", 0) AS "points umbrella"
FROM "frame_2" AS "f";
