-- made by `pytest --update` from 053ff8c27f5ac3c0

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."country" AS "field country",
    "c"."environment" AS "field environment",
    "c"."factor" AS "field factor",
    "c"."plan" AS "field plan",
    "c"."first_name" AS "field first_name",
    "c"."company_city" AS "field company_city",
    "c"."visits" AS "field visits",
    "c"."goal" AS "field goal",
    "c"."height" AS "field height",
    "c"."active" AS "field active",
    "c"."turnover" AS "field turnover"
  FROM "contacts" AS "c"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field visits",
    CASE WHEN NOT COALESCE("f"."field country" = 'CH', FALSE) THEN 1 ELSE 0 END AS "segment abroad",
    CASE
      WHEN (
        NOT "f"."field country" IS NULL
      )
      AND (
        NOT COALESCE("f"."field country" = 'CH', FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment abroad_known",
    CASE
      WHEN COALESCE("f"."field environment" IN ('prod', 'stage'), FALSE)
      THEN 1
      ELSE 0
    END AS "segment among",
    CASE WHEN COALESCE("f"."field factor" <= 1000, FALSE) THEN 1 ELSE 0 END AS "segment at_most_one",
    CASE WHEN COALESCE("f"."field plan" IN ('basic', 'pro'), FALSE) THEN 1 ELSE 0 END AS "segment basic_or_pro",
    CASE
      WHEN COALESCE("f"."field plan" IN ('basic', 'plus'), FALSE)
      AND COALESCE("f"."field plan" IN ('basic', 'plus', 'pro'), FALSE)
      THEN 1
      ELSE 0
    END AS "segment basic_to_plus",
    CASE WHEN COALESCE("f"."field plan" IN ('basic'), FALSE) THEN 1 ELSE 0 END AS "segment below_plus",
    CASE WHEN COALESCE("f"."field first_name" = 'null', FALSE) THEN 1 ELSE 0 END AS "segment called_null",
    CASE WHEN COALESCE("f"."field company_city" = 'New York', FALSE) THEN 1 ELSE 0 END AS "segment company_in_new_york",
    CASE WHEN NOT "f"."field environment" IS NULL THEN 1 ELSE 0 END AS "segment environment_known",
    CASE WHEN NOT (
      NOT "f"."field environment" IS NULL
    ) THEN 1 ELSE 0 END AS "segment environment_missing",
    CASE WHEN COALESCE("f"."field environment" = 'test', FALSE) THEN 1 ELSE 0 END AS "segment environment_test",
    CASE WHEN COALESCE("f"."field visits" = "f"."field goal", FALSE) THEN 1 ELSE 0 END AS "segment equal_fields",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF("f"."field factor" * "f"."field height") = 'real'
          THEN ABS(
            (
              (
                "f"."field factor" * "f"."field height"
              ) IS NULL
            ) - 9223372036854775807 - 1
          )
          ELSE "f"."field factor" * "f"."field height"
        END = 322500,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment exact_product",
    CASE WHEN COALESCE("f"."field factor" = 1500, FALSE) THEN 1 ELSE 0 END AS "segment exactly_one_and_a_half",
    CASE WHEN COALESCE("f"."field factor" < -1500, FALSE) THEN 1 ELSE 0 END AS "segment far_below",
    CASE WHEN COALESCE("f"."field factor" >= 1500, FALSE) THEN 1 ELSE 0 END AS "segment from_one_and_a_half",
    CASE WHEN COALESCE("f"."field plan" IN ('plus', 'pro'), FALSE) THEN 1 ELSE 0 END AS "segment from_plus",
    CASE
      WHEN TYPEOF("f"."field goal" * 2) = 'real'
      THEN ABS((
        (
          "f"."field goal" * 2
        ) IS NULL
      ) - 9223372036854775807 - 1)
      ELSE "f"."field goal" * 2
    END AS "define twice_goal",
    CASE
      WHEN (
        COALESCE("f"."field active" = 1, FALSE) OR (
          NOT "f"."field goal" IS NULL
        )
      )
      AND (
        NOT (
          NOT "f"."field goal" IS NULL
        )
      )
      THEN 1
      ELSE 0
    END AS "segment guarded",
    CASE
      WHEN COALESCE("f"."field visits" <= 20, FALSE)
      AND COALESCE("f"."field visits" >= 10, FALSE)
      THEN 1
      ELSE 0
    END AS "segment in_range",
    CASE WHEN COALESCE("f"."field active" = 1, FALSE) THEN 1 ELSE 0 END AS "segment is_active",
    CASE WHEN NOT COALESCE("f"."field active" = 1, FALSE) THEN 1 ELSE 0 END AS "segment is_not_active",
    CASE
      WHEN COALESCE(
        (
          (
            "f"."field height" / 10
          ) > "f"."field visits"
        )
        OR (
          (
            (
              "f"."field height" / 10
            ) = "f"."field visits"
          )
          AND (
            (
              "f"."field height" % 10
            ) > (
              0 * 10
            )
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment kinds_of_numbers_meet",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF((
            "f"."field visits" + 1
          ) * 2) = 'real'
          THEN ABS(
            (
              (
                (
                  "f"."field visits" + 1
                ) * 2
              ) IS NULL
            ) - 9223372036854775807 - 1
          )
          ELSE (
            "f"."field visits" + 1
          ) * 2
        END = 42,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment left_to_right",
    CASE WHEN COALESCE("f"."field visits" >= 20, FALSE) THEN 1 ELSE 0 END AS "segment literal_first",
    CASE WHEN TRUE THEN 1 ELSE 0 END AS "segment missing_or_true",
    CASE WHEN COALESCE("f"."field turnover" >= 9995, FALSE) THEN 1 ELSE 0 END AS "segment money_to_the_cent",
    CASE WHEN NOT "f"."field first_name" IS NULL THEN 1 ELSE 0 END AS "segment name_known",
    CASE WHEN NOT (
      NOT "f"."field first_name" IS NULL
    ) THEN 1 ELSE 0 END AS "segment name_missing",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF("f"."field visits" - "f"."field goal") = 'real'
          THEN ABS(
            (
              (
                "f"."field visits" - "f"."field goal"
              ) IS NULL
            ) - 9223372036854775807 - 1
          )
          ELSE "f"."field visits" - "f"."field goal"
        END < 0,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment negative_difference",
    CASE
      WHEN NOT COALESCE("f"."field plan" IN ('basic', 'pro'), FALSE)
      THEN 1
      ELSE 0
    END AS "segment neither",
    CASE
      WHEN (
        (
          NOT (
            COALESCE("f"."field goal" <= 99, FALSE)
            AND COALESCE("f"."field goal" >= 0, FALSE)
          )
        )
        AND (
          (
            NOT COALESCE("f"."field goal" < 20, FALSE)
          )
          AND (
            NOT COALESCE("f"."field goal" <= 20, FALSE)
          )
        )
      )
      AND (
        (
          NOT COALESCE("f"."field goal" = 20, FALSE)
        )
        AND (
          (
            NOT COALESCE("f"."field goal" > 20, FALSE)
          )
          AND (
            NOT COALESCE("f"."field goal" >= 20, FALSE)
          )
        )
      )
      THEN 1
      ELSE 0
    END AS "segment no_goal_compares",
    CASE
      WHEN (
        NOT "f"."field active" IS NULL
      )
      AND (
        NOT COALESCE("f"."field active" = 1, FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment no_is_known",
    CASE
      WHEN NOT COALESCE("f"."field environment" IN ('prod', 'stage'), FALSE)
      THEN 1
      ELSE 0
    END AS "segment not_among",
    CASE WHEN NOT COALESCE("f"."field plan" IN ('plus', 'pro'), FALSE) THEN 1 ELSE 0 END AS "segment not_from_plus",
    CASE WHEN NOT COALESCE("f"."field environment" = 'prod', FALSE) THEN 1 ELSE 0 END AS "segment not_prod",
    CASE
      WHEN NOT COALESCE(
        CASE
          WHEN TYPEOF("f"."field goal" + 1) = 'real'
          THEN ABS((
            (
              "f"."field goal" + 1
            ) IS NULL
          ) - 9223372036854775807 - 1)
          ELSE "f"."field goal" + 1
        END > 0,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment not_reckoned",
    CASE WHEN COALESCE("f"."field height" <= 205, FALSE) THEN 1 ELSE 0 END AS "segment not_tall",
    CASE
      WHEN NOT COALESCE("f"."field visits" < "f"."field goal", FALSE)
      THEN 1
      ELSE 0
    END AS "segment not_under_goal",
    CASE WHEN NOT COALESCE("f"."field first_name" = 'xxxxx', FALSE) THEN 1 ELSE 0 END AS "segment not_xxxxx",
    CASE WHEN NOT COALESCE("f"."field active" = 1, FALSE) THEN 1 ELSE 0 END AS "segment not_yes",
    CASE
      WHEN COALESCE("f"."field visits" = 0, FALSE) AND (
        NOT "f"."field visits" IS NULL
      )
      THEN 1
      ELSE 0
    END AS "segment nought_is_known",
    CASE
      WHEN NOT COALESCE("f"."field visits" = "f"."field goal", FALSE)
      THEN 1
      ELSE 0
    END AS "segment other_fields",
    CASE
      WHEN NOT (
        COALESCE("f"."field visits" <= 20, FALSE)
        AND COALESCE("f"."field visits" >= 10, FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment out_of_range",
    CASE WHEN COALESCE("f"."field factor" > 1500, FALSE) THEN 1 ELSE 0 END AS "segment over_one_and_a_half",
    CASE WHEN COALESCE("f"."field turnover" > 100000, FALSE) THEN 1 ELSE 0 END AS "segment over_thousand",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF("f"."field goal" + 1) = 'real'
          THEN ABS((
            (
              "f"."field goal" + 1
            ) IS NULL
          ) - 9223372036854775807 - 1)
          ELSE "f"."field goal" + 1
        END > 0,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment reckoned",
    CASE WHEN COALESCE("f"."field active" = 0, FALSE) THEN 1 ELSE 0 END AS "segment says_no",
    CASE WHEN COALESCE("f"."field height" < 205, FALSE) THEN 1 ELSE 0 END AS "segment short",
    CASE
      WHEN (
        (
          COALESCE("f"."field goal" <= 99, FALSE)
          AND COALESCE("f"."field goal" >= 0, FALSE)
        )
        OR (
          COALESCE("f"."field goal" < 20, FALSE) OR COALESCE("f"."field goal" <= 20, FALSE)
        )
      )
      OR (
        COALESCE("f"."field goal" = 20, FALSE)
        OR (
          COALESCE("f"."field goal" > 20, FALSE) OR COALESCE("f"."field goal" >= 20, FALSE)
        )
      )
      THEN 1
      ELSE 0
    END AS "segment some_goal",
    CASE WHEN COALESCE("f"."field turnover" >= 100000, FALSE) THEN 1 ELSE 0 END AS "segment thousand",
    CASE WHEN COALESCE("f"."field visits" >= 20, FALSE) THEN 1 ELSE 0 END AS "segment twenty_and_up",
    CASE WHEN COALESCE("f"."field visits" < "f"."field goal", FALSE) THEN 1 ELSE 0 END AS "segment under_goal"
  FROM "frame_0" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment abroad",
    "f"."segment abroad_known",
    "f"."segment among",
    "f"."segment at_most_one",
    "f"."segment basic_or_pro",
    "f"."segment basic_to_plus",
    "f"."segment below_plus",
    "f"."segment called_null",
    "f"."segment company_in_new_york",
    "f"."segment environment_known",
    "f"."segment environment_missing",
    "f"."segment environment_test",
    "f"."segment equal_fields",
    "f"."segment exact_product",
    "f"."segment exactly_one_and_a_half",
    "f"."segment far_below",
    "f"."segment from_one_and_a_half",
    "f"."segment from_plus",
    "f"."segment guarded",
    "f"."segment in_range",
    "f"."segment is_active",
    "f"."segment is_not_active",
    "f"."segment kinds_of_numbers_meet",
    "f"."segment left_to_right",
    "f"."segment literal_first",
    "f"."segment missing_or_true",
    "f"."segment money_to_the_cent",
    "f"."segment name_known",
    "f"."segment name_missing",
    "f"."segment negative_difference",
    "f"."segment neither",
    "f"."segment no_goal_compares",
    "f"."segment no_is_known",
    "f"."segment not_among",
    "f"."segment not_from_plus",
    "f"."segment not_prod",
    "f"."segment not_reckoned",
    "f"."segment not_tall",
    "f"."segment not_under_goal",
    "f"."segment not_xxxxx",
    "f"."segment not_yes",
    "f"."segment nought_is_known",
    "f"."segment other_fields",
    "f"."segment out_of_range",
    "f"."segment over_one_and_a_half",
    "f"."segment over_thousand",
    "f"."segment reckoned",
    "f"."segment says_no",
    "f"."segment short",
    "f"."segment some_goal",
    "f"."segment thousand",
    "f"."segment twenty_and_up",
    "f"."segment under_goal",
    CASE
      WHEN COALESCE(
        CASE
          WHEN TYPEOF("f"."define twice_goal" + "f"."field visits") = 'real'
          THEN ABS(
            (
              (
                "f"."define twice_goal" + "f"."field visits"
              ) IS NULL
            ) - 9223372036854775807 - 1
          )
          ELSE "f"."define twice_goal" + "f"."field visits"
        END = 60,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment grouped_by_define"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment abroad" + "f"."segment abroad_known" * 2 + "f"."segment among" * 4 + "f"."segment at_most_one" * 8 + "f"."segment basic_or_pro" * 16 + "f"."segment basic_to_plus" * 32 + "f"."segment below_plus" * 64 + "f"."segment called_null" * 128 + "f"."segment company_in_new_york" * 256 + "f"."segment environment_known" * 512 + "f"."segment environment_missing" * 1024 + "f"."segment environment_test" * 2048 + "f"."segment equal_fields" * 4096 + "f"."segment exact_product" * 8192 + "f"."segment exactly_one_and_a_half" * 16384 + "f"."segment far_below" * 32768 + "f"."segment from_one_and_a_half" * 65536 + "f"."segment from_plus" * 131072 + "f"."segment grouped_by_define" * 262144 + "f"."segment guarded" * 524288 + "f"."segment in_range" * 1048576 + "f"."segment is_active" * 2097152 + "f"."segment is_not_active" * 4194304 + "f"."segment kinds_of_numbers_meet" * 8388608 + "f"."segment left_to_right" * 16777216 + "f"."segment literal_first" * 33554432 + "f"."segment missing_or_true" * 67108864 + "f"."segment money_to_the_cent" * 134217728 + "f"."segment name_known" * 268435456 + "f"."segment name_missing" * 536870912 + "f"."segment negative_difference" * 1073741824 + "f"."segment neither" * 2147483648 + "f"."segment no_goal_compares" * 4294967296 + "f"."segment no_is_known" * 8589934592 + "f"."segment not_among" * 17179869184 + "f"."segment not_from_plus" * 34359738368 + "f"."segment not_prod" * 68719476736 + "f"."segment not_reckoned" * 137438953472 + "f"."segment not_tall" * 274877906944 + "f"."segment not_under_goal" * 549755813888 + "f"."segment not_xxxxx" * 1099511627776 + "f"."segment not_yes" * 2199023255552 + "f"."segment nought_is_known" * 4398046511104 + "f"."segment other_fields" * 8796093022208 + "f"."segment out_of_range" * 17592186044416 + "f"."segment over_one_and_a_half" * 35184372088832 + "f"."segment over_thousand" * 70368744177664 + "f"."segment reckoned" * 140737488355328 + "f"."segment says_no" * 281474976710656 + "f"."segment short" * 562949953421312 + "f"."segment some_goal" * 1125899906842624 + "f"."segment thousand" * 2251799813685248 + "f"."segment twenty_and_up" * 4503599627370496 + "f"."segment under_goal" * 9007199254740992 AS "word 1"
FROM "frame_2" AS "f";
