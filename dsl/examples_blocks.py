"""What marketers write from habit in the clauses of blocks, by example: see `dsl.examples`."""

from __future__ import annotations

from dsl.examples import CONDITIONS, MONEY
from dsl.phrases import Example

SCORES: tuple[Example, ...] = tuple(
    Example(one.pattern, one.instead, one.help, one.label, one.summary, one.code, "score")
    for one in (
        Example("times|points [a|each|pro day|week|month]", "per local {3}"),
        Example(
            "on W [per|a|each|pro day|week|month]",
            None,
            ("a limit says how many: `once per local {4}`, or `at most 3 times per local {4}`",),
            "a limit is expected",
            code="K0320",
        ),
        Example(
            ") [per|a|each|pro day|week|month]",
            None,
            ("a limit says how many: `once per local {3}`, or `at most 3 times per local {3}`",),
            "a limit is expected",
            code="K0320",
        ),
        Example(
            "score W [on|when W +|- N]",
            None,
            ("points stand first: `{5}{6} {3} {4}`",),
            "points are expected before this",
        ),
        Example("N [points|point|punkte|punkt|pts]", "", ("the number is the points: `+5 on EVENT`",)),
        Example(
            "+|- N [on] W =|>|<|>=|<=|!=",
            "when",
            ("`on EVENT` gives points for each event, `when CONDITION` while it holds",),
        ),
        Example("+|- N [if|where|wenn]", "when"),
        Example("+|- N [per|each|every|pro] W", "on", ("`on EVENT` gives points for each of them",)),
        Example("+|- N per N [W] of|von", "", (MONEY,), "an amount carries no currency here", code="K0105"),
        Example("[max|maximum|maximal|höchstens|up to? N times|mal]", "at most {3} times"),
        Example("[max|maximum|maximal|höchstens|up to? N points|punkte]", "at most {3} points"),
        Example(
            "[max|maximum|maximal|höchstens N] ~",
            None,
            ("write `keep between 0 and {2}` for the whole score, `at most {2} points` at the end of one rule",),
            "of what?",
        ),
        Example("[only|just|nur] once", ""),
        Example("every [day|week|month|hour]", "1 {2}", ("a period has a number and a unit",), code="K0107"),
        Example(
            "[decay|decays|fade|fades|lose|loses N % per|every|each|pro U]", "lose {2} % of the original every 1 {5}"
        ),
        Example(
            "score W T? [=|is] ~",
            None,
            ("a score is made of points; a name for a reckoning is `define {2} = ..`",),
            "a clause is expected",
        ),
        Example(
            "score W T? [greatest|least|max|min of? (] ~",
            None,
            ("a score is made of points; a name for a reckoning is `define {2} = ..`",),
            "a clause is expected",
        ),
        Example("[half|halves|decay|decays|halbieren|fade every?] N", "halve every"),
        Example("stage W [>|>=|at|ab|=] N", "from"),
        Example("stage W from N [to|bis N]", "", ("a stage reaches up to the next one",)),
    )
)

TRIGGERS: tuple[Example, ...] = tuple(
    Example(one.pattern, one.instead, one.help, one.label, one.summary, one.code, "trigger")
    for one in (
        Example("[change|update|assign] W to", "set"),
        Example("set W [V]", "to {3}", code="K0122"),
        Example("call [T]", None, ("a hook is declared in kadenz.yaml and called by its name",), "a name is expected"),
        Example("call W [with]", None, ("what a hook is told stands in kadenz.yaml",), "not here"),
        Example("[hook|webhook] W", "call"),
        Example("[reply - to]", "reply to"),
        Example("[replyto|reply_to] W", "reply to"),
        Example(
            "send W W from [T]",
            None,
            ("a sender is a field of the contact; the usual one stands in kadenz.yaml",),
            "a field is expected",
        ),
        Example("on [enter|enters|entry|join|joins|joining] W", "entering"),
        Example("on [leave|leaves|exit|exits|exiting] W", "leaving"),
        Example("trigger W [entering|leaving] W", "on {3}", code="K0122"),
        Example("on W [changes|changed|change]", "changing"),
        Example(
            "on W [=|!=|>|<|>=|<=] V",
            None,
            ("`on FIELD changing to VALUE`, or `when CONDITION`",),
            "`changing to`, or `when`?",
        ),
        Example("on [did] W", ""),
        Example("set W [=] V", "to"),
        Example("notify [T]", None, ("name who is told: `notify TEAM {2}`",), "a team is expected before this"),
        Example(
            "trigger W T? [if|wenn|falls] W",
            None,
            ("`on EVENT` for an event, `when CONDITION` for a change",),
            "`on` or `when`?",
        ),
        Example("trigger W [W] send|wait|where|notify", "on {3}", code="K0122"),
        Example("trigger W [after|bei|nach|for] W send|wait|where|notify", "on"),
        Example("on [event|the] W", ""),
        Example("entering|leaving [segment|the|list|group] W", ""),
        Example("wait N U [then|and|dann|,] send|notify", ""),
        Example("send [a|an|the|ein|eine] W W", ""),
        Example(
            "send W [with offer] W",
            None,
            ("write `send {2} TEMPLATE with offer {5}`",),
            "a template is expected before this",
            code="K0122",
        ),
        Example("W [or|oder] send", "else", ("`else` is tried when the first cannot be sent",)),
        Example("goal W [in|after] N U", "within"),
        Example("tags W [W] ~", ", {3}", ("tags stand apart by commas",)),
        Example("tags [T]", None, ("a tag is a name, without quotes",), "a name is expected"),
        Example("deliver [from|at C to|until C]", "between {3} and {5}"),
        Example("deliver [at C]", None, ("write `deliver between {3} and ..`",), "a stretch of time is expected"),
        Example("if capped [then|,]", ""),
        Example("if capped wait [N U]", "up to {4} {5}", code="K0122"),
        Example("[if] W =|!=|<|>|<=|>=|is|in|has", "where", ("for whom a trigger is stands in `where`",)),
        Example("[if] did|in|not", "where", ("for whom a trigger is stands in `where`",)),
        Example(
            "from|to [T]",
            None,
            ("a sender that is the same for all stands in kadenz.yaml, as `from` or `reply_to` of the channel",),
            "a field of the contact is expected",
        ),
        Example("[when|wenn] capped", "if"),
        Example(
            "[unless] did|in|not",
            None,
            ("it stands behind the time to wait: `wait 4 hours unless {2} ..`",),
            "without `wait`?",
        ),
        Example(
            "[exit|stop|cancel|end when|if?] ~",
            None,
            ("a run ends by `wait .. unless ..`, by `where`, and by `expires after ..`",),
            "not a clause",
        ),
        Example("[for|to everyone|all|everybody] ~", "", ("everyone is meant where no `where` stands",)),
        Example(
            "[limit|max] N per|times|W",
            None,
            ("limits hold over all triggers: a block `cap NAME at most ..`",),
            "not in a trigger",
        ),
        Example("active [since|ab|after D]", "from {3}"),
        Example(
            "paused [until|till|bis]",
            None,
            ('say why, in quotes: `paused "until legal has answered"`',),
            "a text in quotes is expected",
            code="K0103",
        ),
        Example(
            "every W [send|notify|where|wait]",
            None,
            ("say when: `every {2} at 09:00`",),
            "`at` is expected here",
            code="K0122",
        ),
        Example("every [week|woche]", None, ("say on which day: `every monday at 09:00`",), "which day?"),
        Example("on N [.] at", ""),
        Example("[daily|täglich] at", "every day"),
        Example("[weekly|wöchentlich on|am?] W", "every"),
        Example("[monthly|monatlich] on", "every month"),
        Example("at [N uhr]", "{clock}", ("a time of day has hours and minutes",), code="K0106"),
        Example("[on] monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekdays at", "every"),
        Example("[on|am] W at C", "every year on", ("the day itself, in the zone of the contact",)),
        Example(
            "N U before|after W [send|notify|where|wait]",
            None,
            ("say when: `{1} {2} {3} {4} at 09:00`",),
            "`at` is expected here",
            code="K0122",
        ),
        Example(
            "on W [and|or|,] on? W",
            None,
            ("a trigger has one cause: write a second trigger for the other",),
            "a second cause",
            code="K0311",
        ),
        Example("wait [for|um] N U", ""),
        Example(
            "wait [until|till|bis] C",
            None,
            ("write `deliver between {3} and ..`: when to speak, in the contact's zone",),
            "a period is expected",
        ),
        Example("[delay|after|nach|warte] N U", "wait"),
        Example("send [e - mail|mail]", "email"),
        Example("send W [template|vorlage] W", ""),
        Example(
            "send W [T]",
            None,
            ("the text stands in `templates/NAME.j2`; here stands its name: `send {2} NAME`",),
            "the name of a template is expected",
        ),
        Example("send W W [to|an] W", None, ("who it goes to is said by `where`: `where in {5}`",), "not here"),
        Example(
            "send W W [and|und|,] W",
            None,
            ("one message at most goes out: `else send ..` is tried when the first cannot",),
            "a second message",
        ),
        Example("again [in|nach|every N U]", "after {3} {4}"),
        Example("[repeat|repeats|wiederholen after?] N U", "again after"),
        Example("again [once] ~", "never", ("once for each contact is `again never`",)),
        Example("[only? once] ~", "again never", ("once for each contact is `again never`",)),
        Example(
            "priority [high|hoch|urgent|low|normal|medium|top]",
            None,
            ("a number from 0 to 100; it is 50 where it is not said",),
            "a number is expected",
        ),
        Example("priority|category|purpose|holdout|tags [=|:|is]", ""),
        Example("expires|expire [in|nach]", "after"),
        Example("every W [C]", "at {3}", code="K0122"),
        Example(
            "every [N U]",
            None,
            ("a trigger runs `every day at ..`, `every monday at ..` or `every month on 15 at ..`",),
            "there is no other rhythm",
        ),
        Example(
            "[every birthday|geburtstag]",
            None,
            ("write `every year on FIELD at 09:00`, with a date or a month day",),
            "a date field is expected",
        ),
    )
)

_SHARES = "the first tier is `first {N} %`, each one after it `next {N} %`, the last `rest`"

CLASSES: tuple[Example, ...] = tuple(
    Example(one.pattern, one.instead, one.help, one.label, one.summary, one.code, "class")
    for one in (
        Example("class W [of|on|over|nach] W", "by"),
        Example("class W [W] tier", "by {3}", code="K0122"),
        Example("tier W [N] %", None, (_SHARES.replace("{N}", "{3}"),), "`first` or `next`?", code="K0122"),
        Example("tier W [>|>=|<|<= N]", None, (_SHARES.replace("{N}", "{4}"),), "`first` or `next`?"),
        Example("tier W [best|largest|biggest|greatest|highest] N", "top"),
        Example("tier W [others|other|else|remainder|remaining|everyone|übrige]", "rest"),
        Example("first|next N [of] W", "% of", code="K0122"),
        Example("% [of all|members|contacts|them|customers]", "", ("without `of total` it is a share of the members",)),
        Example("[stage] W first|next|top|rest", "tier"),
        Example("[W] first|next|top N", "tier {1}", code="K0122"),
    )
)

QUALITIES: tuple[Example, ...] = tuple(
    Example(one.pattern, one.instead, one.help, one.label, one.summary, one.code, "quality")
    for one in (
        Example("[check|require|assert|ensure|verify] W", "expect"),
        Example("quality W [W] unique", "expect {3}", code="K0122"),
        Example("expect W [is|to be?] unique", ""),
        Example("expect [unique W]", "{3} unique"),
        Example("expect N [where]", "% where", code="K0122"),
        Example("expect [at least] N", "", ("a share is the least that is expected",)),
        Example(
            "expect [W of W N %]",
            None,
            ("write `expect {2} {5} % where {4} is known`",),
            "what is expected?",
        ),
        Example(
            "expect [W is known N %]",
            None,
            ("write `expect {5} % where {2} is known`",),
            "the share stands first",
        ),
        Example(
            "expect [W is? known|missing]",
            None,
            ("say how many: `expect 95 % where {2} is {4}`",),
            "a share is expected",
        ),
        Example("stop [when|if] it", "sending when", code="K0122"),
    )
)

_PERIODS = "write `per 7 days` (rolling), or `per local week` (the calendar of the contact)"

LIMITS: tuple[Example, ...] = tuple(
    Example(one.pattern, one.instead, one.help, one.label, one.summary, one.code, one.blocks or "cap")
    for one in (
        Example(
            "group W keep [W]",
            None,
            ("`best` lets only a greater one through, `first` refuses a second one",),
            "`best` or `first`?",
            blocks="offer",
        ),
        Example(
            "[keep] best|first",
            None,
            ("offers that exclude each other share a group: `group NAME keep {2}`",),
            "`group NAME` is expected before this",
            code="K0122",
            blocks="offer",
        ),
        Example("[max|maximum|limit|up to?] N", "at most", blocks="offer"),
        Example("N W [weekly|daily|monthly|täglich|wöchentlich|monatlich]", None, (_PERIODS,), "per which period?"),
        Example("N W [/ U]", None, (_PERIODS,), "per which period?"),
        Example("per [rolling] W", ""),
        Example("[for] W ~", "where in"),
        Example(
            "at most [messages|message|email|sms]", None, ("say how many: `at most 2 {3} per 7 days`",), "how many?"
        ),
        Example("[N U] between", "at least {1} {2}", code="K0122"),
        Example("[minimum|min|mindestens] N U", "at least"),
        Example("[limit|limited to?] N", "at most"),
        Example(
            "from|to [N hours|hour]", "{clock}", ("a time of day has hours and minutes",), code="K0106", blocks="quiet"
        ),
        Example("[until|till|bis] C", None, ("write `from .. to {2}`",), "`from` is expected here", blocks="quiet"),
        Example(
            "monday|tuesday|wednesday|thursday|friday|saturday [W]",
            ", {2}",
            ("days stand apart by commas",),
            blocks="quiet",
        ),
        Example(
            "[at night|nachts]", None, ("say from when to when: `from 21:00 to 08:00`",), "which hours?", blocks="quiet"
        ),
        Example("quiet W [every|at|am|jeden] W", "on", blocks="quiet"),
        Example(
            "quiet W [monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekdays]",
            "on {3}",
            code="K0122",
            blocks="quiet",
        ),
        Example("for W [and|und] W", ",", blocks="quiet"),
        Example(
            "on [D]",
            None,
            ("a quiet period is `from 20:00 to 08:00`, `on sunday`, or both",),
            "a day of the week is expected",
            blocks="quiet",
        ),
        Example(
            "discount [N] group|valid|code|owner ~",
            None,
            ("write `discount {2} %`, or `discount {2} CHF`",),
            "percent, or money?",
            code="K0122",
            blocks="offer",
        ),
        Example("discount [ten|zehn]", "10", code="K0105", blocks="offer"),
        Example("discount [five|fünf]", "5", code="K0105", blocks="offer"),
        Example("discount [twenty|zwanzig]", "20", code="K0105", blocks="offer"),
        Example("discount [N . - W]", "{2} {5}", code="K0105", blocks="offer"),
        Example("discount [W N]", "{3} {2}", ("the number stands first",), blocks="offer"),
        Example(
            "discount [N] ~",
            None,
            ("write `discount {2} %`, or `discount {2} CHF`",),
            "percent, or money?",
            code="K0122",
            blocks="offer",
        ),
        Example("[N % discount|rabatt]", "discount {1} %", ("the word stands first",), blocks="offer"),
        Example("offer W [N %] ~", "discount {3} %", code="K0122", blocks="offer"),
        Example("valid [D] to", "from {2}", code="K0122", blocks="offer"),
        Example("[expires|expire|ends on?] D", "valid to", blocks="offer"),
        Example("[no more than] N", "at most"),
        Example("[max|maximum|maximal|höchstens|only|up to?] N", "at most"),
        Example("N W [a|each|every|pro|je|/] U", "per"),
        Example("N W [in|within|every the? last?] N U", "per"),
        Example("[between C and C]", "from {2} to {4}", blocks="quiet"),
        Example("[after|ab] C", None, ("write `from {2} to ..`",), "`from` is expected here", blocks="quiet"),
        Example("on [weekends|weekend|wochenende]", "saturday, sunday", blocks="quiet"),
        Example("monday|tuesday|wednesday|thursday|friday|saturday|sunday [and|und] W", ",", blocks="quiet trigger"),
        Example("from|to [N uhr]", "{clock}", ("a time of day has hours and minutes",), code="K0106", blocks="quiet"),
        Example("discount|code|valid [=|:|of|is]", "", blocks="offer"),
        Example("valid from D [-|until|till|bis] D", "to", blocks="offer"),
        Example("valid [until|till|bis] D", "to", blocks="offer"),
    )
)

TESTS: tuple[Example, ...] = tuple(
    Example(one.pattern, one.instead, one.help, one.label, one.summary, one.code, "test")
    for one in (
        Example("expect W of W [is] N", "="),
        Example(
            "expect [stage of W] =|!=|<|<=|>|>=",
            None,
            ("the score stands between: `expect stage of SCORE of {4} {5} ..`",),
            "of which score?",
            code="K0122",
        ),
        Example(
            "expect [class of W] =|!=|<|<=|>|>=",
            None,
            ("the class stands between: `expect class of CLASS of {4} {5} ..`",),
            "of which class?",
            code="K0122",
        ),
        Example(
            "expect [W] =|!=|<|<=|>|>= V",
            None,
            ("the contact stands behind it: `expect {2} of CONTACT {3} {4}`",),
            "of whom?",
            code="K0122",
        ),
        Example("contact|expect [N]", "c{2}", ("the name of a contact begins with a letter: `c{2}`",)),
        Example("contact W [W = V]", "({3} = {5})", ("what a contact has stands in parentheses",)),
        Example("[given|with|mit|person|user|customer] W", "contact"),
        Example("did W [on D]", None, ("say how long ago: `did {2} 2 days ago`",), "a number is expected"),
        Example(
            "did [not] W", None, ("a test says what happened; what did not happen is left out",), "leave this line out"
        ),
        Example(
            "expect W [not|never] gets",
            None,
            ("that nothing is sent is said `expect {2} gets nothing`",),
            "`gets` is expected",
        ),
        Example("gets W W [C]", "at {4}", code="K0122"),
        Example("nothing [.]", "", ("no full stop stands at the end",)),
        Example("expect [that] W", ""),
        Example("expect W [is] in|not", ""),
        Example("contact W [with|mit|=] (", ""),
        Example("did W [yesterday|gestern]", "1 day ago"),
        Example("N U [before|earlier|vorher|zuvor]", "ago"),
        Example(
            "expect W [W] =|>|<|>=|<= N",
            None,
            ("the score stands first: `expect {3} of {2} {4} {5}`",),
            "`expect SCORE of CONTACT`",
        ),
    )
)

EXAMPLES: tuple[Example, ...] = (*TESTS, *CLASSES, *QUALITIES, *SCORES, *TRIGGERS, *LIMITS, *CONDITIONS)
"""In the order in which they are tried."""
