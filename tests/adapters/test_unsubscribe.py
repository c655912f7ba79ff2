"""`List-Unsubscribe` with one click, and the token in it: nobody but us can make one, and it says what was meant."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.channel_config import SmtpConfig
from adapters.channels import open_channels
from adapters.channels.mail import Unsendable, compose
from adapters.channels.smtp import SmtpChannel
from adapters.channels.unsubscribe import Unsubscription, read_token, token_of
from adapters.project import load
from adapters.template_file import read_template
from engine.protocols import Unreachable
from tests.adapters.smtp_server import MESSAGE, NOW, Marker, Sink, config, parsed, serving
from tests.adapters.test_project import KADENZ, project

SECRET = "a secret of some length"
WHAT = Unsubscription("anna", "newsletter", "email", MESSAGE.key)
HTTPS, MAILTO = "https://shop.example/out/{token}?from=mail", "mailto:out@shop.example"

words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)


def head(config_: SmtpConfig, purpose: str | None = "newsletter", key: str = "anna") -> bytes:
    made = compose(replace(MESSAGE, purpose=purpose, contact=key), config_, NOW, SECRET)
    return made.data.split(b"\r\n\r\n")[0] + b"\r\n"


# ---------------------------------------------------------------- the token


@settings(max_examples=150, deadline=None)
@given(words, words, words, words, st.text(min_size=16, max_size=30, alphabet="abc"))
def test_a_token_says_what_was_meant(contact: str, purpose: str, channel: str, key: str, secret: str) -> None:
    what = Unsubscription(contact, purpose, channel, key)
    token = token_of(what, secret)
    assert read_token(token, secret) == what
    assert token.replace(".", "").replace("-", "").replace("_", "").isalnum()
    assert token.isascii()


@settings(max_examples=100, deadline=None)
@given(st.tuples(words, words, words, words), st.tuples(words, words, words, words))
def test_two_meanings_have_two_tokens(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    tokens = [token_of(Unsubscription(*each), SECRET) for each in (one, other)]
    assert (tokens[0] == tokens[1]) == (one == other)


def test_no_letter_of_a_token_can_be_changed_left_out_or_added() -> None:
    token = token_of(WHAT, SECRET)
    for place in range(len(token)):
        assert read_token(token[:place], SECRET) is None
        assert read_token(token[:place] + token[place + 1 :], SECRET) is None
        for sign in "A", "B", "-", ".", "=", "é", "\n":
            if token[place] != sign:
                assert read_token(token[:place] + sign + token[place + 1 :], SECRET) is None
    for more in "A", "=", ".", ".A", "\n", " ":
        assert read_token(token + more, SECRET) is None
        assert read_token(more + token, SECRET) is None


def test_a_token_of_another_secret_or_another_contact_is_foreign() -> None:
    token, other = token_of(WHAT, SECRET), token_of(replace(WHAT, contact="otto"), SECRET)
    assert read_token(token, SECRET + "x") is None
    assert read_token(other.partition(".")[0] + "." + token.partition(".")[2], SECRET) is None


@settings(max_examples=150, deadline=None)
@given(st.one_of(words, st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{43}", fullmatch=True)))
def test_any_text_is_read_and_none_is_believed(text: str) -> None:
    assert read_token(text, SECRET) is None


# ---------------------------------------------------------------- the headers


def test_one_click_needs_https_and_a_token() -> None:
    token = token_of(WHAT, SECRET).encode()
    lines = head(config(25, list_unsubscribe=(MAILTO, HTTPS)))
    assert lines.startswith(
        b"List-Unsubscribe: <https://shop.example/out/" + token + b"?from=mail>,\r\n <mailto:out@shop.example>\r\n"
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )
    for addresses in (MAILTO,), ("https://shop.example/leave",), ("mailto:out@shop.example?subject={token}",):
        lines = head(config(25, list_unsubscribe=addresses))
        assert lines.count(b"List-Unsubscribe:") == 1
        assert b"List-Unsubscribe-Post" not in lines
    assert b"subject=" + token + b">" in lines
    assert b"List-Unsubscribe" not in head(config(25))


def test_what_nobody_consented_to_cannot_be_unsubscribed_from() -> None:
    assert b"List-Unsubscribe" not in head(config(25, list_unsubscribe=(HTTPS, MAILTO)), purpose=None)


def test_a_key_that_makes_the_line_too_long_is_not_sent() -> None:
    long = config(25, list_unsubscribe=(HTTPS,))
    assert b"List-Unsubscribe" in head(long, key="k" * 400)
    with pytest.raises(Unsendable, match="998 octets"):
        head(long, key="k" * 800)


def test_no_template_sets_a_header() -> None:
    for key in "list_unsubscribe", "List-Unsubscribe", "List-Unsubscribe-Post", "headers":
        _, found = read_template("templates/x.j2", f"---\nchannel: email\nsubject: x\n{key}: y\n---\ntext\n")
        assert [d.code for d in found] == ["K0902"]
    shown = replace(MESSAGE, subject="List-Unsubscribe: <https://evil.example/>", text="List-Unsubscribe: <x>\n")
    data = compose(shown, config(25, list_unsubscribe=(HTTPS,)), NOW, SECRET).data
    assert parsed(data).get_all("List-Unsubscribe") == [
        f"<https://shop.example/out/{token_of(WHAT, SECRET)}?from=mail>"
    ]


def test_the_server_gets_them() -> None:
    sink = Sink()
    with serving(sink) as port:
        made = SmtpChannel(config(port, list_unsubscribe=(HTTPS, MAILTO)), None, lambda: NOW, unsubscribe_secret=SECRET)
        assert made.hand_over(MESSAGE, Marker()).outcome == "sent"
        made.close()
    ((_, _, content),) = sink.accepted
    mail = parsed(content)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = mail["List-Unsubscribe"].partition("/out/")[2].partition("?")[0]
    found = read_token(token, SECRET)
    assert found is not None
    assert astuple(found) == ("anna", "newsletter", "email", MESSAGE.key)


@pytest.mark.parametrize(
    ("secret", "problem"), [(None, "is missing"), ("", "is missing"), ("short", "shorter than 16")]
)
def test_without_the_secret_nothing_is_handed_over(secret: str | None, problem: str) -> None:
    sink, marker = Sink(), Marker()
    with serving(sink) as port:
        signed = config(port, list_unsubscribe=(HTTPS,), unsubscribe_secret_env="SHOP_SECRET")
        made = SmtpChannel(signed, None, lambda: NOW, unsubscribe_secret=secret)
        for purpose in "newsletter", None:
            with pytest.raises(Unreachable, match=f"{problem}.*SHOP_SECRET"):
                made.hand_over(replace(MESSAGE, purpose=purpose), marker)
        made.close()
    assert (sink.connections, marker.calls) == (0, 0)


# ---------------------------------------------------------------- kadenz.yaml

ADDED = "password_env: SHOP, "


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (f'list_unsubscribe: "{HTTPS}", unsubscribe_secret_env: X', []),
        (f'list_unsubscribe: ["<{HTTPS}>", "{MAILTO}"], unsubscribe_secret_env: X', []),
        (f'list_unsubscribe: "{MAILTO}?subject={{token}}", unsubscribe_secret_env: X', []),
        ('list_unsubscribe: "https://shop.example/leave"', []),
        (f'list_unsubscribe: "{HTTPS}"', ["K0903"]),
        (f'list_unsubscribe: "{MAILTO}", unsubscribe_secret_env: X', ["K0904"]),
        ('list_unsubscribe: "http://shop.example/leave"', ["K0904"]),
        ('list_unsubscribe: "https://shop.example/a b"', ["K0904"]),
        ('list_unsubscribe: "https://shop.example/a, b"', ["K0904"]),
        ('list_unsubscribe: "https://shop.example/{tokn}"', ["K0904"]),
        ('list_unsubscribe: "https://müller.example/"', ["K0904"]),
        ('list_unsubscribe: "mailto:nobody"', ["K0904"]),
        ('list_unsubscribe: "out@shop.example"', ["K0904"]),
        (f'list_unsubscribe: ["{MAILTO}", "{MAILTO}"]', ["K0904"]),
        ("list_unsubscribe: {a: b}", ["K0904"]),
    ],
)
def test_what_may_stand_in_kadenz_yaml(tmp_path_factory: pytest.TempPathFactory, lines: str, codes: list[str]) -> None:
    found = project(tmp_path_factory.mktemp("p"), KADENZ.replace("password_env: SHOP}", f"{ADDED}{lines}}}"))
    assert sorted({d.code for d in found.diagnostics}) == codes


def test_the_secret_comes_from_the_environment(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("p")
    more = f'{ADDED}list_unsubscribe: "{HTTPS}", unsubscribe_secret_env: SHOP_SECRET}}'
    project(folder, KADENZ.replace("password_env: SHOP}", more).replace("mail.example.ch", "127.0.0.1, port: 1"))
    for environment, says in ({}, "SHOP_SECRET"), ({"SHOP_SECRET": SECRET}, "nobody listens"):
        channels = open_channels(load(folder), rehearsal=False, clock=lambda: NOW, environment=environment)
        with pytest.raises(Unreachable, match=says):
            channels["email"].hand_over(MESSAGE, Marker())
