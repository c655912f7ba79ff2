"""Running the `test` blocks of a project on the executors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.bench import benches
from adapters.executors import EXECUTORS
from dsl.model import Scenario
from engine.coverage import Watch
from engine.scenario import ScenarioResult, run_scenario

if TYPE_CHECKING:
    from adapters.cli.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test with its results, one for each executor that it ran on."""

    scenario: Scenario
    results: tuple[ScenarioResult, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came true on every executor."""
        return not any(result.unmet for result in self.results)


def run_tests(workspace: Workspace, only: str | None = None) -> list[ScenarioResult]:
    """Run the tests (those whose name contains `only`) on every executor."""
    chosen = [s for s in workspace.model.scenarios if only is None or only in s.name]
    return [result for one in outcomes(workspace, chosen) for result in one.results]


def outcomes(
    workspace: Workspace,
    scenarios: Sequence[Scenario],
    executors: Sequence[str] = EXECUTORS,
    watch: Watch | None = None,
    told: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Run these tests on these executors. `watch` gathers what they cover, on the first executor (the others must see
    the same); `told` hears of each test when it is done."""
    project = workspace.project
    made = {name: benches(name, project.schema, project.time_zone) for name in executors}
    found = []
    for scenario in scenarios:
        results = []
        for number, name in enumerate(executors):
            looked = {} if watch is None or number else {"looked": watch.looked}
            results.append(
                run_scenario(
                    scenario,
                    workspace.model,
                    project.schema,
                    project.time_zone,
                    name,
                    made[name],
                    project.texts,
                    **looked,
                )
            )
        found.append(Outcome(scenario, tuple(results)))
        told(found[-1])
    return found
