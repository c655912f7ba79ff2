"""The rules of the linter, one by one; those about truth stand in test_lint_truth."""

from __future__ import annotations

import pytest

from dsl.lint import RULES, lint
from tests.dsl.linting import linted, marked, required, view, where

RESCUE = "trigger rescue\n  on cart_added\n"


def test_a_clean_project_has_no_findings() -> None:
    text = (
        "segment swiss\n  where country = CH\n\ntrigger hello\n  on entering swiss\n  send email welcome\n\n"
        'cap weekly at most 2 messages per 7 days\n\ntest "hello" at 2026-11-20 12:00\n  contact anna (country = CH)\n'
        "  expect anna in swiss\n  after 1 day\n  expect anna gets email welcome\n"
    )
    assert lint(view(text)) == []
    assert len(RULES) == len(set(RULES))


# ---------------------------------------------------------------- K0401


@pytest.mark.parametrize(
    ("cap", "found"),
    [
        ("", ["send email cart_reminder", "send sms cart_short"]),
        ("cap c at most 2 messages per 7 days", []),
        ("cap c at most 2 emails per 7 days", ["send sms cart_short"]),
        ("cap c at least 20 hours between messages", []),
        ("cap c at most 500 messages per 7 days in total", ["send email cart_reminder", "send sms cart_short"]),
        ("cap c at most 2 messages tagged sale per 7 days", ["send email cart_reminder", "send sms cart_short"]),
        ("cap c at most 2 messages tagged cart per 7 days", []),
        ("cap c at most 2 messages per 7 days where vip", ["send email cart_reminder", "send sms cart_short"]),
        ("cap c at most 2 messages per 7 days where vip\ncap d at most 1 message per 7 days where not vip", []),
    ],
)
def test_triggers_without_a_cap(cap: str, found: list[str]) -> None:
    text = f"{RESCUE}  send email cart_reminder\n    else send sms cart_short\n  tags cart\n\n{cap}\n"
    assert marked(text, "K0401") == found


def test_only_promotional_messages_need_a_cap() -> None:
    assert marked(f"{RESCUE}  send email cart_reminder\n  category service\n", "K0401") == []
    assert marked(f'{RESCUE}  notify sales "a cart"\n', "K0401") == []


# ---------------------------------------------------------------- K0402, K0412


def test_a_column_of_a_fact_table_uses_no_block_of_its_name() -> None:
    text = "segment rain_mm where vip\nsuppress wet where weather.rain_mm > 5\n"
    assert marked(text, "K0402") == ["segment rain_mm where vip"]


def test_blocks_that_nothing_uses() -> None:
    text = (
        "define big = 100\ndefine small = 10\nsegment vips where logins > big\nsegment rest where not in vips\n"
        "score warm\n  +1 on visit\nscore cold\n  +1 on visit\noffer ten discount 10 %\noffer five discount 5 %\n"
        "trigger t on entering rest\n  where warm > 3\n  send email welcome with offer ten\n"
    )
    names = [one.split()[1] for one in marked(text, "K0402")]
    assert names == ["small", "cold", "five"]


def test_a_test_is_no_use() -> None:
    text = 'segment vips where vip\ntest "t" at 2026-11-20 12:00\n  contact a (vip = yes)\n  expect a in vips\n'
    assert marked(text, "K0402") == ["segment vips where vip"]
    assert marked(text, "K0412") == []


def test_scores_are_used_by_their_stages() -> None:
    score = "score warm\n  +1 on visit\n  stage low from 0\n  stage top from 9\n"
    assert marked(f'{score}trigger t on warm reaching top\n  notify sales "x"\n', "K0402") == []
    assert marked(f"{score}segment s where stage of warm = top\n", "K0402") == ["segment s where stage of warm = top"]


def test_classes_are_used_by_their_tiers() -> None:
    value = "class worth\n  by logins\n  tier total top 5\n  tier others rest\n"
    assert marked(value, "K0402") == ["class worth"]
    assert marked(f"{value}suppress poor where class of worth = others\n", "K0402") == []
    total = "define total = 5\n"
    assert marked(f"{total}{value}suppress poor where class of worth = total\n", "K0402") == [total.strip()]
    test = 'test "t" at 2026-11-20 12:00\n  contact a (logins = 3)\n  expect class of worth of a = total\n'
    assert marked(value, "K0412") == ["class worth"]
    assert marked(f"{value}{test}", "K0412") == []


def test_a_suppress_block_is_a_use() -> None:
    assert marked("segment crew where vip\nsuppress never_to_staff where in crew\n", "K0402") == []


def test_blocks_without_a_test() -> None:
    text = (
        "segment vips where vip\nscore warm\n  +1 on visit\n"
        'trigger one on visit\n  send email welcome\ntrigger two on visit\n  notify sales "x"\n'
        "trigger three on visit\n  send sms cart_short\n"
        'test "vips, and what two and three do" at 2026-11-20 12:00\n  contact a\n  expect a gets email welcome\n'
        "  expect warm of a = 0\n"
    )
    assert marked(text, "K0412") == ["segment vips where vip", "trigger two on visit", "trigger three on visit"]
    assert marked(f"{text}  expect a is refused by where for three\n", "K0412") == [
        "segment vips where vip",
        "trigger two on visit",
    ]


# ---------------------------------------------------------------- K0403, K0408


def test_segments_that_say_the_same() -> None:
    text = (
        "define swiss = country = CH\nsegment a where swiss and (vip and logins > 3)\n"
        "segment b where 3 < logins and vip and country in (CH)\nsegment c where vip and logins > 3\n"
    )
    (one,) = linted(text, "K0403")
    assert one.block == "segment `b`"
    assert one.secondary[0].span.text(text).startswith("segment a")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("did visit in last 7 days", "did visit in last 1 week", True),
        ("did visit in last 7 days", "did visit in last 8 days", False),
        ("country in (CH, DE)", "country in (DE, CH, DE)", True),
        ("not not vip", "vip", True),
        ("not vip", "vip", False),
        ("vip or vip", "vip", True),
        ("logins = age", "age = logins", True),
        ("vip or logins = 3", "vip and logins = 3", False),
        ("did visit", "did purchase", False),
    ],
)
def test_what_counts_as_the_same(one: str, other: str, same: bool) -> None:
    assert bool(linted(f"segment a where {one}\nsegment b where {other}\n", "K0403")) is same


def test_numbers_written_again_and_again() -> None:
    text = (
        "segment a where logins > 40\nsegment b where vip and logins between 40 and 80\n"
        "segment c where age > 40 and logins <= 40\nscore s\n  +1 when logins = 80\n"
    )
    (one,) = linted(text, "K0408")
    assert one.summary == "`40` is written 3 times for `logins`"
    assert len(one.secondary) == 2
    assert marked("segment a where logins > 1 or logins < 1 or logins = 1", "K0408") == []


def test_money_counts_by_its_amount() -> None:
    text = "segment a where credit > 40\nsegment b where credit < 40.0\nsegment c where not credit = 40.00\n"
    assert len(linted(text, "K0408")) == 1


# ---------------------------------------------------------------- K0406, K0407


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("country != CH", ["country != CH"]),
        ("country not in (CH, LI)", ["country not in (CH, LI)"]),
        ("not vip", ["not vip"]),
        ("interests has none (ski)", ["interests has none (ski)"]),
        ("age of birth_date != 3", ["age of birth_date != 3"]),
        ("not signed_up in last 3 days", ["not signed_up in last 3 days"]),
        ("not (country = CH and logins > 3)", ["country = CH", "logins > 3"]),
        ('did visit with (page != "x")', ['page != "x"']),
        ("country != CH and (logins > 3 or country is known)", ["country != CH"]),
        ("country != CH and country is known", []),
        ("country != CH or country is missing", []),
        ("logins > 3 or country is missing or country != CH", []),
        ("country is known and (logins > 3 or country != CH)", []),
        ("country != CH and country in (LI, DE)", []),
        ("age of birth_date >= 3 and birth_date != 2000-01-01", []),
        ("vip != yes and in others", []),
        ("not (country is known and country = CH)", []),
        ("did not purchase", []),
        ('did not purchase with (product = "x")', []),
        ("not in others", []),
        ("country is missing", []),
        ("number of visit != 3", []),
    ],
)
def test_negation_over_what_may_be_missing(condition: str, found: list[str]) -> None:
    assert where(condition, "K0406") == found


def test_negation_names_both_ways_to_say_it() -> None:
    (one,) = linted("segment s\n  where country != CH\n", "K0406")
    assert one.help == (
        "if those are not meant: `(country != CH and country is known)`",
        "if they are meant: `(country != CH or country is missing)`",
    )


def test_required_fields_are_never_missing() -> None:
    assert where("country != CH", "K0406", schema=required("country")) == []


def test_negation_speaks_of_the_event_at_hand() -> None:
    text = f'{RESCUE}  where event.amount != 3 and event.id != "7"\n  send email cart_reminder\n'
    assert marked(text, "K0406") == ["event.amount != 3"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("vip or logins > 3 and age > 3", ["logins > 3 and age > 3"]),
        ("vip or (logins > 3 and age > 3)", []),
        ("(vip or logins > 3) and age > 3", []),
        ("vip or logins > 3 or age > 3", []),
        ("did purchase with (items > 1 and items < 9 or amount > 3)", ["items > 1 and items < 9"]),
    ],
)
def test_words_that_are_mixed(condition: str, found: list[str]) -> None:
    assert where(condition, "K0407") == found


def test_the_fix_sets_the_parentheses() -> None:
    text = "segment s\n  where vip or logins > 3 and age > 3\n"
    (fix,) = linted(text, "K0407")[0].fixes
    mended = text[: fix.span.start] + fix.replacement + text[fix.span.end :]
    assert mended == "segment s\n  where vip or (logins > 3 and age > 3)\n"
    assert linted(mended, "K0407") == []


# ---------------------------------------------------------------- K0409, K0410, K0411, K0413


def test_unless_without_a_window() -> None:
    text = f"{RESCUE}  wait 4 hours unless vip or did purchase\n  send email cart_reminder\n"
    (one,) = linted(text, "K0409")
    (fix,) = one.fixes
    mended = text[: fix.span.start] + fix.replacement + text[fix.span.end :]
    assert "did purchase since then\n" in mended
    assert linted(mended, "K0409") == []


@pytest.mark.parametrize(
    ("valid", "clause", "found"),
    [
        ("valid to 2026-12-31", "", None),
        ("valid to 2026-11-23", "", None),
        ("valid to 2026-11-22", "", "is over"),
        ("valid to 2026-11-22", "active from 2026-01-01 to 2026-11-21", None),
        ("valid to 2027-01-31", "active from 2027-02-01", "ends before this trigger can send"),
        ("valid to 2027-02-01", "active from 2027-02-01", None),
        ("", "", None),
    ],
)
def test_offers_that_are_over(valid: str, clause: str, found: str | None) -> None:
    text = f"offer ten discount 10 % {valid}\n{RESCUE}  send email welcome with offer ten\n  {clause}\n"
    assert [one.summary for one in linted(text, "K0410")] == ([f"the offer `ten` {found}"] if found else [])


def test_offers_and_the_day_on_which_the_project_begins() -> None:
    text = f"offer ten discount 10 % valid to 2026-12-31\n{RESCUE}  send email welcome with offer ten\n"
    assert linted(text, "K0410", starts=20261231) == []
    assert len(linted(text, "K0410", starts=20270101)) == 1
    assert len(linted(text, "K0410", today=20270101)) == 1


def test_offers_of_a_message_for_one_day() -> None:
    text = "offer ten discount 10 % valid to 2026-11-26\ntrigger t on 2026-11-27\n  send email welcome with offer ten\n"
    assert len(linted(text, "K0410")) == 1
    assert linted(text, "K0410", today=20261128) == []


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ("+1 on visit", True),
        ("+1 on visit\n  halve every 30 days", False),
        ("+1 on visit halving every 30 days", False),
        ("+1 on visit in last 90 days", False),
        ("+1 on visit since 2026-01-01", True),
        ("+1 when vip", False),
        ("+1 on visit in last 90 days\n  +1 on purchase", True),
    ],
)
def test_scores_that_never_fade(rules: str, found: bool) -> None:
    assert bool(linted(f"score s\n  {rules}\n", "K0411")) is found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Buy!", True),
        ("Buy! {# unsubscribe #}", True),
        ("<p>Buy!</p><!-- unsubscribe -->", True),
        ("Unsubscribe: https://example.com/x", False),
        ("Keine Nachrichten mehr? https://example.com/ABMELDEN", False),
        ("Se désabonner", False),
        ("Annulla l'iscrizione", False),
        ("Cancellazione dell’iscrizione", False),
        ("{{ contact.unsubscribe_link }}", False),
    ],
)
def test_promotional_emails_show_a_way_out(body: str, found: bool) -> None:
    text = f"{RESCUE}  send email advert\n"
    assert bool(linted(text, "K0413", bodies={"advert": body})) is found


def test_other_messages_need_no_link() -> None:
    for more in ("  category service\n", '  category transactional\n  because "asked"\n'):
        assert linted(f"{RESCUE}  send email plain_advert\n{more}", "K0413") == []
    assert linted(f"{RESCUE}  send sms cart_short\n", "K0413", bodies={"cart_short": "Buy!"}) == []


# ---------------------------------------------------------------- hostile texts


@pytest.mark.parametrize(
    "text",
    [
        "define v0 = logins\n"
        + "".join(f"define v{i + 1} = v{i} plus v{i}\n" for i in range(40))
        + "segment s where v40 != 3 and v40 is known\n",
        "define d0 = vip\n"
        + "".join(f"define d{i + 1} = (d{i} or logins > {i}) and (d{i} or age > 3)\n" for i in range(300))
        + "segment s where d300\n",
        "segment s where " + " and ".join(f"logins != {i}" for i in range(500)),
        "segment s where logins in (" + ", ".join(str(i * 2) for i in range(2000)) + ")",
    ],
    ids=["values that double", "conditions that double", "a wide chain", "a long list"],
)
def test_time_stays_in_proportion(text: str) -> None:
    assert lint(view(text)) != []


# ---------------------------------------------------------------- K0414

TWO_OFFERS = (
    "offer ten discount 10 %{ten}\noffer twenty discount 20 %{twenty}\n"
    "trigger rescue\n  on cart_added\n  where {rescue}\n  send email cart_reminder with offer ten\n"
    "trigger hello\n  {hello}\n  send email welcome with offer twenty\n"
)


@pytest.mark.parametrize(
    ("ten", "twenty", "rescue", "hello", "meet"),
    [
        ("", "", "everyone", "on visit", True),
        (" group a keep best", " group a keep best", "everyone", "on visit", False),
        (" group a keep best", " group b keep best", "everyone", "on visit", True),
        (" group a keep best", "", "everyone", "on visit", True),
        (" valid to 2026-12-31", " valid from 2027-01-01", "everyone", "on visit", False),
        (" valid to 2026-12-31", " valid from 2026-12-31", "everyone", "on visit", True),
        (" valid to 2026-11-22", "", "everyone", "on visit", False),
        (" valid to 2026-12-31", "", "everyone", "on visit\n  active from 2027-01-01", False),
        (" valid from 2027-01-01", "", "everyone", "on visit\n  active from 2026-11-01 to 2026-12-31", True),
        ("", " valid from 2027-01-01", "everyone", "on visit\n  active from 2026-11-01 to 2026-12-31", False),
        ("", "", "country = CH", "on visit\n  where country = DE", False),
        ("", "", "country = CH", "when country = LI", False),
        ("", "", "country = CH", "on leaving swiss", False),
        ("", "", "country = DE", "on entering swiss", False),
        ("", "", "country = CH and vip", "on entering swiss", True),
    ],
)
def test_offers_that_can_meet(ten: str, twenty: str, rescue: str, hello: str, meet: bool) -> None:
    text = "segment swiss where country = CH\n" + TWO_OFFERS.format(ten=ten, twenty=twenty, rescue=rescue, hello=hello)
    found = linted(text, "K0414")
    assert [one.summary for one in found] == ["the offers `ten` and `twenty` can meet in one person"] * meet
    for one in found:
        assert one.primary.span.text(text) == "send email welcome with offer twenty"
        assert [label.span.text(text) for label in one.secondary] == ["send email cart_reminder with offer ten"]


def test_ways_of_one_trigger_do_not_meet_in_one_message() -> None:
    text = (
        "offer ten discount 10 %\noffer twenty discount 20 %\ntrigger rescue\n  on cart_added\n"
        "  send email cart_reminder with offer ten\n    else send letter welcome with offer twenty\n"
    )
    assert linted(text, "K0414") == []
