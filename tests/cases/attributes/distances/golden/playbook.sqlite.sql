-- made by `pytest --update` from c61c14fefec08303

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    "c"."home.x" AS "field home.x",
    "c"."home.y" AS "field home.y",
    "c"."home.z" AS "field home.z",
    "c"."office.x" AS "field office.x",
    "c"."office.y" AS "field office.y",
    "c"."office.z" AS "field office.z",
    "c"."home" AS "field home"
  FROM "contacts" AS "c"
), "events_1_1" AS (
  SELECT
    "f"."_row" AS "_row",
    COUNT(*) FILTER(WHERE
      COALESCE(
        (
          (
            (
              "f"."field home.x" - "e"."place.x"
            ) * (
              "f"."field home.x" - "e"."place.x"
            )
          ) + (
            (
              (
                "f"."field home.y" - "e"."place.y"
              ) * (
                "f"."field home.y" - "e"."place.y"
              )
            ) + (
              (
                "f"."field home.z" - "e"."place.z"
              ) * (
                "f"."field home.z" - "e"."place.z"
              )
            )
          )
        ) <= 11361700,
        FALSE
      )) AS "leaf number visit"
  FROM "frame_0" AS "f"
  JOIN "event_visit" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "events_1_2" AS (
  SELECT
    "r"."_contact",
    MAX("r"."v0") FILTER(WHERE
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" = 1
      )) AS "leaf last visit.place.z",
    MAX("r"."v1") FILTER(WHERE
      (
        "r"."m1" = 1
      ) AND (
        "r"."n1" = 1
      )) AS "leaf last visit.place.y",
    MAX("r"."v2") FILTER(WHERE
      (
        "r"."m2" = 1
      ) AND (
        "r"."n2" = 1
      )) AS "leaf last visit.place.x"
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
      "e"."v2"
    FROM (
      SELECT
        "e"."_contact" AS "_contact",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        CASE WHEN NOT "e"."place.z" IS NULL THEN 1 ELSE 0 END AS "m0",
        "e"."place.z" AS "v0",
        CASE WHEN NOT "e"."place.y" IS NULL THEN 1 ELSE 0 END AS "m1",
        "e"."place.y" AS "v1",
        CASE WHEN NOT "e"."place.x" IS NULL THEN 1 ELSE 0 END AS "m2",
        "e"."place.x" AS "v2"
      FROM "event_visit" AS "e"
      WHERE
        "e"."_at" <= :as_of
        AND (
          (
            NOT "e"."place.z" IS NULL
          )
          OR (
            (
              NOT "e"."place.y" IS NULL
            ) OR (
              NOT "e"."place.x" IS NULL
            )
          )
        )
    ) AS "e"
  ) AS "r"
  WHERE
    (
      (
        "r"."m0" = 1
      ) AND (
        "r"."n0" = 1
      )
    )
    OR (
      (
        (
          "r"."m1" = 1
        ) AND (
          "r"."n1" = 1
        )
      )
      OR (
        (
          "r"."m2" = 1
        ) AND (
          "r"."n2" = 1
        )
      )
    )
  GROUP BY
    "r"."_contact"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field home.x",
    "f"."field home.y",
    "f"."field home.z",
    "f"."field office.x",
    "f"."field office.y",
    "f"."field office.z",
    "f"."field home",
    COALESCE("p0"."leaf number visit", 0) AS "leaf number visit",
    "p1"."leaf last visit.place.z" AS "leaf last visit.place.z",
    "p1"."leaf last visit.place.y" AS "leaf last visit.place.y",
    "p1"."leaf last visit.place.x" AS "leaf last visit.place.x"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
  LEFT JOIN "events_1_2" AS "p1"
    ON "p1"."_contact" = "f"."_contact"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field home.x" - 1073741824
            ) * (
              "f"."field home.x" - 1073741824
            )
          ) + (
            (
              (
                "f"."field home.y" - 0
              ) * (
                "f"."field home.y" - 0
              )
            ) + (
              (
                "f"."field home.z" - 0
              ) * (
                "f"."field home.z" - 0
              )
            )
          )
        ) <= 351196868638222,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment a_degree",
    CASE WHEN COALESCE("f"."leaf number visit" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment at_home",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field home.x" - "f"."field office.x"
            ) * (
              "f"."field home.x" - "f"."field office.x"
            )
          ) + (
            (
              (
                "f"."field home.y" - "f"."field office.y"
              ) * (
                "f"."field home.y" - "f"."field office.y"
              )
            ) + (
              (
                "f"."field home.z" - "f"."field office.z"
              ) * (
                "f"."field home.z" - "f"."field office.z"
              )
            )
          )
        ) <= 4611679529582913228,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment far_away",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field home.x" - -1073741824
            ) * (
              "f"."field home.x" - -1073741824
            )
          ) + (
            (
              (
                "f"."field home.y" - 0
              ) * (
                "f"."field home.y" - 0
              )
            ) + (
              (
                "f"."field home.z" - 0
              ) * (
                "f"."field home.z" - 0
              )
            )
          )
        ) <= 3563029,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment half_of_it",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field home.x" - 719043566
            ) * (
              "f"."field home.x" - 719043566
            )
          ) + (
            (
              (
                "f"."field home.y" - 107996850
              ) * (
                "f"."field home.y" - 107996850
              )
            ) + (
              (
                "f"."field home.z" - 790085144
              ) * (
                "f"."field home.z" - 790085144
              )
            )
          )
        ) <= 710106219264,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment in_town",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field office.x" - "f"."leaf last visit.place.x"
            ) * (
              "f"."field office.x" - "f"."leaf last visit.place.x"
            )
          ) + (
            (
              (
                "f"."field office.y" - "f"."leaf last visit.place.y"
              ) * (
                "f"."field office.y" - "f"."leaf last visit.place.y"
              )
            ) + (
              (
                "f"."field office.z" - "f"."leaf last visit.place.z"
              ) * (
                "f"."field office.z" - "f"."leaf last visit.place.z"
              )
            )
          )
        ) <= 28404250170,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment last_near_the_office",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field home.x" - 719043566
            ) * (
              "f"."field home.x" - 719043566
            )
          ) + (
            (
              (
                "f"."field home.y" - 107996850
              ) * (
                "f"."field home.y" - 107996850
              )
            ) + (
              (
                "f"."field home.z" - 790085144
              ) * (
                "f"."field home.z" - 790085144
              )
            )
          )
        ) <= 2352155561519,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment nearly",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field home.x" - 719043566
            ) * (
              "f"."field home.x" - 719043566
            )
          ) + (
            (
              (
                "f"."field home.y" - 107996850
              ) * (
                "f"."field home.y" - 107996850
              )
            ) + (
              (
                "f"."field home.z" - 790085144
              ) * (
                "f"."field home.z" - 790085144
              )
            )
          )
        ) <= 28404,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment on_the_spot",
    CASE
      WHEN NOT COALESCE(
        (
          (
            (
              "f"."field home.x" - 719043566
            ) * (
              "f"."field home.x" - 719043566
            )
          ) + (
            (
              (
                "f"."field home.y" - 107996850
              ) * (
                "f"."field home.y" - 107996850
              )
            ) + (
              (
                "f"."field home.z" - 790085144
              ) * (
                "f"."field home.z" - 790085144
              )
            )
          )
        ) <= 710106219264,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment out_of_town",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field home.x" - "f"."field office.x"
            ) * (
              "f"."field home.x" - "f"."field office.x"
            )
          ) + (
            (
              (
                "f"."field home.y" - "f"."field office.y"
              ) * (
                "f"."field home.y" - "f"."field office.y"
              )
            ) + (
              (
                "f"."field home.z" - "f"."field office.z"
              ) * (
                "f"."field home.z" - "f"."field office.z"
              )
            )
          )
        ) <= 14125149,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment over_the_line",
    CASE WHEN NOT "f"."field home" IS NULL THEN 1 ELSE 0 END AS "segment placed",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field home.x" - 0
            ) * (
              "f"."field home.x" - 0
            )
          ) + (
            (
              (
                "f"."field home.y" - 0
              ) * (
                "f"."field home.y" - 0
              )
            ) + (
              (
                "f"."field home.z" - 1073741824
              ) * (
                "f"."field home.z" - 1073741824
              )
            )
          )
        ) <= 28404,
        FALSE
      )
      AND COALESCE(
        (
          (
            (
              "f"."field home.x" - "f"."field office.x"
            ) * (
              "f"."field home.x" - "f"."field office.x"
            )
          ) + (
            (
              (
                "f"."field home.y" - "f"."field office.y"
              ) * (
                "f"."field home.y" - "f"."field office.y"
              )
            ) + (
              (
                "f"."field home.z" - "f"."field office.z"
              ) * (
                "f"."field home.z" - "f"."field office.z"
              )
            )
          )
        ) <= 3563029,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment polar",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field home.x" - 1073741824
            ) * (
              "f"."field home.x" - 1073741824
            )
          ) + (
            (
              (
                "f"."field home.y" - 0
              ) * (
                "f"."field home.y" - 0
              )
            ) + (
              (
                "f"."field home.z" - 0
              ) * (
                "f"."field home.z" - 0
              )
            )
          )
        ) <= 351191120594587,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment to_the_centimetre",
    CASE
      WHEN COALESCE(
        (
          (
            (
              "f"."field home.x" - 1073741824
            ) * (
              "f"."field home.x" - 1073741824
            )
          ) + (
            (
              (
                "f"."field home.y" - 0
              ) * (
                "f"."field home.y" - 0
              )
            ) + (
              (
                "f"."field home.z" - 0
              ) * (
                "f"."field home.z" - 0
              )
            )
          )
        ) <= 351190552109311,
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment under_a_degree"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment a_degree" + "f"."segment at_home" * 2 + "f"."segment far_away" * 4 + "f"."segment half_of_it" * 8 + "f"."segment in_town" * 16 + "f"."segment last_near_the_office" * 32 + "f"."segment nearly" * 64 + "f"."segment on_the_spot" * 128 + "f"."segment out_of_town" * 256 + "f"."segment over_the_line" * 512 + "f"."segment placed" * 1024 + "f"."segment polar" * 2048 + "f"."segment to_the_centimetre" * 4096 + "f"."segment under_a_degree" * 8192 AS "word 1"
FROM "frame_2" AS "f";
