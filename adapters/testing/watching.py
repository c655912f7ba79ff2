"""`kadenz test --watch`: at every save the tests that it can concern run again; what was last good stays, marked so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.plain import drawn
from adapters.cli.workspace import Workspace
from adapters.project import ProjectNotFound
from adapters.project_check import Checker
from adapters.testing.affected import Concern, concern_of
from adapters.testing.running import Outcome, outcomes
from adapters.testing.telling import failure
from dsl.diagnostics import has_errors

if TYPE_CHECKING:
    from dsl.model import Scenario


@dataclass(frozen=True, slots=True)
class Round:
    """What one save brought about. `wrong`: why nothing ran, as `kadenz check` draws it; the other figures are then
    those of the last state that checked. `ran`: the tests that ran; `passed`, `failed`: of all there are."""

    wrong: str | None
    ran: tuple[Outcome, ...]
    passed: int
    failed: tuple[str, ...]


@dataclass(slots=True)
class Watching:
    """A project whose tests are run again and again. What has not changed is neither read nor run anew."""

    directory: Path
    only: str | None
    executors: Sequence[str]
    _known: dict[str, tuple[Concern, Outcome]] = field(default_factory=dict)
    _checker: Checker = field(init=False)
    _last: Workspace | None = None

    def __post_init__(self) -> None:
        self._checker = Checker(self.directory)

    def look(self) -> Round:
        """Check the project as it lies there now, and run what it can concern."""
        try:
            project, checked, found = self._checker.check()
        except (ProjectNotFound, OSError) as error:
            return self._round(str(error), ())
        if checked.model is None or has_errors(found):
            return self._round(drawn(project, [d for d in found if d.severity == "error"]), ())
        workspace = self._last = Workspace(project, checked.model)
        chosen = [s for s in workspace.model.scenarios if self.only is None or self.only in s.name]
        concerns = {s.name: self._concern(s, workspace) for s in chosen}
        again = [s for s in chosen if s.name not in self._known or self._known[s.name][0] != concerns[s.name]]
        ran = outcomes(workspace, again, self.executors)
        kept = {name: self._known[name] for name in concerns if name in self._known}
        kept |= {one.scenario.name: (concerns[one.scenario.name], one) for one in ran}
        self._known = {name: kept[name] for name in concerns}
        return self._round(None, tuple(ran))

    @property
    def failed(self) -> tuple[str, ...]:
        """The tests that fail as it stands."""
        return tuple(name for name, (_, one) in self._known.items() if not one.passed)

    def _concern(self, scenario: Scenario, workspace: Workspace) -> Concern:
        return concern_of(scenario, workspace.model, workspace.project.schema, workspace.project.time_zone)

    def _round(self, wrong: str | None, ran: tuple[Outcome, ...]) -> Round:
        return Round(wrong, ran, len(self._known) - len(self.failed), self.failed)

    def told(self, round_: Round) -> str:
        """What people read of a round."""
        lines = []
        if round_.wrong is not None:
            stale = "STALE: the playbooks do not check; the figures are of the last save that did"
            lines += [round_.wrong.rstrip(), "", stale]
        texts = {} if self._last is None else self._last.project.texts
        for one in round_.ran:
            if not one.passed:
                lines.append(f"FAILED  {one.scenario.name}\n{failure(one, texts)}\n")
        lines += [f"  {'ok    ' if one.passed else 'FAILED'}  {one.scenario.name}" for one in round_.ran]
        still = [name for name in round_.failed if name not in {one.scenario.name for one in round_.ran}]
        lines += [f"  FAILED  {name} (as before)" for name in still]
        total = round_.passed + len(round_.failed)
        lines.append(
            f"{len(round_.ran)} of {total} tests run again: {round_.passed} passed, {len(round_.failed)} failed"
        )
        return "\n".join(lines)


def watch(watching: Watching, changes: Iterable[frozenset[str]], say: Callable[[str], None]) -> None:
    """Run everything once, and at each change what it concerns; until the changes end."""
    say(watching.told(watching.look()))
    for change in changes:
        some = ", ".join(sorted(change)[:3]) + (f" and {len(change) - 3} more" if len(change) > 3 else "")
        say(f"\n{some} saved")
        say(watching.told(watching.look()))
