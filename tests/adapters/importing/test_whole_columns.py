"""A column that is read as a whole gives what its converter gives cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.importing import whole_columns
from adapters.importing.convert import Convention, converter
from adapters.importing.dates import DateFormat
from adapters.importing.numbers import NumberFormat
from adapters.importing.whole_columns import column_reader
from adapters.sources.cells import ABSENT, Cell, Literal
from dsl.schema import Field, Normalisation
from dsl.types import NUMBER, Date, DateTime, OneOf, Text, Type, money

digits = st.text("0123456789.,-' ", max_size=6)
numbers = st.one_of(digits, st.sampled_from(["12.50", "1.5", "7,25", "1.234,5", "99999999999999999", "١٢", "1\n2"]))
instants = st.one_of(
    st.datetimes().map(lambda d: d.isoformat()),
    st.datetimes().map(lambda d: d.isoformat(" ", "seconds") + "Z"),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["2026-03-29T02", "2026-10-25 02", "1900-01-01T00", "2026-13-01T00", "2200-12-31 23"]),
        st.sampled_from([":30:00", ":59:59.5", ":00", ":61:00", "", ":30:00.1234567"]),
        st.sampled_from(["", "Z", "+02:00", "-05:30", "+14:00", " Z", "x"]),
    ),
    st.sampled_from(["31.12.2026 14:30", "", "  ", "soon"]),
)
texts = st.one_of(st.text(max_size=4), st.sampled_from([" a ", "B", "\t", "a\0b", "\u00e4", "a\u0308", "\udcff", ""]))
steps: st.SearchStrategy[tuple[Normalisation, ...]] = st.sampled_from([(), ("trim",), ("lower", "trim"), ("trim",)])


def same(kind: Type, cells: Sequence[Cell], convention: Convention, normalise: tuple[Normalisation, ...] = ()) -> None:
    field = Field("x", kind, normalise=normalise)
    one = converter(field, convention)
    whole = column_reader(field, convention, converter(field, convention), plain=True)
    for _ in range(2):  # the second time much is remembered
        assert whole(cells) == [ABSENT if cell is ABSENT else one(cell) for cell in cells]


@given(st.lists(numbers), st.sampled_from(["de", "en", None]), st.sampled_from([NUMBER, money("CHF")]))
def test_numbers(cells: list[str], mark: NumberFormat | None, kind: Type) -> None:
    same(kind, cells, Convention(number=mark))


@given(st.lists(numbers), st.sampled_from(["de", "en", None]), st.sampled_from([NUMBER, money("CHF")]))
def test_numbers_of_which_there_are_too_many_to_remember(
    cells: list[str], mark: NumberFormat | None, kind: Type
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole_columns, "MEMO", 0)
        same(kind, cells, Convention(number=mark))
        same(kind, [cell for cell in cells if cell.isdigit() and cell.isascii()], Convention(number=mark))


@given(st.lists(instants), st.sampled_from(["dmy", "mdy", None]), st.sampled_from(["Europe/Zurich", "UTC"]))
def test_instants(cells: list[str], order: DateFormat | None, zone: str) -> None:
    same(DateTime(), cells, Convention(date=order, zone=ZoneInfo(zone)))


@given(st.lists(texts), steps)
def test_texts(cells: list[str], normalise: tuple[Normalisation, ...]) -> None:
    same(Text(), cells, Convention(), normalise)


def test_cells_that_are_no_text() -> None:
    cells: list[Cell] = ["12", Literal("12.0"), None, ABSENT, True, ["a"]]
    for kind in (NUMBER, Text(), Date(), OneOf(("12", "a"))):
        same(kind, cells, Convention(number="en"))
