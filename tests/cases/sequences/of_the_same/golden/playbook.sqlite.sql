-- made by `pytest --update` from d56abf0ca02df69e

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
                "e"."_at" + 14400000000
              )
            )
            AND (
              "x"."_at" <= :as_of
            )
          )
      )) AS "leaf then cart_added c",
    COUNT(*) FILTER(WHERE
      COALESCE("e"."product" = 'X', FALSE)
      AND EXISTS(
        SELECT
          1
        FROM "event_purchase" AS "x"
        WHERE
          (
            (
              "x"."_contact" = "e"."_contact"
            )
            AND (
              (
                "x"."_at" > "e"."_at"
              )
              AND (
                "x"."_at" <= (
                  "e"."_at" + 14400000000
                )
              )
            )
          )
          AND (
            (
              "x"."_at" <= :as_of
            )
            AND (
              (
                "x"."cart_id" = "e"."cart_id"
              ) AND COALESCE("x"."product" = 'Y', FALSE)
            )
          )
      )) AS "leaf then cart_added b",
    COUNT(*) FILTER(WHERE
      (
        (
          "e"."_at" + 14400000000
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
              )
              AND (
                (
                  "x"."_at" > "e"."_at"
                )
                AND (
                  "x"."_at" <= (
                    "e"."_at" + 14400000000
                  )
                )
              )
            )
            AND (
              (
                "x"."_at" <= :as_of
              )
              AND (
                (
                  "x"."cart_id" = "e"."cart_id"
                )
                AND (
                  NOT COALESCE("x"."product" = 'Y', FALSE)
                )
              )
            )
        )
      )) AS "leaf without cart_added b",
    COUNT(*) FILTER(WHERE
      (
        (
          "e"."_at" + 14400000000
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
                  "e"."_at" + 14400000000
                )
              )
              AND (
                (
                  "x"."_at" <= :as_of
                ) AND (
                  "x"."cart_id" = "e"."cart_id"
                )
              )
            )
        )
      )) AS "leaf without cart_added a",
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
                "e"."_at" + 14400000000
              )
            )
            AND (
              (
                "x"."_at" <= :as_of
              ) AND (
                "x"."cart_id" = "e"."cart_id"
              )
            )
          )
      )) AS "leaf then cart_added a"
  FROM "event_cart_added" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf then cart_added c", 0) AS "leaf then cart_added c",
    COALESCE("p0"."leaf then cart_added b", 0) AS "leaf then cart_added b",
    COALESCE("p0"."leaf without cart_added b", 0) AS "leaf without cart_added b",
    COALESCE("p0"."leaf without cart_added a", 0) AS "leaf without cart_added a",
    COALESCE("p0"."leaf then cart_added a", 0) AS "leaf then cart_added a"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."leaf then cart_added c" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment any_purchase",
    CASE WHEN COALESCE("f"."leaf then cart_added b" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment filtered_left",
    CASE WHEN COALESCE("f"."leaf without cart_added b" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment filtered_second",
    CASE WHEN COALESCE("f"."leaf without cart_added a" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment left",
    CASE WHEN COALESCE("f"."leaf then cart_added a" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment rescued"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment any_purchase" + "f"."segment filtered_left" * 2 + "f"."segment filtered_second" * 4 + "f"."segment left" * 8 + "f"."segment rescued" * 16 AS "word 1"
FROM "frame_2" AS "f";
