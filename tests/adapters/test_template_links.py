"""Links of templates, and the way to say no in a mail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.channels.unsubscribe import Unsubscription, read_token
from adapters.html_text import text_of
from adapters.project import Project, load
from adapters.project_check import check_all
from adapters.running import unsubscribing
from adapters.templates import Further, MissingValue, TemplateSet, render
from dsl.diagnostics import Diagnostic
from engine.records import Contact, Outgoing
from tests.adapters.test_templates import outgoing

SMTP = (
    "{kind: smtp, host: mail.example.ch, from: s@example.ch, address: email, "
    'list_unsubscribe: ["mailto:out@example.ch", "https://shop.example/out/{token}"], unsubscribe_secret_env: SECRET}'
)
PLAY = """
score warmth
  +10 when did purchase in last 30 days
  stage cold from 0
  stage warm from 10
trigger thanks
  on purchase
  send email thanks
  purpose newsletter
"""


def project(folder: Path, body: str, channel: str = SMTP, play: str = PLAY, head: str = "") -> Project:
    for name, text in {
        "kadenz.yaml": f"name: x\ntime_zone: UTC\npurposes: [newsletter]\nchannels:\n  email: {channel}\n"
        "  letter: {kind: folder, folder: out/letter}\n",
        "schema.yaml": "contacts:\n  key: id\n  fields:\n    email: {type: text, pii: true}\n"
        "    city: text\nevents:\n  purchase:\n    properties:\n      amount: money CHF\n",
        "playbooks/a.play": play,
        "templates/thanks.j2": f"---\nchannel: email\nsubject: Thanks\n{head}---\n{body}",
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load(folder)


def found(folder: Path, body: str, **more: str) -> list[Diagnostic]:
    made = project(folder, body, **more)
    _, diagnostics = check_all(made)
    return diagnostics


def underlined(folder: Path, body: str, **more: str) -> list[tuple[str, str]]:
    made = project(folder, body, **more)
    return [(d.code, d.primary.span.text(made.texts[d.primary.span.file])) for d in check_all(made)[1]]


OUT = "{{ unsubscribe }}"
GOOD = (
    "https://shop.example/a?b=1&c=2#d",
    "https://shop.example:8443/",
    "https://müller.example/",
    "https://shop.example/{{ contact.city | url | default('all') }}",
    "mailto:info@shop.example?subject=Hi",
    "tel:+41 44 123".replace(" ", ""),
    "#below",
    "{{ contact.city | default('https://shop.example/') | url }}",
    "{{ unsubscribe }}",
    "{% if contact.city %}https://a.example/{% else %}https://b.example/{% endif %}",
)
BAD = (
    ("", "nowhere"),
    ("#", "nowhere"),
    ("/offers", "relative"),
    ("offers.html", "relative"),
    ("//shop.example/x", "relative"),
    ("javascript:alert(1)", "no place"),
    ("JavaScript:alert(1)", "no place"),
    ("data:text/html,x", "no place"),
    ("ftp://shop.example/", "no place"),
    ("https://", "names no host"),
    ("https:///offers", "names no host"),
    ("https://localhost/x", "no host in the world"),
    ("https://shop/x", "no host in the world"),
    ("https://10.0.0.1/x", "no host in the world"),
    ("https://[::1]/x", "no host in the world"),
    ("https://shop_.example./", "no host in the world"),
    ("https://user@shop.example/", "not well-formed"),
    ("https://shop.example:x/", "not well-formed"),
    ("https://[x/", "not well-formed"),
    ("https://shop.example/a b", "blank"),
    ("https://{{ contact.city | url | default('x') }}.example/", "value decides"),
    ("https://shop.example.{{ contact.city | url | default('x') }}/", "value decides"),
    ("mailto:nobody", "no mail address"),
    ("tel:call me", "no telephone number"),
    ("{% if contact.city %}https://a.example/{% else %}http:b{% endif %}", "names no host"),
)


@pytest.mark.parametrize("link", GOOD)
def test_good_links(tmp_path: Path, link: str) -> None:
    assert (
        found(tmp_path, f'x {OUT}\n--- html ---\n<p><a class="b" href="{link}">x</a> <a href="{OUT}">no</a></p>\n')
        == []
    )


@pytest.mark.parametrize(("link", "why"), BAD)
def test_bad_links(tmp_path: Path, link: str, why: str) -> None:
    body = f"x {OUT}\n--- html ---\n<p><a href='{link}'>x</a> <a href=\"{OUT}\">no</a></p>\n".replace("'x'", '"x"')
    problems = found(tmp_path, body.replace("'all'", '"all"'))
    assert [d.code for d in problems] == ["K0935"]
    assert problems[0].severity == "error"
    assert why in problems[0].summary


def test_the_place_of_a_bad_link_and_pictures(tmp_path: Path) -> None:
    html = (
        f'x {OUT}\n--- html ---\n<a href="{OUT}">no</a><img src="cid:logo"><img src="logo.png">\n'
        '{% if contact.city %}<a href="/here">x</a>{% endif %}<a href="http://old.example/">y</a>\n'
    )
    assert underlined(tmp_path, html) == [("K0935", "logo.png"), ("K0935", "/here"), ("K0935", "http://old.example/")]


def test_values_in_links_of_the_text(tmp_path: Path) -> None:
    body = (
        f"{OUT}\nhttps://shop.example/{{{{ contact.city | default('x') }}}} and https://shop.example/?m="
        "{{ contact.email | url }}. https://shop.example/ok, https://localhost/no.\n"
    )
    assert underlined(tmp_path, body) == [
        ("K0935", "contact.city"),
        ("K0935", "contact.email"),
        ("K0935", "https://localhost/no"),
    ]


# ---------------------------------------------------------------- unsubscribing


def test_promotional_mail_wants_a_link_in_each_part(tmp_path: Path) -> None:
    html = "hello\n--- html ---\n<p>hello</p>\n"
    problems = found(tmp_path, html)
    assert [(d.code, d.severity) for d in problems] == [("K0936", "warning")] * 2
    assert found(tmp_path, f'--- html ---\n<p><a href="{OUT}">no</a></p>\n') == []
    service = PLAY + '  category service because "it is due"\n'
    assert "K0936" not in [d.code for d in found(tmp_path, html, play=service)]


def test_a_channel_without_list_unsubscribe(tmp_path: Path) -> None:
    bare = "{kind: smtp, host: mail.example.ch, from: s@example.ch, address: email}"
    assert underlined(tmp_path, "hello\n", channel=bare) == [("K0936", "send email thanks")]
    folder = "{kind: folder, folder: out/email, address: email}"
    assert found(tmp_path, "hello\n", channel=folder) == [], "files are not mail"
    assert underlined(tmp_path, f"{OUT}\n", channel=folder) == [("K0938", "unsubscribe")]
    assert found(tmp_path, '{{ unsubscribe | default("Write to us") }}\n', channel=folder) == []
    assert found(tmp_path, "{% if unsubscribe %}{{ unsubscribe }}{% endif %}\n", channel=folder) == []


def test_the_link_in_the_body_is_that_of_the_header(tmp_path: Path) -> None:
    made = project(tmp_path, f'--- html ---\n<p>Hi. <a href="{OUT}">No more</a></p>\n')
    message = outgoing(template="thanks", purpose="newsletter")
    link = unsubscribing(made, message, lambda name: {"SECRET": "sixteen letters or more"}[name])
    assert link is not None
    said = render(TemplateSet.of(made), message, Contact("c", {}), None, None, Further(link))
    assert said.html == f'<p>Hi. <a href="{link}">No more</a></p>\n'
    assert said.text == f"Hi. No more [1]\n\n[1] {link}\n" == text_of(said.html)
    token = link.removeprefix("https://shop.example/out/")
    assert read_token(token, "sixteen letters or more") == Unsubscription("c", "newsletter", "email", message.key)
    from adapters.channel_config import SmtpConfig
    from adapters.channels.mail import compose

    config = made.channels["email"]
    assert isinstance(config, SmtpConfig)
    assert f"<{link}>".encode() in compose(said, config, 0, "sixteen letters or more").data


def test_what_is_transactional_has_none(tmp_path: Path) -> None:
    made = project(tmp_path, f"{OUT}\n")
    message: Outgoing = replace(outgoing(template="thanks"), category="transactional")
    assert unsubscribing(made, message, lambda _: None) is None
    with pytest.raises(MissingValue):
        render(TemplateSet.of(made), message, Contact("c", {}))


@pytest.mark.parametrize("body", ["{{ unsubscribe | upper }}\n", "{{ unsubscribe.x }}\n", "{{ unsubscribe() }}\n"])
def test_the_link_is_shown_as_it_is(tmp_path: Path, body: str) -> None:
    assert "K0922" in [d.code for d in found(tmp_path, body)]


# ---------------------------------------------------------------- stages, twins


def test_parts_by_stage(tmp_path: Path) -> None:
    body = f'{{% if stage.warmth == "warm" %}}Welcome back.{{% else %}}Welcome.{{% endif %}} {OUT}\n'
    made = project(tmp_path, body)
    assert check_all(made)[1] == []
    stages = {"c": "warm", "d": "cold"}
    further = Further("https://x.example/", lambda score, who: stages.get(who) if score == "warmth" else None)
    for who, words in (("c", "Welcome back."), ("d", "Welcome."), ("e", "Welcome.")):
        said = render(TemplateSet.of(made), outgoing(template="thanks"), Contact(who, {}), None, None, further)
        assert said.text == f"{words} https://x.example/\n"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{% if stage.warmth == "hot" %}x{% endif %}', "K0929"),
        ('{% if stage.warmt == "warm" %}x{% endif %}', "K0923"),
        ("{{ stage.warmth }}", "K0929"),
    ],
)
def test_stages_that_are_not_there(tmp_path: Path, body: str, code: str) -> None:
    assert [d.code for d in found(tmp_path, f"{body} {OUT}\n")] == [code]


def test_two_files_of_one_name_and_language(tmp_path: Path) -> None:
    made = project(tmp_path, f"{OUT}\n")
    other = tmp_path / "templates" / "old" / "thanks.j2"
    other.parent.mkdir()
    other.write_text((tmp_path / "templates" / "thanks.j2").read_text())
    made = load(tmp_path)
    assert [d.code for d in check_all(made)[1]] == ["K0937"]
    other.rename(other.with_name("thanks.de.j2"))
    assert check_all(load(tmp_path))[1] == []


# ---------------------------------------------------------------- filters before a default


@pytest.mark.parametrize("chain", ["url", "upper", "lower", "upper | url"])
def test_a_default_stands_in_behind_other_filters_too(tmp_path: Path, chain: str) -> None:
    made = project(tmp_path, f'{{{{ contact.city | {chain} | default("x") }}}} {{{{ unsubscribe | default("y") }}}}\n')
    said = render(TemplateSet.of(made), outgoing(template="thanks"), Contact("c", {}))
    assert said.text == "x y\n"
