-- made by `pytest --update` from a9e4f08cab75e8af

-- temporary table _entered
CREATE TEMPORARY TABLE "_entered" (
  "_contact" TEXT PRIMARY KEY,
  "entered fans" INTEGER
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."active" AS "field active",
    "i"."entered fans" AS "entered fans"
  FROM "contacts" AS "c"
  LEFT JOIN "_entered" AS "i"
    ON "i"."_contact" = "c"."_key"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."entered fans",
    CASE WHEN COALESCE("f"."field active" = 1, FALSE) THEN 1 ELSE 0 END AS "segment fans"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment fans",
    CASE
      WHEN (
        "f"."segment fans" = 1
      )
      AND COALESCE("f"."entered fans" <= :before_1_month, FALSE)
      THEN 1
      ELSE 0
    END AS "segment fans_for_a_month",
    CASE
      WHEN (
        "f"."segment fans" = 1
      )
      AND COALESCE("f"."entered fans" <= :before_7_day, FALSE)
      THEN 1
      ELSE 0
    END AS "segment fans_for_a_week",
    CASE
      WHEN (
        "f"."segment fans" = 1
      )
      AND (
        NOT (
          (
            "f"."segment fans" = 1
          )
          AND COALESCE("f"."entered fans" <= :before_7_day, FALSE)
        )
      )
      THEN 1
      ELSE 0
    END AS "segment newly",
    CASE
      WHEN NOT (
        (
          "f"."segment fans" = 1
        )
        AND COALESCE("f"."entered fans" <= :before_7_day, FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment not_for_a_week"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment fans" + "f"."segment fans_for_a_month" * 2 + "f"."segment fans_for_a_week" * 4 + "f"."segment newly" * 8 + "f"."segment not_for_a_week" * 16 AS "word 1"
FROM "frame_2" AS "f";
