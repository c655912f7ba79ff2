-- made by `pytest --update` from 2ae9f7a0ca4c874b

-- zones and countries of the contacts
SELECT DISTINCT
  COALESCE("c"."zone", '') AS "zone",
  COALESCE("c"."country", '') AS "country"
FROM "contacts" AS "c";

-- temporary table _zones
CREATE TEMPORARY TABLE "_zones" (
  "zone" TEXT,
  "country" TEXT,
  "number" INTEGER,
  PRIMARY KEY ("zone", "country")
);

-- temporary table _days
CREATE TEMPORARY TABLE "_days" (
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
    "c"."signed_up" AS "field signed_up",
    "c"."contract_end" AS "field contract_end",
    "c"."birth_date" AS "field birth_date",
    "c"."last_seen" AS "field last_seen",
    "z"."number" AS "zone number",
    (
      SELECT
        "t"."measured"
      FROM "fact_weather" AS "t"
      WHERE
        "t"."place" = "c"."company_city" AND "t"."measured" <= :as_of
      ORDER BY
        "t"."measured" DESC
      LIMIT 1
    ) AS "fact weather.measured"
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
    MAX("e"."_at") AS "leaf last purchase",
    COUNT(*) FILTER(WHERE
      COALESCE(
        (
          (
            SELECT
              (
                "e"."_at" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "e"."_at"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) <= (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field contract_end" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field contract_end" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field contract_end" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field contract_end" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field contract_end" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field contract_end" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field contract_end" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )) AS "leaf number purchase a",
    COUNT(*) FILTER(WHERE
      COALESCE(
        (
          (
            SELECT
              (
                "e"."_at" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "e"."_at"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) = (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "e"."delivery_day" / 10000
                        ) * 12
                      ) + (
                        (
                          "e"."delivery_day" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "e"."delivery_day" / 10000
                          ) * 12
                        ) + (
                          (
                            "e"."delivery_day" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "e"."delivery_day" / 10000
                            ) * 12
                          ) + (
                            (
                              "e"."delivery_day" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "e"."delivery_day" / 10000
                        ) * 12
                      ) + (
                        (
                          "e"."delivery_day" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "e"."delivery_day" / 10000
                              ) * 12
                            ) + (
                              (
                                "e"."delivery_day" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "e"."delivery_day" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )) AS "leaf number purchase b"
  FROM "frame_0" AS "f"
  JOIN "event_purchase" AS "e"
    ON "e"."_contact" = "f"."_contact"
  WHERE
    "e"."_at" <= :as_of
  GROUP BY
    "f"."_row"
), "frame_1" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field signed_up",
    "f"."field contract_end",
    "f"."field birth_date",
    "f"."field last_seen",
    "f"."zone number",
    "f"."fact weather.measured",
    "p0"."leaf last purchase" AS "leaf last purchase",
    COALESCE("p0"."leaf number purchase a", 0) AS "leaf number purchase a",
    COALESCE("p0"."leaf number purchase b", 0) AS "leaf number purchase b"
  FROM "frame_0" AS "f"
  LEFT JOIN "events_1_1" AS "p0"
    ON "p0"."_row" = "f"."_row"
), "frame_2" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."field contract_end",
    "f"."zone number",
    CASE
      WHEN COALESCE(
        (
          (
            SELECT
              (
                "f"."field signed_up" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "f"."field signed_up"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) > (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field contract_end" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field contract_end" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field contract_end" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field contract_end" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field contract_end" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field contract_end" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field contract_end" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment after",
    CASE
      WHEN NOT COALESCE(
        (
          (
            SELECT
              (
                "f"."field signed_up" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "f"."field signed_up"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) = (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field contract_end" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field contract_end" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field contract_end" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field contract_end" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field contract_end" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field contract_end" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field contract_end" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment another_day",
    CASE
      WHEN COALESCE(
        (
          (
            SELECT
              (
                "f"."field signed_up" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "f"."field signed_up"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) < (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field contract_end" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field contract_end" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field contract_end" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field contract_end" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field contract_end" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field contract_end" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field contract_end" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment before",
    CASE
      WHEN COALESCE(
        (
          (
            SELECT
              (
                "f"."field signed_up" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "f"."field signed_up"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) <= (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field contract_end" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field contract_end" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field contract_end" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field contract_end" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field contract_end" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field contract_end" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field contract_end" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )
      AND COALESCE(
        (
          (
            SELECT
              (
                "f"."field signed_up" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "f"."field signed_up"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) >= (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field birth_date" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field birth_date" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field birth_date" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field birth_date" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field birth_date" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field birth_date" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field birth_date" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field birth_date" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field birth_date" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field birth_date" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field birth_date" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment between_dates",
    CASE
      WHEN COALESCE(
        (
          (
            SELECT
              (
                "f"."field last_seen" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "f"."field last_seen"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) >= (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field contract_end" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field contract_end" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field contract_end" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field contract_end" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field contract_end" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field contract_end" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field contract_end" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )
      AND COALESCE(
        (
          (
            SELECT
              (
                "f"."field signed_up" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "f"."field signed_up"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) <= (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field contract_end" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field contract_end" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field contract_end" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field contract_end" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field contract_end" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field contract_end" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field contract_end" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment between_instants",
    CASE
      WHEN COALESCE(
        (
          (
            SELECT
              (
                "f"."leaf last purchase" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "f"."leaf last purchase"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) > (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field contract_end" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field contract_end" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field contract_end" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field contract_end" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field contract_end" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field contract_end" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field contract_end" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment bought_after",
    CASE WHEN COALESCE("f"."leaf number purchase a" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment bought_until",
    CASE WHEN COALESCE("f"."leaf number purchase b" >= 1, FALSE) THEN 1 ELSE 0 END AS "segment delivered_at_once",
    CASE
      WHEN TYPEOF(
        MAX(
          COALESCE("f"."field last_seen", "f"."field signed_up"),
          COALESCE("f"."field signed_up", "f"."field last_seen")
        )
      ) = 'real'
      THEN ABS(
        (
          (
            MAX(
              COALESCE("f"."field last_seen", "f"."field signed_up"),
              COALESCE("f"."field signed_up", "f"."field last_seen")
            )
          ) IS NULL
        ) - 9223372036854775807 - 1
      )
      ELSE MAX(
        COALESCE("f"."field last_seen", "f"."field signed_up"),
        COALESCE("f"."field signed_up", "f"."field last_seen")
      )
    END AS "define newest",
    CASE
      WHEN COALESCE(
        (
          (
            SELECT
              (
                "f"."fact weather.measured" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "f"."fact weather.measured"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) >= (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field contract_end" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field contract_end" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field contract_end" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field contract_end" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field contract_end" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field contract_end" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field contract_end" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment rained_since",
    CASE
      WHEN COALESCE(
        (
          (
            SELECT
              (
                "f"."field signed_up" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "f"."field signed_up"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) = (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field contract_end" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field contract_end" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field contract_end" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field contract_end" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field contract_end" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field contract_end" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field contract_end" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment same_day",
    CASE
      WHEN COALESCE(
        (
          (
            SELECT
              (
                "f"."field signed_up" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "f"."field signed_up"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) >= (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field contract_end" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field contract_end" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field contract_end" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field contract_end" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field contract_end" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field contract_end" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field contract_end" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment since",
    CASE
      WHEN COALESCE(
        (
          (
            SELECT
              (
                "f"."field signed_up" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "f"."field signed_up"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) <= (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field contract_end" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field contract_end" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field contract_end" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field contract_end" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field contract_end" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field contract_end" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field contract_end" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment until"
  FROM "frame_1" AS "f"
  LIMIT -1
  OFFSET 0
), "frame_3" AS (
  SELECT
    "f"."_row",
    "f"."_contact",
    "f"."segment after",
    "f"."segment another_day",
    "f"."segment before",
    "f"."segment between_dates",
    "f"."segment between_instants",
    "f"."segment bought_after",
    "f"."segment bought_until",
    "f"."segment delivered_at_once",
    "f"."segment rained_since",
    "f"."segment same_day",
    "f"."segment since",
    "f"."segment until",
    CASE
      WHEN COALESCE(
        (
          (
            SELECT
              (
                "f"."define newest" + "o"."shift"
              ) / 86400000000
            FROM "_days" AS "o"
            WHERE
              "o"."zone" = "f"."zone number" AND "o"."start" <= "f"."define newest"
            ORDER BY
              "o"."start" DESC
            LIMIT 1
          )
        ) > (
          (
            (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) * 365
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            "f"."field contract_end" / 10000
                          ) * 12
                        ) + (
                          (
                            "f"."field contract_end" / 100
                          ) % 100
                        )
                      ) - 3
                    ) / 12
                  ) / 4
                ) + (
                  -(
                    (
                      (
                        (
                          (
                            (
                              "f"."field contract_end" / 10000
                            ) * 12
                          ) + (
                            (
                              "f"."field contract_end" / 100
                            ) % 100
                          )
                        ) - 3
                      ) / 12
                    ) / 100
                  )
                )
              )
            ) + (
              (
                (
                  (
                    (
                      (
                        (
                          "f"."field contract_end" / 10000
                        ) * 12
                      ) + (
                        (
                          "f"."field contract_end" / 100
                        ) % 100
                      )
                    ) - 3
                  ) / 12
                ) / 400
              ) + (
                (
                  (
                    (
                      (
                        (
                          (
                            (
                              (
                                "f"."field contract_end" / 10000
                              ) * 12
                            ) + (
                              (
                                "f"."field contract_end" / 100
                              ) % 100
                            )
                          ) - 3
                        ) % 12
                      ) * 153
                    ) + 2
                  ) / 5
                ) + (
                  "f"."field contract_end" % 100
                )
              )
            )
          ) - (
            -3280531
          )
        ),
        FALSE
      )
      THEN 1
      ELSE 0
    END AS "segment newest_after"
  FROM "frame_2" AS "f"
  LIMIT -1
  OFFSET 0
)
SELECT
  "f"."_row",
  "f"."segment after" + "f"."segment another_day" * 2 + "f"."segment before" * 4 + "f"."segment between_dates" * 8 + "f"."segment between_instants" * 16 + "f"."segment bought_after" * 32 + "f"."segment bought_until" * 64 + "f"."segment delivered_at_once" * 128 + "f"."segment newest_after" * 256 + "f"."segment rained_since" * 512 + "f"."segment same_day" * 1024 + "f"."segment since" * 2048 + "f"."segment until" * 4096 AS "word 1"
FROM "frame_3" AS "f";
