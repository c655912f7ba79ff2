"""Offers and what they are worth."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from dsl.model.blocks import Block
from dsl.records import dataclass, field
from dsl.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Block):
    """A name with a code. `valid_from`, `valid_to`: yyyymmdd, both inside, in the contact's zone.

    `group`: one contact holds one active offer of a group at most; `keep` says which one stays. `total`: so many
    messages may carry it altogether.
    """

    code: str | None = None
    discount: str | None = None
    valid_from: int | None = None
    valid_to: int | None = None
    group: str | None = None
    keep: Literal["best", "first"] | None = None
    total: int | None = None
    group_span: Span | None = field(default=None, compare=False)

    @property
    def worth(self) -> tuple[int, str] | None:
        """The discount in millionths and its unit, "%" or a currency; None without one.

        >>> from dsl.spans import span_of
        >>> Offer("ten", span_of("a.play", "", 0, 0), discount="12.5 %").worth
        (12500000, '%')
        """
        if self.discount is None:
            return None
        amount, unit = self.discount.split()
        return int(Decimal(amount) * 1_000_000), unit
