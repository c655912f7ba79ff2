"""Consents, suppressions and messages already sent, as imports write them to the ledger."""

from __future__ import annotations

import json

import pytest

from adapters.importing.report import account
from adapters.stores.facts import Counts
from tests.adapters.importing.shop import NOW, Desk, micro


def test_consents(desk: Desk) -> None:
    text = (
        "customer_id;Kanal;Zweck;Nachweis;Datum;state\n"
        "a;email;newsletter;Formular;01.02.2026;granted\n"
        "a;sms;newsletter;;01.02.2026;withdrawn\n"
        "b;sms;newsletter;Telefon;01.02.2026 10:00;Withdrawn\n"
    )
    result = desk.load(text, "consents")
    assert (result.counts, result.quarantined, result.unknown_contacts) == (Counts(new=2), 1, 2)
    assert desk.load(text, "consents").counts == Counts(same=2)
    first, second = desk.ledger.consents.values()
    assert (first.contact, first.purpose, first.channel, first.state) == ("a", "newsletter", "email", "granted")
    assert (first.basis, first.evidence, first.at) == ("consent", "Formular", micro("2026-01-31T23:00+00:00"))
    assert second.state == "withdrawn"


def test_suppressions(desk: Desk) -> None:
    text = (
        "contact,address,channel,reason\na,,,staff\n,Anna@Example.CH,email,bounced\n,044 668 18 00,sms,wrong\n,,,none\n"
    )
    result = desk.load(text, "suppressions")
    assert (result.counts, result.quarantined) == (Counts(new=2), 2)
    assert {(s.contact, s.address, s.channel, s.at) for s in desk.ledger.suppressions.values()} == {
        ("a", None, None, NOW),
        (None, "anna@example.ch", "email", NOW),
    }
    assert desk.load(text, "suppressions").counts == Counts(same=2)


def test_messages_count_and_are_events(desk: Desk) -> None:
    desk.load("customer_id,zone\na,America/New_York\n")
    text = (
        "contact,at,channel,template,category,tags\n"
        "a,2026-01-01T02:00:00Z,email,news,,sale|autumn\n"
        "b,2026-01-01T23:30:00Z,email,news,service,\n"
        "b,2026-01-01T23:30:00Z,email,receipt,transactional,\n"
    )
    result = desk.load(text, "messages")
    assert result.counts == Counts(new=3)
    assert desk.load(text, "messages").counts == Counts(same=3)
    counted = list(desk.ledger.messages.values())
    assert [(m.contact, m.category, m.tags, m.local_date) for m in counted] == [
        ("a", "promotional", ("autumn", "sale"), 20251231),
        ("b", "service", (), 20260102),
    ]
    (data,) = desk.store.load(["a"], ["message_sent"], NOW)
    (event,) = data.events["message_sent"]
    assert event.id == counted[0].id
    assert event.properties == {"channel": "email", "template": "news", "tags": "|autumn|sale|"}


def test_a_consent_names_channels_and_purposes_of_the_project(desk: Desk) -> None:
    text = (
        "contact;channel;purpose;state;evidence;at\n"
        "a;Email ;News letter;granted;form;2026-01-01\n"
        "b;E-Mail;Newsletter;withdrawn;form;2026-01-01\n"
        "c;fax;newsletter;withdrawn;form;2026-01-01\n"
        "d;email;gossip;granted;form;2026-01-01\n"
        "e;email;newsletter;;form;2026-01-01\n"
    )
    result = desk.load(text, "consents")
    assert (result.counts.new, result.quarantined, result.withdrawals_held) == (1, 4, 2)
    (record,) = desk.ledger.consents.values()
    assert (record.contact, record.channel, record.purpose) == ("a", "email", "newsletter")
    assert [q.detail for q in desk.quarantine()] == [
        "`channel`: `E-Mail` is not a channel of this project, did you mean `email`?",
        "`channel`: `fax` is not a channel of this project: it knows `email` and `sms`",
        "`purpose`: `gossip` is not a purpose of this project: it knows `newsletter` and `offers`",
        "`state` is missing: write `granted` or `withdrawn`",
    ]
    assert "withdrawals of consent among them, without effect until mended: 2" in account(result)


def test_who_withdraws_without_saying_from_what_withdraws_from_everything(desk: Desk) -> None:
    text = (
        "contact,channel,purpose,state,evidence,at\n"
        "a,,newsletter,withdrawn,mail,2026-01-01\nb,,,abgemeldet,mail,2026-01-01\nc,,offers,ja,mail,2026-01-01\n"
    )
    result = desk.load(text, "consents")
    assert (result.counts, result.quarantined, result.everywhere) == (Counts(new=2), 1, 2)
    assert {(c.contact, c.channel, c.purpose) for c in desk.ledger.consents.values()} == {
        ("a", "email", "newsletter"),
        ("a", "sms", "newsletter"),
        *(("b", channel, purpose) for channel in ("email", "sms") for purpose in ("newsletter", "offers")),
    }
    assert all(c.state == "withdrawn" for c in desk.ledger.consents.values())
    assert "recorded for every one of the project" in account(result)
    assert desk.load(text, "consents").counts == Counts(same=2)


@pytest.mark.parametrize(
    ("word", "state"),
    [("ja", "granted"), ("Opt-In", "granted"), ("nein", "withdrawn"), ("ABGEMELDET", "withdrawn"), ("?", None)],
)
def test_words_for_consent(desk: Desk, word: str, state: str | None) -> None:
    desk.load(f"contact,channel,purpose,state,evidence,at\na,sms,offers,{word},x,2026-01-01\n", "consents")
    assert [c.state for c in desk.ledger.consents.values()] == ([state] if state else [])


def test_suppressions_and_messages_name_channels_of_the_project(desk: Desk) -> None:
    assert desk.load("contact,channel,reason\na,Mail,x\nb,SMS,x\n", "suppressions").quarantined == 1
    assert [s.channel for s in desk.ledger.suppressions.values()] == ["sms"]
    assert desk.load("contact,at,channel\na,2026-01-01,Mail\nb,2026-01-01,E mail\n", "messages").quarantined == 1
    assert [m.channel for m in desk.ledger.messages.values()] == ["email"]


def test_a_withdrawal_under_the_id_of_the_consent_is_a_record_of_its_own(desk: Desk) -> None:
    text = "consent_id,contact,channel,purpose,state,evidence,at\n7,a,sms,offers,granted,x,2026-01-01\n"
    assert desk.load(text, "consents").counts == Counts(new=1)
    assert desk.load(text, "consents").counts == Counts(same=1)
    withdrawn = text.replace("granted", "withdrawn").replace("01-01", "02-01")
    assert desk.load(withdrawn, "consents").counts == Counts(new=1)
    assert [c.state for c in desk.ledger.consents.values()] == ["granted", "withdrawn"]


def test_a_list_of_withdrawals_without_columns_for_channel_and_purpose(desk: Desk) -> None:
    given = {"channel": "", "purpose": "", "state": "abgemeldet", "evidence": "list"}
    result = desk.load("contact,at\na,2026-01-01\n", "consents", constants=given)
    assert (result.counts, result.everywhere, len(desk.ledger.consents)) == (Counts(new=1), 1, 4)
    line = json.dumps({"contact": "b", "purpose": "offers", "state": "nein", "evidence": "x", "at": "2026-01-01"})
    full = json.dumps({"contact": "c", "channel": "sms", "purpose": "offers", "evidence": "x", "at": "2026-01-01"})
    result = desk.load(f"{line}\n{full}\n", "consents", name="x.jsonl")
    assert (result.counts.new, result.everywhere, result.quarantined) == (1, 1, 1)
