"""Delivery windows that quiet hours close."""

from __future__ import annotations

import pytest

from tests.dsl.shop import findings

NIGHTS = "quiet nights from 20:00 to 08:00 for email, sms\n"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("trigger t on visit send email welcome deliver between 21:00 and 23:00", ["K0331"]),
        ("trigger t on visit send email welcome deliver between 19:00 and 23:00", []),
        ("trigger t on visit send email welcome deliver between 23:00 and 07:00 on friday", ["K0331"]),
        ("trigger t on visit send letter birthday_card deliver between 21:00 and 23:00", []),
        ("trigger t on visit send email welcome else send letter welcome deliver between 21:00 and 23:00", []),
        (
            'trigger t on visit send email welcome category transactional because "x" deliver between 21:00 and 23:00',
            [],
        ),
        ('trigger t on visit notify sales "x" deliver between 21:00 and 23:00', []),
    ],
)
def test_a_window_needs_an_open_minute(text: str, codes: list[str]) -> None:
    assert [d.code for d in findings(NIGHTS + text)] == codes
