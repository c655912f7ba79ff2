-- made by `pytest --update` from de5f4b99b57b80a3

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."active" AS "field active"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      (
        (
          "e"."_at" + 3600000000
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
                  "e"."_at" + 3600000000
                )
              ) AND (
                "x"."_at" <= :as_of
              )
            )
        )
      )) AS "leaf without cart_added",
    COUNT(*) FILTER(WHERE
      EXISTS(
        SELECT
          1
        FROM "event_visit" AS "x"
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
                "e"."_at" + 3600000000
              )
            ) AND (
              "x"."_at" <= :as_of
            )
          )
      )) AS "leaf then cart_added"
  FROM "event_cart_added" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field active",
    COALESCE("p0"."leaf without cart_added", 0) AS "leaf without cart_added",
    COALESCE("p0"."leaf then cart_added", 0) AS "leaf then cart_added"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field active",
    CASE WHEN COALESCE("f"."leaf without cart_added" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment abandoned",
    CASE WHEN COALESCE("f"."leaf without cart_added" >= 1, FALSE) THEN 1 ELSE 0 END AS "condition trigger plain where",
    CASE WHEN COALESCE("f"."leaf without cart_added" >= 1, FALSE) THEN 1 ELSE 0 END AS "define left_alone",
    CASE WHEN COALESCE("f"."leaf then cart_added" >= 1, FALSE) THEN 1 ELSE 0 END AS "condition trigger without_absence where"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment abandoned",
    "f"."condition trigger plain where",
    "f"."condition trigger without_absence where",
    CASE
      WHEN COALESCE("f"."field active" = 1, FALSE) AND (
        "f"."segment abandoned" = 1
      )
      THEN 1
      ELSE 0
    END AS "segment inside",
    CASE
      WHEN COALESCE("f"."field active" = 1, FALSE) AND (
        "f"."define left_alone" = 1
      )
      THEN 1
      ELSE 0
    END AS "define both"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment abandoned",
    "f"."condition trigger plain where",
    "f"."condition trigger without_absence where",
    "f"."segment inside",
    CASE WHEN "f"."segment inside" = 1 THEN 1 ELSE 0 END AS "condition trigger by_segment where",
    CASE WHEN "f"."define both" = 1 THEN 1 ELSE 0 END AS "condition trigger by_define where"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment abandoned" + "f"."segment inside" * 2 + "f"."condition trigger plain where" * 4 + "f"."condition trigger by_segment where" * 8 + "f"."condition trigger by_define where" * 16 + "f"."condition trigger without_absence where" * 32 AS "word 1"
FROM "frame_4" AS "f";
