-- made by `pytest --update` from b26d3f22e895a0cc

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
      )) AS "leaf last message_clicked.channel in last 180 day"
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
      "e"."v0"
    FROM (
      SELECT
        "e"."_contact" AS "_contact",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        CASE
          WHEN (
            "e"."_at" > :before_180_day
          )
          AND (
            COALESCE("e"."channel" IN ('email', 'letter', 'sms'), FALSE)
            AND (
              NOT "e"."channel" IS NULL
            )
          )
          THEN 1
          ELSE 0
        END AS "m0",
        "e"."channel" AS "v0"
      FROM "event_message_clicked" AS "e"
      WHERE
        (
          "e"."_at" <= :as_of AND "e"."_at" > :oldest_2
        )
        AND (
          (
            "e"."_at" > :before_180_day
          )
          AND (
            COALESCE("e"."channel" IN ('email', 'letter', 'sms'), FALSE)
            AND (
              NOT "e"."channel" IS NULL
            )
          )
        )
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
      )) AS "leaf last message_opened.channel in last 180 day"
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
      "e"."v0"
    FROM (
      SELECT
        "e"."_contact" AS "_contact",
        "e"."_at" AS "_at",
        "e"."_id" AS "_id",
        CASE
          WHEN (
            "e"."_at" > :before_180_day
          )
          AND (
            COALESCE("e"."channel" IN ('email', 'letter', 'sms'), FALSE)
            AND (
              NOT "e"."channel" IS NULL
            )
          )
          THEN 1
          ELSE 0
        END AS "m0",
        "e"."channel" AS "v0"
      FROM "event_message_opened" AS "e"
      WHERE
        (
          "e"."_at" <= :as_of AND "e"."_at" > :oldest_3
        )
        AND (
          (
            "e"."_at" > :before_180_day
          )
          AND (
            COALESCE("e"."channel" IN ('email', 'letter', 'sms'), FALSE)
            AND (
              NOT "e"."channel" IS NULL
            )
          )
        )
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
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "p0"."leaf last message_clicked.channel in last 180 day" AS "leaf last message_clicked.channel in last 180 day",
    "p1"."leaf last message_opened.channel in last 180 day" AS "leaf last message_opened.channel in last 180 day"
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
      WHEN COALESCE(
        COALESCE(
          "f"."leaf last message_clicked.channel in last 180 day",
          "f"."leaf last message_opened.channel in last 180 day"
        ) IN ('email', 'letter'),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment on_paper_or_mail",
    CASE
      WHEN NOT COALESCE(
        COALESCE(
          "f"."leaf last message_clicked.channel in last 180 day",
          "f"."leaf last message_opened.channel in last 180 day"
        ) = 'sms',
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment others",
    CASE
      WHEN NOT (
        NOT COALESCE(
          "f"."leaf last message_clicked.channel in last 180 day",
          "f"."leaf last message_opened.channel in last 180 day"
        ) IS NULL
      )
      THEN 1
      ELSE 0
    END AS "segment silent",
    CASE
      WHEN COALESCE(
        COALESCE(
          "f"."leaf last message_clicked.channel in last 180 day",
          "f"."leaf last message_opened.channel in last 180 day"
        ) = 'sms',
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "define by_text",
    CASE
      WHEN NOT COALESCE(
        "f"."leaf last message_clicked.channel in last 180 day",
        "f"."leaf last message_opened.channel in last 180 day"
      ) IS NULL
      THEN 5368709120
      ELSE 0
    END AS "sum warmth",
    CASE
      WHEN COALESCE(
        COALESCE(
          "f"."leaf last message_clicked.channel in last 180 day",
          "f"."leaf last message_opened.channel in last 180 day"
        ) = 'sms',
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "condition trigger note where"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment on_paper_or_mail",
    "f"."segment others",
    "f"."segment silent",
    "f"."condition trigger note where",
    CASE WHEN "f"."define by_text" = 1 THEN 1 ELSE 0 END AS "segment texters",
    CASE WHEN "f"."sum warmth" < 0 THEN 0 ELSE "f"."sum warmth" END AS "points warmth"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment on_paper_or_mail" + "f"."segment others" * 2 + "f"."segment silent" * 4 + "f"."segment texters" * 8 + CASE WHEN NOT "f"."points warmth" IS NULL THEN 1 ELSE 0 END * 16 + "f"."condition trigger note where" * 32 AS "word 1",
  COALESCE("f"."points warmth", 0) AS "points warmth"
FROM "frame_3" AS "f";
