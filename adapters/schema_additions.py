"""What `kadenz schema infer` adds: guesses about columns, matched against what schema.yaml has already."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.importing.columns import fold
from adapters.importing.targets import AT_ALIASES, CONTACT_ALIASES, Problem
from adapters.infer import Guess, field_name
from adapters.schema_edit import add, plain, read
from dsl.names import nearest
from dsl.schema import MESSAGE_EVENTS


@dataclass(frozen=True, slots=True)
class Additions:
    """The new text of schema.yaml, what was added to it, what was left and why, and how to import the file."""

    text: str
    section: str = ""
    added: tuple[Guess, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    maps: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Work:
    text: str
    guesses: Sequence[Guess]
    left: list[tuple[str, str]] = field(default_factory=list)
    maps: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def fresh(self, there: Mapping[str, Any], skip: Mapping[str, str]) -> list[Guess]:
        """Columns that become fields: not there yet, not used otherwise (`skip`: column -> as what)."""
        have = {fold(name): name for name in there}
        taken: dict[str, str] = {}
        found = []
        for guess in self.guesses:
            folded = fold(guess.name)
            if guess.column in skip:
                self.left.append((guess.column, skip[guess.column]))
            elif not guess.name:
                self.left.append((guess.column or "(no name)", "no field can be named after it"))
            elif folded in have:
                self.map(guess, have[folded])
                self.left.append((guess.column, f"`{have[folded]}` is there already"))
            elif folded in taken:
                self.left.append((guess.column, f"`{taken[folded]}` has the same name"))
            else:
                taken[folded] = guess.column
                self.map(guess, guess.name)
                found.append(guess)
        return found

    def map(self, guess: Guess, name: str) -> None:
        """Remember that the import must be told, where the names differ for it."""
        if fold(guess.column) != fold(name):
            self.maps.append((guess.column, name))

    def check(self, key: str | None) -> None:
        """Report a key that the file has no column for."""
        if key is not None:
            self.column(key, "--key")

    def column(self, name: str, option: str) -> Guess | None:
        """The column that the user named."""
        found = next((g for g in self.guesses if g.column == name or fold(g.column) == fold(name)), None)
        if found is None:
            near = nearest(name, [g.column for g in self.guesses])
            seen = ", ".join(f"`{g.column}`" for g in self.guesses[:12])
            help_ = f"did you mean `{near}`?" if near is not None else f"it has {seen}"
            problem = Problem(f"the file has no column `{name}` ({option})", help_)
            if problem not in self.problems:
                self.problems.append(problem)
        return found

    def by_alias(self, aliases: Sequence[str]) -> Guess | None:
        """The column with the first of these names that there is."""
        folded = {fold(g.column): g for g in reversed(self.guesses)}
        return next((folded[fold(a)] for a in aliases if fold(a) in folded), None)

    def done(self, section: str, added: Sequence[Guess]) -> Additions:
        """The outcome; nothing is added where there are problems."""
        if self.problems:
            return Additions(self.text, section, problems=tuple(self.problems), left=tuple(self.left))
        return Additions(self.text, section, tuple(added), tuple(self.left), tuple(self.maps))


def known_currency(text: str) -> str | None:
    """The one currency that the fields of schema.yaml name; None for none and for several. Raises SchemaEditError."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for child in node.values():
                walk(child)
        elif isinstance(node, str) and (money := re.fullmatch(r"money ([A-Z]{3})", node.strip())):
            found.add(money[1])

    walk(plain(read(text)))
    return found.pop() if len(found) == 1 else None


def additions(
    text: str, guesses: Sequence[Guess], target: str, *, key: str | None = None, matches: str | None = None
) -> Additions:
    """Add to `text` (schema.yaml, may be empty) what the guesses say. `target`: contacts, event:NAME or fact:NAME.

    `key`: the column that is the contact's key (contacts, events) or the table's key (facts). `matches`: the contact
    field that a fact table's key equals. Raises SchemaEditError if the file cannot be read.
    """
    work = _Work(text, guesses)
    kind, _, name = target.partition(":")
    contacts = read(text).get("contacts") or {}
    work.check(key)
    match kind, name:
        case "contacts", "":
            return _contacts(work, contacts, key)
        case (("event" | "fact"), name) if name and field_name(name) == name.lower() and name.isidentifier():
            if name in MESSAGE_EVENTS:
                work.problems.append(Problem(f"every project has the event `{name}` already"))
                return work.done(target, ())
            there = (read(text).get(f"{kind}s") or {}).get(name) or {}
            if kind == "event":
                return _event(work, name, there, contacts, key)
            return _fact(work, name, there, contacts, key, matches)
        case _:
            help_ = "write --as contacts, --as event:NAME or --as fact:NAME, a name of letters, digits and underscores"
            work.problems.append(Problem(f"`{target}` is nothing that schema.yaml describes", help_))
            return work.done(target, ())


def _entries(guesses: Sequence[Guess]) -> dict[str, Any]:
    return {g.name: g.entry for g in guesses}


def _contacts(work: _Work, contacts: Mapping[str, Any], key: str | None) -> Additions:
    known = contacts.get("key")
    if known is not None:
        own = work.column(key, "--key") if key else work.by_alias((str(known),))
        if own is None and key is None:
            likely = work.by_alias(CONTACT_ALIASES) or _likely_key(work.guesses)
            example = f", like --key {shlex.quote(likely.column)}" if likely is not None else ""
            seen = ", ".join(f"`{g.column}`" for g in work.guesses[:12])
            help_ = f"name the one that holds the key with --key COLUMN{example}; it has {seen}"
            work.problems.append(
                Problem(f"the key of the contacts is `{known}` in schema.yaml, and the file has no such column", help_)
            )
    elif key is not None:
        own = work.column(key, "--key")
    else:
        own = _likely_key(work.guesses)
        if own is None:
            work.problems.append(
                Problem("no column tells every contact apart", "name the one that is the key with --key COLUMN")
            )
    if own is not None:
        if known is None:
            known = own.name
            work.text = add(work.text, ("contacts",), {"key": known})
        work.map(own, str(known))
    skip = {own.column: "the key of the contact"} if own is not None else {}
    added = work.fresh(contacts.get("fields") or {}, skip)
    if not work.problems and added:
        work.text = add(work.text, ("contacts", "fields"), _entries(added))
    return work.done("contacts", added)


def _likely_key(guesses: Sequence[Guess]) -> Guess | None:
    """The first column whose values are all there and all different: by an id's name before any other."""
    unique = [g for g in guesses if g.unique and g.name and g.type in {"text", "number"} and not g.normalise]
    named = [g for g in unique if fold(g.column).endswith(("id", "key", "nr", "nummer", "number", "no"))]
    return next(iter([*named, *unique]), None)


def _likely_id(guesses: Sequence[Guess], event: str, there: Mapping[str, Any]) -> Guess | None:
    """The column that tells the events apart: all values different, by its name an id, no property yet."""
    have = {fold(name) for name in there}
    likely = [
        g
        for g in guesses
        if g.unique and fold(g.name) not in have and fold(g.column).endswith(("id", "nr", "no", "nummer", "number"))
    ]
    own = fold(f"{event}_id")
    return next(iter(sorted(likely, key=lambda g: fold(g.column) != own)), None)


def _event(work: _Work, name: str, there: Mapping[str, Any], contacts: Mapping[str, Any], key: str | None) -> Additions:
    known = contacts.get("key")
    who = work.column(key, "--key") if key else work.by_alias((str(known or ""), *CONTACT_ALIASES))
    if who is None and not work.problems:
        work.problems.append(
            Problem("no column says whose event it is", "name the one with the contact's key with --key COLUMN")
        )
    skip: dict[str, str] = {}
    if who is not None:
        skip[who.column] = "the contact of the event"
        if fold(who.column) not in {fold(a) for a in (str(known or who.name), *CONTACT_ALIASES)}:
            work.maps.append((who.column, "contact"))
    when = work.by_alias(AT_ALIASES)
    if when is None or when.type not in {"datetime", "date"}:
        moments = [g for g in work.guesses if g.type == "datetime"] or [g for g in work.guesses if g.type == "date"]
        when = next(iter(sorted(moments, key=lambda g: not g.offset)), None)
        if when is not None:
            work.maps.append((when.column, "at"))
    if when is not None:
        skip[when.column] = "the instant of the event"
    own_id = work.by_alias(("id", "event_id"))
    if own_id is None:
        own_id = _likely_id([g for g in work.guesses if g.column not in skip], name, there.get("properties") or {})
        if own_id is not None:
            work.maps.append((own_id.column, "id"))
    if own_id is not None:
        skip.setdefault(own_id.column, "the id of the event")
    added = work.fresh(there.get("properties") or {}, skip)
    if not work.problems:
        if known is None and who is not None:
            work.text = add(work.text, ("contacts",), {"key": who.name})
        if added:
            work.text = add(work.text, ("events", name, "properties"), _entries(added))
        elif not there:
            work.text = add(work.text, ("events",), {name: {"properties": {}}})
    return work.done(f"event `{name}`", added)


def _fact(
    work: _Work, name: str, there: Mapping[str, Any], contacts: Mapping[str, Any], key: str | None, matches: str | None
) -> Additions:
    if there:
        added = work.fresh(there.get("columns") or {}, {})
        if added:
            work.text = add(work.text, ("facts", name, "columns"), _entries(added))
        return work.done(f"fact table `{name}`", added)
    fields = {*(contacts.get("fields") or {}), contacts.get("key")}
    own = work.column(key, "--key") if key else _likely_key(work.guesses)
    if own is None and not work.problems:
        work.problems.append(Problem("no column tells the rows apart", "name the key of the table with --key COLUMN"))
    if own is not None and matches is None:
        matches = next((f for f in fields if f is not None and fold(str(f)) == fold(own.name)), None)
    if matches is None or matches not in fields:
        said = f"there is no contact field `{matches}`" if matches else "it is not clear which contact field it matches"
        work.problems.append(Problem(said, "name the contact field that the key equals with --matches FIELD"))
    added = work.fresh({}, {})
    if own is not None and not work.problems:
        head: dict[str, Any] = {"key": own.name, "matches": str(matches)}
        columns = _entries(added)
        moments = [g for g in added if g.type in {"date", "datetime"}]
        if not own.unique and len(moments) == 1:
            # rows of one key are told apart by their time: the newest counts
            head["time"] = moments[0].name
            columns[moments[0].name] = "datetime"
        work.text = add(work.text, ("facts",), {name: {**head, "columns": columns}})
    return work.done(f"fact table `{name}`", added)
