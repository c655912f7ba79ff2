-- made by `pytest --update` from 735b330769325831

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _weights lose 50 % every 1 day
CREATE TEMPORARY TABLE "_weights lose 50 % every 1 day" (
  "step" INTEGER PRIMARY KEY,
  "weight" INTEGER
);

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "number" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- temporary table _offsets
CREATE TEMPORARY TABLE "_offsets" (
  "zone" INTEGER,
  "start" INTEGER,
  "shift" INTEGER,
  "month" INTEGER,
  PRIMARY KEY ("zone", "start")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "z"."number" AS "zone number"
  FROM "contacts" AS "c"
  JOIN "_zones" AS "z"
    ON (
      "z"."zone" = COALESCE("c"."zone", '')
    )
    AND (
      "z"."country" = COALESCE("c"."country", '')
    )
), "events_1_1" AS (
  SELECT
    "r"."_row",
    SUM(1 * 1073741824) FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 1
      )) AS "leaf points visit a",
    SUM(1 * 1073741824) FILTER(WHERE
      (
        "r"."m1" = 1
      ) AND (
        "r"."n1" <= 2
      )) AS "leaf points visit e"
  FROM (
    SELECT
      "e"."_row",
      "e"."_at",
      "e"."m0",
      SUM("e"."m0") OVER (
        PARTITION BY "e"."_row", "e"."per"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n0",
      "e"."m1",
      SUM("e"."m1") OVER (
        PARTITION BY "e"."_row", "e"."per"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n1"
    FROM (
      SELECT
        "f"."_row" AS "_row",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        (
          SELECT
            (
              "e"."_at" + "o"."shift"
            ) / 86400000000
          FROM "_offsets" AS "o"
          WHERE
            "o"."zone" = "f"."zone number" AND "o"."start" <= "e"."_at"
          ORDER BY
            "o"."start" DESC
          LIMIT 1
        ) AS "per",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m0",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m1"
      FROM "frame_0" AS "f"
      JOIN "event_visit" AS "e"
        ON "e"."_contact" = "f"."_contact"
      WHERE
        "e"."_at" <= :as_of
    ) AS "e"
  ) AS "r"
  WHERE
    (
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 1
      )
    )
    OR (
      (
        "r"."m1" = 1
      ) AND (
        "r"."n1" <= 2
      )
    )
  GROUP BY
    "r"."_row"
), "events_1_2" AS (
  SELECT
    "r"."_row",
    SUM(8 * "w1"."weight") FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 1
      )) AS "leaf points purchase"
  FROM (
    SELECT
      "e"."_row",
      "e"."_at",
      "e"."m0",
      SUM("e"."m0") OVER (
        PARTITION BY "e"."_row", "e"."per"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n0"
    FROM (
      SELECT
        "f"."_row" AS "_row",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        (
          SELECT
            (
              "e"."_at" + "o"."shift"
            ) / 86400000000
          FROM "_offsets" AS "o"
          WHERE
            "o"."zone" = "f"."zone number" AND "o"."start" <= "e"."_at"
          ORDER BY
            "o"."start" DESC
          LIMIT 1
        ) AS "per",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m0"
      FROM "frame_0" AS "f"
      JOIN "event_purchase" AS "e"
        ON "e"."_contact" = "f"."_contact"
      WHERE
        "e"."_at" <= :as_of AND "e"."_at" > :oldest_2
    ) AS "e"
  ) AS "r"
  LEFT JOIN "_weights lose 50 % every 1 day" AS "w1"
    ON "w1"."step" = (
      (
        :as_of - "r"."_at"
      ) / 3600000000
    )
  WHERE
    (
      "r"."m0" = 1
    ) AND (
      "r"."n0" <= 1
    )
  GROUP BY
    "r"."_row"
), "events_1_3" AS (
  SELECT
    "r"."_row",
    SUM(CASE WHEN "r"."n0" <= 1 THEN -4 ELSE -2 END * 1073741824) FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 2
      )) AS "leaf points visit f",
    SUM(1 * 1073741824) FILTER(WHERE
      (
        "r"."m1" = 1
      ) AND (
        "r"."n1" <= 1
      )) AS "leaf points visit c"
  FROM (
    SELECT
      "e"."_row",
      "e"."_at",
      "e"."m0",
      SUM("e"."m0") OVER (
        PARTITION BY "e"."_row", "e"."per"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n0",
      "e"."m1",
      SUM("e"."m1") OVER (
        PARTITION BY "e"."_row", "e"."per"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n1"
    FROM (
      SELECT
        "f"."_row" AS "_row",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        (
          SELECT
            (
              "e"."_at" + (
                "o"."shift" + 518400000000
              )
            ) / 604800000000
          FROM "_offsets" AS "o"
          WHERE
            "o"."zone" = "f"."zone number" AND "o"."start" <= "e"."_at"
          ORDER BY
            "o"."start" DESC
          LIMIT 1
        ) AS "per",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m0",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m1"
      FROM "frame_0" AS "f"
      JOIN "event_visit" AS "e"
        ON "e"."_contact" = "f"."_contact"
      WHERE
        "e"."_at" <= :as_of
    ) AS "e"
  ) AS "r"
  WHERE
    (
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 2
      )
    )
    OR (
      (
        "r"."m1" = 1
      ) AND (
        "r"."n1" <= 1
      )
    )
  GROUP BY
    "r"."_row"
), "events_1_4" AS (
  SELECT
    "r"."_row",
    SUM(1 * 1073741824) FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 1
      )) AS "leaf points visit b",
    SUM(CASE WHEN "r"."n1" <= 2 THEN 4 ELSE 2 END * 1073741824) FILTER(WHERE
      (
        "r"."m1" = 1
      ) AND (
        "r"."n1" <= 3
      )) AS "leaf points visit d",
    SUM(1 * 1073741824) FILTER(WHERE
      (
        "r"."m2" = 1
      ) AND (
        "r"."n2" <= 1
      )) AS "leaf points visit in last 3 day"
  FROM (
    SELECT
      "e"."_row",
      "e"."_at",
      "e"."m0",
      SUM("e"."m0") OVER (
        PARTITION BY "e"."_row", "e"."per"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n0",
      "e"."m1",
      SUM("e"."m1") OVER (
        PARTITION BY "e"."_row", "e"."per"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n1",
      "e"."m2",
      SUM("e"."m2") OVER (
        PARTITION BY "e"."_row", "e"."per"
        ORDER BY -"e"."_at", "e"."_id" DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "n2"
    FROM (
      SELECT
        "f"."_row" AS "_row",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        (
          SELECT
            "o"."month"
          FROM "_offsets" AS "o"
          WHERE
            "o"."zone" = "f"."zone number" AND "o"."start" <= "e"."_at"
          ORDER BY
            "o"."start" DESC
          LIMIT 1
        ) AS "per",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m0",
        CASE WHEN TRUE THEN 1 ELSE 0 END AS "m1",
        CASE WHEN "e"."_at" > :before_3_day THEN 1 ELSE 0 END AS "m2"
      FROM "frame_0" AS "f"
      JOIN "event_visit" AS "e"
        ON "e"."_contact" = "f"."_contact"
      WHERE
        "e"."_at" <= :as_of
    ) AS "e"
  ) AS "r"
  WHERE
    (
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" <= 1
      )
    )
    OR (
      (
        (
          "r"."m1" = 1
        ) AND (
          "r"."n1" <= 3
        )
      )
      OR (
        (
          "r"."m2" = 1
        ) AND (
          "r"."n2" <= 1
        )
      )
    )
  GROUP BY
    "r"."_row"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf points visit a", 0) AS "leaf points visit a",
    COALESCE("p0"."leaf points visit e", 0) AS "leaf points visit e",
    COALESCE("p1"."leaf points purchase", 0) AS "leaf points purchase",
    COALESCE("p2"."leaf points visit f", 0) AS "leaf points visit f",
    COALESCE("p2"."leaf points visit c", 0) AS "leaf points visit c",
    COALESCE("p3"."leaf points visit b", 0) AS "leaf points visit b",
    COALESCE("p3"."leaf points visit d", 0) AS "leaf points visit d",
    COALESCE("p3"."leaf points visit in last 3 day", 0) AS "leaf points visit in last 3 day"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_row" = "f"."_row"
  LEFT JOIN "events_1_3" AS "p2"
    ON "p2"."_row" = "f"."_row"
  LEFT JOIN "events_1_4" AS "p3"
    ON "p3"."_row" = "f"."_row"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."leaf points visit a" AS "sum daily",
    "f"."leaf points purchase" AS "sum faded",
    "f"."leaf points visit f" AS "sum losing",
    "f"."leaf points visit b" AS "sum monthly",
    "f"."leaf points visit d" AS "sum points_a_month",
    "f"."leaf points visit in last 3 day" AS "sum recent",
    "f"."leaf points visit e" AS "sum two_a_day",
    "f"."leaf points visit c" AS "sum weekly"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN "f"."sum daily" < 0 THEN 0 ELSE "f"."sum daily" END AS "points daily",
    CASE WHEN "f"."sum faded" < 0 THEN 0 ELSE "f"."sum faded" END AS "points faded",
    CASE
      WHEN "f"."sum losing" < (
        -53687091200
      )
      THEN -53687091200
      WHEN "f"."sum losing" > 53687091200
      THEN 53687091200
      ELSE "f"."sum losing"
    END AS "points losing",
    CASE WHEN "f"."sum monthly" < 0 THEN 0 ELSE "f"."sum monthly" END AS "points monthly",
    CASE WHEN "f"."sum points_a_month" < 0 THEN 0 ELSE "f"."sum points_a_month" END AS "points points_a_month",
    CASE WHEN "f"."sum recent" < 0 THEN 0 ELSE "f"."sum recent" END AS "points recent",
    CASE WHEN "f"."sum two_a_day" < 0 THEN 0 ELSE "f"."sum two_a_day" END AS "points two_a_day",
    CASE WHEN "f"."sum weekly" < 0 THEN 0 ELSE "f"."sum weekly" END AS "points weekly"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  CASE WHEN NOT "f"."points daily" IS NULL THEN 1 ELSE 0 END + CASE WHEN NOT "f"."points faded" IS NULL THEN 1 ELSE 0 END * 2 + CASE WHEN NOT "f"."points losing" IS NULL THEN 1 ELSE 0 END * 4 + CASE WHEN NOT "f"."points monthly" IS NULL THEN 1 ELSE 0 END * 8 + CASE WHEN NOT "f"."points points_a_month" IS NULL THEN 1 ELSE 0 END * 16 + CASE WHEN NOT "f"."points recent" IS NULL THEN 1 ELSE 0 END * 32 + CASE WHEN NOT "f"."points two_a_day" IS NULL THEN 1 ELSE 0 END * 64 + CASE WHEN NOT "f"."points weekly" IS NULL THEN 1 ELSE 0 END * 128 AS "word 1",
  COALESCE("f"."points daily", 0) AS "points daily",
  COALESCE("f"."points faded", 0) AS "points faded",
  COALESCE("f"."points losing", 0) AS "points losing",
  COALESCE("f"."points monthly", 0) AS "points monthly",
  COALESCE("f"."points points_a_month", 0) AS "points points_a_month",
  COALESCE("f"."points recent", 0) AS "points recent",
  COALESCE("f"."points two_a_day", 0) AS "points two_a_day",
  COALESCE("f"."points weekly", 0) AS "points weekly"
FROM "frame_3" AS "f";
