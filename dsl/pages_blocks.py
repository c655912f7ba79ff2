"""Pages K03: what each block needs."""

from __future__ import annotations

from dsl.pages import Page

PAGES = (
    Page(
        "K0301",
        "a segment without `where`",
        'segment all_contacts "Everybody"',
        'segment all_contacts "Everybody"\n  where everyone',
        "Nobody should mail everybody by forgetting a line. If everybody is meant, it is said.",
    ),
    Page(
        "K0302",
        "an empty list",
        "segment nowhere\n  where country in ()",
        "segment nowhere\n  where country is missing",
        "Nobody is in an empty list, and everybody is `not in` it, which is hardly ever what was meant.",
    ),
    Page(
        "K0303",
        "a clause that is said twice",
        "segment swiss\n  where country = CH\n  where vip",
        "segment swiss\n  where country = CH and vip",
        "Each clause stands once, so that no order between clauses matters and none overrides another.",
    ),
    Page(
        "K0304",
        "a score without rules",
        "score engagement\n  halve every 30 days",
        "score engagement\n  +1 on visit\n  halve every 30 days",
        "A score gives points by `on` rules (for events), `when` rules (for conditions) and `per` rules (for amounts).",
    ),
    Page(
        "K0305",
        "a number out of its range",
        "score engagement\n  +20_000 on purchase",
        "score engagement\n  +10_000 on purchase",
        "A rule gives 1 to 10,000 whole points, so that sums stay exact; bounds and stages are whole points too.",
    ),
    Page(
        "K0306",
        "stages that do not tile",
        "score engagement\n  +1 on visit\n  stage aware from 5\n  stage warm from 20",
        "score engagement\n  +1 on visit\n  stage aware from 0\n  stage warm from 20",
        "Every score has exactly one stage: the first begins at the floor (0 where `keep between` does not say "
        "another), each further one above the one before, and leaving thresholds rise as well.",
    ),
    Page(
        "K0307",
        "fading in the wrong steps",
        "score engagement\n  +1 on visit\n  halve every 1 month",
        "score engagement\n  +1 on visit\n  halve every 30 days",
        "Points fade in whole steps of an hour or a day, equal on every engine: hours, days or weeks, and from three "
        "days on whole days.",
    ),
    Page(
        "K0308",
        "a floor above its ceiling",
        "score engagement\n  +1 on visit\n  keep between 100 and 0",
        "score engagement\n  +1 on visit\n  keep between 0 and 100",
        "`keep between FLOOR and CEILING` bounds the score; the floor is the lower one.",
    ),
    Page(
        "K0310",
        "a trigger that does nothing",
        "trigger rescue\n  on cart_added",
        "trigger rescue\n  on cart_added\n  send email cart_reminder",
        "A trigger sends a message, notifies a team, or both.",
    ),
    Page(
        "K0311",
        "a trigger without a cause, or with a cause in the wrong place",
        "trigger rescue\n  send email cart_reminder",
        "trigger rescue\n  on cart_added\n  send email cart_reminder",
        "The cause is the first clause and there is exactly one, so that it is always clear what sets a trigger off.",
    ),
    Page(
        "K0312",
        "a priority out of range",
        "trigger rescue\n  on cart_added\n  send email cart_reminder\n  priority 1000",
        "trigger rescue\n  on cart_added\n  send email cart_reminder\n  priority 90",
        "Priorities are whole numbers from 0 to 100, 50 where nothing is said; the higher one goes first.",
    ),
    Page(
        "K0313",
        "a clause that cannot matter here",
        "trigger rescue\n  on cart_added\n  send email cart_reminder\n  leap day feb 28",
        "trigger birthday\n  every year on birth_date at 09:00\n  send letter birthday_card\n  leap day feb 28",
        "`leap day` belongs to yearly dates and is 28 February or 1 March; nobody falls below the lowest stage; a "
        "month has days 1 to 31; a date without a year comes `every year`; the key of a contact never changes.",
    ),
    Page(
        "K0314",
        "a second message of one trigger",
        "trigger rescue\n  on cart_added\n  send email cart_reminder\n  send sms cart_short",
        "trigger rescue\n  on cart_added\n  send email cart_reminder\n    else send sms cart_short",
        "A run sends one message at most. `else` names the next channel to try; a second message is a second trigger.",
    ),
    Page(
        "K0315",
        "a transactional message without a reason",
        "trigger bill\n  on purchase\n  send email welcome\n  category transactional",
        'trigger bill\n  on purchase\n  send email welcome\n  category transactional\n  because "order confirmation"',
        "Transactional messages pass consent, caps and quiet hours, so a reviewer must see why this is one.",
    ),
    Page(
        "K0316",
        "an unknown category",
        "trigger rescue\n  on cart_added\n  send email cart_reminder\n  category promotion",
        "trigger rescue\n  on cart_added\n  send email cart_reminder\n  category promotional",
        "`promotional` messages are limited by caps and count, `service` messages count but are not limited, "
        "`transactional` ones do neither.",
    ),
    Page(
        "K0317",
        "a sender that is no mail address",
        "trigger quote\n  on visit\n  send email welcome from first_name",
        "trigger quote\n  on visit\n  send email welcome from owner_email reply to owner_email",
        "`from` and `reply to` name fields of the contact that schema.yaml normalises as mail addresses, so that "
        "nothing else can get into a header. Only channels that carry mails have a sender.",
    ),
    Page(
        "K0318",
        "a way that is never tried",
        'trigger rescue\n  on cart_added\n  notify sales "call them" else send email cart_reminder',
        'trigger rescue\n  on cart_added\n  send email cart_reminder\n    else notify sales "call them"',
        "Ways are tried in order, and a notice to a team always gets through: it can only be the last of them.",
    ),
    Page(
        "K0319",
        "`send preferred` without another way",
        "trigger hello\n  on visit\n  send preferred anywhere",
        "trigger hello\n  on visit\n  send preferred anywhere\n    else send email welcome",
        "Of some contacts nobody knows what they prefer, and some have no address or consent for it. `else` says what "
        "happens to them.",
    ),
    Page(
        "K0320",
        "a day, week or month that does not say whose",
        "cap daily at most 1 message per day",
        "cap daily at most 1 message per 24 hours",
        "A rolling day is not a calendar day, and a calendar day in Zurich is not one in New York: `per 24 hours` "
        "rolls, `per local day` is the contact's, `per calendar month` the project's. "
        "Limits of scores count by the contact's calendar: `per local day`, `per local week`, `per local month`.",
    ),
    Page(
        "K0321",
        "a cap out of range",
        "cap silence at most 0 messages per 7 days",
        "cap silence at most 1 message per 7 days",
        "A cap leaves room for at least one message, and keeps less than all of it for high priorities. To stop "
        "sending altogether pause the triggers.",
    ),
    Page(
        "K0322",
        "two orders for one message",
        "score warm +1 on visit\nscore rich +1 on purchase\n"
        "cap print at most 500 letters per calendar month in total by warm\n"
        "cap post at most 900 letters per 30 days in total by rich\n"
        "trigger t\n  on cart_added\n  send letter birthday_card",
        "score warm +1 on visit\n"
        "cap print at most 500 letters per calendar month in total by warm\n"
        "cap post at most 900 letters per 30 days in total by warm\n"
        "trigger t\n  on cart_added\n  send letter birthday_card",
        "A budget is given out by rank. Where a message draws on two budgets, both rank by the same score, or there "
        "would be two orders.",
    ),
    Page(
        "K0330",
        "quiet, but when?",
        "quiet nights",
        "quiet nights from 20:00 to 08:00",
        "Quiet hours have times, days or both. Times may cross midnight; days without times are whole days.",
    ),
    Page(
        "K0331",
        "no minute left to send",
        "quiet always on monday, tuesday, wednesday, thursday, friday, saturday, sunday",
        "quiet sundays on sunday",
        "Together the quiet periods of a channel cover the whole week: every message would wait until it expires.",
    ),
    Page(
        "K0332",
        "a trigger outside of its own time",
        "trigger sale\n  on 2026-11-27 at 09:00\n  send email welcome\n  active from 2026-01-01 to 2026-06-30",
        "trigger sale\n  on 2026-11-27 at 09:00\n  send email welcome\n  active from 2026-11-01 to 2026-12-31",
        "A cause outside of `active from .. to` never fires, and what begins after the last message cannot be waited "
        "for.",
    ),
    Page(
        "K0333",
        "a message that its own `where` rules out",
        "trigger ask\n  on visit\n  where not (consents to email for newsletter)\n  send email welcome\n"
        "  purpose newsletter",
        "trigger ask\n  on visit\n  where consents to email for newsletter\n  send email welcome\n  purpose newsletter",
        "A promotional message goes to those alone who consent to its channel and purpose, and every message to those "
        "who have an address. To ask somebody for consent, use another channel or another purpose.",
    ),
    Page(
        "K0340",
        "an offer of nothing",
        "offer nothing discount 0 %",
        "offer something discount 5 %",
        "A discount is more than 0 and at most 100 %, or an amount with its currency; a code is not empty.",
    ),
    Page(
        "K0360",
        "a quality block that expects nothing",
        "quality addresses\n  stop sending when it fails",
        "quality addresses\n  expect completeness 95 % where email is known\n  stop sending when it fails",
        "What never fails stops nothing. `expect P % where ..` asks for a share of the contacts, `expect FIELD unique` "
        "that no two of them have the same.",
    ),
    Page(
        "K0361",
        "nothing that data can be expected to be",
        "quality addresses\n  expect 120 % where email is known",
        "quality addresses\n  expect 95 % where email is known",
        "A share is more than 0 and at most 100 %. Its kind is relevance, correctness, freshness, completeness or "
        "consistency; `unique` names fields, each once, and not the key. Transactional messages are not stopped.",
    ),
    Page(
        "K0341",
        "offers of a group that do not fit together",
        "offer ten\n  discount 10 %\n  group discounts keep best\n\noffer five\n  discount 5 CHF\n"
        "  group discounts keep best",
        "offer ten\n  discount 10 %\n  group discounts keep best\n\noffer five\n  discount 5 %\n"
        "  group discounts keep best",
        "A contact holds one offer of a group at a time. Which of two it keeps must be clear: all offers of the group "
        "say the same `keep`, and all are percentages, or all amounts of one currency.",
    ),
    Page(
        "K0380",
        "a field that no trigger sets",
        'trigger moved\n  on visit\n  set email to "anna@example.ch"',
        "trigger moved\n  on visit\n  set plan to gold",
        "The key says who a contact is, addresses where it is reached, zone and country what time it is there: they "
        "change by import alone. A required field is set to fixed values only, since all else may be missing.",
    ),
    Page(
        "K0381",
        "a trigger that may set itself off again",
        "trigger upgrade\n  on plan changing\n  set plan to gold",
        "trigger upgrade\n  on plan changing\n  set plan to gold\n  again never",
        "What a trigger sets is seen at the next tick. If its own cause reads that, through segments, scores and "
        "definitions too, it could go on for ever: `again` says how often it may.",
    ),
    Page(
        "K0350",
        "a test that is not complete",
        'test "nothing happens" at 2026-11-20 12:00\n  contact anna',
        'test "nothing happens" at 2026-11-20 12:00\n  contact anna\n  expect anna gets nothing',
        "A test introduces its contacts, each once and by its own key, says what they did, and then what is expected.",
    ),
)
