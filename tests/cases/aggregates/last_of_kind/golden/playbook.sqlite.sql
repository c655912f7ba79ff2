-- made by `pytest --update` from be6354be822ce902

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "r"."_contact",
    MAX("r"."v0") FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" = 1
      )) AS "leaf last purchase.cart_id",
    MAX("r"."v1") FILTER(WHERE
      (
        "r"."m1" = 1
      ) AND (
        "r"."n1" = 1
      )) AS "leaf last purchase.product a",
    MAX("r"."v2") FILTER(WHERE
      (
        "r"."m2" = 1
      ) AND (
        "r"."n2" = 1
      )) AS "leaf last purchase.product b",
    MAX("r"."v3") FILTER(WHERE
      (
        "r"."m3" = 1
      ) AND (
        "r"."n3" = 1
      )) AS "leaf last purchase.product c",
    MAX("r"."v4") FILTER(WHERE
      (
        "r"."m4" = 1
      ) AND (
        "r"."n4" = 1
      )) AS "leaf last purchase.quantity"
  FROM (
    SELECT
      "e"."_contact",
      "e"."_at",
      "e"."m0",
      SUM("e"."m0") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n0",
      "e"."v0",
      "e"."m1",
      SUM("e"."m1") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n1",
      "e"."v1",
      "e"."m2",
      SUM("e"."m2") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n2",
      "e"."v2",
      "e"."m3",
      SUM("e"."m3") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n3",
      "e"."v3",
      "e"."m4",
      SUM("e"."m4") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n4",
      "e"."v4"
    FROM (
      SELECT
        "e"."_contact" AS "_contact",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        CASE WHEN NOT "e"."cart_id" IS NULL THEN 1 ELSE 0 END AS "m0",
        "e"."cart_id" AS "v0",
        CASE WHEN NOT "e"."product" IS NULL THEN 1 ELSE 0 END AS "m1",
        "e"."product" AS "v1",
        CASE
          WHEN COALESCE("e"."cart_id" = 'integration', FALSE)
          AND (
            NOT "e"."product" IS NULL
          )
          THEN 1
          ELSE 0
        END AS "m2",
        "e"."product" AS "v2",
        CASE
          WHEN COALESCE("e"."quantity" >= 10, FALSE) AND (
            NOT "e"."product" IS NULL
          )
          THEN 1
          ELSE 0
        END AS "m3",
        "e"."product" AS "v3",
        CASE WHEN NOT "e"."quantity" IS NULL THEN 1 ELSE 0 END AS "m4",
        "e"."quantity" AS "v4"
      FROM "event_purchase" AS "e"
      WHERE
        "e"."_at" <= :as_of
        AND (
          (
            (
              NOT "e"."cart_id" IS NULL
            ) OR (
              NOT "e"."product" IS NULL
            )
          )
          OR (
            (
              COALESCE("e"."cart_id" = 'integration', FALSE)
              AND (
                NOT "e"."product" IS NULL
              )
            )
            OR (
              (
                COALESCE("e"."quantity" >= 10, FALSE) AND (
                  NOT "e"."product" IS NULL
                )
              )
              OR (
                NOT "e"."quantity" IS NULL
              )
            )
          )
        )
    ) AS "e"
  ) AS "r"
  WHERE
    (
      (
        (
          "r"."m0" = 1
        ) AND (
          "r"."n0" = 1
        )
      )
      OR (
        (
          "r"."m1" = 1
        ) AND (
          "r"."n1" = 1
        )
      )
    )
    OR (
      (
        (
          "r"."m2" = 1
        ) AND (
          "r"."n2" = 1
        )
      )
      OR (
        (
          (
            "r"."m3" = 1
          ) AND (
            "r"."n3" = 1
          )
        )
        OR (
          (
            "r"."m4" = 1
          ) AND (
            "r"."n4" = 1
          )
        )
      )
    )
  GROUP BY
    "r"."_contact"
), "events_1_2" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) AS "leaf number purchase"
  FROM "event_purchase" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "p0"."leaf last purchase.cart_id" AS "leaf last purchase.cart_id",
    "p0"."leaf last purchase.product a" AS "leaf last purchase.product a",
    "p0"."leaf last purchase.product b" AS "leaf last purchase.product b",
    "p0"."leaf last purchase.product c" AS "leaf last purchase.product c",
    "p0"."leaf last purchase.quantity" AS "leaf last purchase.quantity",
    COALESCE("p1"."leaf number purchase", 0) AS "leaf number purchase"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN (
        NOT "f"."leaf last purchase.cart_id" IS NULL
      )
      AND (
        NOT "f"."leaf last purchase.product a" IS NULL
      )
      THEN 1
      ELSE 0
    END AS "segment both_known",
    CASE
      WHEN COALESCE("f"."leaf last purchase.product b" = 'first', FALSE)
      THEN 1
      ELSE 0
    END AS "segment last_integration_is_first",
    CASE
      WHEN COALESCE("f"."leaf number purchase" >= 1, FALSE)
      AND (
        (
          NOT (
            NOT "f"."leaf last purchase.cart_id" IS NULL
          )
        )
        AND (
          NOT (
            NOT "f"."leaf last purchase.product a" IS NULL
          )
        )
      )
      THEN 1
      ELSE 0
    END AS "segment neither_known",
    CASE
      WHEN COALESCE("f"."leaf last purchase.product a" = 'older', FALSE)
      THEN 1
      ELSE 0
    END AS "segment newest_of_all",
    CASE
      WHEN COALESCE("f"."leaf last purchase.product c" = 'older', FALSE)
      THEN 1
      ELSE 0
    END AS "segment newest_that_counts",
    CASE WHEN COALESCE("f"."leaf last purchase.quantity" < 10, FALSE) THEN 1 ELSE 0 END AS "segment under_ten"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment both_known" + "f"."segment last_integration_is_first" * 2 + "f"."segment neither_known" * 4 + "f"."segment newest_of_all" * 8 + "f"."segment newest_that_counts" * 16 + "f"."segment under_ten" * 32 AS "word 1"
FROM "frame_2" AS "f";
