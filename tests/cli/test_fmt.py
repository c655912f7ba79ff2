from __future__ import annotations

import io
import shutil
import stat
import sys
from pathlib import Path

import pytest

from dsl.fmt import Formatted, UnsoundLayoutError
from tests.cli.conftest import Kadenz

ROUGH = "segment  a where vip # who\r\n"
FINE = "segment a\n  where vip  # who\n"
WRONG = "segment a wher vip\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "kadenz.yaml").write_text("name: x\n")
    (tmp_path / "playbooks" / "deep").mkdir(parents=True)
    (tmp_path / "playbooks" / "deep" / "rough.play").write_bytes(ROUGH.encode())
    (tmp_path / "playbooks" / "fine.play").write_text(FINE)
    return tmp_path


def contents(project: Path) -> dict[str, bytes]:
    return {p.relative_to(project).as_posix(): p.read_bytes() for p in sorted(project.rglob("*")) if p.is_file()}


def test_all_playbooks_of_a_project_are_laid_out(project: Path, kadenz: Kadenz) -> None:
    rough = project / "playbooks" / "deep" / "rough.play"
    rough.chmod(0o640)
    said = kadenz("fmt", "--project", project)
    assert (said.code, said.err) == (0, "")
    assert said.out == "laid out playbooks/deep/rough.play\n1 file changed, 1 file as before\n"
    assert rough.read_bytes() == FINE.encode()
    assert stat.S_IMODE(rough.stat().st_mode) == 0o640
    assert sorted(contents(project)) == ["kadenz.yaml", "playbooks/deep/rough.play", "playbooks/fine.play"]
    assert kadenz("fmt", "--project", project).out == "0 files changed, 2 files as before\n"


def test_check_names_what_would_change_and_writes_nothing(project: Path, kadenz: Kadenz) -> None:
    before = contents(project)
    said = kadenz("fmt", "--check", "--project", project)
    assert (said.code, said.out, said.err) == (1, "would change playbooks/deep/rough.play\n", "")
    assert contents(project) == before
    assert kadenz("fmt", "--check", project / "playbooks" / "fine.play").code == 0


def test_diff_shows_the_change_and_writes_nothing(project: Path, kadenz: Kadenz) -> None:
    before = contents(project)
    said = kadenz("fmt", "--diff", "--project", project)
    assert said.code == 0
    assert said.out == (
        "--- a/playbooks/deep/rough.play\n+++ b/playbooks/deep/rough.play\n@@ -1 +1,2 @@\n"
        "-segment  a where vip # who\r\n+segment a\n+  where vip  # who\n"
    )
    assert kadenz("fmt", "--diff", "--check", "--project", project).code == 1
    assert contents(project) == before
    (project / "playbooks" / "fine.play").write_text(FINE.rstrip("\n"))
    assert "\\ No newline at end of file\n" in kadenz("fmt", "--diff", project / "playbooks" / "fine.play").out


def test_a_file_with_syntax_errors_is_left_alone_and_the_others_are_not(project: Path, kadenz: Kadenz) -> None:
    wrong = project / "playbooks" / "wrong.play"
    wrong.write_text(WRONG)
    for flags in (["--check"], ["--diff"], []):
        said = kadenz("fmt", *flags, "--project", project)
        assert said.code == 1
        assert "K0101" in said.err
        assert "left alone: playbooks/wrong.play" in said.err
    assert wrong.read_text() == WRONG
    assert (project / "playbooks" / "deep" / "rough.play").read_text() == FINE


def test_files_and_folders_by_name_each_once(project: Path, kadenz: Kadenz) -> None:
    folder = project / "playbooks" / "deep"
    said = kadenz("fmt", "--check", folder, folder / "rough.play")
    assert (said.code, said.out.count("would change")) == (1, 1)


def test_bad_input(project: Path, tmp_path_factory: pytest.TempPathFactory, kadenz: Kadenz) -> None:
    latin = project / "latin.play"
    latin.write_bytes(b"# \xfc\n")
    (project / "link.play").symlink_to(project / "playbooks" / "fine.play")
    for arguments, words in (
        ([project / "nowhere.play"], "there is no file"),
        ([latin], "byte 3 is not UTF-8"),
        ([project / "link.play"], "not a plain file"),
        (["-", latin], "stands alone"),
        ([project / "kadenz.yaml"], "is no playbook"),
        (["--project", tmp_path_factory.mktemp("empty")], "there is no `kadenz.yaml`"),
    ):
        said = kadenz("fmt", *arguments)
        assert (said.code, words in said.err) == (3, True), said.err


def feed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_standard_input(kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, "\ufeff" + ROUGH)
    said = kadenz("fmt", "-")
    assert (said.code, said.out, said.err) == (0, FINE, "")
    for text, code in ((ROUGH, 1), (FINE, 0)):
        feed(monkeypatch, text)
        said = kadenz("fmt", "-", "--check")
        assert (said.code, said.out) == (code, "")
    feed(monkeypatch, ROUGH)
    assert "+segment a\n" in kadenz("fmt", "-", "--diff").out
    feed(monkeypatch, WRONG)
    said = kadenz("fmt", "-")
    assert (said.code, said.out) == (1, "")
    assert "<stdin>:1:11" in said.err


def test_a_mistake_of_ours_writes_nothing(project: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(file: str, text: str) -> Formatted:
        if text == FINE:
            raise UnsoundLayoutError("it says something else")
        return Formatted(FINE, ())

    monkeypatch.setattr("dsl.fmt.format_text", broken)
    before = contents(project)
    said = kadenz("fmt", "--project", project)
    assert said.code == 4
    assert "Please report it" in said.err
    assert contents(project) == before


def test_a_file_that_changes_meanwhile_is_not_touched(
    project: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch
) -> None:
    rough = project / "playbooks" / "deep" / "rough.play"
    mode = shutil.copymode

    def saved_by_an_editor(old: Path, new: Path) -> None:
        mode(old, new)
        rough.write_text(FINE + WRONG)

    monkeypatch.setattr("shutil.copymode", saved_by_an_editor)
    said = kadenz("fmt", "--project", project)
    assert (said.code, "changed meanwhile" in said.err) == (3, True)
    assert rough.read_text() == FINE + WRONG
    assert not list(rough.parent.glob(".*"))


def test_a_folder_that_cannot_be_written(project: Path, kadenz: Kadenz, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> tuple[int, str]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    said = kadenz("fmt", "--project", project)
    assert (said.code, "cannot be written" in said.err) == (3, True)
    assert (project / "playbooks" / "deep" / "rough.play").read_bytes() == ROUGH.encode()
