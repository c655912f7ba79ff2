"""`kadenz`: the entry point. Each verb lives in a module of its own, imported when it is called: a lean start.

Exit codes are a contract: 0 clean; 1 findings (`check` with errors, failed tests, quarantined rows); 3 bad input
(wrong arguments, a project that does not check under another verb, an unreachable server); 4 our fault.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

INTERRUPTED = 130
"""What the command-line library makes of Ctrl-C: the shell's own code for it."""


@dataclass(frozen=True, slots=True)
class Verb:
    """Where a verb's `command` function (or typer app) lives, and its line in the help.

    `bare`: a module whose `bare(directory, ...)` does the verb where no arguments stand but its `operands` (how many
    words) and perhaps `--project DIR`, without the command-line library.
    """

    module: str
    help: str
    bare: str | None = None
    operands: int = 0


VERBS: Mapping[str, Verb] = {
    "init": Verb("adapters.cli.init", "start a project from a ready one"),
    "import": Verb("adapters.cli.import_", "bring contacts, events, consents and more into the store"),
    "schema": Verb("adapters.cli.schema", "add to schema.yaml what a file holds"),
    "check": Verb(
        "adapters.cli.check",
        "find every mistake in playbooks, templates and project files",
        "adapters.cli.checking",
    ),
    "fmt": Verb("adapters.cli.fmt", "bring playbooks into the one canonical layout"),
    "lint": Verb("adapters.cli.lint", "find what checks and is hardly ever meant"),
    "test": Verb("adapters.cli.test", "run the `test` blocks on both executors"),
    "new": Verb("adapters.cli.new", "write a test with invented people at the boundaries of a block"),
    "show": Verb("adapters.cli.show", "the result of any block: members, points, who would be reached"),
    "run": Verb("adapters.cli.run", "one tick: evaluate, decide, hand messages over"),
    "serve": Verb("adapters.cli.serve", "take what comes back over the web: one-click unsubscribe"),
    "pause": Verb("adapters.cli.pause", "let nothing leave, of one trigger or of all, from now on"),
    "resume": Verb("adapters.cli.resume", "take a pause back"),
    "settle": Verb("adapters.cli.settle", "say of an uncertain message whether it has left"),
    "decisions": Verb("adapters.cli.decisions", "who got what and who did not, and why: counted, or listed"),
    "outbox": Verb(
        "adapters.cli.outbox", "what is queued, held, sent and refused by channel, with each message as it reads"
    ),
    "preview": Verb("adapters.cli.preview", "a template as one contact would read it, and what was missing"),
    "doctor": Verb("adapters.cli.doctor", "look at stores, settings and invariants: is this fit to send?"),
    "disclose": Verb("adapters.cli.disclose", "all that is known of a person and was decided, for them to read"),
    "forget": Verb("adapters.cli.forget", "take a person out of everything that is kept, for good"),
    "retain": Verb("adapters.cli.retain", "delete events that are older than schema.yaml keeps them for"),
    "audit": Verb("adapters.cli.audit", "who did what, whether that record is whole, an anchor to keep elsewhere"),
    "explain": Verb(
        "adapters.cli.explain",
        "why a contact is where it is, and got what it got",
        "adapters.cli.explaining",
        operands=1,
    ),
    "plan": Verb("adapters.cli.plan", "whom a change of the playbooks reaches, against a commit"),
    "ci": Verb("adapters.cli.ci", "print the job that reviews pull requests, for GitHub or GitLab"),
    "comment": Verb("adapters.cli.comment", "the plan as the one comment of a pull request, in a job of a forge"),
    "apply": Verb(
        "adapters.cli.apply", "make the playbooks of a plan active, if they are what was planned and approved"
    ),
    "replay": Verb("adapters.cli.replay", "a period again with a virtual clock: what would have left, what held it"),
    "store": Verb("adapters.cli.store", "where the data lie, how large they are, how far copies are behind"),
    "graph": Verb("adapters.cli.graph", "draw what reads what, as Mermaid or as a page"),
    "compile": Verb("adapters.cli.compile", "print a stage of the way: tree, model, plan or SQL"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one verb and leave with its exit code."""
    gc.set_threshold(100_000, 50, 100)  # a verb makes much and drops little: looking for cycles took a tenth of it
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # to look for them takes longer than to validate our files
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(given))


def run(arguments: Sequence[str]) -> int:
    """Run one verb; the exit code. `--project DIR` may stand before the verb as well."""
    rest = list(arguments)
    leading: list[str] = []
    if rest[:1] == ["--project"] and len(rest) >= 2:
        leading, rest = rest[:2], rest[2:]
    elif rest and rest[0].startswith("--project="):
        leading, rest = rest[:1], rest[1:]
    if not rest or rest[0] in ("--help", "-h", "help"):
        sys.stdout.write(overview())
        return 0 if rest else 3
    if rest[0] == "--version":
        from importlib.metadata import version

        sys.stdout.write(f"kadenz {version('kadenz')}\n")
        return 0
    verb = VERBS.get(rest[0])
    if verb is None:
        from difflib import get_close_matches

        close = get_close_matches(rest[0], VERBS, 1)
        hint = f"; did you mean `{close[0]}`?" if close else ""
        sys.stderr.write(f"kadenz: there is no verb `{rest[0]}`{hint}\n\n{overview()}")
        return 3
    return _call(rest[0], verb, [*rest[1:], *leading])


def overview() -> str:
    """The help page: one line a verb."""
    lines = [f"  {name:<9} {verb.help}" for name, verb in VERBS.items()]
    return (
        "Usage: kadenz [--project DIR] VERB ...\n\nMarketing automation as code: playbooks as text, reviewed before "
        "anyone is mailed.\n\n" + "\n".join(lines) + "\n\n`kadenz VERB --help` says more about a verb.\n"
    )


def _call(name: str, verb: Verb, arguments: list[str]) -> int:
    from adapters.cli.plain import Stop

    try:
        plain = _plain(arguments, verb.operands)
        if verb.bare is not None and plain is not None:
            directory, operands = plain
            result = import_module(verb.bare).bare(directory, *operands)
        else:
            result = _typed(name, verb, arguments)
    except Stop as stop:
        sys.stdout.flush()
        if stop.text:
            sys.stderr.write(stop.text.rstrip() + "\n")
        return stop.code
    except KeyboardInterrupt:
        result = INTERRUPTED
    except BrokenPipeError:
        return 0
    except Exception as error:  # noqa: BLE001  # the last line of defence: exit 4 and ask for a report
        show = getattr(error, "show", None)
        if callable(show) and hasattr(error, "exit_code"):  # wrong arguments: the command-line library's own errors
            show()
            return 3
        if _is_of_a_store(error):
            sys.stderr.write(f"kadenz: {error}\n")
            return 3
        _our_fault(error)
        return 4
    if result == INTERRUPTED:
        sys.stderr.write("\ninterrupted; what was done is kept, nothing is lost: the same command goes on from here\n")
    return result if isinstance(result, int) else 0


def _plain(arguments: Sequence[str], operands: int) -> tuple[Path, Sequence[str]] | None:
    """The project's folder and the operands, where nothing else is asked; None where the arguments say more."""
    match arguments:
        case ["--project", directory, *words] if not directory.startswith("-"):
            pass
        case [*words, "--project", directory] if not directory.startswith("-"):
            pass
        case words:
            directory = "."
    if len(words) != operands or any(word.startswith("-") for word in words):
        return None
    return Path(directory), words


def _typed(name: str, verb: Verb, arguments: list[str]) -> Any:
    """Run a verb through the command-line library."""
    import typer

    module = import_module(verb.module)
    app = getattr(module, "app", None)
    if app is None:
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        app.command(name)(module.command)
    try:
        return typer.main.get_command(app).main(arguments, prog_name=f"kadenz {name}", standalone_mode=False)
    except typer.Abort:
        return INTERRUPTED


def _is_of_a_store(error: Exception) -> bool:
    """Whether a store could not be used: a server may go away under any verb. Only who opened one has the module."""
    ledger, facts = (sys.modules.get(f"adapters.stores.{name}_database") for name in ("ledger", "facts"))
    return (ledger is not None and isinstance(error, ledger.LedgerError)) or (
        facts is not None and isinstance(error, facts.StoreError)
    )


def _our_fault(error: Exception) -> None:
    """A bug says so. The traceback goes to standard error; it names code, and values only where Python does."""
    import traceback

    traceback.print_exception(error)
    sys.stderr.write("\nThis is a mistake in Kadenz, not in your files. Please report it with the lines above.\n")


if __name__ == "__main__":
    main()
