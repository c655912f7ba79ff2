"""Seven mistakes that the promises forbid, each put into a copy of the program: its proof must turn red.

    python -m scripts.mutants [NAME ...]

A suite that no longer fails on them has gone blind. Exit code 0 only if every mutant was found; what a mutant changes
must stand in the program word for word, so that it is not outlived by the code.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("adapters", "dsl", "engine", "playbooks", "scripts", "tests", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is replaced by `after` in a file, once."""

    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mistake, and the proofs of which at least one must find it."""

    name: str
    about: str
    changes: tuple[Change, ...]
    proofs: tuple[str, ...]


_OUTBOX = "adapters/stores/ledger_outbox.py"
_SQLITE = "adapters/stores/ledger_sqlite.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "acknowledge before commit",
        "a commit is told before it is on the disk",
        (
            Change(_SQLITE, 'connection.pragma("synchronous", "full")', 'connection.pragma("synchronous", "off")'),
            Change(_SQLITE, "_FULL = 2", "_FULL = 0"),
        ),
        ("tests/torture/test_power.py",),
    ),
    Mutant(
        "send then mark",
        "the marker is written with the result, when the message has left",
        (
            Change(
                _OUTBOX,
                "        self._database.run(_MARK, (int(repeatable), now, row.id))\n"
                "        self._database.run(_ATTEMPT, (now, row.id))\n        return True",
                "        return True",
            ),
            Change(
                _OUTBOX,
                '        if state == "claimed" and receipt.outcome in ("sent", "uncertain"):\n',
                '        if state == "claimed":\n'
                "            self._database.run(_MARK, (0, now, row.id))\n"
                "            self._database.run(_ATTEMPT, (now, row.id))\n"
                '            state = "committing"\n'
                '        if state == "never":\n',
            ),
        ),
        ("tests/torture/test_kills.py",),
    ),
    Mutant(
        "no lock before counting",
        "ticks beside each other count what the other one is about to reserve",
        (
            Change(
                "adapters/stores/ledger_postgres.py",
                "f\"begin; select pg_advisory_xact_lock{'_shared' if shared else ''}({two}, {one})\".encode()",
                'f"begin; select {two}, {one}".encode()',
            ),
            Change("engine/tick/attempt.py", "if ledger.last_tick() != last:", "if last is not None and not last:"),
        ),
        ("tests/torture/test_runners.py::test_adjacent_bursts_of_several_runs",),
    ),
    Mutant(
        "random key",
        "the decision key differs each time the same occasion is seen",
        (
            Change(
                "engine/keys.py",
                "    parts = (trigger_id, contact, occasion)\n",
                "    from uuid import uuid4\n\n    parts = (trigger_id, contact, occasion, uuid4().hex)\n",
            ),
        ),
        ("tests/torture/test_restore.py",),
    ),
    Mutant(
        "consent not read again",
        "who withdrew after the tick gets the message",
        (
            Change(
                "adapters/stores/ledger_gates.py",
                "    if to_contact and (why := _no_consent(",
                "    if not row and (why := _no_consent(",
            ),
        ),
        ("tests/torture/test_withdrawals.py",),
    ),
    Mutant(
        "requeue after the marker",
        "what may have left goes back into the queue when its run died",
        (Change(_OUTBOX, 'if state == "claimed" or again:', 'if state in ("claimed", "committing") or again:'),),
        ("tests/torture/test_kills.py",),
    ),
    Mutant(
        "version in the key",
        "an edited text makes a new decision of the same occasion",
        (
            Change(
                "engine/fire.py",
                "key=decision_key(trigger.id, seen.contact, seen.occasion),",
                "key=decision_key(trigger.id, seen.contact, seen.occasion + repr(trigger.sends)),",
            ),
        ),
        ("tests/torture/test_restore.py",),
    ),
)


def copy_with(changes: Sequence[Change], folder: Path) -> None:
    """The program into `folder`, changed. Raises ValueError where a text does not stand there exactly once."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".kadenz*", "out"))
        else:
            shutil.copyfile(source, folder / name)
    for change in changes:
        path = folder / change.file
        text = path.read_text(encoding="utf-8")
        if text.count(change.before) != 1:
            raise ValueError(f"{change.file} does not hold once: {change.before.strip()}")
        path.write_text(text.replace(change.before, change.after), encoding="utf-8")


def proved(folder: Path, proofs: Sequence[str]) -> tuple[int, str]:
    """pytest's exit code over the proofs in a copy, and the last line it said."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *proofs]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=900)
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return done.returncode, lines[-1] if lines else done.stderr.strip()[-200:]


RED = 1
"""pytest ran, and a test failed. Any other code (nothing collected, an import that breaks) proves nothing."""


def main(names: Sequence[str]) -> int:
    """Try every mutant (or those named), and first of all the proofs on the program as it is."""
    chosen = [m for m in MUTANTS if not names or m.name in names]
    if not chosen or len(chosen) < len(names):
        print(f"mutants are: {', '.join(m.name for m in MUTANTS)}", file=sys.stderr)
        return 3
    blind = 0
    with tempfile.TemporaryDirectory() as place:
        sound = Path(place) / "sound"
        sound.mkdir()
        copy_with((), sound)
        proofs = list(dict.fromkeys(proof for mutant in chosen for proof in mutant.proofs))
        code, last = proved(sound, proofs)
        print(f"{'as it is':<28}{'green' if code == 0 else 'RED: ' + last}", flush=True)
        if code != 0:
            return 1
        for number, mutant in enumerate(chosen):
            folder = Path(place) / str(number)
            folder.mkdir()
            copy_with(mutant.changes, folder)
            start = time.monotonic()
            code, last = proved(folder, mutant.proofs)
            found = code == RED
            blind += not found
            seconds = time.monotonic() - start
            told = f"red after {seconds:.0f} s" if found else f"NOT FOUND (exit code {code}: {last})"
            print(f"{mutant.name:<28}{told}", flush=True)
    print("every mutant was found" if not blind else f"{blind} mutants were not found")
    return 1 if blind else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
