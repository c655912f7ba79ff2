"""The columns beside a column of points: the parts of its unit vectors, made when a row is written.

Whoever writes a point writes its parts in the same statement, so that they never differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.stores.facts_database import FactsDatabase
from dsl.schema import Field
from dsl.types import NUMBER, Point, Stored, Type
from engine.layout import vector_part
from engine.sphere import PARTS, vector


def part_columns(types: Mapping[str, Type]) -> dict[str, Type]:
    """The columns of parts that columns of these types bring along."""
    return {
        vector_part(name, part): NUMBER for name, kind in types.items() if isinstance(kind, Point) for part in PARTS
    }


class Points:
    """Writes the parts of the points of one table. `columns`: those that are written, in order."""

    def __init__(self, fields: Mapping[str, Field], columns: Sequence[str]) -> None:
        types = {name: fields[name].type for name in columns if name in fields}
        self._places = tuple(n for n, name in enumerate(columns) if isinstance(types.get(name), Point))
        self.columns = tuple(part_columns({columns[n]: types[columns[n]] for n in self._places}))

    def parts(self, row: Sequence[Stored]) -> tuple[int | None, ...]:
        """The values of `columns` for a row of values."""
        found: list[int | None] = []
        for n in self._places:
            point = row[n]
            found += (None,) * len(PARTS) if point is None else vector(str(point))
        return tuple(found)


def fill_parts(database: FactsDatabase, table: str, name: str) -> None:
    """Reckon the parts of points that were stored before their columns were there."""
    from sqlglot import exp

    held, place = exp.column(name, quoted=True), exp.Table(this=exp.to_identifier(table, quoted=True))
    known = exp.select(held).distinct().from_(place).where(held.is_(exp.null()).not_())
    columns = [exp.column(vector_part(name, part), quoted=True) for part in PARTS]
    update = exp.Update(
        this=place.copy(),
        expressions=[exp.EQ(this=c, expression=exp.Placeholder()) for c in columns],
        where=exp.Where(this=exp.EQ(this=held.copy(), expression=exp.Placeholder())),
    )
    rows = [(*vector(str(point)), point) for (point,) in database.rows(known.sql("sqlite"))]
    database.many(update.sql("sqlite"), rows)
