"""Type words of `schema.yaml` -> types: `text`, `decimal(2)`, `money CHF`, `one of [basic, plus]`, .."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from adapters.suggest import nearest
from dsl.types import Boolean, Date, DateTime, MonthDay, Numeric, OneOf, Point, SetOf, Text, Type, Zone, decimal, money

PLAIN: dict[str, Type] = {
    "text": Text(),
    "number": Numeric(),
    "boolean": Boolean(),
    "date": Date(),
    "month day": MonthDay(),
    "datetime": DateTime(),
    "point": Point(),
    "zone": Zone(),
}
"""The types that are a word or two."""

MAX_DIGITS = 9
MAX_MEMBERS = 1_000

# ISO 4217: currencies whose minor unit is not a hundredth
_NO_MINOR = {
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
    "VND", "VUV", "XAF", "XOF", "XPF",
}  # fmt: skip
_THREE_DIGITS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}

_ALIASES = {
    "string": "text",
    "str": "text",
    "integer": "number",
    "int": "number",
    "float": "decimal(2)",
    "decimal": "decimal(2)",
    "money": "money CHF",
    "bool": "boolean",
    "yes or no": "boolean",
    "timestamp": "datetime",
    "instant": "datetime",
    "time": "datetime",
    "day": "date",
    "enum": "one of [a, b]",
    "birthday": "month day",
    "timezone": "zone",
}

_MEMBER = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^,"'\[\]]+?))\s*(?=,|\Z)""")


@dataclass(frozen=True, slots=True)
class TypeProblem:
    """Why a type word cannot be read; `start` and `end` are offsets into the word."""

    summary: str
    start: int
    end: int
    help: tuple[str, ...] = ()


def minor_digits(currency: str) -> int:
    """Digits after the point of a currency's amounts (ISO 4217)."""
    if currency in _NO_MINOR:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


def parse_type(word: str, *, ordered: bool = False) -> Type | TypeProblem:
    """The type that a type word means. `ordered` is for `one of` (the members compare in the order given).

    >>> parse_type("decimal(2)")
    Numeric(kind='decimal', denominator=100, currency=None)
    """
    plain = " ".join(word.split())
    if plain in PLAIN:
        return PLAIN[plain]
    if (found := re.fullmatch(r"decimal\s*\(\s*([0-9]{1,3})\s*\)", plain)) is not None:
        digits = int(found[1])
        if 1 <= digits <= MAX_DIGITS:
            return decimal(digits)
        at = word.index(found[1])
        return TypeProblem(f"a decimal has 1 to {MAX_DIGITS} digits after the point", at, at + len(found[1]))
    if (found := re.fullmatch(r"money ([A-Za-z]+)", plain)) is not None:
        currency = found[1]
        if re.fullmatch("[A-Z]{3}", currency):
            return money(currency, minor_digits(currency))
        at = word.index(currency, word.index("money") + 5)
        help_ = (f"write `money {currency.upper()}`",) if len(currency) == 3 else ()
        return TypeProblem(f"`{currency}` is no currency code of three capitals", at, at + len(currency), help_)
    if (found := re.match(r"\s*(one|set)\s+of\s*\[(.*)\]\s*\Z", word, re.DOTALL)) is not None:
        members = _members(word, found.start(2), found.end(2))
        if isinstance(members, TypeProblem):
            return members
        return OneOf(members, ordered) if found[1] == "one" else SetOf(members)
    return _unknown(word, plain)


def _unknown(word: str, plain: str) -> TypeProblem:
    if re.match(r"(one|set) of\b", plain):
        return TypeProblem(f"the members of `{plain[:6]}` stand in brackets", 0, len(word), ("write `one of [a, b]`",))
    known = _ALIASES.get(plain.casefold()) or nearest(plain, [*PLAIN, "decimal(2)", "money CHF", "one of [a, b]"])
    text = f"did you mean `{known}`?" if known else _ALL
    return TypeProblem(f"`{plain}` is no type", 0, len(word), (text,))


_ALL = (
    "types are `text`, `number`, `decimal(2)`, `money CHF`, `boolean`, `date`, `month day`, `datetime`, "
    "`one of [a, b]`, `set of [a, b]`, `point`, `zone`"
)


def _members(word: str, start: int, end: int) -> tuple[str, ...] | TypeProblem:
    inner = word[start:end]
    members: list[str] = []
    at = 0
    while at <= len(inner):
        found = _MEMBER.match(inner, at)
        if found is None or found.end() == at == len(inner):
            return TypeProblem("a member is missing or not readable", start + min(at, len(inner) - 1), end, (_QUOTE,))
        raw = next(group for group in found.groups() if group is not None)
        member = unicodedata.normalize("NFC", raw.strip())
        here = start + found.start(found.lastindex or 0)
        if not member or "|" in member or any(unicodedata.category(c) == "Cc" for c in member):
            return TypeProblem("a member is some text without `|`", here, here + max(1, len(raw)), (_QUOTE,))
        if member in members:
            return TypeProblem(f"`{member}` stands here twice", here, here + len(raw))
        members.append(member)
        at = found.end() + 1
    if len(members) > MAX_MEMBERS:
        return TypeProblem(f"a type has at most {MAX_MEMBERS} members", start, end, ("use `text` instead",))
    return tuple(members)


_QUOTE = 'write `one of [basic, plus]`, with quotes where a member is no word: `"self-employed"`'
