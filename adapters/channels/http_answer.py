"""What the answer of an HTTP provider means for a message. Notes hold no text of it: that may repeat the address."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from adapters.channel_config import Answers, Meaning
from adapters.channels.http_guard import Answer
from engine.protocols import Receipt

_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,60}")
_NUMBER = re.compile(r"[0-9]{7}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The receipt of one message. `stop`: why no other message is worth a try now."""

    receipt: Receipt
    stop: str | None = None


def verdict(answer: Answer, answers: Answers) -> Verdict:
    """Read an answer: its status, and where the provider says the outcome in its JSON, that."""
    said = _json(answer)
    meaning, note = meaning_of(answer.status, answers), _note(answer, said, answers)
    if meaning == "accepted" and answers.outcome_path is not None:
        if answer.broken is not None:
            return Verdict(Receipt("uncertain", f"{note}: {answer.broken}"))
        meaning = _outcome(_at(said, answers.outcome_path), answers)
    match meaning:
        case "accepted":
            number = None if answers.id_path is None else _at(said, answers.id_path)
            usable = number if number and number.isprintable() else None
            return Verdict(Receipt("sent", note, None if usable is None else usable[:200]))
        case "refused":
            return Verdict(Receipt("failed", note))
        case "later":
            return Verdict(Receipt("later", note))
        case "stop":
            return Verdict(Receipt("later", note), f"the provider takes no message from us: {note}")
        case "uncertain":
            return Verdict(Receipt("uncertain", f"the answer leaves open whether it was taken: {note}"))


def meaning_of(status: int, answers: Answers) -> Meaning:
    """What a status means; a number goes before its class ("404" before "4xx")."""
    said = dict(answers.statuses)
    return said.get(str(status), said.get(f"{status // 100}xx", "uncertain"))


def _outcome(value: str | None, answers: Answers) -> Meaning:
    said = dict(answers.outcomes)
    return said.get(value or "", said.get("*", "uncertain") if value else "uncertain")


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body) if answer.broken is None else None
    except (ValueError, RecursionError):
        return None


def _at(said: Any, path: str) -> str | None:
    """The text, number or truth value at a place like `messages.0.status`; None if there is none."""
    for step in path.split("."):
        match said:
            case dict():
                said = said.get(step)
            case list() if step.isdecimal() and int(step) < len(said):
                said = said[int(step)]
            case _:
                return None
    match said:
        case bool():
            return "true" if said else "false"
        case str() | int() | float():
            return str(said)
        case _:
            return None


def _note(answer: Answer, said: Any, answers: Answers) -> str:
    reason = None if answers.reason_path is None else _at(said, answers.reason_path)
    # a code, and nothing that could be somebody's number
    known = reason is not None and _CODE.fullmatch(reason) and not _NUMBER.search(reason)
    return f"status {answer.status}, {reason}" if known else f"status {answer.status}"
