"""Pages K01: spelling and grammar."""

from __future__ import annotations

from dsl.pages import Page

PAGES = (
    Page(
        "K0100",
        "a word or sign that does not fit",
        "segment swiss\n  where country = CH gender = female",
        "segment swiss\n  where country = CH and gender = female",
        "Up to here the block could be read, from here on it cannot. The message lists what could have followed. "
        "Often an `and` is missing between two conditions, or a word stands in the wrong clause.",
    ),
    Page(
        "K0101",
        "a misspelt keyword",
        "segment swiss\n  wher country = CH",
        "segment swiss\n  where country = CH",
        "The word is close to a keyword that would fit here. Keywords are English and in small letters.",
    ),
    Page(
        "K0102",
        "a text without its closing quote",
        'segment work\n  where email ends with "@example.ch',
        'segment work\n  where email ends with "@example.ch"',
        "A text begins and ends with a double quote, on one line. An open quote would swallow the rest of the line.",
    ),
    Page(
        "K0103",
        "text in the wrong quotes",
        "segment work\n  where email ends with '@example.ch'",
        'segment work\n  where email ends with "@example.ch"',
        "Text stands in straight double quotes. Word processors turn them into curly ones: write playbooks in a text "
        "editor.",
    ),
    Page(
        "K0104",
        "a sign of another language",
        "segment active\n  where logins => 3",
        "segment active\n  where logins >= 3",
        "Comparisons are `=`, `!=`, `<`, `<=`, `>` and `>=`. Conditions are joined by the words `and`, `or` and `not`; "
        "numbers by `plus`, `minus` and `times`, because the signs belong to the points of a score.",
    ),
    Page(
        "K0105",
        "a number written in another way",
        "segment rich\n  where credit > 1.234,50",
        "segment rich\n  where credit > 1_234.50",
        "Decimals are set apart by a point. Thousands may be set apart by `_`. An amount carries no currency, because "
        "the field has one.",
    ),
    Page(
        "K0106",
        "a date or a time that is not one",
        "segment recent\n  where signed_up >= 2026-02-30",
        "segment recent\n  where signed_up >= 2026-02-28",
        "Dates are year, month, day: `2026-11-22`. Times are hours and minutes: `09:00`. Both are checked against the "
        "calendar.",
    ),
    Page(
        "K0107",
        "a duration or a distance without its unit",
        "segment buyers\n  where did purchase in last 30",
        "segment buyers\n  where did purchase in last 30 days",
        "A duration is a number and a unit with a space between them: minutes, hours, days, weeks, months or years. "
        "A distance is a number and `km` or `m`.",
    ),
    Page(
        "K0108",
        "a block that ends too early",
        "segment buyers\n  where did",
        "segment buyers\n  where did purchase",
        "The block stops in the middle of a clause. The mark stands behind its last word.",
    ),
    Page(
        "K0109",
        "braces and semicolons",
        "segment swiss {\n  where country = CH\n}",
        "segment swiss\n  where country = CH",
        "A block ends where the next one begins, so it needs no braces, and clauses need nothing between them.",
    ),
    Page(
        "K0110",
        "text outside of every block",
        "audience swiss where country = CH",
        "segment swiss where country = CH",
        "Block keywords stand in column 1 and begin a block: `segment`, `define`, `score`, `trigger`, `cap`, `quiet`, "
        "`offer` and `test`.",
    ),
    Page(
        "K0111",
        "a block without its name",
        'segment "Everybody in Switzerland"\n  where country = CH',
        'segment swiss "Everybody in Switzerland"\n  where country = CH',
        "Other blocks refer to a block by its name, so the name comes first; the title in quotes is for people. A test "
        "has a sentence instead of a name.",
    ),
    Page(
        "K0112",
        "a define without `=`",
        "define turnover sum of purchase.amount",
        "define turnover = sum of purchase.amount",
        "A define gives a name to an expression: `define NAME = EXPRESSION`.",
    ),
    Page(
        "K0113",
        "a character or word that is not understood",
        "segment swiss\n  where country = CH ? ",
        "segment swiss\n  where country = CH",
        "Names are made of letters (of any script), digits and `_`, a letter first. Everything else belongs in quotes "
        "or into a comment after `#`.",
    ),
    Page(
        "K0114",
        "a chain of comparisons",
        "segment grown\n  where 18 <= age <= 30",
        "segment grown\n  where age between 18 and 30",
        "A comparison has two sides. `between` says both ends at once, and both are inside.",
    ),
    Page(
        "K0115",
        "a filter on an event without `with`",
        'segment x_buyers\n  where did purchase (product = "X")',
        'segment x_buyers\n  where did purchase with (product = "X")',
        "The filter of an event stands in parentheses after `with`; inside, a bare name is a property of the event.",
    ),
    Page(
        "K0116",
        "a word with a hyphen",
        "segment solo\n  where occupation = self-employed",
        'segment solo\n  where occupation = "self-employed"',
        "A hyphen ends a word. Members of a type that are no words stand in quotes; names use `_`.",
    ),
    Page(
        "K0117",
        "`is` or `in` with something else",
        "segment swiss\n  where country is CH",
        "segment swiss\n  where country = CH",
        "`is` asks for `known` or `missing` only. To compare, use `=`; for several values `in (CH, LI)`; for "
        "membership of a segment `in SEGMENT` at the start of a condition.",
    ),
    Page(
        "K0118",
        "a parenthesis too many or too few",
        "segment swiss\n  where (country = CH or country = LI",
        "segment swiss\n  where (country = CH or country = LI)",
        "Each `(` needs its `)` in the same block.",
    ),
    Page(
        "K0121",
        "points without a sign",
        "score engagement\n  5 on visit",
        "score engagement\n  +5 on visit",
        "A rule gives or takes points, so the sign is always written.",
    ),
    Page(
        "K0122",
        "a word is missing",
        "segment buyers\n  where did visit 3 times",
        "segment buyers\n  where did visit at least 3 times",
        "Sentences are short but whole: `sum of ..`, `consents to ..`, `at least 3 times`. The message says which word "
        "is missing and where.",
    ),
    Page(
        "K0123",
        "a period without its bounds",
        "segment idle\n  where last purchase > 60 days",
        "segment idle\n  where last purchase older than 60 days",
        "A period alone does not say when it begins or ends. `in last 60 days` ends now, `older than 60 days` asks how "
        "long ago something was, `since` is followed by a date.",
    ),
    Page(
        "K0190",
        "a file that is too long",
        "# a file of more than 256 kB",
        "segment swiss\n  where country = CH",
        "Playbooks are read in CI before anyone has looked at them, so there are limits. Any number of files share one "
        "name space: split the file.",
        sketch=True,
    ),
    Page(
        "K0191",
        "too many words and signs in a file",
        "# a file of more than 20,000 words and signs",
        "segment swiss\n  where country = CH",
        "Playbooks are read in CI before anyone has looked at them, so there are limits. Any number of files share one "
        "name space: split the file.",
        sketch=True,
    ),
    Page(
        "K0192",
        "nested too deep",
        f"segment deep\n  where {'not ' * 65}vip",
        "define no_vip = not vip\nsegment deep\n  where no_vip and country = CH",
        "Expressions nest at most 64 levels and chains of arithmetic have at most 64 parts. Give a part a name with "
        "`define`: that reads better too.",
    ),
    Page(
        "K0193",
        "more mistakes than are shown",
        "# a file with more than 100 mistakes",
        "segment swiss\n  where country = CH",
        "After a hundred findings in one file the rest is only counted; most of them usually follow from the first.",
        sketch=True,
    ),
)
