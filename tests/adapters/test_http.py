"""The `http` channel against servers that play the providers: what arrives, and what their answers mean."""

from __future__ import annotations

import contextlib
import uuid
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.channel_config import HttpConfig
from adapters.channels import open_channels
from adapters.channels.http import HttpChannel
from adapters.channels.http_guard import GuardedHttp
from adapters.channels.http_request import Unsendable, request_of
from adapters.project import load
from engine.protocols import Rendered, Unreachable
from tests.adapters.http_server import MESSAGE, Provider, providing, saying
from tests.adapters.smtp_server import Marker

SCHEMA = """contacts:
  key: customer_id
  fields:
    phone: {type: text, normalise: [phone]}
    device: text
    age: number
"""
TEXT = "Grüezi Anna & Co: 10 % + Kaffee"


def configured(folder: Path, entry: str, own_hosts: str = "[]") -> HttpConfig:
    """The channel `sms` of a project that says this about it, without findings."""
    found = project(folder, entry, own_hosts)
    assert found.diagnostics == ()
    config = found.channels["sms"]
    assert isinstance(config, HttpConfig)
    return config


def project(folder: Path, entry: str, own_hosts: str = "[]", group: str = "channels") -> Any:
    text = f"name: Shop\ntime_zone: Europe/Zurich\nown_hosts: {own_hosts}\n{group}:\n  sms: {entry}\n"
    (folder / "kadenz.yaml").write_text(text, encoding="utf-8")
    (folder / "schema.yaml").write_text(SCHEMA, encoding="utf-8")
    return load(folder)


@contextlib.contextmanager
def channel(config: HttpConfig, secret: str | None = "s3cret", timeout: float = 3) -> Iterator[HttpChannel]:
    made = HttpChannel(config, secret, GuardedHttp(own_hosts={"127.0.0.1"}, timeout=timeout))
    try:
        yield made
    finally:
        made.close()


def at(config: HttpConfig, provider: Provider) -> HttpConfig:
    """The same path at the provider that a test plays."""
    parts = urlsplit(config.url)
    return replace(config, url=provider.url(parts.path + (f"?{parts.query}" if parts.query else "")))


def basic(header: str) -> str:
    kind, _, rest = header.partition(" ")
    assert kind == "Basic"
    return b64decode(rest).decode()


# ---------------------------------------------------------------- providers


def test_twilio(tmp_path: Path) -> None:
    entry = "{kind: http, profile: twilio, account: AC17, from: Shop, address: phone, secret_env: TOKEN}"
    config = configured(tmp_path, entry)
    assert config.url == "https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json"
    with providing() as provider, channel(at(config, provider)) as c:
        provider.will(201, {"sid": "SM9", "status": "queued", "to": MESSAGE.address})
        receipt = c.hand_over(MESSAGE, Marker())
        assert (receipt.outcome, receipt.provider_id, receipt.note) == ("sent", "SM9", "status 201")
        provider.will(400, {"code": 21211, "message": "'To' +41791234567 is no number", "status": 400})
        receipt = c.hand_over(MESSAGE, Marker())
        assert (receipt.outcome, receipt.note) == ("failed", "status 400, 21211")
        provider.will(429, {"code": 20429})
        assert c.hand_over(MESSAGE, Marker()).outcome == "later"
    heard = provider.heard[0]
    assert (heard.method, heard.path) == ("POST", "/2010-04-01/Accounts/AC17/Messages.json")
    assert heard.headers["content-type"] == "application/x-www-form-urlencoded"
    assert basic(heard.headers["authorization"]) == "AC17:s3cret"
    assert heard.body == (b"To=%2B41791234567&From=Shop&Body=Gr%C3%BCezi+Anna+%26+Co%3A+10+%25+%2B+Kaffee")
    assert dict(parse_qsl(heard.body.decode(), strict_parsing=True)) == {
        "To": "+41791234567", "From": "Shop", "Body": TEXT,
    }  # fmt: skip


def test_twilio_with_a_key_and_a_messaging_service(tmp_path: Path) -> None:
    entry = (
        "{kind: http, profile: twilio, account: AC17, user: SK3, from: MG4, address: phone, secret_env: TOKEN, "
        'body: {To: "{address}", MessagingServiceSid: "{sender}", Body: "{text}"}}'
    )
    with providing() as provider, channel(at(configured(tmp_path, entry), provider)) as c:
        c.hand_over(MESSAGE, Marker())
    assert basic(provider.heard[0].headers["authorization"]) == "SK3:s3cret"
    assert dict(parse_qsl(provider.heard[0].body.decode()))["MessagingServiceSid"] == "MG4"


def test_sinch(tmp_path: Path) -> None:
    entry = "{kind: http, profile: sinch, account: plan7, from: '12345', address: phone, secret_env: TOKEN}"
    with providing() as provider, channel(at(configured(tmp_path, entry), provider)) as c:
        provider.will(201, {"id": "01FC66621XXXXX119Z8PMV1QPQ", "to": ["41791234567"]})
        assert c.hand_over(MESSAGE, Marker()).provider_id == "01FC66621XXXXX119Z8PMV1QPQ"
    heard = provider.heard[0]
    assert (heard.path, heard.headers["authorization"]) == ("/xms/v1/plan7/batches", "Bearer s3cret")
    assert heard.headers["content-type"] == "application/json"
    assert (
        heard.body
        == (
            '{"from":"12345","to":["+41791234567"],"body":"' + TEXT + f'","client_reference":"{MESSAGE.key}"}}'
        ).encode()
    )


def test_vonage(tmp_path: Path) -> None:
    entry = "{kind: http, profile: vonage, account: k1, from: Shop, address: phone, secret_env: TOKEN}"
    with providing() as provider, channel(at(configured(tmp_path, entry), provider)) as c:
        provider.will(202, {"message_uuid": "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"})
        assert c.hand_over(MESSAGE, Marker()).provider_id == "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
    heard = provider.heard[0]
    assert (heard.path, basic(heard.headers["authorization"])) == ("/v1/messages", "k1:s3cret")
    assert heard.json() == {
        "message_type": "text", "channel": "sms", "to": "41791234567", "from": "Shop", "text": TEXT,
        "client_ref": MESSAGE.key,
    }  # fmt: skip


def test_onesignal(tmp_path: Path) -> None:
    entry = "{kind: http, profile: onesignal, account: app9, address: device, secret_env: TOKEN}"
    message = replace(MESSAGE, address="b3e1", subject="Anna, 10 %")
    with providing() as provider, channel(at(configured(tmp_path, entry), provider)) as c:
        provider.will(200, {"id": "n-1", "external_id": None})
        assert c.hand_over(message, Marker()).provider_id == "n-1"
        assert c.hand_over(replace(message, subject=None), Marker()).outcome == "sent"
        provider.will(200, {"id": "", "errors": ["All included players are not subscribed"]})
        assert c.hand_over(message, Marker()).outcome == "failed"
        provider.will(200, b"<html>")
        assert c.hand_over(message, Marker()).outcome == "failed"
    heard, plain = provider.heard[0], provider.heard[1]
    assert (heard.path, heard.headers["authorization"]) == ("/notifications?c=push", "Key s3cret")
    body = heard.json()
    number = uuid.UUID(body.pop("idempotency_key"))
    assert (number.version, number.variant) == (4, uuid.RFC_4122)
    assert body == {
        "app_id": "app9", "target_channel": "push", "include_subscription_ids": ["b3e1"],
        "headings": {"en": "Anna, 10 %"}, "contents": {"en": TEXT},
    }  # fmt: skip
    assert (plain.json()["headings"], plain.json()["idempotency_key"]) == ({}, str(number))


# ---------------------------------------------------------------- any other


OWN = (
    '{kind: http, url: "https://sms.example/v2/{account}/to/{address}?ref={key}", account: a/b, from: Shop, '
    'address: phone, secret_env: TOKEN, headers: {X-Key: "k {secret}", X-Ref: "{key}"}, form: form, '
    'body: {n: "{address_digits}", m: "{sender}: {text}", tag: [a, "{subject}", "{trigger}"], ttl: 60, test: true}}'
)


def test_any_other_provider(tmp_path: Path) -> None:
    with providing() as provider, channel(at(configured(tmp_path, OWN), provider)) as c:
        provider.will(204)
        receipt = c.hand_over(replace(MESSAGE, text="{secret} {key}"), Marker())
        assert (receipt.outcome, receipt.provider_id) == ("sent", None)
    heard = provider.heard[0]
    assert heard.path == f"/v2/a%2Fb/to/%2B41791234567?ref={MESSAGE.key}"
    assert (heard.headers["x-key"], heard.headers["x-ref"]) == ("k s3cret", MESSAGE.key)
    assert parse_qsl(heard.body.decode()) == [
        ("n", "41791234567"), ("m", "Shop: {secret} {key}"), ("tag", "a"), ("tag", "start"), ("ttl", "60"),
        ("test", "true"),
    ]  # fmt: skip


@settings(max_examples=50)
@given(st.text(), st.text(min_size=1))
def test_no_value_changes_the_form_of_a_request(text: str, address: str) -> None:
    for form in ("json", "form"):
        config = HttpConfig(
            "https://sms.example/{address}",
            '{"to":"{address}","text":"{text}"}',
            form="json" if form == "json" else "form",
        )
        try:
            request = request_of(replace(MESSAGE, text=text, address=address), config, None)
        except Unsendable:
            continue
        assert request.url.startswith("https://sms.example/")
        assert not set(request.url.removeprefix("https://sms.example/")) & set("/?#\\ \r\n")
        body = request.body.decode()
        if form == "form":
            assert parse_qsl(body, keep_blank_values=True) == [("to", address), ("text", text.strip())]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"address": None}, "there is no address"),
        ({"address": ""}, "there is no address"),
        ({"address": ".."}, "the address leads to another place"),
        ({"text": " \n"}, "the message has no text"),
        ({"text": None, "html": "<p>x</p>"}, "the message has no text"),
        ({"text": "\ud800"}, "the message has half characters"),
    ],
)
def test_what_cannot_be_sent_fails_before_the_marker(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    marker = Marker()
    with providing() as provider, channel(at(configured(tmp_path, OWN), provider)) as c:
        receipt = c.hand_over(replace(MESSAGE, **changes), marker)
    assert (receipt.outcome, receipt.note, marker.calls, provider.heard) == ("failed", told, 0, [])


PLAIN = '{kind: http, url: "https://sms.example/m", address: phone, body: {to: "{address}", text: "{text}"}'


def meant(tmp_path: Path, status: int, answers: str = "", body: object = None) -> tuple[str, str]:
    """Outcome of this message, and what the channel says to the next one."""
    entry = PLAIN + (f", answers: {answers}" if answers else "") + "}"
    with providing() as provider, channel(at(configured(tmp_path, entry), provider), None) as c:
        provider.will(status, body)
        outcome = c.hand_over(MESSAGE, Marker()).outcome
        marker = Marker()
        try:
            c.hand_over(MESSAGE, marker)
        except Unreachable as error:
            assert marker.calls == 0
            return outcome, str(error)
        return outcome, ""


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "sent"), (201, "sent"), (202, "sent"), (204, "sent"), (303, "uncertain"), (400, "failed"),
        (408, "later"), (409, "uncertain"), (410, "failed"), (413, "failed"), (422, "failed"), (425, "later"),
        (404, "failed"), (429, "later"),
        (500, "uncertain"), (502, "uncertain"), (503, "uncertain"), (504, "uncertain"), (599, "uncertain"),
    ],
)  # fmt: skip
def test_statuses(tmp_path: Path, status: int, outcome: str) -> None:
    assert meant(tmp_path, status) == (outcome, "")


@pytest.mark.parametrize("status", [301, 302, 307, 308, 401, 402, 403, 407])
def test_a_provider_that_takes_nothing_from_us_is_asked_once(tmp_path: Path, status: int) -> None:
    assert meant(tmp_path, status) == ("later", f"the provider takes no message from us: status {status}")


def test_what_a_project_says_of_answers(tmp_path: Path) -> None:
    own = '{refused: ["403"], later: [5xx], accepted: ["409"], uncertain: ["429"], stop: [404]}'
    found = {status: meant(tmp_path, status, own)[0] for status in (403, 500, 503, 409, 429, 404, 400, 200)}
    assert found == {
        403: "failed", 500: "later", 503: "later", 409: "sent", 429: "uncertain", 404: "later",
        400: "failed", 200: "sent",
    }  # fmt: skip


def test_an_outcome_in_the_answer(tmp_path: Path) -> None:
    own = (
        '{outcome: {path: messages.0.status, accepted: ["0"], later: ["1", ""], refused: ["*"], stop: ["4"]}, id: x.y}'
    )
    for status, outcome in (
        ("0", "sent"),
        (0, "sent"),
        ("1", "later"),
        ("7", "failed"),
        (True, "failed"),
        ("4", "later"),
    ):
        assert meant(tmp_path, 200, own, {"messages": [{"status": status}]})[0] == outcome
    bodies: list[object] = [b"no json", {}, [], {"messages": []}, {"messages": {"0": 1}}, None]
    bodies.append({"messages": [{"status": {}}]})
    for body in bodies:
        assert meant(tmp_path, 200, own, body)[0] == "later"
    assert meant(tmp_path, 200, '{outcome: {path: a, accepted: ["0"]}}', {"a": "1"})[0] == "uncertain"
    assert meant(tmp_path, 200, own, b"[" * 100_000)[0] == "later"


def test_without_an_answer_it_is_uncertain(tmp_path: Path) -> None:
    config = configured(tmp_path, PLAIN + "}")
    for pieces in ([None], [b"HTTP/1.1 2"], [1.0]):
        marker = Marker()
        with saying(*pieces) as port, channel(replace(config, url=f"http://127.0.0.1:{port}/"), timeout=0.3) as c:
            assert c.hand_over(MESSAGE, marker).outcome == "uncertain"
        assert marker.calls == 1


def test_a_status_is_enough_unless_the_outcome_stands_in_the_body(tmp_path: Path) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
    for answers, outcome in (("", "sent"), (", answers: {outcome: {path: a, accepted: ['1']}}", "uncertain")):
        config = configured(tmp_path, PLAIN + answers + "}")
        with saying(cut) as port, channel(replace(config, url=f"http://127.0.0.1:{port}/")) as c:
            assert c.hand_over(MESSAGE, Marker()).outcome == outcome


def test_notes_hold_nothing_of_anybody(tmp_path: Path) -> None:
    entry = PLAIN + ", answers: {reason: error}}"
    with providing() as provider, channel(at(configured(tmp_path, entry), provider)) as c:
        for reason, note in (
            ("bad_number", ", bad_number"),
            ("41791234567", ""),
            ("no such +4179", ""),
            ("x" * 61, ""),
        ):
            provider.will(400, {"error": reason})
            assert c.hand_over(MESSAGE, Marker()).note == f"status 400{note}"


@pytest.mark.parametrize(
    ("secret", "told"), [(None, "missing"), ("", "missing"), ("a\nb", "characters"), ("ü", "characters")]
)
def test_a_secret_that_cannot_be_used(tmp_path: Path, secret: str | None, told: str) -> None:
    marker = Marker()
    with channel(configured(tmp_path, OWN), secret) as c, pytest.raises(Unreachable, match=f"{told}.*set `TOKEN`"):
        c.hand_over(MESSAGE, marker)
    assert marker.calls == 0


def test_a_refused_marker_sends_nothing(tmp_path: Path) -> None:
    with providing() as provider, channel(at(configured(tmp_path, OWN), provider)) as c:
        assert c.hand_over(MESSAGE, Marker(answer=False)).outcome == "failed"
        assert provider.heard == []


def test_a_team(tmp_path: Path) -> None:
    with providing() as provider:
        entry = f'{{kind: http, url: "{provider.url()}", body: {{text: "{{text}}", to: "{{address}}"}}, to: "#sales"}}'
        found = project(tmp_path, entry, "[127.0.0.1]", "teams")
        assert found.diagnostics == ()
        teams = open_channels(found, rehearsal=False, clock=lambda: 0, environment={})["notify"]
        notice = Rendered("ab" * 16, "anna", "notify", "sms", None, "Anna bought", None, None, "", "t")
        assert teams.hand_over(notice, lambda: True).outcome == "sent"
        teams.close()
    assert provider.heard[0].json() == {"text": "Anna bought", "to": "#sales"}


# ---------------------------------------------------------------- kadenz.yaml


@pytest.mark.parametrize(
    ("entry", "code", "told"),
    [
        ("{kind: http, address: phone, body: {a: b}}", "K0903", "`url` is missing"),
        ('{kind: http, address: phone, url: "https://a.example/"}', "K0903", "`body` is missing"),
        ('{kind: http, url: "https://a.example/", body: {}}', "K0903", "`address` is missing"),
        ("{kind: http, profile: twilio, account: a, address: phone, secret_env: T}", "K0903", "`from` is missing"),
        ("{kind: http, profile: twilio, account: a, from: b, address: phone}", "K0903", "`secret_env` is missing"),
        ("{kind: http, profile: twitter, account: a, from: b, address: phone}", "K0904", "twilio"),
        (
            "{kind: http, profile: sinch, account: a, from: b, address: age, secret_env: T}",
            "K0909",
            "`age` holds no address",
        ),
        (PLAIN.replace("https:", "http:") + "}", "K0904", "only https: is spoken"),
        (PLAIN.replace("sms.example", "127.0.0.1") + "}", "K0904", "it leads to this machine"),
        (PLAIN.replace("sms.example", "169.254.169.254") + "}", "K0904", "the local link"),
        (PLAIN.replace("sms.example", "u:p@sms.example") + "}", "K0904", "a name or a password stands in it"),
        (PLAIN.replace("sms.example", "{account}.example") + ", account: a}", "K0904", "the host of an address"),
        (PLAIN.replace("/m", "/{secret}") + ", secret_env: T}", "K0904", "`{secret}` has no value here"),
        (PLAIN.replace("{text}", "{txt}") + "}", "K0904", "`{txt}` has no value here"),
        (PLAIN + ', headers: {X-To: "{address}"}}', "K0904", "`{address}` has no value here"),
        (PLAIN + ', headers: {"X To": a}}', "K0904", "no name of a header"),
        (PLAIN + ", headers: {Host: a}}", "K0904", "is written by Kadenz"),
        (PLAIN + ', headers: {X-A: "a\\r\\nB: c"}}', "K0904", "characters that no header has"),
        (PLAIN + ', headers: {X-A: "{secret}"}}', "K0903", "`secret_env` is missing"),
        (PLAIN + ", secret_env: T}", "K0904", "nothing takes this secret"),
        (PLAIN.replace("{text}", "{sender}") + "}", "K0903", "`from` is missing"),
        (PLAIN + ", form: form}", "", ""),
        (PLAIN.replace('"{text}"', "{a: b}") + ", form: form}", "K0904", "a form is a list of texts"),
        (PLAIN + ", answers: {later: [500, 6xx]}}", "K0904", "`6xx` is no status"),
        (PLAIN + ", answers: {id: a..b}}", "K0904", "is no place in an answer"),
        (PLAIN + ", answers: {outcome: {accepted: [a]}}}", "K0903", "path"),
        (PLAIN + ", method: GET}", "K0904", "POST"),
        (PLAIN + ", timeout: 0}", "K0904", "timeout"),
        (PLAIN + ", secret: s}", "K0902", "secret"),
    ],
)
def test_what_kadenz_yaml_may_say(tmp_path: Path, entry: str, code: str, told: str) -> None:
    found = project(tmp_path, entry).diagnostics
    assert [d.code for d in found] == ([code] if code else [])
    if code:
        assert told in found[0].summary + " ".join(found[0].help)
        assert found[0].primary.span.file == "kadenz.yaml"


def test_hosts_of_ones_own(tmp_path: Path) -> None:
    entry = PLAIN.replace("https://sms.example", "http://gateway.lan:8080") + "}"
    assert configured(tmp_path, entry, "[gateway.lan]").own_hosts == ("gateway.lan",)
    for wrong in ("http://gateway.lan", "gateway.lan:80", "*.lan", "Gateway.lan"):
        found = project(tmp_path, PLAIN + "}", f'["{wrong}"]').diagnostics
        assert [(d.code, "is no name of a host" in d.summary) for d in found] == [("K0904", True)]


def test_a_rehearsal_writes_files(tmp_path: Path) -> None:
    with providing() as provider:
        entry = PLAIN.replace("https://sms.example/m", provider.url()) + "}"
        opened = open_channels(project(tmp_path, entry, "[127.0.0.1]"), rehearsal=True, clock=lambda: 0, environment={})
        assert opened["sms"].hand_over(MESSAGE, lambda: True).outcome == "sent"
        assert provider.connections == 0
    (file,) = (tmp_path / "out/rehearsal/sms").iterdir()
    assert TEXT in file.read_text(encoding="utf-8")
