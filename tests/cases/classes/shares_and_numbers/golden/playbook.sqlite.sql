-- made by `pytest --update` from 091d9c5e91ace4e0

-- classes, as of the last midnight
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."visits" AS "field visits",
    "c"."country" AS "field country"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field visits" AS "worth best",
    "f"."field visits" AS "worth everybody",
    CASE
      WHEN COALESCE("f"."field country" = :value_8, FALSE)
      THEN "f"."field visits"
    END AS "worth just_over",
    "f"."field visits" AS "worth medals",
    CASE
      WHEN COALESCE("f"."field country" = :value_14, FALSE)
      THEN "f"."field visits"
    END AS "worth room_for_more",
    CASE
      WHEN COALESCE("f"."field country" = :value_8, FALSE)
      THEN "f"."field visits"
    END AS "worth thirds"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."worth best",
    "f"."worth everybody",
    "f"."worth just_over",
    "f"."worth medals",
    "f"."worth room_for_more",
    "f"."worth thirds",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth best" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth best" DESC, "f"."_contact" NULLS LAST
    ) AS "place best",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth everybody" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth everybody" DESC, "f"."_contact" NULLS LAST
    ) AS "place everybody",
    COUNT("f"."worth everybody") OVER () AS "whole everybody",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth just_over" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth just_over" DESC, "f"."_contact" NULLS LAST
    ) AS "place just_over",
    COUNT("f"."worth just_over") OVER () AS "whole just_over",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth medals" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth medals" DESC, "f"."_contact" NULLS LAST
    ) AS "place medals",
    COUNT("f"."worth medals") OVER () AS "whole medals",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth room_for_more" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth room_for_more" DESC, "f"."_contact" NULLS LAST
    ) AS "place room_for_more",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth thirds" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth thirds" DESC, "f"."_contact" NULLS LAST
    ) AS "place thirds",
    COUNT("f"."worth thirds") OVER () AS "whole thirds"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN "f"."worth best" IS NULL
      THEN NULL
      WHEN (
        "f"."worth best" > 0
      ) AND (
        "f"."place best" <= 3
      )
      THEN :value_1
      WHEN (
        "f"."worth best" > 0
      ) AND (
        "f"."place best" <= 8
      )
      THEN :value_2
      ELSE :value_3
    END AS "class best",
    CASE
      WHEN "f"."worth everybody" IS NULL
      THEN NULL
      WHEN (
        "f"."worth everybody" > 0
      )
      AND (
        "f"."place everybody" <= (
          (
            (
              "f"."whole everybody" / 1000000
            ) * 1000000
          ) + (
            (
              (
                (
                  "f"."whole everybody" % 1000000
                ) * 1000000
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_4
      ELSE :value_5
    END AS "class everybody",
    CASE
      WHEN "f"."worth just_over" IS NULL
      THEN NULL
      WHEN (
        "f"."worth just_over" > 0
      )
      AND (
        "f"."place just_over" <= (
          (
            (
              "f"."whole just_over" / 1000000
            ) * 333334
          ) + (
            (
              (
                (
                  "f"."whole just_over" % 1000000
                ) * 333334
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_6
      ELSE :value_7
    END AS "class just_over",
    CASE
      WHEN "f"."worth medals" IS NULL
      THEN NULL
      WHEN (
        "f"."worth medals" > 0
      )
      AND (
        "f"."place medals" <= (
          (
            (
              "f"."whole medals" / 1000000
            ) * 100000
          ) + (
            (
              (
                (
                  "f"."whole medals" % 1000000
                ) * 100000
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_9
      WHEN (
        "f"."worth medals" > 0
      )
      AND (
        "f"."place medals" <= (
          (
            (
              "f"."whole medals" / 1000000
            ) * 300000
          ) + (
            (
              (
                (
                  "f"."whole medals" % 1000000
                ) * 300000
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_10
      ELSE :value_11
    END AS "class medals",
    CASE
      WHEN "f"."worth room_for_more" IS NULL
      THEN NULL
      WHEN (
        "f"."worth room_for_more" > 0
      ) AND (
        "f"."place room_for_more" <= 100
      )
      THEN :value_12
      ELSE :value_13
    END AS "class room_for_more",
    CASE
      WHEN "f"."worth thirds" IS NULL
      THEN NULL
      WHEN (
        "f"."worth thirds" > 0
      )
      AND (
        "f"."place thirds" <= (
          (
            (
              "f"."whole thirds" / 1000000
            ) * 333333
          ) + (
            (
              (
                (
                  "f"."whole thirds" % 1000000
                ) * 333333
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_6
      ELSE :value_7
    END AS "class thirds"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."class best",
  "f"."class everybody",
  "f"."class just_over",
  "f"."class medals",
  "f"."class room_for_more",
  "f"."class thirds"
FROM "frame_3" AS "f";

-- temporary table _classes
CREATE TEMPORARY TABLE "_classes" (
  "_contact" TEXT PRIMARY KEY,
  "tier best" TEXT,
  "tier everybody" TEXT,
  "tier just_over" TEXT,
  "tier medals" TEXT,
  "tier room_for_more" TEXT,
  "tier thirds" TEXT
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "k"."tier everybody" AS "tier everybody",
    "k"."tier room_for_more" AS "tier room_for_more",
    "k"."tier medals" AS "tier medals",
    "k"."tier just_over" AS "tier just_over",
    "k"."tier best" AS "tier best",
    "k"."tier thirds" AS "tier thirds"
  FROM "contacts" AS "c"
  LEFT JOIN "_classes" AS "k"
    ON "k"."_contact" = "c"."_key"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."tier everybody" = 'others', FALSE) THEN 1 ELSE 0 END AS "segment all_others",
    CASE WHEN COALESCE("f"."tier everybody" = 'positive', FALSE) THEN 1 ELSE 0 END AS "segment all_positive",
    CASE WHEN COALESCE("f"."tier room_for_more" = 'all', FALSE) THEN 1 ELSE 0 END AS "segment all_there_are",
    CASE WHEN COALESCE("f"."tier medals" = 'gold', FALSE) THEN 1 ELSE 0 END AS "segment golden",
    CASE WHEN COALESCE("f"."tier just_over" = 'upper', FALSE) THEN 1 ELSE 0 END AS "segment just_over_a_third",
    CASE WHEN COALESCE("f"."tier best" = 'last', FALSE) THEN 1 ELSE 0 END AS "segment last_ones",
    CASE WHEN COALESCE("f"."tier medals" = 'none', FALSE) THEN 1 ELSE 0 END AS "segment neither",
    CASE WHEN COALESCE("f"."tier best" = 'five', FALSE) THEN 1 ELSE 0 END AS "segment next_five",
    CASE WHEN COALESCE("f"."tier medals" = 'silver', FALSE) THEN 1 ELSE 0 END AS "segment silvern",
    CASE WHEN COALESCE("f"."tier room_for_more" = 'rest', FALSE) THEN 1 ELSE 0 END AS "segment still_rest",
    CASE WHEN NOT "f"."tier thirds" IS NULL THEN 1 ELSE 0 END AS "segment swiss",
    CASE WHEN COALESCE("f"."tier best" = 'three', FALSE) THEN 1 ELSE 0 END AS "segment top_three",
    CASE WHEN COALESCE("f"."tier thirds" = 'upper', FALSE) THEN 1 ELSE 0 END AS "segment upper_third"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment all_others" + "f"."segment all_positive" * 2 + "f"."segment all_there_are" * 4 + "f"."segment golden" * 8 + "f"."segment just_over_a_third" * 16 + "f"."segment last_ones" * 32 + "f"."segment neither" * 64 + "f"."segment next_five" * 128 + "f"."segment silvern" * 256 + "f"."segment still_rest" * 512 + "f"."segment swiss" * 1024 + "f"."segment top_three" * 2048 + "f"."segment upper_third" * 4096 AS "word 1"
FROM "frame_1" AS "f";
