from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from adapters.channels.unsubscribe import Unsubscription
from adapters.feedback.arrivals import Arrival, MailIn, Unsubscribe, WebhookIn, arrival_of, line_of
from adapters.feedback.inbox import NAME, Inbox, InboxError


def taken(inbox: Inbox) -> list[object]:
    with inbox.taking() as mine:
        assert mine
        found = []
        for path in inbox.aside():
            found += [line["n"] for line in inbox.read(path)]
            inbox.done(path)
        return found


def test_what_was_put_is_taken_once(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "journal")
    assert not inbox.waiting()
    inbox.put([{"n": 1}, {"n": "zwei\n"}])
    inbox.put([{"n": 3}])
    assert inbox.waiting()
    assert taken(inbox) == [1, "zwei\n", 3]
    assert not inbox.waiting()
    assert taken(inbox) == []


def test_what_was_set_aside_and_not_taken_comes_first_the_next_time(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    inbox.put([{"n": 1}])
    with inbox.taking():
        assert len(inbox.aside()) == 1
    inbox.put([{"n": 2}])
    assert inbox.waiting()
    assert taken(inbox) == [1, 2]


def test_a_line_that_was_cut_off_was_never_told_to_be_taken(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    inbox.put([{"n": 1}])
    with (tmp_path / NAME).open("ab") as handle:
        handle.write(b'{"n": 2')
    inbox.put([{"n": 3}])
    assert taken(inbox) == [1, 3]
    (tmp_path / NAME).write_bytes(b'{"n": 4}\n{"n"')
    assert taken(inbox) == [4]


def test_one_at_a_time_takes_over(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    with inbox.taking() as first, Inbox(tmp_path).taking(patience=0.1) as second:
        assert (first, second) == (True, False)
    with inbox.taking() as again:
        assert again


def _puts(folder: Path, begin: int) -> None:
    inbox = Inbox(folder)
    for number in range(begin, begin + 200):
        inbox.put([{"n": number}])


def test_whoever_writes_while_others_take_over_loses_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_puts, args=(tmp_path, 1_000 * n)) for n in range(2)]
    for writer in writers:
        writer.start()
    inbox, found = Inbox(tmp_path), []
    while any(writer.is_alive() for writer in writers):
        found += taken(inbox)
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    found += taken(inbox)
    assert sorted(str(n) for n in found) == sorted(str(1_000 * n + m) for n in range(2) for m in range(200))


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InboxError, match="cannot be written"):
        Inbox(tmp_path / "file").put([{"n": 1}])


@pytest.mark.parametrize(
    "arrival",
    [
        Unsubscribe(Unsubscription("änna", "newsletter", "email", "k"), 7),
        WebhookIn("crm", "m-1", '{"a": "é"}', 8),
        MailIn(bytes(range(256)), 9),
    ],
)
def test_an_arrival_is_the_same_after_the_inbox(arrival: Arrival) -> None:
    assert arrival_of(line_of(arrival)) == arrival


def test_a_line_of_a_later_version_is_refused() -> None:
    with pytest.raises(ValueError, match="does not know"):
        arrival_of({"pigeon": 1})
