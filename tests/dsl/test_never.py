"""What can never hold, never be sent and never fire is an error of `check`, with its place."""

from __future__ import annotations

import pytest

from tests.dsl.shop import findings

SCORE = "score warm\n  +1 on visit\n  keep between 0 and 50\n  stage cold from 0\n  stage hot from 20\n"

CANNOT = [
    "age of birth_date < 0",
    "number of visit < 0",
    "0 > number of visit",
    "distinct of purchase.product = -1",
    "number of visit between -5 and -1",
    "warm > 50",
    "warm < 0",
    "warm = 51",
    "warm in (51, 60)",
    "warm between 60 and 70",
    "points >= 51",
    "stage of warm < cold",
    "stage of warm > hot",
    "plan > gold",
    "plan < free",
    "logins < logins",
    "credit > contact.credit",
    "did visit on at least 2 different local days today",
    "did visit on exactly 4 different local days in last 3 local days",
    "did visit without purchase within 4 hours in last 4 hours",
]
CAN = [
    "age of birth_date <= 0",
    "number of visit = 0",
    "number of visit != -1",
    "number of visit between -5 and 0",
    "warm >= 50",
    "warm > 49.5",
    "warm != 60",
    "warm in (50, 60)",
    "points <= 50",
    "stage of warm <= cold",
    "plan >= gold",
    "plan != gold",
    "logins < 0",
    "sum of purchase.amount < 0",
    "logins <= logins",
    "logins < age",
    "did visit on at most 9 different local days today",
    "did visit on at least 3 different local days in last 3 local days",
    "did visit on at least 3 different local days in last 3 days",
    "did visit without purchase within 4 hours in last 5 hours",
]


def where(condition: str) -> str:
    return f"{SCORE}define points = warm\nsegment s\n  where {condition}\n"


@pytest.mark.parametrize("condition", CANNOT)
def test_comparisons_that_cannot_hold(condition: str) -> None:
    text = where(condition)
    (one,) = findings(text)
    assert (one.code, one.primary.span.text(text)) == ("K0234", condition)
    assert one.help


@pytest.mark.parametrize("condition", CAN)
def test_comparisons_that_can(condition: str) -> None:
    assert [one.summary for one in findings(where(condition))] == []


SALE = "trigger t\n  on visit\n  send email welcome\n"


@pytest.mark.parametrize(
    ("text", "code", "underlined"),
    [
        (f"{SALE}  where not (consents to email)", "K0333", "send email welcome"),
        (f"{SALE}  where vip and email is missing", "K0333", "send email welcome"),
        (f"segment s where not (consents to email) and vip\n{SALE}  where in s", "K0333", "send email welcome"),
        (f"define d = email is missing\n{SALE}  where d and vip", "K0333", "send email welcome"),
        (f"{SALE}  purpose newsletter\n  where not (consents to email for newsletter)", "K0333", "send email welcome"),
        (
            "trigger t\n  on visit\n  send letter welcome\n    else send email welcome\n  where email is missing",
            "K0333",
            "send email welcome",
        ),
        (
            "trigger t\n  on 2026-11-27 at 09:00\n  send email welcome\n  active from 2026-01-01 to 2026-06-30",
            "K0332",
            "on 2026-11-27 at 09:00",
        ),
        (
            "trigger t\n  on 2026-11-27\n  send email welcome\n  active from 2026-12-01",
            "K0332",
            "on 2026-11-27",
        ),
        (
            f"{SALE}  where did purchase since 2026-08-01\n  active from 2026-01-01 to 2026-06-30",
            "K0332",
            "did purchase since 2026-08-01",
        ),
    ],
)
def test_triggers_that_never_do_what_they_say(text: str, code: str, underlined: str) -> None:
    (one,) = findings(text)
    assert (one.code, one.primary.span.text(text)) == (code, underlined)
    assert one.help


@pytest.mark.parametrize(
    "text",
    [
        f"{SALE}  where not (consents to email for newsletter)",  # another purpose
        f"{SALE}  where not (consents to sms)",
        f"{SALE}  where not (consents to email) or vip",
        f"{SALE}  where not (consents to email)\n  category service",  # may rest on a contract
        f'{SALE}  where not (consents to email)\n  category transactional\n  because "x"',
        f"{SALE}  where email is known",
        "trigger t\n  on visit\n  send letter welcome\n  where email is missing",
        "trigger t\n  on 2026-07-01\n  send email welcome\n  active from 2026-01-01 to 2026-06-30",  # of another zone
        "trigger t\n  on 2026-11-27\n  send email welcome\n  active from 2026-11-27 to 2026-11-27",
        f"{SALE}  where did purchase since 2026-08-01\n  wait 60 days\n  active from 2026-01-01 to 2026-06-30",
        f"{SALE}  where not did purchase since 2026-08-01\n  active from 2026-01-01 to 2026-06-30",
    ],
)
def test_triggers_that_may(text: str) -> None:
    assert [one.summary for one in findings(text)] == []
