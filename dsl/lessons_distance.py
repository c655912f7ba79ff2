"""How people go wrong with distances: `within 5 of home`, `within 3 miles of home`, `within 5 km from home`."""

from __future__ import annotations

from dsl.spot import Lesson, Spot, lesson, like
from dsl.tokens import Lexeme

_SPELLED = {
    **dict.fromkeys(("kilometer", "kilometers", "kilometre", "kilometres", "kms"), "km"),
    **dict.fromkeys(("meter", "meters", "metre", "metres", "mtr"), "m"),
}
_MILES = frozenset({"mile", "miles", "mi"})


def distance(spot: Spot) -> Lesson | None:
    """A number where a distance is wanted, without a unit or with one of elsewhere."""
    if not {"km", "m"} <= spot.takes or spot.before.kind != "number":
        return None
    number, typed = spot.before, spot.typed().casefold()
    if spot.is_word() and typed in _SPELLED and spot.bad is not None:
        meant = _SPELLED[typed]
        label = f"`{meant}` is expected here"
        summary = f"distances are written in `km` or `m`, not in `{spot.typed()}`"
        return lesson(spot, "K0107", summary, label, instead=meant, go_on=(like(spot.bad, meant),))
    if spot.is_word() and typed in _MILES and spot.bad is not None:
        says = "a mile is 1.609 km"
        summary = "distances are written in `km` or `m`, not in miles"
        return lesson(spot, "K0107", summary, "`km` or `m` is expected here", says, go_on=(like(spot.bad, "km"),))
    span = spot.page.span(number.start, number.end)
    go_on = None
    if spot.bad is not None and spot.bad.text == "of":
        go_on = (Lexeme("word", "km", "km", spot.bad.start, spot.bad.start), spot.bad)
    says = f"say for example `{number.text} km` or `{number.text} m`"
    if spot.bad is not None and spot.bad.text in ("minutes", "months"):  # `500m`
        says = f"write `{number.text} m`, with a space"
    return lesson(spot, "K0107", f"`{number.text}` needs a unit of length", "km or m?", says, span=span, go_on=go_on)


def from_instead_of_of(spot: Spot) -> Lesson | None:
    """`within 5 km from home`."""
    if spot.bad is None or spot.takes != {"of"} or spot.before.text not in ("km", "m"):
        return None
    if spot.typed() not in ("from", "around", "to", "off"):
        return None
    summary = f"`within ..` goes on with `of`, not with `{spot.typed()}`"
    return lesson(spot, "K0101", summary, "did you mean `of`?", instead="of", go_on=(like(spot.bad, "of"),))


def without_parentheses(spot: Spot) -> Lesson | None:
    """`within 5 km of 47.3769, 8.5417`."""
    back = [token.text for token in spot.tokens[max(0, spot.at - 3) : spot.at]]
    if spot.bad is None or spot.bad.text != "," or spot.before.kind != "number" or back[-2:-1] not in (["of"], ["-"]):
        return None
    if "of" not in back or not {"km", "m"} & {token.text for token in spot.tokens[max(0, spot.at - 4) : spot.at]}:
        return None
    says = "write `of (47.3769, 8.5417)`: latitude, then longitude"
    return lesson(spot, "K0100", "a point stands in parentheses", "parentheses are missing around the two", says)


LESSONS = (distance, from_instead_of_of, without_parentheses)
