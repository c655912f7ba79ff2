"""`kadenz lint`: what is allowed by the language and hardly ever meant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.common import (
    BAD_INPUT,
    CLEAN,
    FINDINGS,
    AtOption,
    ChangedOption,
    FindingsOption,
    ProjectOption,
    Stop,
    check_project,
    drawn,
    instant_of,
    open_project,
    say,
)

if TYPE_CHECKING:
    from adapters.project import Project
    from adapters.template_file import Part as TemplatePart
    from adapters.template_file import Template
    from dsl.check import Checked
    from dsl.lint import Part, View


def command(
    project: ProjectOption = Path(),
    format: FindingsOption = "text",
    at: AtOption = None,
    changed: ChangedOption = None,
) -> int:
    """Find what checks and is hardly ever meant. Exit 1 if there is anything, 3 if the project does not check.

    `--at` is the day by which dates are judged (offers that are over, allowances that have ended); now without it.
    """
    from dsl.diagnostics import has_errors
    from dsl.lint import lint

    opened = open_project(project)
    checked, problems = check_project(opened)
    if checked.model is None or has_errors(problems):
        text = drawn(opened, [d for d in problems if d.severity == "error"])
        raise Stop(BAD_INPUT, text + "\nkadenz: the project does not check; `kadenz check` shows everything")
    found = lint(view_of(opened, checked, instant_of(at, opened.time_zone)))
    if changed is not None:
        from adapters.review.changed_lines import on_changed_lines

        found = on_changed_lines(found, opened.directory, changed)
    if format != "text":
        from adapters.cli.findings import report

        report(found, format, opened.directory)
    elif found:
        say(drawn(opened, found))
        say("`kadenz check --explain CODE` tells more about a code, and how to allow a finding")
    else:
        say(f"{opened.name}: nothing found")
    return FINDINGS if found else CLEAN


def view_of(project: Project, checked: Checked, instant: int) -> View:
    """What the linter sees of a project that checks, on the day of an instant (microseconds) in the project's zone."""
    from adapters.channel_config import SmtpConfig
    from dsl.lint import Message, View
    from dsl.schema import carries_mail as carries_mails
    from engine.instants import to_datetime, to_ymd
    from engine.zones import zone

    assert checked.model is not None, "the project checks"
    local = zone(project.time_zone)

    def day(moment: int) -> int:
        return to_ymd(to_datetime(moment, local).date())

    def carries_mail(name: str) -> bool:
        return carries_mails(project.schema, name) or isinstance(project.channels.get(name), SmtpConfig)

    messages = [
        Message(
            template.name,
            frozenset(template.channels),
            tuple(_part(template, name, part) for name, part in template.parts() if name != "subject"),
        )
        for template in project.templates
    ]
    return View(
        checked.model,
        project.schema,
        checked.trees,
        day(instant),
        messages=messages,
        mail=frozenset(name for name in project.schema.channels if carries_mail(name)),
        starts=None if project.active_from is None else day(project.active_from),
    )


def _part(template: Template, name: str, part: TemplatePart) -> Part:
    """A body of a template; its last line is where something is missing."""
    from dsl.lint import Part
    from dsl.spans import span_of

    if part.start is None:
        return Part(name, part.text, part.span)
    body = part.text.rstrip()
    start = part.start + body.rfind("\n") + 1
    return Part(name, part.text, span_of(template.path, template.source, start, part.start + len(body)))
