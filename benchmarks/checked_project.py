"""A project to check: 200 blocks in 20 files beside the shop's schema and templates, the same every time."""

from __future__ import annotations

from pathlib import Path

from adapters.cli.init import copy_ready

FILES = 20

AREA = """
# Area {n}: a product line with its own segments, score, offer and triggers.

define turnover_{n} = sum of purchase.amount with (product = "Line {n}") in last 1 year

segment buyers_{n} "Bought something of line {n}"
  where did purchase with (product = "Line {n}")

segment regulars_{n} "Four orders or more within a year, or much money"
  where number of purchase with (product = "Line {n}" and amount > {n}) in last 1 year >= 4
    or turnover_{n} > {money}

segment asleep_{n} "Bought, but not for half a year"
  where in buyers_{n} and not in regulars_{n}
    and last purchase older than 180 days
    and country in (CH, LI, DE) and language is known

segment lookers_{n} "Three looks within two weeks, and nothing in the cart since"
  where did visit with (category = machines) at least 3 times in last 14 days
    and did not cart_added with (category = machines and amount between 10 and {money}) in last 7 days
    and (age of birth_date between 30 and 60 or birth_date is missing)

score warmth_{n} "How warm somebody is for line {n}"
  where in lookers_{before} or consents to email for newsletter
  +6  when role = decision_maker
  +3  on webinar_registered with (topic = "Line {n}") at most 3 times
  +5  on contact_details_given in last 90 days once
  +1  on visit in last 30 days at most 15 points
  +1  per 100 of turnover_{n} at most 20 points
  -15 when country not in (CH, LI, DE, AT) and country is known
  halve every 30 days
  keep between 0 and 100
  stage aware from 0
  stage ready from 40 leave below 35

offer off_{n} "{n} % on line {n}"
  code "LINE{n}"
  discount {percent} %
  valid from 2026-11-01 to 2026-12-31

trigger rescue_{n} "Four hours after an abandoned cart"
  on cart_added with (product = "Line {n}")
  wait 4 hours unless did purchase since then
  where not in regulars_{n} and not in asleep_{before}
  send email cart_reminder with offer off_{n}
  again after 14 days
  priority 60
  purpose newsletter
  if capped wait up to 1 day
  expires after 24 hours
  tags cart, line_{n}

trigger call_{n} "Hand over to sales"
  on warmth_{n} reaching ready
  notify sales "Please call {{{{ contact.company | default('this office') }}}} about line {n}"
  again after 30 days

test "a forgotten cart of line {n} is remembered"
  at 2026-11-12 18:00
  contact anna (email = "anna@example.ch", language = de) consents to email for newsletter
    did cart_added (product = "Line {n}", amount = 24) 8 hours ago
  contact ben (email = "ben@example.ch") consents to email for newsletter
    did cart_added (product = "Line {n}", amount = 24) 8 hours ago
    did purchase (product = "Line {n}", amount = 24) 5 hours ago
  expect anna gets email cart_reminder at 14:00
  expect ben gets nothing
  expect warmth_{n} of anna = 0
"""


def text_of(n: int) -> str:
    """The text of file `n` of the twenty: ten blocks."""
    return AREA.format(n=n, before=n - 1 if n > 1 else FILES, money=100 * n, percent=n)


def write(folder: Path) -> None:
    """Write the project into an empty folder."""
    copy_ready("shop", folder)
    for path in (folder / "playbooks").iterdir():
        path.unlink()
    for n in range(1, FILES + 1):
        (folder / "playbooks" / f"line_{n:02}.play").write_text(text_of(n), encoding="utf-8")
