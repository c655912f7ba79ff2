"""Whether readers of promotional mail can say no in it (K0936, K0938), and whether one file is one template (K0937)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from adapters.channel_config import SmtpConfig
from adapters.template_checks import gated
from adapters.template_file import Part, Template
from adapters.template_gate import Passed
from adapters.template_pieces import Occurrence
from dsl.diagnostics import Diagnostic, Label
from dsl.kept import Kept
from dsl.model import Model, Trigger
from dsl.spans import Span, span_of

if TYPE_CHECKING:
    from adapters.project import Project

_LINK = 'write `<a href="{{ unsubscribe }}">Unsubscribe</a>`, or `{{ unsubscribe }}` in the text'


def check_unsubscribe(project: Project, model: Model, kept: Kept | None = None) -> Iterator[Diagnostic]:
    """Templates of promotional mail without a visible link, channels without one, and links where there is none."""
    kept = kept or Kept()
    seen: set[str] = set()
    for trigger in model.triggers.values():
        for send in trigger.sends:
            config = project.channels.get(send.channel)
            if not isinstance(config, SmtpConfig) or trigger.category != "promotional" or config.list_unsubscribe:
                continue
            if send.channel not in seen:
                seen.add(send.channel)
                text = (
                    f"`{send.channel}` has no `list_unsubscribe` in kadenz.yaml, so nobody can unsubscribe by a button"
                )
                help_ = ("write `list_unsubscribe: https://shop.example/out/{token}` there, see docs/project.md",)
                yield _warning(text, send.span, *help_, block=f"trigger `{trigger.name}`")
    for template in project.templates:
        uses = list(_uses(template, model))
        for part in (template.text, template.html):
            if part is not None:
                yield from _part(project, template, part, uses, kept)


def _uses(template: Template, model: Model) -> Iterator[tuple[Trigger, str]]:
    """By which triggers and channels a template is sent."""
    for trigger in model.triggers.values():
        for send in trigger.sends:
            if send.template == template.name and (not template.channels or send.channel in template.channels):
                yield trigger, send.channel


def _part(
    project: Project, template: Template, part: Part, uses: Iterable[tuple[Trigger, str]], kept: Kept
) -> Iterator[Diagnostic]:
    passed = kept.of(gated, part.text)
    if not isinstance(passed, Passed):
        return
    shown = [one for one in passed.occurrences if one.use.root == "unsubscribe" and one.shown]
    for trigger, channel in uses:
        config = project.channels.get(channel)
        there = isinstance(config, SmtpConfig) and bool(config.list_unsubscribe)
        marketing = trigger.category != "transactional"
        for one in shown:
            if not one.safe and not (there and marketing):
                yield _nowhere(template, part, one, trigger, channel, marketing=marketing)
        if isinstance(config, SmtpConfig) and there and trigger.category == "promotional" and not shown:
            what = "HTML" if part is template.html else "text"
            text = f"the {what} of this mail has no link to unsubscribe (trigger `{trigger.name}`)"
            yield _warning(text, _top(template), _LINK)
            return


def _nowhere(
    template: Template, part: Part, one: Occurrence, trigger: Trigger, channel: str, *, marketing: bool
) -> Diagnostic:
    why = f"`{channel}` has no `list_unsubscribe` in kadenz.yaml" if marketing else f"`{trigger.name}` is transactional"
    assert part.start is not None, "text and HTML stand in the file letter by letter"
    span = span_of(template.path, template.source, part.start + one.start, part.start + one.end)
    help_ = 'write `{{ unsubscribe | default("Write to us") }}`, or put `{% if unsubscribe %}` around it'
    return Diagnostic("K0938", f"there is no link to unsubscribe here: {why}", Label(span), help=(help_,))


def check_twins(templates: Iterable[Template]) -> Iterator[Diagnostic]:
    """Files with the same name, channel and language as another one."""
    first: dict[tuple[str, str, str], Template] = {}
    for template in templates:
        for channel in template.channels or ("",):
            key = (template.name, (template.language or "").casefold(), channel)
            before = first.setdefault(key, template)
            if before is not template:
                spoken = f" in `{template.language}`" if template.language else ""
                text = f"`{template.name}`{spoken} for the same channel is written in `{before.path}` too"
                yield Diagnostic("K0937", text, Label(_top(template)), help=("let one of them go, or rename it",))
                break


def _top(template: Template) -> Span:
    return span_of(template.path, template.source, 0, 3)


def _warning(text: str, span: Span, *help_: str, block: str | None = None) -> Diagnostic:
    return Diagnostic("K0936", text, Label(span), severity="warning", help=help_, block=block)
