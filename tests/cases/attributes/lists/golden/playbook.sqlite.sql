-- made by `pytest --update` from a1c8db2cf7c50f44

-- temporary table _lists
CREATE TEMPORARY TABLE "_lists" (
  "_contact" TEXT,
  "list" TEXT,
  PRIMARY KEY ("_contact", "list")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."country" AS "field country",
    CASE
      WHEN EXISTS(
        SELECT
          1
        FROM "_lists" AS "l"
        WHERE
          (
            "l"."_contact" = "c"."_key"
          ) AND (
            "l"."list" = 'friends'
          )
      )
      THEN 1
      ELSE 0
    END AS "list friends",
    CASE
      WHEN EXISTS(
        SELECT
          1
        FROM "_lists" AS "l"
        WHERE
          (
            "l"."_contact" = "c"."_key"
          ) AND (
            "l"."list" = 'staff'
          )
      )
      THEN 1
      ELSE 0
    END AS "list staff",
    CASE
      WHEN EXISTS(
        SELECT
          1
        FROM "_lists" AS "l"
        WHERE
          (
            "l"."_contact" = "c"."_key"
          ) AND (
            "l"."list" = 'press'
          )
      )
      THEN 1
      ELSE 0
    END AS "list press"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."field country" = 'GB', FALSE) THEN 1 ELSE 0 END AS "segment british",
    CASE
      WHEN (
        COALESCE("f"."field country" = 'GB', FALSE) OR (
          "f"."list friends" = 1
        )
      )
      AND (
        NOT (
          "f"."list staff" = 1
        )
      )
      THEN 1
      ELSE 0
    END AS "segment by_hand",
    CASE
      WHEN (
        NOT (
          "f"."list press" = 1
        )
      ) AND (
        "f"."list press" = 1
      )
      THEN 1
      ELSE 0
    END AS "segment nobody",
    CASE
      WHEN (
        NOT (
          "f"."list press" = 1
        )
      )
      AND (
        NOT (
          "f"."list staff" = 1
        )
      )
      THEN 1
      ELSE 0
    END AS "segment others",
    CASE
      WHEN (
        "f"."list friends" = 1
      ) OR (
        "f"."list press" = 1
      )
      THEN 1
      ELSE 0
    END AS "segment press_and_friends",
    CASE WHEN "f"."list press" = 1 THEN 1 ELSE 0 END AS "segment press_only"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment british",
    "f"."segment by_hand",
    "f"."segment nobody",
    "f"."segment others",
    "f"."segment press_and_friends",
    "f"."segment press_only",
    CASE WHEN "f"."segment british" = 1 THEN 1 ELSE 0 END AS "segment of_the_other"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment british" + "f"."segment by_hand" * 2 + "f"."segment nobody" * 4 + "f"."segment of_the_other" * 8 + "f"."segment others" * 16 + "f"."segment press_and_friends" * 32 + "f"."segment press_only" * 64 AS "word 1"
FROM "frame_2" AS "f";
