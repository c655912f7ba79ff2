-- made by `pytest --update` from eecabebb398a48f9

-- temporary table _stages
CREATE TEMPORARY TABLE "_stages" (
  "_contact" TEXT PRIMARY KEY,
  "before lead" INTEGER
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    COALESCE("s"."before lead", -1) AS "before lead",
    "c"."visits" AS "field visits",
    "c"."country" AS "field country"
  FROM "contacts" AS "c"
  LEFT JOIN "_stages" AS "s"
    ON "s"."_contact" = "c"."_key"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."before lead",
    CASE
      WHEN COALESCE("f"."field country" = 'CH', FALSE)
      THEN CASE
        WHEN NOT COALESCE("f"."field visits" >= 0, FALSE)
        THEN 0
        WHEN (
          "f"."field visits" / 1
        ) > 100000000
        THEN 107374182400000000
        ELSE (
          "f"."field visits" / 1
        ) * 1073741824
      END
    END AS "sum lead"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."before lead",
    CASE WHEN "f"."sum lead" < 0 THEN 0 ELSE "f"."sum lead" END AS "points lead"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."points lead",
    CASE
      WHEN "f"."points lead" >= CASE WHEN "f"."before lead" >= 4 THEN 38654705664 ELSE 64424509440 END
      THEN 'champion'
      WHEN "f"."points lead" >= CASE WHEN "f"."before lead" >= 3 THEN 37580963840 ELSE 42949672960 END
      THEN 'sales_ready'
      WHEN "f"."points lead" >= 32212254720
      THEN 'qualified'
      WHEN "f"."points lead" >= 11811160064
      THEN 'interested'
      WHEN "f"."points lead" >= 0
      THEN 'aware'
    END AS "stage lead"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."points lead",
    "f"."stage lead",
    CASE
      WHEN COALESCE("f"."stage lead" IN ('aware', 'interested'), FALSE)
      THEN 1
      ELSE 0
    END AS "segment below_qualified",
    CASE WHEN NOT COALESCE("f"."stage lead" = 'sales_ready', FALSE) THEN 1 ELSE 0 END AS "segment not_sales_ready",
    CASE
      WHEN COALESCE("f"."stage lead" IN ('qualified', 'sales_ready', 'champion'), FALSE)
      THEN 1
      ELSE 0
    END AS "segment qualified_and_up",
    CASE WHEN COALESCE("f"."stage lead" = 'sales_ready', FALSE) THEN 1 ELSE 0 END AS "segment sales_ready_now",
    CASE
      WHEN COALESCE("f"."stage lead" IN ('aware', 'champion'), FALSE)
      THEN 1
      ELSE 0
    END AS "segment some_stages",
    CASE WHEN NOT "f"."stage lead" IS NULL THEN 1 ELSE 0 END AS "segment staged"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment below_qualified" + "f"."segment not_sales_ready" * 2 + "f"."segment qualified_and_up" * 4 + "f"."segment sales_ready_now" * 8 + "f"."segment some_stages" * 16 + "f"."segment staged" * 32 + CASE WHEN NOT "f"."points lead" IS NULL THEN 1 ELSE 0 END * 64 + CASE
    WHEN "f"."stage lead" = 'aware'
    THEN 1
    WHEN "f"."stage lead" = 'interested'
    THEN 2
    WHEN "f"."stage lead" = 'qualified'
    THEN 3
    WHEN "f"."stage lead" = 'sales_ready'
    THEN 4
    WHEN "f"."stage lead" = 'champion'
    THEN 5
    ELSE 0
  END * 128 AS "word 1",
  COALESCE("f"."points lead", 0) AS "points lead"
FROM "frame_4" AS "f";
