"""All contacts of a store, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dsl.model import Condition, Model
from dsl.types import Stored
from engine.classes import Standing, Standings, last_midnight, ranked, tiers_among, tiers_of
from engine.evaluation import EVERYTHING, Evaluation, Memory, Run, Scope, conditions_of, uniques_of
from engine.interpret.reader import Reader
from engine.interpret.setting import Setting
from engine.protocols import Facts
from engine.zones import zone


class InterpreterExecutor:
    """All contacts, one after the other, through `Reader`."""

    def __init__(self, model: Model, facts: Facts, time_zone: str) -> None:
        self._model = model
        self._facts = facts
        self._zone = time_zone

    def setting(self, as_of: int, memory: Memory) -> Setting:
        """What all contacts of one evaluation share."""
        tiers = tiers_of(self.standings(as_of, memory))
        return Setting(self._model, as_of, self._zone, self._facts.schema, memory, self._facts, tiers)

    def standings(self, as_of: int, memory: Memory) -> Standings:
        """See `engine.evaluation.Executor`. At midnight that midnight is the last one, so classes read each other as of
        the same instant."""
        model = self._model
        if not model.classes:
            return {}
        at = last_midnight(as_of, zone(self._zone))
        tiers: dict[str, dict[str, str]] = {}
        before = memory.midnight or Memory()
        setting = Setting(model, at, self._zone, self._facts.schema, before, self._facts, tiers)
        readers = [Reader(setting, data) for data in self._facts.load(None, self._facts.schema.events, at)]
        found: dict[str, dict[str, Standing]] = {}
        for class_ in (model.classes[name] for name in model.order if name in model.classes):
            members = [r for r in readers if class_.where is None or r.holds(class_.where)]
            values = {r.contact.key: int(v) for r in members if (v := r.value(class_.by)) is not None}
            found[class_.name] = ranked(class_, values)
            tiers[class_.name] = {contact: one.tier for contact, one in found[class_.name].items()}
        return found

    def evaluate(self, as_of: int, memory: Memory, scope: Scope = EVERYTHING) -> Evaluation:
        """See `engine.evaluation.Executor`. It looks at no other instant: asked for flips, its horizon is `as_of`."""
        model = self._model
        setting = self.setting(as_of, memory)
        conditions = conditions_of(model)
        asked = {name: c for name, c in conditions.items() if scope.wants(("condition", name))}
        everybody: set[str] = set()
        segments: dict[str, set[str]] = {n: set() for n in model.segments if scope.wants(("segment", n))}
        scores: dict[str, dict[str, int]] = {n: {} for n in model.scores if scope.wants(("score", n))}
        stages: dict[str, dict[str, str]] = {n: {} for n in scores}
        satisfied: dict[str, set[str]] = {name: set() for name in asked}
        uniques = {} if scope.among is not None else uniques_of(model)
        uniques = {name: unique for name, unique in uniques.items() if scope.wants(("condition", name))}
        bearers: dict[str, dict[tuple[Stored, ...], list[str]]] = {name: {} for name in uniques}
        for data in self._facts.load(scope.among, self._facts.schema.events, as_of):
            reader = Reader(setting, data)
            key = data.contact.key
            everybody.add(key)
            for name, members in segments.items():
                if reader.member(name):
                    members.add(key)
            for name, known in scores.items():
                points, stage = reader.points(name), reader.stage(name)
                if points is not None:
                    known[key] = points
                if stage is not None:
                    stages[name][key] = stage
            for name, condition in asked.items():
                if reader.holds(condition):
                    satisfied[name].add(key)
            for name, unique in uniques.items():
                if reader.holds(conditions[f"{name} known"]):
                    values = tuple(reader.value(one) for one in unique.fields)
                    bearers[name].setdefault(values, []).append(key)
        for name, held in bearers.items():
            satisfied[name] = {keys[0] for keys in held.values() if len(keys) == 1}
        classes = setting.classes if scope.only is None else {}
        return Evaluation(
            as_of,
            frozenset(everybody),
            {name: frozenset(keys) for name, keys in segments.items()},
            scores,
            stages,
            {name: frozenset(keys) for name, keys in satisfied.items()},
            classes if scope.among is None else tiers_among(classes, scope.among),
            {} if scope.flips else None,
            as_of if scope.flips else None,
        )

    def values(self, define: str, as_of: int, memory: Memory) -> Iterator[tuple[str, Stored]]:
        """See `engine.evaluation.Executor`."""
        named = self._model.defines[define]
        setting = self.setting(as_of, memory)
        for data in self._facts.load(None, self._facts.schema.events, as_of):
            reader = Reader(setting, data)
            if named.condition is not None:
                yield data.contact.key, int(reader.holds(named.condition))
            elif named.value is not None:
                yield data.contact.key, reader.value(named.value)

    def hold(self, condition: Condition, runs: Sequence[Run], as_of: int, memory: Memory) -> frozenset[str]:
        """See `engine.evaluation.Executor`."""
        setting = self.setting(as_of, memory)
        contacts = {run.contact for run in runs}
        loaded = {d.contact.key: d for d in self._facts.load(contacts, self._facts.schema.events, as_of)}
        return frozenset(
            run.key
            for run in runs
            if run.contact in loaded and Reader(setting, loaded[run.contact], run).holds(condition)
        )
