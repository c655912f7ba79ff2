"""The `folder` channel: each message is one file, written so that a crash leaves either the whole file or none.

The file's name comes from the message's key, so handing the same message over again makes the same file, byte for
byte: the one channel where a row left in the middle may simply be tried again.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from engine.protocols import Commit, Guarantee, Receipt, Rendered, Unreachable

GUARANTEE = Guarantee(
    idempotent=True,
    retry_after_refusal=True,
    about="exactly one file per message; handing over again writes the same file",
)


class FolderChannel:
    """Writes messages as files into a folder, which is made when the first message comes.

    `calls`: the messages are calls of a hook, each a file `KEY.json` that holds nothing but its text."""

    def __init__(self, folder: Path, *, calls: bool = False) -> None:
        self._folder = folder
        self._calls = calls
        self._made = False

    @property
    def guarantee(self) -> Guarantee:
        """One file per message, also after a repeat."""
        return GUARANTEE

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        """Write and flush a hidden file, call `commit`, rename it to its name.

        Raises Unreachable before `commit` if the folder cannot be written (full, read-only, no permission).
        """
        name = f"{_safe(message.key)}.json" if self._calls else file_name(message)
        target = self._folder / name
        hidden = self._folder / f".{name}.part"
        try:
            self._make()
            _write(hidden, ((message.text or "") if self._calls else file_text(message)).encode("utf-8"))
        except OSError as error:
            _forget(hidden)
            raise Unreachable(f"cannot write into {self._folder}: {_reason(error)}") from error
        try:
            go = commit()
        except BaseException:
            _forget(hidden)
            raise
        if not go:
            _forget(hidden)
            return Receipt("failed", "not handed over")
        try:
            hidden.replace(target)
            _flush_folder(self._folder)
        except OSError as error:
            return Receipt("later", f"cannot write into {self._folder}: {_reason(error)}")
        return Receipt("sent", provider_id=name)

    def close(self) -> None:
        """Nothing is held open."""

    def _make(self) -> None:
        if not self._made:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._made = True


def file_name(message: Rendered) -> str:
    """`TEMPLATE-CONTACT-KEY.txt`, safe on every file system; the first 12 letters of the key keep names apart.

    >>> file_name(Rendered("ab12", "c/7", "letter", None, None, "hi", None, "de", "welcome", "t"))
    'welcome-c_7-ab12.txt'
    """
    return f"{_safe(message.template or 'notice')}-{_safe(message.contact)}-{_safe(message.key)[:12]}.txt"


def file_text(message: Rendered) -> str:
    """The file: a head of a few lines, the text, and the HTML part if there is one."""
    head = {
        "to": message.address or message.contact,
        "from": message.sender,
        "reply to": message.reply_to,
        "subject": message.subject,
        "channel": message.channel,
        "trigger": message.trigger,
        "template": message.template or None,
        "contact": message.contact,
        "language": message.language,
        "key": message.key,
    }
    lines = [f"{name}: {_one_line(value)}" for name, value in head.items() if value]
    parts = ["\n".join(lines) + "\n"]
    if message.text is not None:
        parts.append(message.text.strip("\n") + "\n")
    if message.html is not None:
        parts.append("--- html ---\n" + message.html.strip("\n") + "\n")
    return "\n".join(parts)


def _safe(word: str) -> str:
    kept = re.sub(r"[^\w.@+-]", "_", word)[:60].strip(".")
    return kept or "_"


def _one_line(value: str) -> str:
    return "".join(c if c.isprintable() else " " for c in value)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _forget(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
