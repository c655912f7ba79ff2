-- made by `pytest --update` from 94eb9576bec63d9a

-- temporary table _weights halve every 90 day
CREATE TEMPORARY TABLE "_weights halve every 90 day" (
  "step" INTEGER PRIMARY KEY,
  "weight" INTEGER
);

-- classes, as of the last midnight
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) FILTER(WHERE
      "e"."_at" > :before_1_year) AS "leaf number purchase 7d51c2965856",
    COUNT(*) AS "leaf number purchase 6c9c1381339d",
    SUM("e"."amount") FILTER(WHERE
      "e"."_at" > :before_1_year) AS "leaf sum purchase a6409e92d6fa"
  FROM "event_purchase" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "events_1_2" AS (
  SELECT
    "r"."_contact",
    SUM(10000 * "w1"."weight") FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 1
      )) AS "leaf points purchase d9dece349bbd"
  FROM (
    SELECT
      "e"."_contact",
      "e"."_at",
      "e"."m0",
      SUM("e"."m0") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n0"
    FROM (
      SELECT
        "e"."_contact" AS "_contact",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m0"
      FROM "event_purchase" AS "e"
      WHERE
        "e"."_at" <= :as_of AND "e"."_at" > :oldest_2
    ) AS "e"
  ) AS "r"
  LEFT JOIN "_weights halve every 90 day" AS "w1"
    ON "w1"."step" = (
      (
        :as_of - "r"."_at"
      ) / 86400000000
    )
  WHERE
    (
      "r"."m0" = 1
    ) AND (
      "r"."n0" <= 1
    )
  GROUP BY
    "r"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf number purchase 7d51c2965856", 0) AS "leaf number purchase 7d51c2965856",
    COALESCE("p0"."leaf number purchase 6c9c1381339d", 0) AS "leaf number purchase 6c9c1381339d",
    COALESCE("p0"."leaf sum purchase a6409e92d6fa", 0) AS "leaf sum purchase a6409e92d6fa",
    COALESCE("p1"."leaf points purchase d9dece349bbd", 0) AS "leaf points purchase d9dece349bbd"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf number purchase 7d51c2965856",
    "f"."leaf sum purchase a6409e92d6fa",
    "f"."leaf points purchase d9dece349bbd",
    CASE
      WHEN COALESCE("f"."leaf number purchase 6c9c1381339d" >= :value_4, FALSE)
      THEN 1
      ELSE 0
    END AS "segment customers"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment customers",
    CASE
      WHEN "f"."segment customers" = 1
      THEN "f"."leaf number purchase 7d51c2965856"
    END AS "worth frequency",
    CASE WHEN "f"."segment customers" = 1 THEN "f"."leaf sum purchase a6409e92d6fa" END AS "worth money",
    CASE
      WHEN "f"."segment customers" = 1
      THEN "f"."leaf points purchase d9dece349bbd"
    END AS "sum freshness"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment customers",
    "f"."worth frequency",
    "f"."worth money",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth frequency" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth frequency" DESC, "f"."_contact" NULLS LAST
    ) AS "place frequency",
    COUNT("f"."worth frequency") OVER () AS "whole frequency",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth money" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth money" DESC, "f"."_contact" NULLS LAST
    ) AS "place money",
    COUNT("f"."worth money") OVER () AS "whole money",
    CASE WHEN "f"."sum freshness" < 0 THEN 0 ELSE "f"."sum freshness" END AS "points freshness"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_5" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN "f"."worth frequency" IS NULL
      THEN NULL
      WHEN (
        "f"."worth frequency" > 0
      )
      AND (
        "f"."place frequency" <= (
          (
            (
              "f"."whole frequency" / 1000000
            ) * 333333
          ) + (
            (
              (
                (
                  "f"."whole frequency" % 1000000
                ) * 333333
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_1
      WHEN (
        "f"."worth frequency" > 0
      )
      AND (
        "f"."place frequency" <= (
          (
            (
              "f"."whole frequency" / 1000000
            ) * 666666
          ) + (
            (
              (
                (
                  "f"."whole frequency" % 1000000
                ) * 666666
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_2
      ELSE :value_3
    END AS "class frequency",
    CASE
      WHEN "f"."worth money" IS NULL
      THEN NULL
      WHEN (
        "f"."worth money" > 0
      )
      AND (
        "f"."place money" <= (
          (
            (
              "f"."whole money" / 1000000
            ) * 333333
          ) + (
            (
              (
                (
                  "f"."whole money" % 1000000
                ) * 333333
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_5
      WHEN (
        "f"."worth money" > 0
      )
      AND (
        "f"."place money" <= (
          (
            (
              "f"."whole money" / 1000000
            ) * 666666
          ) + (
            (
              (
                (
                  "f"."whole money" % 1000000
                ) * 666666
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_6
      ELSE :value_7
    END AS "class money",
    CASE WHEN "f"."segment customers" = 1 THEN "f"."points freshness" END AS "worth recency"
  FROM "frame_4" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_6" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."class frequency",
    "f"."class money",
    "f"."worth recency",
    ROW_NUMBER() OVER (
      ORDER BY CASE WHEN "f"."worth recency" IS NULL THEN 1 ELSE 0 END NULLS LAST, "f"."worth recency" DESC, "f"."_contact" NULLS LAST
    ) AS "place recency",
    COUNT("f"."worth recency") OVER () AS "whole recency"
  FROM "frame_5" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_7" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."class frequency",
    "f"."class money",
    CASE
      WHEN "f"."worth recency" IS NULL
      THEN NULL
      WHEN (
        "f"."worth recency" > 0
      )
      AND (
        "f"."place recency" <= (
          (
            (
              "f"."whole recency" / 1000000
            ) * 333333
          ) + (
            (
              (
                (
                  "f"."whole recency" % 1000000
                ) * 333333
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_8
      WHEN (
        "f"."worth recency" > 0
      )
      AND (
        "f"."place recency" <= (
          (
            (
              "f"."whole recency" / 1000000
            ) * 666666
          ) + (
            (
              (
                (
                  "f"."whole recency" % 1000000
                ) * 666666
              ) + 999999
            ) / 1000000
          )
        )
      )
      THEN :value_9
      ELSE :value_10
    END AS "class recency"
  FROM "frame_6" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."class frequency",
  "f"."class money",
  "f"."class recency"
FROM "frame_7" AS "f";

-- temporary table _weights halve every 90 day
CREATE TEMPORARY TABLE "_weights halve every 90 day" (
  "step" INTEGER PRIMARY KEY,
  "weight" INTEGER
);

-- temporary table _classes
CREATE TEMPORARY TABLE "_classes" (
  "_contact" TEXT PRIMARY KEY,
  "tier frequency" TEXT,
  "tier money" TEXT,
  "tier recency" TEXT
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "k"."tier frequency" AS "tier frequency",
    "k"."tier money" AS "tier money",
    "k"."tier recency" AS "tier recency"
  FROM "contacts" AS "c"
  LEFT JOIN "_classes" AS "k"
    ON "k"."_contact" = "c"."_key"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    COUNT(*) AS "leaf number purchase"
  FROM "event_purchase" AS "e"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "events_1_2" AS (
  SELECT
    "r"."_contact",
    SUM(10000 * "w1"."weight") FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 1
      )) AS "leaf points purchase"
  FROM (
    SELECT
      "e"."_contact",
      "e"."_at",
      "e"."m0",
      SUM("e"."m0") OVER (
        PARTITION BY "e"."_contact"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n0"
    FROM (
      SELECT
        "e"."_contact" AS "_contact",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m0"
      FROM "event_purchase" AS "e"
      WHERE
        "e"."_at" <= :as_of AND "e"."_at" > :oldest_1
    ) AS "e"
  ) AS "r"
  LEFT JOIN "_weights halve every 90 day" AS "w1"
    ON "w1"."step" = (
      (
        :as_of - "r"."_at"
      ) / 86400000000
    )
  WHERE
    (
      "r"."m0" = 1
    ) AND (
      "r"."n0" <= 1
    )
  GROUP BY
    "r"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."tier frequency",
    "f"."tier money",
    "f"."tier recency",
    COALESCE("p0"."leaf number purchase", 0) AS "leaf number purchase",
    COALESCE("p1"."leaf points purchase", 0) AS "leaf points purchase"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf points purchase",
    CASE WHEN COALESCE("f"."leaf number purchase" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment customers",
    CASE
      WHEN COALESCE("f"."tier frequency" = 'F3', FALSE)
      AND (
        COALESCE("f"."tier money" = 'M3', FALSE)
        AND COALESCE("f"."tier recency" = 'R3', FALSE)
      )
      THEN 1
      ELSE 0
    END AS "define champion",
    CASE
      WHEN COALESCE("f"."tier frequency" = 'F1', FALSE)
      AND COALESCE("f"."tier recency" = 'R3', FALSE)
      THEN 1
      ELSE 0
    END AS "segment fresh_and_new",
    CASE
      WHEN COALESCE("f"."tier frequency" IN ('F2', 'F3'), FALSE)
      AND (
        COALESCE("f"."tier money" IN ('M2', 'M3'), FALSE)
        AND COALESCE("f"."tier recency" IN ('R2', 'R3'), FALSE)
      )
      THEN 1
      ELSE 0
    END AS "segment solid",
    CASE WHEN NOT (
      NOT "f"."tier recency" IS NULL
    ) THEN 1 ELSE 0 END AS "segment strangers",
    CASE
      WHEN COALESCE("f"."tier money" = 'M3', FALSE)
      AND COALESCE("f"."tier recency" = 'R1', FALSE)
      THEN 1
      ELSE 0
    END AS "define lost_treasure"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment customers",
    "f"."segment fresh_and_new",
    "f"."segment solid",
    "f"."segment strangers",
    CASE WHEN "f"."define champion" = 1 THEN 1 ELSE 0 END AS "segment champions",
    CASE WHEN "f"."define lost_treasure" = 1 THEN 1 ELSE 0 END AS "segment win_back",
    CASE WHEN "f"."segment customers" = 1 THEN "f"."leaf points purchase" END AS "sum freshness"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment customers",
    "f"."segment fresh_and_new",
    "f"."segment solid",
    "f"."segment strangers",
    "f"."segment champions",
    "f"."segment win_back",
    CASE WHEN "f"."sum freshness" < 0 THEN 0 ELSE "f"."sum freshness" END AS "points freshness"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment customers" + "f"."segment champions" * 2 + "f"."segment fresh_and_new" * 4 + "f"."segment solid" * 8 + "f"."segment strangers" * 16 + "f"."segment win_back" * 32 + CASE WHEN NOT "f"."points freshness" IS NULL THEN 1 ELSE 0 END * 64 AS "word 1",
  COALESCE("f"."points freshness", 0) AS "points freshness"
FROM "frame_4" AS "f";
