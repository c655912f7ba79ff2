-- made by `pytest --update` from 1ab620545fba9f5a

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      EXISTS(
        SELECT
          1
        FROM "event_cart_added" AS "x"
        WHERE
          (
            (
              "x"."_contact" = "e"."_contact"
            ) AND (
              "x"."_at" > "e"."_at"
            )
          )
          AND (
            (
              "x"."_at" <= (
                "e"."_at" + 2592000000000
              )
            )
            AND (
              "x"."_at" <= :as_of
            )
          )
      )) AS "leaf then cart_added a",
    COUNT(*) FILTER(WHERE
      EXISTS(
        SELECT
          1
        FROM "event_purchase" AS "x"
        WHERE
          (
            (
              "x"."_contact" = "e"."_contact"
            ) AND (
              "x"."_at" > "e"."_at"
            )
          )
          AND (
            (
              "x"."_at" <= (
                "e"."_at" + 172800000000
              )
            )
            AND (
              "x"."_at" <= :as_of
            )
          )
      )) AS "leaf then cart_added b",
    COUNT(*) FILTER(WHERE
      (
        (
          "e"."_at" + 172800000000
        ) <= :as_of
      )
      AND (
        NOT EXISTS(
          SELECT
            1
          FROM "event_purchase" AS "x"
          WHERE
            (
              (
                "x"."_contact" = "e"."_contact"
              ) AND (
                "x"."_at" > "e"."_at"
              )
            )
            AND (
              (
                "x"."_at" <= (
                  "e"."_at" + 172800000000
                )
              )
              AND (
                "x"."_at" <= :as_of
              )
            )
        )
      )) AS "leaf without cart_added",
    COUNT(*) AS "leaf number cart_added",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_50_day
      )
      AND (
        (
          "e"."_at" <= :before_20_day
        )
        AND (
          (
            (
              "e"."_at" + 172800000000
            ) <= :as_of
          )
          AND (
            NOT EXISTS(
              SELECT
                1
              FROM "event_purchase" AS "x"
              WHERE
                (
                  (
                    "x"."_contact" = "e"."_contact"
                  ) AND (
                    "x"."_at" > "e"."_at"
                  )
                )
                AND (
                  (
                    "x"."_at" <= (
                      "e"."_at" + 172800000000
                    )
                  )
                  AND (
                    "x"."_at" <= :as_of
                  )
                )
            )
          )
        )
      )) AS "leaf without cart_added ago [""50 day"",""20 day""]",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_11_day
      )
      AND EXISTS(
        SELECT
          1
        FROM "event_purchase" AS "x"
        WHERE
          (
            (
              "x"."_contact" = "e"."_contact"
            ) AND (
              "x"."_at" > "e"."_at"
            )
          )
          AND (
            (
              "x"."_at" <= (
                "e"."_at" + 172800000000
              )
            )
            AND (
              "x"."_at" <= :as_of
            )
          )
      )) AS "leaf then cart_added in last 11 day",
    COUNT(*) FILTER(WHERE
      (
        "e"."_at" > :before_11_day
      )
      AND (
        (
          "e"."_at" <= :before_9_day
        )
        AND EXISTS(
          SELECT
            1
          FROM "event_purchase" AS "x"
          WHERE
            (
              (
                "x"."_contact" = "e"."_contact"
              ) AND (
                "x"."_at" > "e"."_at"
              )
            )
            AND (
              (
                "x"."_at" <= (
                  "e"."_at" + 259200000000
                )
              )
              AND (
                "x"."_at" <= :as_of
              )
            )
        )
      )) AS "leaf then cart_added ago [""11 day"",""9 day""]"
  FROM "event_cart_added" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf then cart_added a", 0) AS "leaf then cart_added a",
    COALESCE("p0"."leaf then cart_added b", 0) AS "leaf then cart_added b",
    COALESCE("p0"."leaf without cart_added", 0) AS "leaf without cart_added",
    COALESCE("p0"."leaf number cart_added", 0) AS "leaf number cart_added",
    COALESCE("p0"."leaf without cart_added ago [""50 day"",""20 day""]", 0) AS "leaf without cart_added ago [""50 day"",""20 day""]",
    COALESCE("p0"."leaf then cart_added in last 11 day", 0) AS "leaf then cart_added in last 11 day",
    COALESCE("p0"."leaf then cart_added ago [""11 day"",""9 day""]", 0) AS "leaf then cart_added ago [""11 day"",""9 day""]"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf number cart_added",
    CASE WHEN COALESCE("f"."leaf then cart_added a" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment carts_twice",
    CASE WHEN COALESCE("f"."leaf then cart_added b" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment then_two_days",
    CASE WHEN COALESCE("f"."leaf without cart_added" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment without",
    CASE WHEN NOT COALESCE("f"."leaf then cart_added b" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment not_then",
    CASE WHEN NOT COALESCE("f"."leaf without cart_added" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment not_without",
    CASE
      WHEN COALESCE("f"."leaf without cart_added ago [""50 day"",""20 day""]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment old_without",
    CASE
      WHEN COALESCE("f"."leaf then cart_added in last 11 day" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment recent_then",
    CASE
      WHEN COALESCE("f"."leaf then cart_added ago [""11 day"",""9 day""]" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment recent_then_wide"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment carts_twice",
    "f"."segment then_two_days",
    "f"."segment without",
    "f"."segment not_then",
    "f"."segment not_without",
    "f"."segment old_without",
    "f"."segment recent_then",
    "f"."segment recent_then_wide",
    CASE
      WHEN COALESCE("f"."leaf number cart_added" >= 1, FALSE)
      AND (
        (
          NOT (
            "f"."segment then_two_days" = 1
          )
        )
        AND (
          NOT (
            "f"."segment without" = 1
          )
        )
      )
      THEN 1
      ELSE 0
    END AS "segment neither_yet"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment carts_twice" + "f"."segment then_two_days" * 2 + "f"."segment without" * 4 + "f"."segment neither_yet" * 8 + "f"."segment not_then" * 16 + "f"."segment not_without" * 32 + "f"."segment old_without" * 64 + "f"."segment recent_then" * 128 + "f"."segment recent_then_wide" * 256 AS "word 1"
FROM "frame_3" AS "f";
