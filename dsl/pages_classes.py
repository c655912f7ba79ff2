"""Pages about classes: K0240 to K0242 where one is asked for, K0370 to K0375 what the block needs."""

from __future__ import annotations

from dsl.pages import Page

_VALUE = "class value\n  by sum of purchase.amount in last 1 year\n"
_TIERS = "  tier A first 80 % of total\n  tier B next 15 % of total\n  tier C rest"

PAGES = (
    Page(
        "K0240",
        "an unknown class",
        f"{_VALUE}{_TIERS}\nsegment best where class of worth = A",
        f"{_VALUE}{_TIERS}\nsegment best where class of value = A",
        "`class of NAME` speaks of a `class` block of this project, in any file.",
    ),
    Page(
        "K0241",
        "an unknown tier",
        f"{_VALUE}{_TIERS}\nsegment best where class of value = AA",
        f"{_VALUE}{_TIERS}\nsegment best where class of value = A",
        "A tier is one of those that the class itself names. The first is the greatest: with A, B and C "
        "`class of value >= B` is A or B.",
    ),
    Page(
        "K0242",
        "a class in a filter of events",
        f"{_VALUE}{_TIERS}\nsegment best where did visit with (class of value = A)",
        f"{_VALUE}{_TIERS}\nsegment best where did visit and class of value = A",
        "The class is the contact's and the same for each of its events, so it stands beside the question about events "
        "and not inside it.",
    ),
    Page(
        "K0370",
        "a class that ranks by nothing",
        f"class value\n{_TIERS}",
        f"{_VALUE}{_TIERS}",
        "A class puts contacts in order of a number, greatest first. Which number, `by` says.",
    ),
    Page(
        "K0371",
        "tiers that do not follow each other",
        f"{_VALUE}  tier A first 80 % of total\n  tier B first 95 % of total\n  tier C rest",
        f"{_VALUE}{_TIERS}",
        "Tiers are cut from the top without a gap: the first one says `first` (of a number of contacts `top`), each "
        "further one `next` and how much more. After 80 %, 15 % end at 95 %.",
    ),
    Page(
        "K0372",
        "tiers of more than there is",
        f"{_VALUE}  tier A first 80 % of total\n  tier B next 25 % of total\n  tier C rest",
        f"{_VALUE}  tier A first 80 % of total\n  tier B next 20 % of total\n  tier C rest",
        "Each `next` counts from where the tier before ends, so together they come to 100 % at most.",
    ),
    Page(
        "K0373",
        "a class without a rest at its end",
        f"{_VALUE}  tier A first 80 % of total\n  tier B next 20 % of total",
        f"{_VALUE}  tier A first 80 % of total\n  tier B rest",
        "The last tier is `rest`: there belong all others, and values of zero and less in any case. Nothing follows "
        "it, and another tier stands before it.",
    ),
    Page(
        "K0374",
        "tiers of two measures",
        f"{_VALUE}  tier A first 80 % of total\n  tier B next 10 %\n  tier C rest",
        f"{_VALUE}{_TIERS}",
        "A share of the total, a share of the members and a number of contacts end at places that cannot be compared "
        "beforehand. A class uses one of them for all its tiers.",
    ),
    Page(
        "K0375",
        "a tier that is named twice",
        f"{_VALUE}  tier A first 80 % of total\n  tier A next 15 % of total\n  tier C rest",
        f"{_VALUE}{_TIERS}",
        "Each tier of a class has a name of its own.",
    ),
)
