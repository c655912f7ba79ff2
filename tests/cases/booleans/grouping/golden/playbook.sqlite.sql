-- made by `pytest --update` from e0a788b65e0bff7c

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."active" AS "field active",
    "c"."gender" AS "field gender",
    "c"."visits" AS "field visits",
    "c"."country" AS "field country",
    "c"."goal" AS "field goal"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field gender",
    "f"."field country",
    CASE WHEN COALESCE("f"."field active" = 1, FALSE) THEN 1 ELSE 0 END AS "segment active_ones",
    CASE WHEN COALESCE("f"."field gender" = 'female', FALSE) THEN 1 ELSE 0 END AS "segment women",
    CASE WHEN TRUE THEN 1 ELSE 0 END AS "segment all",
    CASE WHEN COALESCE("f"."field visits" = 1, FALSE) THEN 1 ELSE 0 END AS "segment seg_a",
    CASE
      WHEN (
        COALESCE("f"."field goal" = 1, FALSE) AND COALESCE("f"."field visits" = 1, FALSE)
      )
      OR (
        COALESCE("f"."field active" = 1, FALSE)
        OR COALESCE("f"."field gender" = 'female', FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment and_first",
    CASE
      WHEN (
        COALESCE("f"."field active" = 1, FALSE)
        OR (
          COALESCE("f"."field gender" = 'female', FALSE)
          OR COALESCE("f"."field goal" = 1, FALSE)
        )
      )
      AND COALESCE("f"."field visits" = 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment and_grouped",
    CASE
      WHEN COALESCE("f"."field active" = 1, FALSE)
      AND COALESCE("f"."field gender" = 'female', FALSE)
      THEN 1
      ELSE 0
    END AS "segment both",
    CASE WHEN NOT TRUE THEN 1 ELSE 0 END AS "segment nobody",
    CASE WHEN NOT "f"."field country" IS NULL THEN 1 ELSE 0 END AS "segment country_known",
    CASE WHEN NOT (
      NOT "f"."field country" IS NULL
    ) THEN 1 ELSE 0 END AS "segment country_missing",
    CASE
      WHEN COALESCE("f"."field active" = 1, FALSE)
      OR COALESCE("f"."field gender" = 'female', FALSE)
      THEN 1
      ELSE 0
    END AS "segment either",
    CASE
      WHEN (
        COALESCE("f"."field active" = 1, FALSE) AND COALESCE("f"."field goal" = 1, FALSE)
      )
      OR COALESCE("f"."field visits" = 1, FALSE)
      THEN 1
      ELSE 0
    END AS "define a_or_b_and_c",
    CASE
      WHEN (
        COALESCE("f"."field active" = 1, FALSE) AND COALESCE("f"."field goal" = 1, FALSE)
      )
      OR COALESCE("f"."field visits" = 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment seg_a_or_b_and_c",
    CASE WHEN NOT COALESCE("f"."field active" = 1, FALSE) THEN 1 ELSE 0 END AS "define not_active",
    CASE
      WHEN NOT (
        COALESCE("f"."field active" = 1, FALSE)
        OR COALESCE("f"."field gender" = 'female', FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment neither",
    CASE
      WHEN NOT (
        COALESCE("f"."field active" = 1, FALSE)
        AND COALESCE("f"."field gender" = 'female', FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment not_both",
    CASE
      WHEN COALESCE("f"."field gender" = 'female', FALSE)
      AND (
        NOT COALESCE("f"."field active" = 1, FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment not_first",
    CASE
      WHEN (
        NOT COALESCE("f"."field active" = 1, FALSE)
      )
      OR (
        NOT COALESCE("f"."field gender" = 'female', FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment not_the_one_or_not_the_other",
    CASE WHEN NOT COALESCE("f"."field gender" = 'female', FALSE) THEN 1 ELSE 0 END AS "segment not_women",
    CASE
      WHEN (
        COALESCE("f"."field goal" = 1, FALSE) OR COALESCE("f"."field visits" = 1, FALSE)
      )
      AND (
        COALESCE("f"."field active" = 1, FALSE)
        AND COALESCE("f"."field gender" = 'female', FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment or_first_grouped",
    CASE
      WHEN (
        COALESCE("f"."field active" = 1, FALSE)
        AND (
          COALESCE("f"."field gender" = 'female', FALSE)
          AND COALESCE("f"."field goal" = 1, FALSE)
        )
      )
      OR COALESCE("f"."field visits" = 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment or_last",
    CASE
      WHEN (
        COALESCE("f"."field active" = 1, FALSE)
        AND (
          COALESCE("f"."field gender" = 'female', FALSE)
          AND COALESCE("f"."field goal" = 1, FALSE)
        )
      )
      OR COALESCE("f"."field visits" = 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment or_last_grouped",
    CASE WHEN COALESCE("f"."field active" = 1, FALSE) THEN 1 ELSE 0 END AS "segment twice_not"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment active_ones",
    "f"."segment women",
    "f"."segment all",
    "f"."segment seg_a",
    "f"."segment and_first",
    "f"."segment and_grouped",
    "f"."segment both",
    "f"."segment nobody",
    "f"."segment country_known",
    "f"."segment country_missing",
    "f"."segment either",
    "f"."segment seg_a_or_b_and_c",
    "f"."segment neither",
    "f"."segment not_both",
    "f"."segment not_first",
    "f"."segment not_the_one_or_not_the_other",
    "f"."segment not_women",
    "f"."segment or_first_grouped",
    "f"."segment or_last",
    "f"."segment or_last_grouped",
    "f"."segment twice_not",
    CASE
      WHEN (
        "f"."segment active_ones" = 1
      )
      AND (
        NOT (
          "f"."segment women" = 1
        )
      )
      THEN 1
      ELSE 0
    END AS "segment active_not_women",
    CASE
      WHEN COALESCE("f"."field country" = 'US', FALSE)
      AND (
        NOT (
          "f"."segment seg_a" = 1
        )
      )
      THEN 1
      ELSE 0
    END AS "segment american_not_a",
    CASE
      WHEN COALESCE("f"."field country" = 'GB', FALSE) AND (
        "f"."segment nobody" = 1
      )
      THEN 1
      ELSE 0
    END AS "segment british_in_nobody",
    CASE
      WHEN COALESCE("f"."field country" = 'GB', FALSE)
      AND (
        NOT (
          "f"."segment nobody" = 1
        )
      )
      THEN 1
      ELSE 0
    END AS "segment british_not_in_nobody",
    CASE
      WHEN (
        "f"."segment active_ones" = 1
      )
      AND (
        (
          "f"."segment seg_a" = 1
        ) AND (
          "f"."segment women" = 1
        )
      )
      THEN 1
      ELSE 0
    END AS "segment in_all_of",
    CASE
      WHEN (
        NOT (
          "f"."segment nobody" = 1
        )
      )
      AND (
        NOT (
          "f"."segment women" = 1
        )
      )
      THEN 1
      ELSE 0
    END AS "segment in_none_of",
    CASE
      WHEN (
        "f"."segment nobody" = 1
      ) OR (
        "f"."segment women" = 1
      )
      THEN 1
      ELSE 0
    END AS "segment in_one_of",
    CASE
      WHEN COALESCE("f"."field gender" = 'female', FALSE)
      AND (
        "f"."define a_or_b_and_c" = 1
      )
      THEN 1
      ELSE 0
    END AS "segment named_part",
    CASE
      WHEN COALESCE("f"."field gender" = 'female', FALSE)
      AND (
        "f"."segment seg_a_or_b_and_c" = 1
      )
      THEN 1
      ELSE 0
    END AS "segment named_segment",
    CASE WHEN NOT (
      "f"."define not_active" = 1
    ) THEN 1 ELSE 0 END AS "segment negated_name",
    CASE WHEN NOT (
      "f"."segment active_ones" = 1
    ) THEN 1 ELSE 0 END AS "segment only_negation",
    CASE
      WHEN (
        "f"."segment active_ones" = 1
      ) AND (
        "f"."segment women" = 1
      )
      THEN 1
      ELSE 0
    END AS "segment parent_before_child"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment active_ones" + "f"."segment women" * 2 + "f"."segment active_not_women" * 4 + "f"."segment all" * 8 + "f"."segment seg_a" * 16 + "f"."segment american_not_a" * 32 + "f"."segment and_first" * 64 + "f"."segment and_grouped" * 128 + "f"."segment both" * 256 + "f"."segment nobody" * 512 + "f"."segment british_in_nobody" * 1024 + "f"."segment british_not_in_nobody" * 2048 + "f"."segment country_known" * 4096 + "f"."segment country_missing" * 8192 + "f"."segment either" * 16384 + "f"."segment in_all_of" * 32768 + "f"."segment in_none_of" * 65536 + "f"."segment in_one_of" * 131072 + "f"."segment named_part" * 262144 + "f"."segment seg_a_or_b_and_c" * 524288 + "f"."segment named_segment" * 1048576 + "f"."segment negated_name" * 2097152 + "f"."segment neither" * 4194304 + "f"."segment not_both" * 8388608 + "f"."segment not_first" * 16777216 + "f"."segment not_the_one_or_not_the_other" * 33554432 + "f"."segment not_women" * 67108864 + "f"."segment only_negation" * 134217728 + "f"."segment or_first_grouped" * 268435456 + "f"."segment or_last" * 536870912 + "f"."segment or_last_grouped" * 1073741824 + "f"."segment parent_before_child" * 2147483648 + "f"."segment twice_not" * 4294967296 AS "word 1"
FROM "frame_2" AS "f";
