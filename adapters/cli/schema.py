"""`kadenz schema infer FILE`: adds to schema.yaml what a file holds, and leaves what people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.common import BAD_INPUT, CLEAN, FormatOption, ProjectOption, Stop, bad_input, say, say_json, table

if TYPE_CHECKING:
    from adapters.infer import Guess
    from adapters.schema_additions import Additions

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.callback()
def schema() -> None:
    """Work on schema.yaml."""


@app.command("infer")
def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, xlsx or JSON Lines")],
    target: Annotated[
        str, typer.Option("--as", metavar="TARGET", help="contacts, event:NAME or fact:NAME")
    ] = "contacts",
    key: Annotated[str | None, typer.Option("--key", metavar="COLUMN", help="the column that is the key")] = None,
    matches: Annotated[
        str | None, typer.Option("--matches", metavar="FIELD", help="the contact field that a fact table's key equals")
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="of amounts that name none, like CHF")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what would be added, write nothing")] = False,
    format: FormatOption = "text",
    project: ProjectOption = Path(),
) -> int:
    """Add fields, properties or columns for what FILE holds. Fields that are there stay as they are."""
    from adapters.infer import infer
    from adapters.schema_additions import additions, known_currency
    from adapters.schema_edit import SchemaEditError
    from adapters.sources.cells import SourceError
    from adapters.sources.files import open_source

    path = project / "schema.yaml"
    if currency is not None and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise bad_input(f"`{currency}` is no currency code of three capitals")
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        guesses = infer(open_source(file), currency or known_currency(before))
        found = additions(before, guesses, target, key=key, matches=matches)
    except (SourceError, SchemaEditError) as error:
        raise bad_input(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise bad_input(f"`{path}` cannot be read: {error}") from error
    if found.problems:
        lines = [f"{p.summary}{f': {p.help}' if p.help else ''}" for p in found.problems]
        raise Stop(BAD_INPUT, "\n".join(f"kadenz: {line}" for line in lines))
    if found.text != before and not dry_run:
        _write(path, found.text)
    if format == "json":
        say_json(_json(found, dry_run=dry_run))
    else:
        _say(found, guesses, _next(found, guesses, file, target, project), dry_run=dry_run)
    return CLEAN


def _write(path: Path, text: str) -> None:
    """Replace the file in one step, so that a crash leaves the old one."""
    beside = path.with_name(path.name + ".new")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
        beside.replace(path)
    except OSError as error:
        raise bad_input(f"`{path}` cannot be written: {error}") from error


def _say(found: Additions, guesses: Sequence[Guess], then: str, *, dry_run: bool) -> None:
    if found.added:
        say(f"{'would be added' if dry_run else 'added'} to {found.section}:")
        say(table((g.name, g.type, g.why, f"e.g. {g.example}" if g.example else "") for g in found.added))
    else:
        say(f"nothing to add to {found.section}")
    if found.left:
        say("left as it is:")
        say(table((column, why) for column, why in found.left))
    for guess in found.added:
        if guess.bad:
            some = ", ".join(f"{line} (`{text}`)" for line, text in guess.bad)
            say(f"`{guess.column}` is {guess.type} but for these lines, which will go to the quarantine: {some}")
    for kind, other in (("number", "--number-format de"), ("date", "--date-format mdy")):
        if mixed := [g for g in guesses if g.open == kind]:
            ways = "a decimal point or a decimal comma" if kind == "number" else "day first or month first"
            say(f"`{mixed[0].column}` can be read with {ways} (`{mixed[0].example}`): say {other} where that is wrong")
    say(f"next: {then}")


def _next(found: Additions, guesses: Sequence[Guess], file: Path, target: str, project: Path) -> str:
    """The command that imports the file, as it can be typed."""
    words = ["kadenz", "import", str(file), "--as", target]
    for column, name in found.maps:
        words += ["--map", f"{column}={name}"]
    opened = {g.open for g in guesses}
    words += ["--number-format", "en"] if "number" in opened else []
    words += ["--date-format", "dmy"] if "date" in opened else []
    words += ["--project", str(project)] if project != Path() else []
    return " ".join(map(_word, words))


def _word(text: str) -> str:
    import shlex

    return shlex.quote(text)


def _json(found: Additions, *, dry_run: bool) -> dict[str, object]:
    return {
        "section": found.section,
        "dry_run": dry_run,
        "added": [
            {"column": g.column, "field": g.name, "type": g.type, "pii": g.pii, "normalise": list(g.normalise)}
            for g in found.added
        ],
        "left": [{"column": column, "why": why} for column, why in found.left],
        "maps": [{"column": column, "field": name} for column, name in found.maps],
    }
