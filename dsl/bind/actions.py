"""What a trigger does: messages in the order in which they are tried, notices, fields that it sets and hooks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from dsl import model, tree
from dsl.bind.context import Scope, origin
from dsl.bind.lookup import block_named, channel_named, unknown
from dsl.bind.setting import call, set_field
from dsl.bind.values import value
from dsl.diagnostics import Label
from dsl.names import listed
from dsl.schema import carries_mail, preferable
from dsl.types import Text


@dataclass(frozen=True, slots=True)
class Actions:
    """See `dsl.model.Trigger`."""

    sends: tuple[model.Send, ...]
    otherwise: model.Notify | None
    notifies: tuple[model.Notify, ...]
    sets: tuple[model.SetField, ...]
    calls: tuple[model.Call, ...]


def actions_of(scope: Scope, block: tree.Trigger) -> Actions:
    """The actions of a trigger; those with a mistake are left out after a finding."""
    sends: list[model.Send] = []
    notifies: list[model.Notify] = []
    sets: list[model.SetField] = []
    calls: list[model.Call] = []
    groups = [clause for clause in block.clauses if isinstance(clause, tree.Actions)]
    sending = [group for group in groups if any(isinstance(item, tree.Send) for item in group.items)]
    for before, extra in pairwise(sending):
        last = before.items[-1]
        if isinstance(last, tree.Send) and last.template.text == "else":
            continue  # the `else` was read as the template
        scope.error(
            "K0314",
            "a trigger sends one message at most",
            extra.span,
            "a second `send`",
            "join them with `else` to try one after the other, or write a second trigger",
        )
    otherwise: model.Notify | None = None
    for group in groups:
        first, *others = group.items
        for item in group.items:
            match item:
                case tree.Send() if item.channel.text == "preferred":
                    sends += _preferred(scope, item, last=item is group.items[-1])
                case tree.Send():
                    sends += filter(None, [_send(scope, item)])
                case tree.Notify() if item in others and isinstance(first, tree.Send):
                    otherwise = otherwise or _notify(scope, item)
                case tree.Notify():
                    notifies += filter(None, [_notify(scope, item)])
                case tree.SetField():
                    sets += filter(None, [set_field(scope, item)])
                case tree.Call():
                    calls += filter(None, [call(scope, item)])
        _check_order(scope, group)
    if not groups:
        scope.error(
            "K0310",
            f"the trigger `{block.head.name.text}` does nothing",
            block.head.name.span,
            "no action follows",
            'add `send CHANNEL TEMPLATE`, `notify TEAM ".."`, `set FIELD to ..` or `call HOOK`',
        )
    twice = [one for one in sets if one.name in {other.name for other in sets if other is not one}]
    if len(twice) > 1:
        scope.error(
            "K0303",
            f"`{twice[1].name}` is set twice",
            twice[1].span,
            "set again here",
            "keep one of them",
            secondary=(Label(twice[0].span, "set first here"),),
        )
    return Actions(tuple(sends), otherwise, tuple(notifies), tuple(sets), tuple(calls))


def _check_order(scope: Scope, group: tree.Actions) -> None:
    """In a chain of `else` stand ways of sending, and a notice at its end: it always gets through, so what follows it
    is never tried."""
    if len(group.items) > 1 and (alone := [i for i in group.items if isinstance(i, tree.SetField | tree.Call)]):
        scope.error(
            "K0318",
            "this is no way of sending",
            alone[0].span,
            "not in a chain of `else`",
            "`set` and `call` stand on a line of their own, beside what is sent",
        )
        return
    for at, item in enumerate(group.items[:-1]):
        if isinstance(item, tree.Notify):
            scope.error(
                "K0318",
                "this is never tried",
                group.items[at + 1].span,
                "after `notify`",
                "`notify` needs neither consent nor room, so it ends the chain: put it last, or take out the `else`",
                secondary=(Label(item.span, "this always gets through"),),
            )
            return


def _send(scope: Scope, node: tree.Send) -> model.Send | None:
    templates, channels = scope.project.templates, scope.project.schema.channels
    offer = None if node.offer is None else block_named(scope, node.offer, "offer")
    name = node.template.text
    if name == "else" and name not in templates:  # the next action was read as the template
        typed = node.channel.text
        which = "which template" if typed in channels else "by which channel"
        says = f"send {typed} TEMPLATE" if typed in channels else f"send email {typed}"
        scope.error("K0122", f"`send {typed}` does not say {which}", node.channel.span, f"{which}?", f"write `{says}`")
        return None
    channel = channel_named(scope, node.channel)
    serving = sorted(t for t, served in templates.items() if channel is None or channel in served)
    if name not in templates:
        hint = "a template is a file in templates/ with its channel in the head"
        unknown(scope, "template", node.template, serving, hint)
        return None
    if channel is None or (offer is None and node.offer is not None):
        return None
    if channel not in templates[name]:
        can = listed(sorted(templates[name]), last="and") or "no channel"
        meant = scope.nearest(name, serving)
        help_ = [f"for {channel} there is `{meant}`"] if meant else []
        scope.error(
            "K0211",
            f"the template `{name}` is not made for `{channel}`",
            node.template.span,
            f"it serves {can}",
            *help_,
        )
        return None
    before = len(scope.project.found)
    sender, reply_to = (_mail_field(scope, channel, path, node) for path in (node.sender, node.reply_to))
    if len(scope.project.found) > before:
        return None
    offered = node.offer.text if node.offer else None
    return model.Send(channel, name, offered, span=node.span, sender=sender, reply_to=reply_to)


def _preferred(scope: Scope, node: tree.Send, *, last: bool) -> list[model.Send]:
    """The ways of `send preferred`, one for each channel that a contact can prefer."""
    if node.template.text == "else" and "else" not in scope.project.templates:  # the next action was read as it
        scope.error(
            "K0122",
            "`send preferred` does not say which template",
            node.channel.span,
            "which template?",
            "write `send preferred TEMPLATE`",
        )
        return []
    if last:
        scope.error(
            "K0319",
            "`send preferred` does not say what else",
            node.span,
            "no `else` follows",
            "some contacts have no preference, or cannot be reached by it: add `else send CHANNEL TEMPLATE`",
        )
    name, templates = node.template.text, scope.project.templates
    channels = preferable(scope.project.schema)
    if not channels:
        field = scope.project.schema.preferred_field
        scope.error("K0319", f"`{field}` names no channel of this project", node.channel.span, "nothing to prefer")
        return []
    lacking = [channel for channel in channels if name in templates and channel not in templates[name]]
    if lacking:
        scope.error(
            "K0211",
            f"the template `{name}` is not made for {listed([f'`{one}`' for one in lacking], last='and')}",
            node.template.span,
            f"it serves {listed(sorted(templates[name]), last='and') or 'no channel'}",
            f"a contact may prefer {listed(channels)}: the template must serve them all",
        )
        return []
    made = []
    for channel in channels:
        as_said = replace(node, channel=tree.Name(channel, span=node.channel.span))
        one = _send(scope, as_said)
        if one is None:
            return []
        made.append(replace(one, preferred=True))
    return made


def _mail_field(scope: Scope, channel: str, path: tree.Path | None, node: tree.Send) -> str | None:
    """The name of a contact field that holds a mail address; a finding for anything else."""
    if path is None:
        return None
    schema = scope.project.schema
    if not carries_mail(schema, channel):
        scope.error(
            "K0317",
            f"`{channel}` has no sender to choose",
            path.span,
            "mails only",
            "only a channel whose address is a mail address (`normalise: [email]` in schema.yaml) has one",
            secondary=(Label(node.channel.span, "by this channel"),),
        )
        return None
    found = value(scope, path, lambda kind: isinstance(kind, Text))
    if found is None:
        return None
    if isinstance(found, model.FieldValue) and "email" in schema.fields[found.name].normalise:
        return found.name
    mails = [name for name, one in schema.fields.items() if "email" in one.normalise]
    meant = scope.nearest(path.first.text, mails)
    scope.error(
        "K0317",
        f"`{scope.text(path.span)}` is no field with a mail address",
        path.span,
        origin(scope, found),
        f"did you mean `{meant}`?"
        if meant
        else "a sender is a text field of the contact with `normalise: [email]` in schema.yaml",
    )
    return None


def _notify(scope: Scope, node: tree.Notify) -> model.Notify | None:
    if node.team.text not in scope.project.schema.teams:
        unknown(scope, "team", node.team, scope.project.schema.teams, "teams are declared in kadenz.yaml")
        return None
    return model.Notify(node.team.text, node.text.text, span=node.span)
