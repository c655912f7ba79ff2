"""`else notify`: a team is told where no way of sending is open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.world import World, outcomes_of

TEXT = """
trigger rescue
  on visit
  send email hello
    else send sms promo
    else notify sales "call them"
  notify sales "beside the message"
"""


@pytest.fixture
def world() -> Iterator[World]:
    one = World(TEXT, active_from="2026-05-01T00:00")
    yield one
    one.close()


def visit(world: World, when: str, name: str = "anna") -> tuple[str, str]:
    world.event("visit", name, when)
    return outcomes_of(world.tick(when))[name]


def rows(world: World) -> list[tuple[str, str, str | None]]:
    return [(row.message.kind, row.state, row.message.text) for row in world.ledger.outbox()]


def test_without_consent_the_team_is_told_and_nothing_beside_it(world: World) -> None:
    world.contact("anna", consent=None)
    assert visit(world, "2026-05-04T10:00") == ("queued", "reserved")
    assert rows(world) == [("notice", "sent", "call them")]
    assert [j.detail for _, j in world.ledger.judgements("anna")] == [
        "no consent to email for marketing (none on record)"
    ]


def test_with_a_way_open_the_message_goes_and_what_stands_beside_it(world: World) -> None:
    world.contact("anna")
    assert visit(world, "2026-05-04T10:00") == ("queued", "reserved")
    assert rows(world) == [("message", "sent", None), ("notice", "sent", "beside the message")]


def test_without_room_the_team_is_told_at_once(world: World) -> None:
    world.play(TEXT + "  if capped wait up to 1 day\n\ncap weekly at most 1 message per 7 days\n")
    world.contact("anna")
    visit(world, "2026-05-04T10:00")
    assert visit(world, "2026-05-04T11:00") == ("queued", "reserved")
    assert rows(world)[2:] == [("notice", "sent", "call them")]


def test_quiet_hours_hold_the_open_way_and_no_notice(world: World) -> None:
    world.play(TEXT + "\nquiet nights from 20:00 to 08:00\n")
    world.contact("anna")
    world.contact("ben", consent=None)
    assert visit(world, "2026-05-04T21:00") == ("held", "quiet")
    assert visit(world, "2026-05-04T21:30", "ben") == ("queued", "reserved")


def test_the_run_counts_for_again(world: World) -> None:
    world.play(TEXT + "  again after 14 days\n")
    world.contact("anna", consent=None)
    assert visit(world, "2026-05-04T10:00") == ("queued", "reserved")
    assert visit(world, "2026-05-05T10:00") == ("refused", "again")


def test_it_is_suppressed_and_paused_like_any_run(world: World) -> None:
    world.contact("anna", consent=None)
    world.suppress(contact="anna")
    assert visit(world, "2026-05-04T10:00") == ("refused", "suppressed")


def test_what_waits_goes_over_to_the_team_when_consent_is_withdrawn_and_back(world: World) -> None:
    world.contact("anna")
    world.event("visit", "anna", "2026-05-04T10:00")
    world.tick("2026-05-04T10:00", deliver=False)
    world.consent("anna", state="withdrawn", when="2026-05-04T10:30")
    world.tick("2026-05-04T11:00", deliver=False)
    assert rows(world) == [("notice", "queued", "call them"), ("notice", "held", "beside the message")]
    assert world.ledger.counted(["anna"], 0) == []
    world.consent("anna", when="2026-05-04T11:30")
    world.tick("2026-05-04T12:00")
    assert rows(world) == [("message", "sent", None), ("notice", "sent", "beside the message")]
    assert len(world.ledger.counted(["anna"], 0)) == 1
