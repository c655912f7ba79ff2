-- made by `pytest --update` from 76d44923468a6aaa

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."country" AS "field country"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "r"."_contact",
    MAX("r"."v0") FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" = 1
      )) AS "leaf first purchase.product"
  FROM (
    SELECT
      "e"."_contact",
      "e"."_at",
      "e"."m0",
      SUM("e"."m0") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY "e"."_at", "e"."_id" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n0",
      "e"."v0"
    FROM (
      SELECT
        "e"."_contact" AS "_contact",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        CASE WHEN NOT "e"."product" IS NULL THEN 1 ELSE 0 END AS "m0",
        "e"."product" AS "v0"
      FROM "event_purchase" AS "e"
      WHERE
        "e"."_at" <= :as_of AND NOT "e"."product" IS NULL
    ) AS "e"
  ) AS "r"
  WHERE
    (
      "r"."m0" = 1
    ) AND (
      "r"."n0" = 1
    )
  GROUP BY
    "r"."_contact"
), "events_1_2" AS (
  SELECT
    "r"."_contact",
    MAX("r"."v0") FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" = 1
      )) AS "leaf last purchase.product",
    MAX("r"."v1") FILTER(WHERE
      (
        "r"."m1" = 1
      ) AND (
        "r"."n1" = 1
      )) AS "leaf last purchase.quantity a",
    MAX("r"."v2") FILTER(WHERE
      (
        "r"."m2" = 1
      ) AND (
        "r"."n2" = 1
      )) AS "leaf last purchase.amount",
    MAX("r"."v3") FILTER(WHERE
      (
        "r"."m3" = 1
      ) AND (
        "r"."n3" = 1
      )) AS "leaf last purchase.quantity b",
    MAX("r"."v4") FILTER(WHERE
      (
        "r"."m4" = 1
      ) AND (
        "r"."n4" = 1
      )) AS "leaf last purchase.country"
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
        CASE WHEN NOT "e"."product" IS NULL THEN 1 ELSE 0 END AS "m0",
        "e"."product" AS "v0",
        CASE WHEN NOT "e"."quantity" IS NULL THEN 1 ELSE 0 END AS "m1",
        "e"."quantity" AS "v1",
        CASE WHEN NOT "e"."amount" IS NULL THEN 1 ELSE 0 END AS "m2",
        "e"."amount" AS "v2",
        CASE
          WHEN COALESCE("e"."amount" > 1500, FALSE) AND (
            NOT "e"."quantity" IS NULL
          )
          THEN 1
          ELSE 0
        END AS "m3",
        "e"."quantity" AS "v3",
        CASE WHEN NOT "e"."country" IS NULL THEN 1 ELSE 0 END AS "m4",
        "e"."country" AS "v4"
      FROM "event_purchase" AS "e"
      WHERE
        "e"."_at" <= :as_of
        AND (
          (
            (
              NOT "e"."product" IS NULL
            ) OR (
              NOT "e"."quantity" IS NULL
            )
          )
          OR (
            (
              NOT "e"."amount" IS NULL
            )
            OR (
              (
                COALESCE("e"."amount" > 1500, FALSE) AND (
                  NOT "e"."quantity" IS NULL
                )
              )
              OR (
                NOT "e"."country" IS NULL
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
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field country",
    "p0"."leaf first purchase.product" AS "leaf first purchase.product",
    "p1"."leaf last purchase.product" AS "leaf last purchase.product",
    "p1"."leaf last purchase.quantity a" AS "leaf last purchase.quantity a",
    "p1"."leaf last purchase.amount" AS "leaf last purchase.amount",
    "p1"."leaf last purchase.quantity b" AS "leaf last purchase.quantity b",
    "p1"."leaf last purchase.country" AS "leaf last purchase.country"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN COALESCE("f"."leaf first purchase.product" = 'X', FALSE) THEN 1 ELSE 0 END AS "segment first_x",
    CASE WHEN NOT "f"."leaf last purchase.product" IS NULL THEN 1 ELSE 0 END AS "segment known",
    CASE
      WHEN (
        NOT "f"."leaf last purchase.product" IS NULL
      )
      AND (
        NOT "f"."leaf last purchase.quantity a" IS NULL
      )
      THEN 1
      ELSE 0
    END AS "segment known_both",
    CASE WHEN COALESCE("f"."leaf last purchase.amount" >= 4000, FALSE) THEN 1 ELSE 0 END AS "segment last_amount",
    CASE
      WHEN COALESCE("f"."leaf last purchase.product" IN ('X', 'Z'), FALSE)
      THEN 1
      ELSE 0
    END AS "segment last_in",
    CASE
      WHEN COALESCE("f"."leaf last purchase.quantity a" = 10, FALSE)
      THEN 1
      ELSE 0
    END AS "segment last_is_10",
    CASE
      WHEN COALESCE("f"."leaf last purchase.product" = 'X', FALSE)
      AND COALESCE("f"."leaf last purchase.quantity b" = 11, FALSE)
      THEN 1
      ELSE 0
    END AS "segment last_large",
    CASE WHEN COALESCE("f"."leaf last purchase.product" = 'X', FALSE) THEN 1 ELSE 0 END AS "segment last_x",
    CASE
      WHEN COALESCE("f"."leaf last purchase.quantity a" < 10, FALSE)
      THEN 1
      ELSE 0
    END AS "segment less_than_10",
    CASE
      WHEN NOT COALESCE("f"."leaf last purchase.quantity a" < 10, FALSE)
      THEN 1
      ELSE 0
    END AS "segment not_less",
    CASE
      WHEN COALESCE("f"."leaf last purchase.country" = "f"."field country", FALSE)
      THEN 1
      ELSE 0
    END AS "segment same"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment first_x" + "f"."segment known" * 2 + "f"."segment known_both" * 4 + "f"."segment last_amount" * 8 + "f"."segment last_in" * 16 + "f"."segment last_is_10" * 32 + "f"."segment last_large" * 64 + "f"."segment last_x" * 128 + "f"."segment less_than_10" * 256 + "f"."segment not_less" * 512 + "f"."segment same" * 1024 AS "word 1"
FROM "frame_2" AS "f";
