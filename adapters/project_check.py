"""Everything that can be wrong with a project, found at once: its files, the playbooks, the templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.project import Project, load
from adapters.project_causes import causes_first
from adapters.silent_countries import silent_countries
from adapters.template_checks import check_templates
from adapters.template_unsubscribe import check_twins, check_unsubscribe
from dsl.check import Checked, check
from dsl.diagnostics import Diagnostic, Label
from dsl.kept import Kept
from dsl.model import Model

if TYPE_CHECKING:
    from dsl.pages import Page


def pages() -> Mapping[str, Page]:
    """The page of every code (`kadenz check --explain CODE`)."""
    from adapters.project import CODES as PROJECT_CODES
    from dsl.codes import CODES
    from dsl.pages import Page

    tests = Page(
        "K0800",
        "an expectation of a test that did not come true",
        "expect anna in shoppers      # she has bought nothing",
        "expect anna not in shoppers",
        "A test says what should happen and what should not, so that a change of the playbooks that breaks it is seen "
        "before anyone is mailed. The label shows what was seen instead, on which executor.",
    )
    return {**CODES, "K0800": tests, **{code: Page(code, *page) for code, page in PROJECT_CODES.items()}}


def template_channels(project: Project) -> dict[str, frozenset[str]]:
    """Template name -> channels it can serve; a template that names none serves all."""
    every = frozenset(project.schema.channels)
    found: dict[str, frozenset[str]] = {}
    for template in project.templates:
        served = frozenset(template.channels) or every
        found[template.name] = found.get(template.name, frozenset()) | served
    return found


class Checker:
    """Checks one project again and again, in one process: what has not changed since the last time is not read anew."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._kept = Kept()

    def check(self) -> tuple[Project, Checked, list[Diagnostic]]:
        """The project as it lies there now, and all findings. Raises ProjectNotFound."""
        self._kept.turn()
        project = load(self._directory, self._kept)
        return project, *check_all(project, self._kept)


def codes_without_secret(project: Project, model: Model) -> Iterator[Diagnostic]:
    """Offers whose codes nobody can sign."""
    from adapters.coupon_codes import UNIQUE, is_personal

    for offer in model.offers.values() if project.coupons is None else ():
        if is_personal(offer):
            text = f"`coupons` with `secret_env` is missing in kadenz.yaml: `{UNIQUE}` in `code` is signed with it"
            help_ = "write `coupons: {secret_env: SHOP_COUPON_SECRET}`: the name of an environment variable"
            yield Diagnostic("K0903", text, Label(offer.span), help=(help_,))


def columns_without_score(project: Project, model: Model) -> Iterator[Diagnostic]:
    """Columns of batch files that name a score which no playbook has."""
    from adapters.batch_columns import scores_in
    from adapters.channel_config import BatchConfig
    from adapters.suggest import advice
    from dsl.spans import span_of

    text = project.texts.get("kadenz.yaml", "")
    for config in project.channels.values():
        for form in scores_in(config) if isinstance(config, BatchConfig) else ():
            name, start = form.partition(".")[2], max(text.find(form), 0)
            if name not in model.scores:
                label = Label(span_of("kadenz.yaml", text, start, start + len(form)))
                help_ = advice(name, model.scores, "scores")
                yield Diagnostic("K0909", f"there is no score `{name}`", label, help=help_)


def check_all(project: Project, kept: Kept | None = None) -> tuple[Checked, list[Diagnostic]]:
    """The playbooks checked, and all findings: those of the project's own files, then the others in reading order.

    What only follows from a slip in `kadenz.yaml` or `schema.yaml` is withheld until that is mended.
    """
    checked = check(
        project.sources,
        project.schema,
        template_channels(project),
        zone=project.time_zone,
        kept=kept,
    )
    model = checked.model or Model()
    templates = check_templates(project.templates, project.schema, model, project.texts, kept)
    found = [*project.diagnostics, *checked.diagnostics, *templates, *over_before_judged(model, project.settle)]
    found += silent_countries(project, model)
    found += codes_without_secret(project, model)
    if checked.model is not None:
        found += columns_without_score(project, checked.model)
    found += [*check_twins(project.templates), *check_unsubscribe(project, model, kept)]
    return checked, causes_first(project, found)


def over_before_judged(model: Model, settle: int) -> Iterator[Diagnostic]:
    """Triggers whose runs expire before they are judged: `settle` (microseconds) passes after they are due."""
    early = [one for one in model.triggers.values() if (after := one.expires.micros()) is not None and after < settle]
    if not early:
        return
    from engine.fire import hangs_on_absence

    for trigger in early:
        if hangs_on_absence(trigger, model):
            yield Diagnostic(
                "K0931",
                f"`{trigger.name}` expires before it is judged, so it can never send",
                Label(trigger.span, "hangs on something not happening"),
                help=("let it expire later, or shorten `settle` in kadenz.yaml",),
                block=f"trigger `{trigger.name}`",
            )
