"""What marketers write from habit in conditions, by example: `dsl.phrases` says how an example is read.

Sorted by what people wanted to say. The first that fits is told, so the narrower one stands first.
"""

from __future__ import annotations

from dataclasses import replace

from dsl.phrases import Example

_SIGN = "comparisons are written with signs: `>`, `>=`, `<`, `<=`, `=` and `!=`"
_NOT_EQUAL = "`!=` holds for those without a value as well"
_WITH = "a filter on an event stands in parentheses behind `with`: `{1} {2} with (PROPERTY = ..)`"
MONEY = "the currency is that of the field, declared in schema.yaml"

COMPARISONS: tuple[Example, ...] = (
    Example("class|stage [W] =|!=|<|<=|>|>= V", "of {2}", code="K0122"),
    Example("class|stage of W [is] W", "="),
    Example("in [class W]", None, ("a tier is asked with `class of NAME = {3}`",), "a segment is expected"),
    Example("W [near|nearby|around]", None, ("say how near: `{1} within 5 km of (47.3769, 8.5417)`",), "how near?"),
    Example("[>|>=|<|<=|= than] V", "{1}", (_SIGN,)),
    Example("last|first W [more|longer|greater than N U ago?]", "older than {5} {6}"),
    Example("last|first W [less|fewer than N U ago?]", "in last {5} {6}"),
    Example("[is older|younger than] N U", "older than", ("what lies in the past is `older than {4} {5}`",)),
    Example("age|W [is? older than] N", ">", (_SIGN,), blocks="segment define score trigger cap suppress quality"),
    Example("W [is? greater|more|bigger|larger|higher|above than] V", ">", (_SIGN, "`>=` includes the number itself")),
    Example("W [is? less|fewer|smaller|lower|younger|below than] V", "<", (_SIGN, "`<=` includes the number itself")),
    Example("W [greater|larger|more|grösser|größer als?] V", ">", (_SIGN,)),
    Example("W [less|smaller|kleiner als?] V", "<", (_SIGN,)),
    Example("W [is? at least] N", ">=", (_SIGN,)),
    Example("W [is? at most] N", "<=", (_SIGN,)),
    Example("W [N -|to|bis|until|till N]", "between {2} and {4}", ("both ends are included",)),
    Example("[in|is|between N . . N]", "between {2} and {5}", ("both ends are included",)),
    Example("[is not in] (", "not in"),
    Example("[is in] (", "in"),
    Example("is not [empty|null|blank|leer|unknown]", "missing"),
    Example("is not [filled|present|set]", "known"),
    Example("[is not] V", "!=", ("`is` asks only whether there is a value: `is known`, `is missing`",), code="K0117"),
    Example(
        "W [is true|yes|wahr]", "", ("what is yes or no stands alone: `{1}`; its opposite is `not {1}`",), code="K0117"
    ),
    Example(
        "W [is false|no|falsch]",
        None,
        ("what is yes or no stands alone: `{1}`; its opposite is `not {1}`",),
        "write `not {1}`",
        code="K0117",
    ),
    Example(
        "W [is today]",
        None,
        (
            "the day of a birthday is `{1} anniversary today`",
            "a date or an instant of today is `{1} today`",
        ),
        "which of the two?",
        code="K0117",
    ),
    Example("[not =] V", "!="),
    Example("W [not known]", "is missing"),
    Example("W [not empty|null|missing]", "is known"),
    Example(
        "W [not] contains|starts|ends|has|within",
        None,
        ("`not` stands before the whole condition: `not {1} {3} ..`",),
        "move it before `{1}`",
    ),
    Example(
        "W [does|do|doesn not contain|include|have|start|end]",
        None,
        ("`not` stands before the whole condition: `not {1} contains ..`",),
        "`not {1} ..`?",
    ),
    Example("W [not] T", "!=", (_NOT_EQUAL,)),
    Example("W [not] N", "!=", (_NOT_EQUAL,)),
    Example("W [not] D", "!=", (_NOT_EQUAL,)),
    Example("W [not] W", "!=", (_NOT_EQUAL,)),
    Example("[= V , V]", None, ("one of several is asked with `in`: `in ({2}, {4})`",), "one value stands behind `=`"),
    Example(
        "[=] (", "in", ("one of several is asked with `in (..)`; a set is asked with `has any (..)` or `has all (..)`",)
    ),
    Example("[!=] (", "not in", ("one of several is asked with `not in (..)`; a set with `has none (..)`",)),
    Example("[T in W]", "{3} contains {1}", ("the field stands first",)),
    Example("W [exists]", "is known"),
    Example(
        "W [matches|regex|match] T",
        None,
        ("there are no patterns: say `contains`, `starts with` or `ends with`",),
        "`contains`, `starts with` or `ends with`?",
    ),
    Example("starts|ends [on|by|in|mit|auf] T", "with"),
    Example("W has [some|one|either|eine] (", "any"),
    Example(
        "W has [(]",
        "any (",
        ("`has any` is one of them, `has all` all of them, `has none` none of them",),
        "`any`, `all` or `none`?",
    ),
    Example("W has [W] ~", "any ({3})", ("a set is asked with `has any (..)`, `has all (..)` or `has none (..)`",)),
    Example("W [before D]", "< {3}", ("dates are compared with signs",)),
    Example("W [after D]", "> {3}", ("dates are compared with signs; `>=` includes the day itself",)),
    Example("W [since|from D]", ">= {3}", ("dates are compared with signs",)),
    Example("W [until|till D]", "<= {3}", ("dates are compared with signs",)),
    Example(
        "[M N]", None, ("a month is its days: `between 2026-05-01 and 2026-05-31`",), "a date is expected", code="K0106"
    ),
)

NUMBERS: tuple[Example, ...] = (
    Example("N [. -]", "", (MONEY,), "an amount is a number", code="K0105"),
    Example("[CHF|EUR|USD|GBP|Fr|fr|Franken|Euro] N", None, (MONEY,), "leave `{1}` out", code="K0105"),
    Example(
        "N [CHF|EUR|USD|GBP|Fr|fr|Franken|Euro|euros|francs .?]",
        "",
        (MONEY,),
        "leave it out",
        "an amount carries no currency here",
        "K0105",
    ),
    Example("N [Prozent|percent]", "%", code="K0104"),
    Example("at least|most [one|eins|a]", "1", code="K0105"),
    Example("at least|most [two|zwei|twice]", "2", code="K0105"),
    Example("at least|most [three|drei]", "3", code="K0105"),
    Example("at least|most [four|vier]", "4", code="K0105"),
    Example("at least|most [five|fünf]", "5", code="K0105"),
)

JOINED: tuple[Example, ...] = (
    Example("age of W >|>=|<|<=|=|!= N [years|year|jahre|jahr]", "", ("an age is counted in whole years",)),
    Example(
        "[distance|entfernung|distanz of|to|from|von|zu W] ~",
        None,
        ("a distance is asked with `within`: `{3} within 20 km of (47.3769, 8.5417)`",),
        "`within`?",
    ),
    Example("age of [N]", None, ("an age is reckoned from a date: `age of birth_date`",), "of which date?"),
    Example("[and|or and] V", "and", label="one of them is enough"),
    Example("[and|or or] V", "or", label="one of them is enough"),
    Example("V [, and|or|und|oder]", "{3}", ("no comma stands before `and` and `or`",)),
    Example(
        "[NOT|Not|nicht|kein|keine] *", "not", summary="keywords are written in small letters and in English: `{0}`"
    ),
    Example(
        "[if|IF|If|wenn|falls] W",
        "",
        ("a condition begins without `if`: it follows `where` directly",),
        blocks="segment define",
    ),
    Example(
        "V [then|THEN|dann] ~", "", ("what follows from a condition is said by another block",), blocks="segment define"
    ),
    Example("[but|aber] *", "and"),
)

EVENTS: tuple[Example, ...] = (
    Example("[never did]", "did not"),
    Example("did [never|no|nie|kein] W", "not"),
    Example("[did W never]", "did not {2}"),
    Example(
        "[no|never|nie] W",
        None,
        ("what somebody did not do is `did not {2}`; a field without a value is `{2} is missing`",),
        "`did not {2}` or `{2} is missing`?",
    ),
    Example("[has|have|hat not] W", "did not", ("what somebody did is asked with `did`",)),
    Example("[DID|Did] W", "did", summary="keywords are written in small letters: `{0}`"),
    Example("[IN|In] W", "in", summary="keywords are written in small letters: `{0}`"),
    Example("did not? W [anything|something|etwas|nichts]", ""),
    Example("did not? W [of|from|for|von T]", None, (_WITH.replace("{1} {2}", "did {3}"),), "which property?"),
    Example("did not? W [T]", None, (_WITH.replace("{1} {2}", "did {3}"),), "which property?"),
    Example("W [with T]", None, ("name the property: `{1} with (PROPERTY = {3})`",), "which property?"),
    Example(
        "W with [W =|>|<|>=|<=|!= V]",
        "({3} {4} {5})",
        ("the filter behind `with` stands in parentheses",),
        "parentheses are missing",
        code="K0115",
    ),
    Example("with ( [W T]", "{3} = {4}", code="K0122"),
    Example("with ( [W N]", "{3} = {4}", code="K0122"),
    Example(
        "did not? W [>|>= N times?|x?]",
        None,
        ("write `at least {5} times`, or `at least {up} times` for more",),
        "times are counted in words",
        code="K0122",
    ),
    Example(
        "did not? W [<|<= N times?|x?]",
        None,
        ("write `at most {5} times`",),
        "times are counted in words",
        code="K0122",
    ),
    Example("did not? W [= N times?|x?]", "exactly {5} times", code="K0122"),
    Example(
        "did W [more|mehr than|als N times|mal]",
        "at least {up} times",
        ("`at least N times`; the number itself is included",),
        code="K0122",
    ),
    Example(
        "did W [less|fewer|weniger than|als N times|mal]",
        "at most {down} times",
        ("`at most N times`; the number itself is included",),
        code="K0122",
    ),
    Example("did not? W [twice|zweimal]", "at least 2 times", code="K0122"),
    Example("did not? W [thrice|dreimal]", "at least 3 times", code="K0122"),
    Example(
        "did not? W [once|einmal]", None, ("write `exactly 1 time`; `did {3}` alone is at least once",), code="K0122"
    ),
    Example(
        "did not? W [often|oft|several|many times?]",
        None,
        ("say how often: `at least 3 times`",),
        "how often?",
        code="K0122",
    ),
    Example("did not? W [on|am D]", "from {5} to {5}", ("a day is a span of one day",)),
    Example("did not? W [after|nach D]", "since {5}", ("`since` includes the day itself",)),
    Example("did not? W [until|till|to|bis D]", "before {5}", ("`before` does not include the day itself",)),
    Example("did not? W [between D and D]", "from {5} to {7}", ("both days are inside",)),
    Example(
        "did not? W [D]",
        None,
        ("write `since {4}`, `before {4}` or `from {4} to {4}`",),
        "from when, until when?",
        code="K0123",
    ),
    Example(
        "did not? W [in|im M N?]",
        None,
        ("a month is its days: `from 2026-05-01 to 2026-05-31`",),
        "from when, until when?",
        code="K0123",
    ),
    Example(
        "did not? W [within N U] ~",
        "in last {5} {6}",
        ("`within` stands between two events: `did A then B within {5} {6}`",),
        code="K0123",
    ),
    Example("did not? W [within last] N U", "in last"),
    Example("did not? W [for|seit|during|over N U]", "in last {5} {6}", code="K0123"),
    Example(
        "in last N [quarters|quarter|quartale|quartal]",
        None,
        ("a quarter is 3 months; `this quarter` is the calendar's",),
        "a unit of time is expected",
        code="K0107",
    ),
    Example("[count|anzahl of|( W )?]", "number of {3}", ("counting is said in words: `number of EVENT`",)),
    Example("[sum|total|summe ( W . W )]", "sum of {3}.{5}"),
    Example("[max|maximum|highest of? (] V ,", "greatest of (", ("among values: `greatest of (A, B)`",)),
    Example("[min|minimum|lowest of? (] V ,", "least of (", ("among values: `least of (A, B)`",)),
    Example("[average|avg|mean ( W . W )]", "average of {3}.{5}"),
    Example("[max|maximum|largest|greatest ( W . W )]", "largest of {3}.{5}"),
    Example("[min|minimum|smallest|least ( W . W )]", "smallest of {3}.{5}"),
    Example("[age ( W )]", "age of {3}"),
    Example("[total|summe of? W . W]", "sum of {3}.{5}"),
    Example("[avg|mean of? W . W]", "average of {3}.{5}"),
    Example("[max|maximum of? W . W]", "largest of {3}.{5}"),
    Example("[min|minimum of? W . W]", "smallest of {3}.{5}"),
)

SEGMENTS: tuple[Example, ...] = (
    Example("[except|without|minus|but list] W", "exclude list", blocks="segment"),
    Example("[plus|and|with list] W", "include list", blocks="segment"),
    Example(
        "include|exclude list [T]", None, ("a list has a name, without quotes",), "a name is expected", blocks="segment"
    ),
    Example(
        "include|exclude list W [, W]",
        None,
        ("each list has its own clause: `include list {5}`",),
        "one list",
        blocks="segment",
    ),
    Example("segment|suppress W [=|is|are|with|ist]", "where", blocks="segment suppress"),
    Example("in [segment|the|group|gruppe|list segment|group?] W", ""),
    Example("[member|part|teil of] W", "in", ("membership is asked with `in`",)),
    Example(
        "where|and|or|not|( [is in] W",
        "in",
        ("membership is asked with `in SEGMENT`, of a list of values with `FIELD in (..)`",),
    ),
    Example("where|and|or|not|( [segment|segments] W", "in", ("membership is asked with `in SEGMENT`",)),
    Example(
        "in [( W , W )]", None, ("membership is asked for each: `in {3} or in {5}`",), "one segment stands behind `in`"
    ),
    Example("in W [since|seit|during N U]", "for {4} {5}", ("for how long without a break: `in {2} for {4} {5}`",)),
    Example("[has consent|consented|opted to|for|in]", "consents to"),
    Example("[consent|consented|agrees|agreed|opted to|for|in] W", "consents to"),
    Example("consents [for] W", "to"),
    Example("sample N [as|for] W", "% as"),
    Example("N % [sample]", None, ("it begins with the word: `sample {1} % as NAME`",), "move it to the front"),
    Example("anniversary [next] N", "in next"),
)

_BLOCKS = "segment define class score trigger cap suppress quality"

CONDITIONS: tuple[Example, ...] = tuple(
    replace(one, blocks=one.blocks or _BLOCKS) for one in (*EVENTS, *SEGMENTS, *NUMBERS, *JOINED, *COMPARISONS)
)
