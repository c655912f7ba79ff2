-- made by `pytest --update` from 896927e96e57ee14

-- temporary table _consents
CREATE TEMPORARY TABLE "_consents" (
  "_contact" TEXT,
  "channel" TEXT,
  "purpose" TEXT,
  PRIMARY KEY ("_contact", "channel", "purpose")
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    CASE
      WHEN EXISTS(
        SELECT
          1
        FROM "_consents" AS "g"
        WHERE
          (
            "g"."_contact" = "c"."_key"
          )
          AND (
            (
              "g"."channel" = 'sms'
            ) AND (
              "g"."purpose" = 'newsletter'
            )
          )
      )
      THEN 1
      ELSE 0
    END AS "consent sms for newsletter",
    CASE
      WHEN EXISTS(
        SELECT
          1
        FROM "_consents" AS "g"
        WHERE
          (
            "g"."_contact" = "c"."_key"
          )
          AND (
            (
              "g"."channel" = 'email'
            ) AND (
              "g"."purpose" = 'newsletter'
            )
          )
      )
      THEN 1
      ELSE 0
    END AS "consent email for newsletter",
    CASE
      WHEN EXISTS(
        SELECT
          1
        FROM "_consents" AS "g"
        WHERE
          (
            "g"."_contact" = "c"."_key"
          )
          AND (
            (
              "g"."channel" = 'email'
            ) AND (
              "g"."purpose" = 'marketing'
            )
          )
      )
      THEN 1
      ELSE 0
    END AS "consent email for marketing"
  FROM "contacts" AS "c"
), "frame_1" AS MATERIALIZED (
  SELECT
    "f"."_row",
    "f"."_contact",
    CASE WHEN "f"."consent sms for newsletter" = 1 THEN 1 ELSE 0 END AS "segment by_sms",
    CASE WHEN NOT (
      "f"."consent email for newsletter" = 1
    ) THEN 1 ELSE 0 END AS "segment not_to_newsletter",
    CASE WHEN "f"."consent email for marketing" = 1 THEN 1 ELSE 0 END AS "segment to_marketing",
    CASE WHEN "f"."consent email for newsletter" = 1 THEN 1 ELSE 0 END AS "segment to_newsletter"
  FROM "frame_0" AS "f"
)
SELECT
  "f"."_row",
  "f"."segment by_sms" + "f"."segment not_to_newsletter" * 2 + "f"."segment to_marketing" * 4 + "f"."segment to_newsletter" * 8 AS "word 1"
FROM "frame_1" AS "f";
