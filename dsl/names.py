"""The nearest name: which of the names that would fit did the author most likely mean?"""

from __future__ import annotations

from collections.abc import Iterable


def distance(a: str, b: str) -> int:
    """Edits between two words: insert, delete, replace, swap of neighbours (optimal string alignment).

    >>> distance("email", "emial")
    1
    """
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate closest to `word`, or None if none is close enough to be meant.

    Close is: the same but for case; one edit in three letters; or sharing a whole word of at least four letters
    (`birthday` does not find `birth_date` by edits, `mail_opened` finds `email_opened`). Ties: with the same first
    letter first, then by code point.

    >>> nearest("contry", ["county_code", "country"])
    'country'
    >>> nearest("sonday", ["monday", "sunday"])
    'sunday'
    >>> nearest("xyz", ["country"])
    """
    typed = word.casefold()[:80]
    ranked: list[tuple[int, bool, str]] = []
    letters = set(typed)
    for candidate in candidates:
        other = candidate.casefold()
        allowed = max(1, max(len(typed), len(other)) // 3)
        if abs(len(other) - len(typed)) <= allowed and len(letters.symmetric_difference(other)) <= 2 * allowed:
            edits = distance(typed, other)
            if edits <= allowed and edits < max(len(typed), len(other)):
                ranked.append((edits, other[:1] != typed[:1], candidate))
                continue
        if _common_prefix(typed, other) >= 5 or _parts(typed) & _parts(other):
            ranked.append((100 + distance(typed, other[:80]), other[:1] != typed[:1], candidate))
    return min(ranked)[-1] if ranked else None


def _common_prefix(a: str, b: str) -> int:
    n = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        n += 1
    return n


def _parts(word: str) -> set[str]:
    return {part for part in word.split("_") if len(part) >= 4}


def listed(names: Iterable[str], *, limit: int = 8, last: str = "or") -> str:
    """Names in backticks for a sentence: "`a`, `b` or `c`"; long lists are cut.

    >>> listed(["a", "b", "c"])
    '`a`, `b` or `c`'
    """
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > limit:
        return ", ".join(quoted[:limit]) + f" and {len(quoted) - limit} more"
    if len(quoted) > 1:
        return ", ".join(quoted[:-1]) + f" {last} " + quoted[-1]
    return "".join(quoted)
