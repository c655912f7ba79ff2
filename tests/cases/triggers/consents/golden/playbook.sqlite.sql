-- made by `pytest --update` from 896927e96e57ee14

-- temporary table _consents
CREATE TEMPORARY TABLE "_consents" (
  "_contact" TEXT PRIMARY KEY,
  "consent email for marketing" INTEGER,
  "consent email for newsletter" INTEGER,
  "consent sms for newsletter" INTEGER
);

-- evaluation
WITH "frame_0" AS NOT MATERIALIZED (
  SELECT
    "c"."_key" AS "_row",
    "c"."_key" AS "_contact",
    COALESCE("g"."consent sms for newsletter", 0) AS "consent sms for newsletter",
    COALESCE("g"."consent email for newsletter", 0) AS "consent email for newsletter",
    COALESCE("g"."consent email for marketing", 0) AS "consent email for marketing"
  FROM "contacts" AS "c"
  LEFT JOIN "_consents" AS "g"
    ON "g"."_contact" = "c"."_key"
), "frame_1" AS (
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
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment by_sms" + "f"."segment not_to_newsletter" * 2 + "f"."segment to_marketing" * 4 + "f"."segment to_newsletter" * 8 AS "word 1"
FROM "frame_1" AS "f";
