"""Pages K02: names, types and values."""

from __future__ import annotations

from dsl.pages import Page

PAGES = (
    Page(
        "K0201",
        "a name that is taken",
        "segment country\n  where country = CH",
        "segment swiss\n  where country = CH",
        "All names of a project differ: blocks of every kind, fields, events and fact tables. So a name means one "
        "thing wherever it stands. `contact.NAME` is always the field. A segment is not called like a list, for both "
        "say who is in. Titles of tests differ too: a report that says which one failed must mean one.",
    ),
    Page(
        "K0202",
        "an unknown name in an expression",
        "segment swiss\n  where contry = CH",
        "segment swiss\n  where country = CH",
        "A bare name is a field of the contact, a define or a score; inside `with (..)` first a property of the event. "
        "The suggestion is the nearest name whose type would fit here.",
    ),
    Page(
        "K0203",
        "types that do not meet",
        'segment old\n  where logins > "ten"',
        "segment old\n  where logins > 10",
        "Every name has a type, declared in schema.yaml. Numbers meet numbers, texts meet texts, members meet "
        'members of the same type, dates meet dates. Nothing is converted silently: `"10"` is not 10.',
    ),
    Page(
        "K0204",
        "an unknown event",
        "segment buyers\n  where did purchas",
        "segment buyers\n  where did purchase",
        "Events are declared in schema.yaml; every project also has the message events such as `message_opened`.",
    ),
    Page(
        "K0205",
        "an unknown segment",
        "segment buyers where did purchase\nsegment idle where not in buyer",
        "segment buyers where did purchase\nsegment idle where not in buyers",
        "`in NAME` asks for membership of a `segment` block of this project, in any file.",
    ),
    Page(
        "K0206",
        "an unknown score",
        "score engagement\n  +1 on visit\n  stage aware from 0\nsegment s where stage of engagment = aware",
        "score engagement\n  +1 on visit\n  stage aware from 0\nsegment s where stage of engagement = aware",
        "`stage of NAME` and `on NAME reaching ..` speak of a `score` block of this project, in any file.",
    ),
    Page(
        "K0207",
        "an unknown stage",
        "score engagement\n  +1 on visit\n  stage aware from 0\nsegment s where stage of engagement = awake",
        "score engagement\n  +1 on visit\n  stage aware from 0\nsegment s where stage of engagement = aware",
        "A stage is one of those that the score itself names.",
    ),
    Page(
        "K0208",
        "no member of the type",
        "segment french\n  where country = FR",
        "segment german\n  where country = DE",
        "A `one of` type has the members that schema.yaml lists, spelled exactly so. A value that can never occur "
        "would make a condition that is never true.",
    ),
    Page(
        "K0209",
        "an unknown channel",
        "segment reachable\n  where consents to emial",
        "segment reachable\n  where consents to email",
        "Channels are declared in kadenz.yaml.",
    ),
    Page(
        "K0210",
        "an unknown template",
        "trigger rescue\n  on cart_added\n  send email cart_remainder",
        "trigger rescue\n  on cart_added\n  send email cart_reminder",
        "A template is a file in templates/, named without its endings.",
    ),
    Page(
        "K0211",
        "a template for another channel",
        "trigger rescue\n  on cart_added\n  send email cart_short",
        "trigger rescue\n  on cart_added\n  send sms cart_short",
        "The head of a template says for which channel it is made; an SMS text is no letter.",
    ),
    Page(
        "K0212",
        "an unknown team",
        'trigger handover\n  on cart_added\n  notify sale "call them"',
        'trigger handover\n  on cart_added\n  notify sales "call them"',
        "Teams are declared in kadenz.yaml, with the place where they are told.",
    ),
    Page(
        "K0213",
        "an unknown offer",
        "offer welcome10 discount 10 %\ntrigger t\n  on cart_added\n  send email welcome with offer welcome_10",
        "offer welcome10 discount 10 %\ntrigger t\n  on cart_added\n  send email welcome with offer welcome10",
        "`with offer NAME` speaks of an `offer` block of this project, in any file.",
    ),
    Page(
        "K0214",
        "an unknown purpose",
        "segment readers\n  where consents to email for newsletters",
        "segment readers\n  where consents to email for newsletter",
        "Consent is given for a purpose; purposes are declared in kadenz.yaml. Where none is said it is `marketing`.",
    ),
    Page(
        "K0215",
        "an unknown property of an event",
        "define turnover = sum of purchase.amuont",
        "define turnover = sum of purchase.amount",
        "The properties of an event are declared with it in schema.yaml.",
    ),
    Page(
        "K0216",
        "an unknown cap, quiet period, quality block or trigger",
        'cap weekly at most 2 messages per 7 days\ntest "capped" at 2026-11-20 12:00\n'
        "  contact anna\n  expect anna is capped by wekly",
        'cap weekly at most 2 messages per 7 days\ntest "capped" at 2026-11-20 12:00\n'
        "  contact anna\n  expect anna is capped by weekly",
        "A test names the `cap`, `quiet` or `quality` block that it speaks of; a `quality` block names the triggers "
        "that it stops.",
    ),
    Page(
        "K0217",
        "an unknown contact in a test",
        'test "nothing" at 2026-11-20 12:00\n  contact anna\n  expect ana gets nothing',
        'test "nothing" at 2026-11-20 12:00\n  contact anna\n  expect anna gets nothing',
        "A test speaks of the contacts that it introduces itself.",
    ),
    Page(
        "K0218",
        "an event where a condition or a value is wanted",
        "segment buyers\n  where purchase",
        "segment buyers\n  where did purchase",
        "An event is something that happens. Ask whether it happened with `did`, count it with `number of`, or take "
        "its time with `last`.",
    ),
    Page(
        "K0219",
        "a segment where something else is wanted",
        "segment buyers where did purchase\nsegment rich where buyers and vip",
        "segment buyers where did purchase\nsegment rich where in buyers and vip",
        "Membership of a segment is asked for with `in NAME`; a condition that was named with `define` stands alone.",
    ),
    Page(
        "K0220",
        "a name of another kind",
        "score engagement\n  +1 on visit\nsegment warm where in engagement",
        "score engagement\n  +1 on visit\nsegment warm where engagement >= 10",
        "The name exists, but it is something else than this place needs.",
    ),
    Page(
        "K0221",
        "a ring of references",
        "segment one where in two\nsegment two where in one",
        "segment one where vip\nsegment two where in one",
        "Segments, scores and defines are worked out one after the other, so none may hang on itself, not even by "
        "way of others. The message shows the way round.",
    ),
    Page(
        "K0222",
        "no order",
        'segment late\n  where first_name > "M"',
        'segment late\n  where first_name starts with "M"',
        "Only numbers, dates and `ordered` members can be greater or smaller. Text has no order, because alphabets "
        "disagree about it.",
    ),
    Page(
        "K0223",
        "a value that the type cannot hold",
        "segment rich\n  where credit >= 12.345",
        "segment rich\n  where credit >= 12.35",
        "Numbers, decimals and money are exact: a digit that the type does not keep would be lost silently. "
        "Percentages and times of day have no place in an expression, and empty text is stored as missing.",
    ),
    Page(
        "K0224",
        "a value where a condition is wanted, or the other way round",
        "segment swiss\n  where country",
        "segment swiss\n  where country is known",
        "A condition is yes or no. A value becomes a condition by a comparison, or by `is known`; only a yes-or-no "
        "field stands alone.",
    ),
    Page(
        "K0225",
        "`event.` without an event",
        "segment big\n  where event.amount > 100",
        "segment big\n  where did purchase with (amount > 100)",
        "`event.NAME` is the event that caused a run, so it has a meaning in triggers with `on EVENT` only; the same "
        "is true of `again .. per PROPERTY`.",
    ),
    Page(
        "K0226",
        "`since then` without a then",
        "segment buyers\n  where did purchase since then",
        "segment buyers\n  where did purchase since 2026-01-01",
        "`since then` counts from what caused a run. Segments, scores and caps know no such instant.",
    ),
    Page(
        "K0227",
        "a period that does not fit",
        "segment soon\n  where contract_end in next 12 hours",
        "segment soon\n  where contract_end in next 1 day",
        "A date knows no hours, a window ends after it begins, only days can be local, and a period is at least 1 "
        "and at most 200 years long.",
    ),
    Page(
        "K0228",
        "an aggregate of the wrong property",
        "define total = sum of purchase.product",
        "define total = distinct of purchase.product",
        "Sums and averages need numbers; smallest and largest need numbers or dates; `distinct` counts different "
        "values of anything.",
    ),
    Page(
        "K0229",
        "arithmetic that is too fine",
        "score warmth\n  +1 on visit\nsegment odd where warmth times warmth > 4",
        "score warmth\n  +1 on visit\nsegment odd where warmth times 2 > 4",
        "All arithmetic is exact in 64-bit integers. Points have thirty binary digits after the point, so their "
        "product would need sixty.",
    ),
    Page(
        "K0230",
        "an end before its beginning",
        "segment grown\n  where age between 50 and 30",
        "segment grown\n  where age between 30 and 50",
        "The smaller or earlier end comes first; the other way round nothing lies between.",
    ),
    Page(
        "K0231",
        "a count that says nothing",
        "segment all_of_them\n  where did visit at least 0 times",
        "segment none_of_them\n  where did visit at most 0 times",
        "`at least 0 times` is always true, and times are whole. 0 counts with `at most` and `exactly`.",
    ),
    Page(
        "K0232",
        "a place or a distance that is none",
        "segment near\n  where city within 5 km of (147.3769, 8.5417)",
        "segment near\n  where city within 5 km of (47.3769, 8.5417)",
        "A point is latitude (-90 to 90, north is positive), then longitude (-180 to 180, east is positive), in "
        "degrees. A distance is more than 0 and at most 20,000 km.",
    ),
    Page(
        "K0233",
        "an unknown list",
        "segment friends\n  include list pres",
        "segment friends\n  include list press",
        "Lists of contacts that are kept by hand are declared by name below `lists:` in schema.yaml; who is on one is "
        "data, brought in by `kadenz import FILE --as list:NAME`.",
    ),
    Page(
        "K0250",
        "an unknown hook",
        "trigger tell\n  on cart_added\n  call crn",
        "trigger tell\n  on cart_added\n  call crm",
        "Hooks are declared in kadenz.yaml, with the place where their calls go.",
    ),
    Page(
        "K0234",
        "a comparison that cannot hold",
        "score warm\n  +1 on visit\n  keep between 0 and 50\nsegment hot\n  where warm > 60",
        "score warm\n  +1 on visit\n  keep between 0 and 50\nsegment hot\n  where warm > 40",
        "A count and an age are never negative, a score stays between its bounds, the last member of an ordered list "
        "has none above it, three days hold no four different ones. Nobody would be in such a segment, and nothing "
        "would say so. What two conditions rule out together is a finding of the linter (K0405).",
    ),
)
