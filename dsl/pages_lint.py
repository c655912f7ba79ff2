"""Pages K04: what is allowed and hardly ever meant. K042 is about the comments that allow such a finding."""

from __future__ import annotations

from dsl.pages import Page

PAGES = (
    Page(
        "K0401",
        "a promotional message that no cap limits",
        "trigger rescue\n  on cart_added\n  send email cart_reminder",
        "trigger rescue\n  on cart_added\n  send email cart_reminder\n\ncap weekly at most 2 messages per 7 days",
        "Each trigger seems modest by itself; together they write every day. A cap over the channel (or over "
        "`message`, any channel) holds for all of them, also for those that are written later.",
    ),
    Page(
        "K0402",
        "a block that nothing uses",
        "segment swiss\n  where country = CH",
        "segment swiss\n  where country = CH\n\ntrigger hello\n  on entering swiss\n  send email welcome",
        "What nothing reads is reckoned at every tick and read at every review, and its name suggests that it matters. "
        "Tests do not count: they only look.",
    ),
    Page(
        "K0403",
        "two segments that say the same",
        "segment swiss\n  where country = CH and vip\n\nsegment locals\n  where vip and country = CH",
        "segment swiss\n  where country = CH and vip\n\nsegment locals\n  where country = CH",
        "Two names for the same people drift apart at the next change. Order and definitions do not count.",
    ),
    Page(
        "K0404",
        "a condition that is always true",
        "segment paying\n  where plan in (free, silver, gold)",
        "segment paying\n  where plan is known",
        "A test that everybody passes (everybody whose value is known, at least) hides what was meant, for example a "
        "member that is missing in the list.",
    ),
    Page(
        "K0405",
        "a condition that is never true",
        "segment lost\n  where did purchase in last 7 days and did not purchase in last 30 days",
        "segment lost\n  where did purchase and did not purchase in last 30 days",
        "Who bought within a week also bought within a month: nobody is in this segment, and no error says so. The "
        "linter only claims it where types and windows prove it.",
    ),
    Page(
        "K0406",
        "a negation over a field that may be missing",
        "segment abroad\n  where country != CH",
        "segment abroad\n  where country != CH and country is known",
        "A negation is the exact complement: `country != CH` also holds for contacts without a country. Say what is "
        "meant: `and country is known` leaves them out, `or country is missing` takes them in. A field that the schema "
        "calls `required` needs neither.",
    ),
    Page(
        "K0407",
        "`and` and `or` without parentheses",
        "segment chosen\n  where vip or country = CH and plan = gold",
        "segment chosen\n  where vip or (country = CH and plan = gold)",
        "`and` binds first, which half of all readers do not know. Parentheses show it to everybody.",
    ),
    Page(
        "K0408",
        "one number written again and again",
        "segment small\n  where logins < 40\n\nsegment big\n  where logins >= 40\n\nsegment huge\n"
        "  where logins >= 40 and vip",
        "define many = 40\n\nsegment small\n  where logins < many\n\nsegment big\n  where logins >= many\n\n"
        "segment huge\n  where logins >= many and vip",
        "A threshold that stands in three places is changed in two of them. A `define` says what it means and changes "
        "in one place.",
    ),
    Page(
        "K0409",
        "`unless` that looks at all of the past",
        "trigger rescue\n  on cart_added\n  wait 4 hours unless did purchase\n  send email cart_reminder",
        "trigger rescue\n  on cart_added\n  wait 4 hours unless did purchase since then\n  send email cart_reminder",
        "Without a window, everybody who ever bought anything is left out. `since then` looks at what happened after "
        "the cause.",
    ),
    Page(
        "K0410",
        "an offer that is over before it is sent",
        "offer summer discount 10 % valid to 2026-08-31\n\ntrigger hello\n  on visit\n"
        "  send email welcome with offer summer\n  active from 2026-09-01",
        "offer summer discount 10 % valid to 2026-08-31\n\ntrigger hello\n  on visit\n"
        "  send email welcome with offer summer\n  active from 2026-06-01 to 2026-08-30",
        "The message would promise what no till accepts. `--at` says for which day the linter looks.",
    ),
    Page(
        "K0411",
        "a score that never fades",
        "score engagement\n  +5 on visit",
        "score engagement\n  +5 on visit\n  halve every 30 days",
        "Points for events of any age only ever rise: after some years everybody is hot. Fading, or a window in each "
        "rule, keeps a score about the present.",
    ),
    Page(
        "K0412",
        "a block without a test",
        "segment swiss\n  where country = CH",
        'segment swiss\n  where country = CH\n\ntest "who is Swiss"\n  at 2026-11-20 12:00\n'
        "  contact anna (country = CH)\n  expect anna in swiss",
        "A test shows a reviewer what a block means, and shows everybody when a change breaks it. Segments, scores and "
        "classes are mentioned by their names, triggers by what they send, in what is given and expected; the title of "
        "a test does not count.",
    ),
    Page(
        "K0413",
        "a promotional email without a way out",
        "trigger rescue\n  on cart_added\n  send email plain_advert",
        "trigger rescue\n  on cart_added\n  send email cart_reminder",
        "Who cannot unsubscribe complains to the mail provider, and in most countries the link is the law. Each part "
        "of the template (text and HTML) needs it, since a reader sees one of them.",
    ),
    Page(
        "K0414",
        "two offers that can meet in one person",
        "offer ten discount 10 %\noffer twenty discount 20 %\n\ntrigger rescue\n  on cart_added\n"
        "  send email cart_reminder with offer ten\n\ntrigger hello\n  on visit\n"
        "  send email welcome with offer twenty",
        "offer ten discount 10 % group discounts keep best\noffer twenty discount 20 % group discounts keep best\n\n"
        "trigger rescue\n  on cart_added\n  send email cart_reminder with offer ten\n\ntrigger hello\n  on visit\n"
        "  send email welcome with offer twenty",
        "Who gets 10 % by email and 20 % in the catalogue takes the greater one and trusts neither. Offers of one "
        "group are held one at a time. The linter names pairs whose days overlap and whose triggers have conditions "
        "that one person can meet.",
    ),
    Page(
        "K0415",
        "a look further back than the data is kept",
        "segment readers\n  where did newsletter_subscribed in last 3 years",
        "segment readers\n  where did newsletter_subscribed in last 1 year",
        "schema.yaml says for how long the events of a type are kept (here 2 years); older ones may be gone. A window "
        "beyond that, `first`, a number without a window, or points that do not fade before, change their answer when "
        "events are deleted, and nobody will see why.",
    ),
    Page(
        "K0420",
        "an allowance that does not say all it must",
        "# kadenz: allow K0411\nscore engagement\n  +5 on visit",
        '# kadenz: allow K0411 until 2030-01-01 "points are for life, says the club\'s charter"\nscore engagement\n'
        "  +5 on visit",
        "An allowance names the finding, the day on which it ends and the reason, so that the next reader can judge "
        "whether it still holds.",
    ),
    Page(
        "K0421",
        "an allowance that has ended",
        '# kadenz: allow K0411 until 2020-01-01 "until the new score is there"\nscore engagement\n  +5 on visit',
        '# kadenz: allow K0411 until 2030-01-01 "until the new score is there"\nscore engagement\n  +5 on visit',
        "What was allowed for a while is looked at again when the while is over.",
    ),
    Page(
        "K0422",
        "an allowance that nothing needs",
        '# kadenz: allow K0411 until 2030-01-01 "fades elsewhere"\nscore engagement\n  +5 on visit\n'
        "  halve every 30 days",
        "score engagement\n  +5 on visit\n  halve every 30 days",
        "A comment that allows nothing would hide the next finding of its kind.",
    ),
)
