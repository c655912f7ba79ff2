from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.channels import open_channels
from adapters.channels.folder import FolderChannel, file_name
from adapters.channels.smtp import SmtpChannel
from adapters.project import load
from engine.protocols import Rendered, Unreachable
from tests.adapters.test_project import KADENZ, SCHEMA

MESSAGE = Rendered(
    key="0123456789abcdef" * 4,
    contact="anna",
    channel="letter",
    address="Hauptstrasse 1",
    subject="Grüezi",
    text="Hello\nAnna\n",
    html="<p>Hello</p>",
    language="de",
    template="welcome",
    trigger="start",
)


def yes() -> bool:
    return True


def test_one_file_with_a_head(tmp_path: Path) -> None:
    channel = FolderChannel(tmp_path / "a" / "b")
    receipt = channel.hand_over(MESSAGE, yes)
    assert receipt.outcome == "sent"
    files = list((tmp_path / "a" / "b").iterdir())
    assert [f.name for f in files] == ["welcome-anna-0123456789ab.txt"] == [receipt.provider_id]
    assert files[0].read_text(encoding="utf-8") == (
        "to: Hauptstrasse 1\nsubject: Grüezi\nchannel: letter\ntrigger: start\ntemplate: welcome\ncontact: anna\n"
        f"language: de\nkey: {MESSAGE.key}\n\nHello\nAnna\n\n--- html ---\n<p>Hello</p>\n"
    )


def test_handing_over_again_gives_the_same_file(tmp_path: Path) -> None:
    assert FolderChannel(tmp_path).guarantee.idempotent
    FolderChannel(tmp_path).hand_over(MESSAGE, yes)
    (first,) = tmp_path.iterdir()
    before = first.read_bytes()
    FolderChannel(tmp_path).hand_over(MESSAGE, yes)
    assert [f.read_bytes() for f in tmp_path.iterdir()] == [before]


def test_the_marker_comes_before_the_file(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def commit() -> bool:
        seen.append([f.name for f in tmp_path.iterdir() if not f.name.startswith(".")])
        return True

    FolderChannel(tmp_path).hand_over(MESSAGE, commit)
    assert seen == [[]]
    assert len(list(tmp_path.iterdir())) == 1


def test_refused_at_the_marker_leaves_nothing(tmp_path: Path) -> None:
    FolderChannel(tmp_path).hand_over(MESSAGE, lambda: False)
    assert list(tmp_path.iterdir()) == []


def test_a_failing_marker_leaves_nothing(tmp_path: Path) -> None:
    def commit() -> bool:
        raise RuntimeError("ledger gone")

    with pytest.raises(RuntimeError):
        FolderChannel(tmp_path).hand_over(MESSAGE, commit)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    calls: list[int] = []

    def commit() -> bool:
        calls.append(1)
        return True

    with pytest.raises(Unreachable, match="cannot write into"):
        FolderChannel(tmp_path / "file").hand_over(MESSAGE, commit)
    assert calls == []


def test_a_full_disk_is_unreachable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unreachable, match="no space left on device"):
        FolderChannel(tmp_path).hand_over(MESSAGE, yes)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "contact", ["../../etc/passwd", "a/b\\c", "..", "", "x" * 500, "new\nline", "nul\x00", "CON:|?*"]
)
def test_names_stay_inside_the_folder(tmp_path: Path, contact: str) -> None:
    folder = tmp_path / "in"
    message = replace(MESSAGE, contact=contact, template="../t")
    assert FolderChannel(folder).hand_over(message, yes).outcome == "sent"
    assert [f.name for f in tmp_path.iterdir()] == ["in"]
    (file,) = folder.iterdir()
    assert file.name == file_name(message)
    head = file.read_text(encoding="utf-8").split("\n\n")[0].splitlines()
    assert len(head) <= 8


def test_channels_of_a_project(tmp_path: Path) -> None:
    (tmp_path / "kadenz.yaml").write_text(KADENZ, encoding="utf-8")
    (tmp_path / "schema.yaml").write_text(SCHEMA, encoding="utf-8")
    project = load(tmp_path)
    live = open_channels(project, rehearsal=False, clock=lambda: 0, environment={"SHOP": "secret"})
    assert set(live) == {"email", "letter", "notify", "call"}
    assert isinstance(live["email"], SmtpChannel)
    assert not live["email"].guarantee.idempotent
    assert live["notify"].guarantee.idempotent
    notice = replace(MESSAGE, channel="notify", address="sales", template="", html=None)
    assert live["notify"].hand_over(notice, yes).outcome == "sent"
    assert [f.name for f in (tmp_path / "out/sales").iterdir()] == ["notice-anna-0123456789ab.txt"]
    assert live["notify"].hand_over(replace(notice, address="nobody"), yes).outcome == "failed"
    rehearsal = open_channels(project, rehearsal=True, clock=lambda: 0, environment={})
    for name in ("email", "letter"):
        rehearsal[name].hand_over(MESSAGE, yes)
        assert len(list((tmp_path / "out/rehearsal" / name).iterdir())) == 1
    rehearsal["notify"].hand_over(notice, yes)
    assert len(list((tmp_path / "out/rehearsal/notify/sales").iterdir())) == 1
    for channel in (*live.values(), *rehearsal.values()):
        channel.close()
