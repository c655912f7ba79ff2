"""The walk-through of docs/channels.md, command by command, in one shell."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

from tests.adapters.smtp_server import free_port
from tests.docs.test_docs import ROOT, Snippet, says_in_order

PAGE = ROOT / "docs" / "channels.md"
PORTS = ("8025", "8080")
"""Those of the page; the test takes others."""

BLOCK = re.compile(r"^```(sh)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps(section: str) -> list[tuple[str, str | None]]:
    """The blocks of commands, each with what is shown below it."""
    found: list[tuple[str, str | None]] = []
    for kind, text in BLOCK.findall(section):
        if kind == "sh":
            found.append((text, None))
        else:
            found[-1] = (found[-1][0], text)
    return found


def command(folder: Path, name: str, words: str) -> None:
    """A program of this name that is this interpreter with these words."""
    path = folder / name
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n', encoding="utf-8")
    path.chmod(0o755)


def test_the_walk_through_of_the_page_works(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.split("## The whole way, once\n")[1].split("\n## ")[0]
    chosen = {port: str(free_port()) for port in PORTS}
    for written, port in chosen.items():
        section = section.replace(written, port)
    walk = steps(section)
    assert sum(shown is not None for _, shown in walk) >= 7
    programs = tmp_path / "programs"
    programs.mkdir()
    command(programs, "kadenz", "-m adapters.cli.main")
    command(programs, "python", "")
    ports = "; ".join(f"s/{written}/{port}/" for written, port in chosen.items())
    first, *others = [f"{commands}echo '== {number}'\n" for number, (commands, _) in enumerate(walk)]
    moved = first.replace("cd loop\n", f"cd loop\nsed -i '{ports}' kadenz.yaml\n")
    assert moved != first
    shell = subprocess.Popen(
        ["bash", "-e", "-c", "trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n" + moved + "".join(others)],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        out, _ = shell.communicate(timeout=300)
    except subprocess.TimeoutExpired:
        os.killpg(shell.pid, signal.SIGKILL)
        out, _ = shell.communicate()
        raise AssertionError(out) from None
    assert shell.returncode == 0, out
    said = re.split(r"^== \d+\n", out, flags=re.MULTILINE)
    for (commands, shown), told in zip(walk, said, strict=False):
        if shown is not None:
            says_in_order(Snippet(PAGE, commands.count("\n"), "output", shown), told)
    mails = [path.read_text(encoding="utf-8") for path in (tmp_path / "loop" / "mails" / "new").iterdir()]
    subjects = sorted(line for mail in mails for line in mail.splitlines() if line.startswith("Subject:"))
    assert subjects == ["Subject: Please confirm your address", "Subject: You liked the e-book", "Subject: Your e-book"]
    told_her = tmp_path / "loop" / "nora.html"
    assert "double opt-in; form /newsletter; proof 7f3a" in told_her.read_text(encoding="utf-8")
    assert stat.S_IMODE(told_her.stat().st_mode) == 0o600
