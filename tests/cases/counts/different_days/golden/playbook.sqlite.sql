-- made by `pytest --update` from 4c59b2bf79374089

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "end of week" INTEGER,
  "number" INTEGER,
  "start of week" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- temporary table _offsets
CREATE TEMPORARY TABLE "_offsets" (
  "zone" INTEGER,
  "start" INTEGER,
  "shift" INTEGER,
  PRIMARY KEY ("zone", "start")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "z"."number" AS "zone number",
    "z"."start of week" AS "zone start of week",
    "z"."end of week" AS "zone end of week"
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
    "f"."_row" AS "_row",
    COUNT(
      DISTINCT (
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
      )
    ) AS "leaf different local days visit a",
    COUNT(
      DISTINCT (
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
      )
    ) FILTER(WHERE
      COALESCE("e"."page" = 'home', FALSE)) AS "leaf different local days visit b",
    COUNT(
      DISTINCT (
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
      )
    ) FILTER(WHERE
      (
        "e"."_at" >= "f"."zone start of week"
      )
      AND (
        "e"."_at" < "f"."zone end of week"
      )) AS "leaf different local days visit local period week"
  FROM "frame_0" AS "f"
  JOIN "event_visit" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    COALESCE("p0"."leaf different local days visit a", 0) AS "leaf different local days visit a",
    COALESCE("p0"."leaf different local days visit b", 0) AS "leaf different local days visit b",
    COALESCE("p0"."leaf different local days visit local period week", 0) AS "leaf different local days visit local period week"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN NOT COALESCE("f"."leaf different local days visit a" >= 2, FALSE)
      THEN 1
      ELSE 0
    END AS "segment at_most_one",
    CASE
      WHEN COALESCE("f"."leaf different local days visit a" = 0, FALSE)
      THEN 1
      ELSE 0
    END AS "segment none_at_all",
    CASE
      WHEN COALESCE("f"."leaf different local days visit b" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment pages",
    CASE
      WHEN COALESCE("f"."leaf different local days visit local period week" >= 1, FALSE)
      THEN 1
      ELSE 0
    END AS "segment this_week",
    CASE
      WHEN COALESCE("f"."leaf different local days visit a" >= 3, FALSE)
      THEN 1
      ELSE 0
    END AS "segment three",
    CASE
      WHEN COALESCE("f"."leaf different local days visit a" >= 2, FALSE)
      THEN 1
      ELSE 0
    END AS "segment two",
    CASE
      WHEN COALESCE("f"."leaf different local days visit a" = 2, FALSE)
      THEN 1
      ELSE 0
    END AS "segment two_exactly"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment at_most_one" + "f"."segment none_at_all" * 2 + "f"."segment pages" * 4 + "f"."segment this_week" * 8 + "f"."segment three" * 16 + "f"."segment two" * 32 + "f"."segment two_exactly" * 64 AS "word 1"
FROM "frame_2" AS "f";
