-- made by `pytest --update` from 1066ca35ba893449

-- temporary table _weights halve every 14 day
CREATE TEMPORARY TABLE "_weights halve every 14 day" (
  "step" INTEGER PRIMARY KEY,
  "weight" INTEGER
);

-- temporary table _weights halve every 15 day
CREATE TEMPORARY TABLE "_weights halve every 15 day" (
  "step" INTEGER PRIMARY KEY,
  "weight" INTEGER
);

-- temporary table _weights halve every 2 day
CREATE TEMPORARY TABLE "_weights halve every 2 day" (
  "step" INTEGER PRIMARY KEY,
  "weight" INTEGER
);

-- temporary table _weights halve every 30 day
CREATE TEMPORARY TABLE "_weights halve every 30 day" (
  "step" INTEGER PRIMARY KEY,
  "weight" INTEGER
);

-- temporary table _weights lose 100 % every 21 day
CREATE TEMPORARY TABLE "_weights lose 100 % every 21 day" (
  "step" INTEGER PRIMARY KEY,
  "weight" INTEGER
);

-- temporary table _weights lose 30 % every 7 day
CREATE TEMPORARY TABLE "_weights lose 30 % every 7 day" (
  "step" INTEGER PRIMARY KEY,
  "weight" INTEGER
);

-- temporary table _stages
CREATE TEMPORARY TABLE "_stages" (
  "_contact" TEXT PRIMARY KEY,
  "before form_points" INTEGER
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    COALESCE("s"."before form_points", -1) AS "before form_points"
  FROM "contacts" AS "c"
  LEFT JOIN "_stages" AS "s"
    ON "s"."_contact" = "c"."_key"
), "events_1_1" AS (
  SELECT
    "e"."_contact" AS "_contact",
    SUM("w1"."weight") * 20 AS "leaf points cart_added"
  FROM "event_cart_added" AS "e"
  LEFT JOIN "_weights halve every 14 day" AS "w1"
    ON "w1"."step" = (
      (
        :as_of - "e"."_at"
      ) / 86400000000
    )
  WHERE
    "e"."_at" <= :as_of AND "e"."_at" > :oldest_4
  GROUP BY
    "e"."_contact"
), "events_1_2" AS (
  SELECT
    "e"."_contact" AS "_contact",
    (
      COUNT(*) FILTER(WHERE
        "e"."_at" > :forgotten_2592000000000)
    ) * 10737418240 AS "leaf points visit b",
    SUM("w1"."weight") * 10 AS "leaf points visit h",
    SUM("w2"."weight") * 8 AS "leaf points visit f",
    (
      COUNT(*) FILTER(WHERE
        "e"."_at" > :forgotten_604800000000)
    ) * 8589934592 AS "leaf points visit c",
    (
      COUNT(*) FILTER(WHERE
        "e"."_at" > :forgotten_86400000000)
    ) * 8589934592 AS "leaf points visit a",
    SUM("w3"."weight") * 8 AS "leaf points visit d",
    SUM("w4"."weight") * 8 AS "leaf points visit g",
    COUNT(*) AS "leaf number visit",
    SUM("w5"."weight") * 8 AS "leaf points visit e"
  FROM "event_visit" AS "e"
  LEFT JOIN "_weights lose 30 % every 7 day" AS "w1"
    ON "w1"."step" = (
      (
        :as_of - "e"."_at"
      ) / 86400000000
    )
  LEFT JOIN "_weights halve every 30 day" AS "w2"
    ON "w2"."step" = (
      (
        :as_of - "e"."_at"
      ) / 86400000000
    )
  LEFT JOIN "_weights halve every 15 day" AS "w3"
    ON "w3"."step" = (
      (
        :as_of - "e"."_at"
      ) / 86400000000
    )
  LEFT JOIN "_weights lose 100 % every 21 day" AS "w4"
    ON "w4"."step" = (
      (
        :as_of - "e"."_at"
      ) / 86400000000
    )
  LEFT JOIN "_weights halve every 2 day" AS "w5"
    ON "w5"."step" = (
      (
        :as_of - "e"."_at"
      ) / 3600000000
    )
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "e"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."before form_points",
    COALESCE("p0"."leaf points cart_added", 0) AS "leaf points cart_added",
    COALESCE("p1"."leaf points visit b", 0) AS "leaf points visit b",
    COALESCE("p1"."leaf points visit h", 0) AS "leaf points visit h",
    COALESCE("p1"."leaf points visit f", 0) AS "leaf points visit f",
    COALESCE("p1"."leaf points visit c", 0) AS "leaf points visit c",
    COALESCE("p1"."leaf points visit a", 0) AS "leaf points visit a",
    COALESCE("p1"."leaf points visit d", 0) AS "leaf points visit d",
    COALESCE("p1"."leaf points visit g", 0) AS "leaf points visit g",
    COALESCE("p1"."leaf number visit", 0) AS "leaf number visit",
    COALESCE("p1"."leaf points visit e", 0) AS "leaf points visit e"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_contact" = "f"."_contact"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."before form_points",
    CASE WHEN FALSE THEN 1 ELSE 0 END AS "segment as_displayed",
    "f"."leaf points cart_added" AS "sum form_points",
    "f"."leaf points visit b" AS "sum forgetting",
    "f"."leaf points visit h" AS "sum losing",
    "f"."leaf points visit f" AS "sum month",
    (
      "f"."leaf points visit c" + "f"."leaf points visit a"
    ) + (
      "f"."leaf points visit d" + "f"."leaf points visit g"
    ) AS "sum own",
    "f"."leaf points visit f" + (
      CASE
        WHEN NOT COALESCE("f"."leaf number visit" >= 0, FALSE)
        THEN 0
        WHEN (
          "f"."leaf number visit" / 1
        ) > 100000000
        THEN 107374182400000000
        ELSE (
          "f"."leaf number visit" / 1
        ) * 1073741824
      END + CASE WHEN COALESCE("f"."leaf number visit" >= 1, FALSE) THEN 2147483648 ELSE 0 END
    ) AS "sum steady",
    "f"."leaf points visit e" AS "sum two_days"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."before form_points",
    "f"."segment as_displayed",
    CASE WHEN "f"."sum form_points" < 0 THEN 0 ELSE "f"."sum form_points" END AS "points form_points",
    CASE WHEN "f"."sum forgetting" < 0 THEN 0 ELSE "f"."sum forgetting" END AS "points forgetting",
    CASE WHEN "f"."sum losing" < 0 THEN 0 ELSE "f"."sum losing" END AS "points losing",
    CASE WHEN "f"."sum month" < 0 THEN 0 ELSE "f"."sum month" END AS "points month",
    CASE WHEN "f"."sum own" < 0 THEN 0 ELSE "f"."sum own" END AS "points own",
    CASE WHEN "f"."sum steady" < 0 THEN 0 ELSE "f"."sum steady" END AS "points steady",
    CASE WHEN "f"."sum two_days" < 0 THEN 0 ELSE "f"."sum two_days" END AS "points two_days"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_4" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment as_displayed",
    "f"."points form_points",
    "f"."points forgetting",
    "f"."points losing",
    "f"."points month",
    "f"."points own",
    "f"."points steady",
    "f"."points two_days",
    CASE WHEN COALESCE("f"."points form_points" > 7591354695, FALSE) THEN 1 ELSE 0 END AS "segment over_displayed",
    CASE WHEN COALESCE("f"."points form_points" >= 7516192768, FALSE) THEN 1 ELSE 0 END AS "segment over_seven",
    CASE WHEN COALESCE("f"."points form_points" >= 10737418240, FALSE) THEN 1 ELSE 0 END AS "segment ten",
    CASE
      WHEN "f"."points form_points" >= CASE WHEN "f"."before form_points" >= 1 THEN 7516192768 ELSE 8589934592 END
      THEN 'warm'
      WHEN "f"."points form_points" >= 0
      THEN 'cold'
    END AS "stage form_points"
  FROM "frame_3" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment as_displayed" + "f"."segment over_displayed" * 2 + "f"."segment over_seven" * 4 + "f"."segment ten" * 8 + CASE WHEN NOT "f"."points forgetting" IS NULL THEN 1 ELSE 0 END * 16 + CASE WHEN NOT "f"."points form_points" IS NULL THEN 1 ELSE 0 END * 32 + CASE
    WHEN "f"."stage form_points" = 'cold'
    THEN 1
    WHEN "f"."stage form_points" = 'warm'
    THEN 2
    ELSE 0
  END * 64 + CASE WHEN NOT "f"."points losing" IS NULL THEN 1 ELSE 0 END * 256 + CASE WHEN NOT "f"."points month" IS NULL THEN 1 ELSE 0 END * 512 + CASE WHEN NOT "f"."points own" IS NULL THEN 1 ELSE 0 END * 1024 + CASE WHEN NOT "f"."points steady" IS NULL THEN 1 ELSE 0 END * 2048 + CASE WHEN NOT "f"."points two_days" IS NULL THEN 1 ELSE 0 END * 4096 AS "word 1",
  COALESCE("f"."points forgetting", 0) AS "points forgetting",
  COALESCE("f"."points form_points", 0) AS "points form_points",
  COALESCE("f"."points losing", 0) AS "points losing",
  COALESCE("f"."points month", 0) AS "points month",
  COALESCE("f"."points own", 0) AS "points own",
  COALESCE("f"."points steady", 0) AS "points steady",
  COALESCE("f"."points two_days", 0) AS "points two_days"
FROM "frame_4" AS "f";
