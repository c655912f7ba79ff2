"""From the plan to one statement: a chain of frames, each adding columns to the one before.

A frame has one row per contact (or run). Steps alternate: passes over event tables add leaves, then expressions add
conditions, values, scores and stages; what reads something stands in a later step than what it reads. Frames of
expressions are kept whole (`Dialect.stored_frames`): otherwise an engine may put the text of a segment wherever its
name stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from dsl.schema import Schema
from engine.layout import CONTACTS, KEY, fact_table, storage
from engine.plan_dump import VALUES
from engine.plan_types import (
    ClassPlan,
    Condition,
    DefinePlan,
    Definition,
    FactRef,
    Followed,
    Leaf,
    ScorePlan,
    SegmentPlan,
)
from engine.sql import build
from engine.sql.build import compared, flag, named, number, or_zero
from engine.sql.classes import class_column
from engine.sql.context import BASE, Context
from engine.sql.dialects import DIALECTS, finished
from engine.sql.dues import Dues
from engine.sql.earliest import FAR, depth, least
from engine.sql.edges import KINDS, EdgeSql, edge_passes, edge_select, future
from engine.sql.edges import edge as edge_sql
from engine.sql.expressions import Expressions
from engine.sql.names import (
    AMONG,
    BUCKETS,
    CLASSES,
    COLUMNS,
    CONSENTS,
    CONTACT,
    ENTERED,
    FRAME,
    LISTS,
    ROW,
    RUNS,
    STAGES,
    ZONES,
    Column,
)
from engine.sql.nesting import cut
from engine.sql.packed import packed, packing_of
from engine.sql.packing import Packing
from engine.sql.passes import PARTS, LeafSql, leaf_sql, of_some, pass_select, passes_of
from engine.sql.scores import score_points, score_stage, score_sum

CONTACT_ALIAS, ZONE_ALIAS, RUN_ALIAS, STAGE_ALIAS, CONSENT_ALIAS, PASS_ALIAS = "c", "z", "r", "s", "g", "p"
BUCKET_ALIAS, ENTERED_ALIAS, FACT_ALIAS, CLASS_ALIAS, LIST_ALIAS = "b", "i", "t", "k", "l"


@dataclass(frozen=True, slots=True)
class Compiled:
    """One statement. Its first column is the row's key, the others are `outputs` in this order, or as `packing` says.
    `context` tells parameters and temporary tables."""

    select: exp.Select
    outputs: tuple[Column, ...]
    context: Context
    packing: Packing | None = None

    def needs(self, kind: str) -> tuple[str, ...]:
        """Names of the base columns of a kind that the statement reads, sorted."""
        return tuple(sorted(name for held, name in self.context.names if held == kind))


def compile_frame(
    schema: Schema,
    definitions: Mapping[tuple[str, str], Definition],
    leaves: Mapping[str, Leaf],
    outputs: Sequence[Column],
    conditions: Mapping[str, Condition],
    *,
    dialect: str,
    runs: bool = False,
    uniques: Mapping[str, tuple[str, ...]] | None = None,
    midnight: bool = False,
    among: bool = False,
    pack: bool = False,
    flips: bool = False,
) -> Compiled:
    """The statement that gives these columns for all contacts, or for all rows of the table of runs.

    `conditions` are those that `outputs` name as ("condition", LABEL), `uniques` the fields of ("alone", LABEL).
    `midnight`: classes are reckoned here, rather than read. `among`: for the contacts of a table. `pack`: flags, points
    and stages come packed into integers. `flips`: with one column more, ("flip", ""): until when the outputs stay.
    """
    context = Context(DIALECTS[dialect], schema, definitions, leaves, runs, midnight, among, flips)
    work = _Work(context, conditions, uniques or {})
    for kind, name in outputs:
        context.name(kind, name)
        work.visit((kind, name))
    if flips:
        outputs = [*outputs, work.flip(outputs)]
    packing = packing_of(outputs, context) if pack else None
    chain = _Chain(context, work, outputs)
    answer = [chain.column(c) for c in outputs] if packing is None else packed(packing, context)
    select = chain.select(answer)
    if (deepest := context.dialect.deepest) is not None and depth(select) > deepest.whole:
        # pieces nest as well, so what can be read as it is stays as it is
        limits = (replace(deepest, values=deepest.whole), deepest)
        select = min((cut(select.copy(), one) for one in limits), key=depth)
    select = finished(select, context.dialect, context.parameters.kinds())
    return Compiled(select, tuple(outputs), context, packing)


class _Work:
    """What must be reckoned, each at its level: leaves on even levels, expressions on odd ones."""

    def __init__(
        self, context: Context, conditions: Mapping[str, Condition], uniques: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.context = context
        self.conditions = conditions
        self.uniques = uniques
        self.dues = Dues(context)
        self.leaves: dict[Column, LeafSql] = {}
        self.edges: dict[Column, EdgeSql] = {}
        self.expressions: dict[Column, exp.Expression] = {}
        self.reads: dict[Column, set[Column]] = {}
        self.levels: dict[Column, int] = {}

    def visit(self, column: Column) -> int:
        """Make the column's SQL, and that of all it reads; its level (-1: it stands in the first frame)."""
        kind, name = column
        if kind in BASE:
            return -1
        if column not in self.levels:
            if kind in PARTS:
                leaf = leaf_sql(name, self.context, kind)
                self.leaves[column] = leaf
                self.reads[column] = set(leaf.reads)
            elif kind in KINDS:
                edge = future(name, self.context) if kind == "future" else edge_sql(kind, name, self.dues)
                self.edges[column] = edge
                self.reads[column] = set(edge.reads)
            else:
                expression = self._expression(kind, name)
                self.expressions[column] = expression
                self.reads[column] = self.context.reads(expression)
            below = max((self.visit(c) for c in sorted(self.reads[column])), default=-1)
            odd = 0 if column in self.leaves or column in self.edges else 1
            self.levels[column] = below + 1 + (below + 1 + odd) % 2
        return self.levels[column]

    def flip(self, outputs: Sequence[Column]) -> Column:
        """The column that says until when the outputs stay; what they read is known by now.

        What a frame carries costs time. So dues that nothing else reads are no columns: those of one level become one,
        together with what came out below."""
        events = {x.leaf.event for x in self.leaves.values()}
        events |= {x.leaf.measure.second for x in self.leaves.values() if isinstance(x.leaf.measure, Followed)}
        dues = [*self.dues.of_outputs(outputs, self.conditions), *(("future", event) for event in sorted(events))]
        levels = {column: self.visit(column) for column in dues}
        read = set().union(*self.reads.values())
        parts: dict[int, list[exp.Expression]] = defaultdict(list)
        for column, level in levels.items():
            if column in self.edges or column in read:
                parts[level + 1 + level % 2].append(self.context.column(*column))
            else:
                parts[level].append(self.expressions[column].copy())
        below: list[exp.Expression] = []
        for level in sorted(parts):
            name = "" if level == max(parts) else f"{level}"
            self.dues.made.columns["flip", name] = least([*parts[level], *below])
            below = [self.context.column("flip", name)]
        if not parts:
            self.dues.made.columns["flip", ""] = number(FAR)
        self.context.name("flip", "")
        self.visit(("flip", ""))
        return "flip", ""

    def _expression(self, kind: str, name: str) -> exp.Expression:
        context = self.context
        due = self.dues.made.columns.get((kind, name))
        if due is not None:
            return due
        if kind == "condition":
            return flag(Expressions(context).condition(self.conditions[name]))
        if kind == "alone":
            return self._alone(name)
        of = "score" if kind in ("sum", "points", "stage") else "class" if kind in COLUMNS else kind
        definition = context.definitions[of, name]
        match definition:
            case SegmentPlan(where=where):
                return flag(Expressions(context).condition(where))
            case DefinePlan(body=body):
                if isinstance(body, VALUES):
                    return Expressions(context).value(body)
                return flag(Expressions(context).condition(body))
            case ScorePlan() if kind == "sum":
                return score_sum(definition, context)
            case ScorePlan() if kind == "points":
                return score_points(definition, context.column("sum", name))
            case ScorePlan():
                return score_stage(definition, context.column("points", name), context)
            case ClassPlan():
                return class_column(kind, definition, context)

    def _alone(self, name: str) -> exp.Expression:
        """Whether no other contact for whom all of the fields are known has the same values in them."""
        known = self.context.column("condition", f"{name} known")
        same = [known, *(self.context.column("field", field) for field in self.uniques[name])]
        bearers = exp.Window(this=exp.Count(this=exp.Star()), partition_by=same)
        return flag(build.all_true([compared("=", known.copy(), number(1)), compared("=", bearers, number(1))]))


class _Chain:
    """The frames as common table expressions, one after the other."""

    def __init__(self, context: Context, work: _Work, outputs: Sequence[Column]) -> None:
        self.context = context
        self.work = work
        self.outputs = outputs
        self.tables: list[exp.CTE] = []
        self.frames = 0
        self.current = ""
        self.held: list[Column] = []

    def select(self, answer: Iterable[exp.Expression]) -> exp.Select:
        """The whole statement; `answer`: its columns after the key."""
        by_level: dict[int, list[Column]] = defaultdict(list)
        for column, level in self.work.levels.items():
            by_level[level].append(column)
        self._first_frame()
        for level in sorted(by_level):
            still = self._still_read(c for above in by_level if above > level for c in by_level[above])
            if level % 2 == 0:
                self._add_passes(by_level[level], still)
            else:
                added = [(c, self.work.expressions[c]) for c in by_level[level]]
                columns = [named(e, self.context.name(*c)) for c, e in added if c in still]
                self._next_frame(exp.Select().from_(self._frame()), columns, [c for c, _ in added], still, fence=True)
        found = exp.Select().select(self._key(), *answer).from_(self._frame())
        if self.tables:
            found.set("with_", exp.With(expressions=self.tables))
        return found

    def _still_read(self, later: Iterable[Column]) -> set[Column]:
        return set(self.outputs).union(*(self.work.reads[c] for c in later))

    def _frame(self) -> exp.Table:
        return build.table(self.current, FRAME)

    def _key(self) -> exp.Column:
        return build.column(ROW, FRAME)

    def column(self, column: Column) -> exp.Column:
        """A column of the frame."""
        return build.column(self.context.name(*column), FRAME)

    def _next_frame(
        self,
        query: exp.Select,
        added: Sequence[exp.Expression],
        columns: Sequence[Column],
        still: set[Column],
        *,
        fence: bool | None,
    ) -> None:
        """A frame over the current one: the columns that something later reads, and new ones."""
        kept = [c for c in self.held if c in still]
        query = query.select(self._key(), build.column(CONTACT, FRAME), *(self.column(c) for c in kept), *added)
        self.held = [*kept, *(c for c in columns if c in still)]
        if fence and not self.context.dialect.stored_frames:
            fence = None
            if self.context.dialect.name == "sqlite":
                query = query.limit(-1).offset(0)  # all rows; a query with an offset is not taken apart
        self.current = self._table(f"frame_{self.frames}", query, fence=fence)
        self.frames += 1

    def _table(self, name: str, query: exp.Select, *, fence: bool | None = None) -> str:
        alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True))
        self.tables.append(exp.CTE(this=query, alias=alias, materialized=fence))
        return name

    # ------------------------------------------------------------ the first frame

    def _first_frame(self) -> None:
        """Contacts (of runs) with the fields, constants of their zone, stages, consents and tiers that are read."""
        context = self.context
        kinds: dict[str, list[str]] = defaultdict(list)
        for kind, name in context.names:
            if kind in BASE:
                kinds[kind].append(name)
        own = build.column(KEY, CONTACT_ALIAS)
        query = exp.Select().from_(build.table(CONTACTS, CONTACT_ALIAS))
        row: exp.Expression = own
        if context.runs:
            query = exp.Select().from_(build.table(RUNS, RUN_ALIAS))
            query = build.joined(
                query, build.table(CONTACTS, CONTACT_ALIAS), compared("=", own, build.column(CONTACT, RUN_ALIAS))
            )
            row = build.column(ROW, RUN_ALIAS)
        if context.among:
            query = query.where(of_some(own, AMONG))
        query = query.select(named(row.copy(), ROW), named(own.copy(), CONTACT))
        if kinds["zone"]:
            query = build.joined(query, build.table(ZONES, ZONE_ALIAS), self._same_zone())
        if kinds["before"]:
            same = compared("=", build.column(CONTACT, STAGE_ALIAS), own.copy())
            query = build.joined(query, build.table(STAGES, STAGE_ALIAS), same, left=True)
        if kinds["consent"]:
            same = compared("=", build.column(CONTACT, CONSENT_ALIAS), own.copy())
            query = build.joined(query, build.table(CONSENTS, CONSENT_ALIAS), same, left=True)
        if kinds["bucket"]:
            same = compared("=", build.column(CONTACT, BUCKET_ALIAS), own.copy())
            query = build.joined(query, build.table(BUCKETS, BUCKET_ALIAS), same)
        if kinds["entered"]:
            same = compared("=", build.column(CONTACT, ENTERED_ALIAS), own.copy())
            query = build.joined(query, build.table(ENTERED, ENTERED_ALIAS), same, left=True)
        if kinds["tier"]:
            same = compared("=", build.column(CONTACT, CLASS_ALIAS), own.copy())
            query = build.joined(query, build.table(CLASSES, CLASS_ALIAS), same, left=True)
        for kind, names in kinds.items():
            for name in names:
                query = query.select(named(self._base(kind, name), context.name(kind, name)))
                self.held.append((kind, name))
        # no fence: a pass that joins the first frame should see the order of the contacts' key
        self.current = self._table("frame_0", query, fence=False)
        self.frames = 1

    def _same_zone(self) -> exp.Expression:
        schema = self.context.schema
        tests = []
        for role, name in (("zone", schema.zone_field), ("country", schema.country_field)):
            value = exp.Literal.string("") if name is None else zone_part(name)
            tests.append(compared("=", build.column(role, ZONE_ALIAS), value))
        return build.all_true(tests)

    def _base(self, kind: str, name: str) -> exp.Expression:
        match kind:
            case "field":
                return build.column(KEY if name == self.context.schema.key else name, CONTACT_ALIAS)
            case "zone":
                return build.column(name, ZONE_ALIAS)
            case "cause":
                if self.context.runs:
                    return build.column(self.context.name(kind, name), RUN_ALIAS)
                # outside runs there is no cause: every property of it is missing
                return build.missing(storage(self.context.cause_types[name]))
            case "since":
                return build.column("since", RUN_ALIAS)
            case "before":
                return exp.Coalesce(
                    this=build.column(self.context.name(kind, name), STAGE_ALIAS), expressions=[number(-1)]
                )
            case "bucket":
                return build.column(self.context.name(kind, name), BUCKET_ALIAS)
            case "fact":
                return self._fact(self.context.facts[name])
            case "upcoming":
                return self._upcoming(self.context.upcoming[name])
            case "list":
                return self._listed(name)
            case "entered":
                return build.column(self.context.name(kind, name), ENTERED_ALIAS)
            case "tier":
                return build.column(self.context.name(kind, name), CLASS_ALIAS)
            case _:
                return or_zero(build.column(self.context.name(kind, name), CONSENT_ALIAS))

    def _fact(self, node: FactRef) -> exp.Expression:
        """Found by the key of the fact table; with a time the newest row that exists by then."""
        mine = KEY if node.matches == self.context.schema.key else node.matches
        same = compared("=", build.column(node.key, FACT_ALIAS), build.column(mine, CONTACT_ALIAS))
        found = exp.Select().select(build.column(node.column, FACT_ALIAS))
        found = found.from_(build.table(fact_table(node.table), FACT_ALIAS)).where(same)
        if node.time is not None:
            time = build.column(node.time, FACT_ALIAS)
            found = found.where(compared("<=", time, self.context.parameters.as_of()))
            found = found.order_by(exp.Ordered(this=time.copy(), desc=True, nulls_first=False)).limit(1)
        return exp.Subquery(this=found)

    def _upcoming(self, node: FactRef) -> exp.Expression:
        """The instant of the next row for the contact's key."""
        assert node.time is not None, "asked of tables with a time"
        mine = KEY if node.matches == self.context.schema.key else node.matches
        same = compared("=", build.column(node.key, FACT_ALIAS), build.column(mine, CONTACT_ALIAS))
        time = build.column(node.time, FACT_ALIAS)
        found = exp.Select().select(exp.Min(this=time)).from_(build.table(fact_table(node.table), FACT_ALIAS))
        found = found.where(build.all_true([same, compared(">", time.copy(), self.context.parameters.as_of())]))
        return exp.Subquery(this=found)

    def _listed(self, name: str) -> exp.Expression:
        tests = [
            compared("=", build.column(CONTACT, LIST_ALIAS), build.column(KEY, CONTACT_ALIAS)),
            compared("=", build.column("list", LIST_ALIAS), self.context.parameters.constant(name)),
        ]
        found = exp.Select().select(number(1)).from_(build.table(LISTS, LIST_ALIAS))
        return flag(exp.Exists(this=found.where(build.all_true(tests))))

    # ------------------------------------------------------------ leaves

    def _add_passes(self, wanted: Sequence[Column], still: set[Column]) -> None:
        """Passes over the event tables, then their columns beside the frame, as many joins at once as allowed."""
        leaves = [self.work.leaves[c] for c in wanted if c in self.work.leaves]
        edges = [self.work.edges[c] for c in wanted if c in self.work.edges]
        passes: list[tuple[str, bool, list[tuple[Column, exp.Expression | None]]]] = []
        for step in passes_of(leaves):
            name = self._table(f"events_{self.frames}_{len(passes) + 1}", pass_select(step, self.current, self.context))
            passes.append((name, step.joined, [((x.kind, x.name), x.without) for x in step.leaves]))
        for joined, near in edge_passes(edges):
            select = edge_select(near, self.current, self.context, joined=joined)
            name = self._table(f"events_{self.frames}_{len(passes) + 1}", select)
            passes.append((name, joined, [(x.column, x.without) for x in near]))
        most = self.context.dialect.most_joins
        for start in range(0, len(passes), most):
            query = exp.Select().from_(self._frame())
            added: list[exp.Expression] = []
            columns: list[Column] = []
            for n, (name, joined, held) in enumerate(passes[start : start + most]):
                alias = f"{PASS_ALIAS}{n}"
                key, mine = (ROW, ROW) if joined else (CONTACT, CONTACT)
                same = compared("=", build.column(key, alias), build.column(mine, FRAME))
                query = build.joined(query, build.table(name, alias), same, left=True)
                for wanted_column, without in held:
                    column = build.column(self.context.name(*wanted_column), alias)
                    filled = column if without is None else exp.Coalesce(this=column, expressions=[without])
                    added.append(named(filled, column.name))
                    columns.append(wanted_column)
            self._next_frame(query, added, columns, still, fence=None)


def zone_part(name: str) -> exp.Expression:
    """The zone or country of a contact, empty where it is missing (ingestion never stores empty text)."""
    return exp.Coalesce(this=build.column(name, CONTACT_ALIAS), expressions=[exp.Literal.string("")])
