-- made by `pytest --update` from 54dc456a2ecfeeeb

-- temporary table _buckets
CREATE TEMPORARY TABLE "_buckets" (
  "_contact" TEXT PRIMARY KEY,
  "bucket spring" INTEGER
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "b"."bucket spring" AS "bucket spring"
  FROM "contacts" AS "c"
  JOIN "_buckets" AS "b"
    ON "b"."_contact" = "c"."_key"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN "f"."bucket spring" < 1000000 THEN 1 ELSE 0 END AS "segment all",
    CASE WHEN "f"."bucket spring" < 500000 THEN 1 ELSE 0 END AS "segment half",
    CASE WHEN "f"."bucket spring" < 800000 THEN 1 ELSE 0 END AS "segment most",
    CASE WHEN "f"."bucket spring" < 999900 THEN 1 ELSE 0 END AS "segment nearly",
    CASE WHEN "f"."bucket spring" < 250000 THEN 1 ELSE 0 END AS "segment quarter",
    CASE WHEN NOT (
      "f"."bucket spring" < 500000
    ) THEN 1 ELSE 0 END AS "segment rest"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment all",
    "f"."segment half",
    "f"."segment most",
    "f"."segment nearly",
    "f"."segment quarter",
    "f"."segment rest",
    CASE
      WHEN (
        "f"."segment quarter" = 1
      ) AND (
        NOT (
          "f"."segment half" = 1
        )
      )
      THEN 1
      ELSE 0
    END AS "segment quarter_outside_half"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment all" + "f"."segment half" * 2 + "f"."segment most" * 4 + "f"."segment nearly" * 8 + "f"."segment quarter" * 16 + "f"."segment quarter_outside_half" * 32 + "f"."segment rest" * 64 AS "word 1"
FROM "frame_2" AS "f";
