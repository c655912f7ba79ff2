from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.channel_config import FolderConfig, SmtpConfig
from adapters.project import CODES, Limits, Project, ProjectNotFound, load
from dsl.diagnostics import Diagnostic
from dsl.schema import Channel, Kept
from dsl.types import Date, DateTime, MonthDay, OneOf, SetOf, Text, Zone, decimal, money
from engine.rates import RateLimits

KADENZ = """\
# our shop
name: shop
time_zone: Europe/Zurich
country: CH
active_from: 2026-11-01 00:00
languages: [de, fr, en]
purposes: [newsletter, marketing]
limits: {per_tick: 5000, bounces: 5 %, complaints: 0.25%, at_least: 60}
channels:
  email: {kind: smtp, address: email, host: mail.example.ch, from: "Shop <news@shop.example>", user: news, password_env: SHOP}
  letter: {kind: folder, folder: out/letters}
teams:
  sales: {kind: folder, folder: out/sales}
"""  # noqa: E501

SCHEMA = """\
contacts:
  key: customer_id
  fields:
    email: {type: text, normalise: [email], pii: true}
    gender: one of [female, male, "self-employed"]
    plan: {type: "one of [basic, plus]", ordered: true, required: true, about: what they pay for}
    hobbies: set of [ski, bike]
    birth_date: date
    name_day: month day
    turnover: money CHF
    yen: money JPY
    height: decimal(2)
    zone: zone
    country: text
events:
  purchase:
    about: a paid order
    properties: {amount: money CHF, product: text}
  visit:
facts:
  weather: {key: region, matches: country, time: day, columns: {region: text, rain_mm: number, day: datetime}}
"""


def project(tmp_path: Path, kadenz: str = KADENZ, schema: str = SCHEMA, **files: str) -> Project:
    """A project of these texts; `files`: path with __ for / and _dot_ for a dot -> text."""
    (tmp_path / "kadenz.yaml").write_text(kadenz, encoding="utf-8")
    (tmp_path / "schema.yaml").write_text(schema, encoding="utf-8")
    for name, text in files.items():
        path = tmp_path / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load(tmp_path)


def underlined(found: Project, diagnostic: Diagnostic) -> str:
    return diagnostic.primary.span.text(found.texts.get(diagnostic.primary.span.file, ""))


def only(found: Project) -> tuple[str, str, str]:
    """Code, summary and underlined text of the only finding."""
    assert len(found.diagnostics) == 1, [(d.code, d.summary) for d in found.diagnostics]
    one = found.diagnostics[0]
    return one.code, one.summary, underlined(found, one)


def test_a_project_is_read(tmp_path: Path) -> None:
    found = project(tmp_path, playbooks__b__x_dot_play="b", playbooks__a_dot_play="a", playbooks__note_dot_txt="")
    assert found.diagnostics == ()
    assert found.ok
    assert (found.name, found.time_zone, found.country, found.settle) == ("shop", "Europe/Zurich", "CH", 300_000_000)
    assert found.active_from == 1_793_487_600_000_000  # 2026-10-31 23:00 UTC
    assert found.languages == ("de", "fr", "en")
    assert found.limits == Limits(5000, RateLimits(bounces=50_000, complaints=2_500, at_least=60))
    assert found.sources == (("playbooks/a.play", "a"), ("playbooks/b/x.play", "b"))
    assert found.facts_path == tmp_path / ".kadenz/facts.db"
    assert found.ledger_path == tmp_path / ".kadenz/ledger.db"
    assert found.rehearsal_ledger_path == tmp_path / ".kadenz/rehearsal.db"
    assert found.rehearsal_folder == tmp_path / "out/rehearsal"
    assert found.channels["letter"] == FolderConfig(tmp_path / "out/letters")
    email = found.channels["email"]
    assert isinstance(email, SmtpConfig)
    assert (email.port, email.security, email.password_env) == (587, "starttls", "SHOP")
    assert found.teams == {"sales": FolderConfig(tmp_path / "out/sales")}


def test_the_schema_is_bound(tmp_path: Path) -> None:
    schema = project(tmp_path).schema
    assert schema.key == "customer_id"
    assert {name: f.type for name, f in schema.fields.items()} == {
        "email": Text(),
        "gender": OneOf(("female", "male", "self-employed")),
        "plan": OneOf(("basic", "plus"), ordered=True),
        "hobbies": SetOf(("ski", "bike")),
        "birth_date": Date(),
        "name_day": MonthDay(),
        "turnover": money("CHF"),
        "yen": money("JPY", 0),
        "height": decimal(2),
        "zone": Zone(),
        "country": Text(),
        "customer_id": Text(),
    }
    assert schema.fields["email"].normalise == ("email",)
    assert schema.fields["email"].pii
    assert schema.fields["plan"].required
    assert schema.fields["plan"].about == "what they pay for"
    assert schema.fields["customer_id"].required
    assert (schema.zone_field, schema.country_field, schema.language_field) == ("zone", "country", None)
    assert schema.events["purchase"].properties["amount"].type == money("CHF")
    assert schema.events["visit"].properties == {}
    assert schema.events["message_clicked"].builtin
    assert schema.facts["weather"].columns["day"].type == DateTime()
    assert schema.channels == {"email": Channel("email", "email"), "letter": Channel("letter")}
    assert schema.teams == ("sales",)
    assert schema.purposes == ("newsletter", "marketing")


def test_how_long_events_are_kept(tmp_path: Path) -> None:
    assert project(tmp_path).schema.events["visit"].keep is None
    found = project(tmp_path, schema=SCHEMA.replace("  visit:\n", "  visit: {keep: 18 months}\n"))
    assert found.diagnostics == ()
    assert found.schema.events["visit"].keep == Kept(18, "month")


def test_a_field_knows_its_place(tmp_path: Path) -> None:
    found = project(tmp_path)
    for name, known in found.schema.fields.items():
        assert known.span is not None
        assert known.span.text(found.texts["schema.yaml"]) == name


def test_no_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotFound, match="kadenz init"):
        load(tmp_path)


def test_no_schema(tmp_path: Path) -> None:
    (tmp_path / "kadenz.yaml").write_text("name: x\ntime_zone: UTC\n", encoding="utf-8")
    found = load(tmp_path)
    assert [(d.code, d.primary.span.file) for d in found.diagnostics] == [("K0910", "schema.yaml")]


@pytest.mark.parametrize(
    ("old", "new", "code", "text", "help_"),
    [
        ("time_zone:", "time_zon:", "K0902", "time_zon", "did you mean `time_zone`?"),
        ("name: shop\n", "", "K0903", "time_zone", "add `name: ..`"),
        ("Europe/Zurich", "Europe/Zuerich", "K0904", "Europe/Zuerich", "did you mean `Europe/Zurich`?"),
        ("country: CH", "country: Suisse", "K0904", "Suisse", "write two capitals: `CH`, `DE`"),
        ("2026-11-01 00:00", "2026-02-30", "K0904", "2026-02-30", "write `2026-11-01 00:00`"),
        ("2026-11-01 00:00", "2026-11-01 24:00", "K0904", "2026-11-01 24:00", "write `2026-11-01 00:00`"),
        ("limits:", "settle: soon\nlimits:", "K0904", "soon", "write `5 minutes`"),
        ("fr, en", "french, en", "K0904", "french", "write `de`, `fr` or `de-CH`"),
        ("[de, fr, en]", "de", "K0904", "de", ""),
        ("per_tick: 5000", "per_tick: 0", "K0904", "0", ""),
        ("per_tick: 5000", "per_tick: many", "K0904", "many", ""),
        ("bounces: 5 %", "bounces: 5", "K0904", "5", ""),
        ("bounces: 5 %", "bounces: 100 %", "K0904", "100 %", "write `5 %` or `0.3 %`"),
        ("complaints: 0.25%", "complaints: 0.00025 %", "K0904", "0.00025 %", ""),
        ("at_least: 60", "at_least: 0", "K0904", "0", ""),
        ("per_tick: 5000", "per_tik: 5000", "K0902", "per_tik", "did you mean `per_tick`?"),
        ("kind: smtp", "kind: smpt", "K0904", "smpt", "did you mean `smtp`?"),
        ("kind: smtp, ", "", "K0903", "email", "add `kind: ..`"),
        ("host: mail.example.ch", "hots: mail.example.ch", "K0902", "hots", "did you mean `host`?"),
        ("kind: folder, folder: out/sales", "kind: folder", "K0903", "sales", "add `folder: ..`"),
        ("address: email, ", "", "K0903", "email", "name the contact field that holds the address"),
        ("address: email", "address: emial", "K0909", "emial", "did you mean `email`?"),
        ("address: email", "address: birth_date", "K0909", "birth_date", ""),
        ("news@shop.example>", "news@shop.example, x@y.ch>", "K0904", '"Shop <news@shop.example, x@y.ch>"', "write `"),
        (", user: news", "", "K0904", "email", "the password stands"),
        ("  letter:", "  preferred:", "K0908", "preferred", ""),
        (
            "sales: {kind: folder, folder: out/sales}",
            "sales: {kind: smtp, host: h, from: a@b.ch}",
            "K0903",
            "sales",
            "",
        ),
        ("name: shop", "name: [shop]", "K0904", "[shop]", ""),
    ],
)
def test_what_is_wrong_in_kadenz_yaml(tmp_path: Path, old: str, new: str, code: str, text: str, help_: str) -> None:
    assert old in KADENZ
    found = project(tmp_path, KADENZ.replace(old, new))
    codes = {(d.code, underlined(found, d)) for d in found.diagnostics}
    assert (code, text) in codes, codes
    assert any(h.startswith(help_) for d in found.diagnostics for h in d.help) or not help_
    assert not found.ok


@pytest.mark.parametrize(
    ("old", "new", "code", "text", "help_"),
    [
        ("birth_date: date", "birth_date: dat", "K0907", "dat", "did you mean `date`?"),
        ("birth_date: date", "birth_date: string", "K0907", "string", "did you mean `text`?"),
        ("height: decimal(2)", "height: decimal(20)", "K0907", "20", ""),
        ("money JPY", "money jpy", "K0907", "jpy", "write `money JPY`"),
        ("set of [ski, bike]", "set of [ski, ski]", "K0907", "ski", ""),
        ("set of [ski, bike]", "set of [ski, ]", "K0907", " ", "write `one of [basic, plus]`"),
        ("set of [ski, bike]", "set of ski", "K0907", "set of ski", "write `one of [a, b]`"),
        ("pii: true", "pi: true", "K0902", "pi", "did you mean `pii`?"),
        ("pii: true", "pii: very", "K0904", "very", ""),
        ("normalise: [email]", "normalise: [mail]", "K0904", "mail", "did you mean `email`?"),
        ("birth_date: date", "birth_date: {type: date, normalise: [trim]}", "K0904", "[trim]", ""),
        ("birth_date: date", "birth_date: {type: date, ordered: true}", "K0904", "true", ""),
        ("birth_date: date", "birth date: date", "K0908", "birth date", ""),
        ("birth_date: date", "_birth: date", "K0908", "_birth", ""),
        ("birth_date: date", "Email: text", "K0908", "Email", "choose another name"),
        ("  purchase:", "  message_sent:", "K0908", "message_sent", "choose another name"),
        ("  visit:", "  Purchase:", "K0908", "Purchase", "choose another name"),
        ("  visit:\n", "  visit: {keep: two years}\n", "K0904", "two years", "write `2 years`"),
        ("  visit:\n", "  visit: {keep: 0 days}\n", "K0904", "0 days", "write `2 years`"),
        ("  visit:\n", "  visit: {keep: 3 hours}\n", "K0904", "3 hours", "write `2 years`"),
        ("  visit:\n", "  visit: {keep: 300 years}\n", "K0904", "300 years", "write `2 years`"),
        ("matches: country", "matches: contry", "K0909", "contry", "did you mean `country`?"),
        ("key: region", "key: regoin", "K0909", "regoin", "did you mean `region`?"),
        ("time: day", "time: rain_mm", "K0909", "rain_mm", ""),
        ("matches: country", "matches: birth_date", "K0909", "birth_date", ""),
        ("key: customer_id", "key: height", "K0909", "height", ""),
        ("key: customer_id", "key: customer_id\n  zone: zonne", "K0909", "zonne", "did you mean `zone`?"),
        ("key: customer_id", "key: customer_id\n  language: birth_date", "K0909", "birth_date", ""),
        ("  key: customer_id\n", "", "K0903", "contacts", "add `key: ..`"),
        ("contacts:", "contact:", "K0902", "contact", "did you mean `contacts`?"),
    ],
)
def test_what_is_wrong_in_schema_yaml(tmp_path: Path, old: str, new: str, code: str, text: str, help_: str) -> None:
    assert old in SCHEMA
    found = project(tmp_path, schema=SCHEMA.replace(old, new))
    codes = {(d.code, underlined(found, d)) for d in found.diagnostics}
    assert (code, text) in codes, codes
    assert any(h.startswith(help_) for d in found.diagnostics for h in d.help) or not help_
    assert not found.ok


def test_all_findings_of_all_files_at_once(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        KADENZ.replace("name: shop", "nam: shop").replace("fr, en", "french, en"),
        SCHEMA.replace("birth_date: date", "birth_date: dat").replace("  visit:", "  Purchase:"),
        templates__a_dot_j2="no head",
    )
    assert [d.code for d in found.diagnostics] == ["K0902", "K0903", "K0904", "K0907", "K0908", "K0920"]
    assert "email" in found.schema.fields
    assert "email" in found.channels


def test_yaml_mistakes_have_a_place(tmp_path: Path) -> None:
    found = project(tmp_path, schema="contacts:\n  fields:\n    plan: {type: one of [basic, plus]}\n")
    code, summary, text = only(found) if len(found.diagnostics) == 1 else ("", "", "")
    if not code:
        schema_findings = [d for d in found.diagnostics if d.primary.span.file == "schema.yaml"]
        code, summary, text = schema_findings[0].code, schema_findings[0].summary, underlined(found, schema_findings[0])
    assert (code, text) == ("K0901", "[basic")
    assert "braces" in summary


def test_a_channel_with_a_mistake_is_still_a_channel(tmp_path: Path) -> None:
    found = project(tmp_path, KADENZ.replace("kind: smtp", "kind: smpt"))
    assert [d.code for d in found.diagnostics] == ["K0904"]
    assert found.schema.channels["email"] == Channel("email", "email")
    assert "email" not in found.channels


@pytest.mark.parametrize(("purposes", "code"), [("[]", "K0904"), ("[news letter]", "K0908"), ("news", "K0904")])
def test_purposes_are_names(tmp_path: Path, purposes: str, code: str) -> None:
    found = project(tmp_path, KADENZ.replace("[newsletter, marketing]", purposes))
    assert [d.code for d in found.diagnostics] == [code]


def test_links_and_odd_files_are_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.play").write_text("secret", encoding="utf-8")
    inside = tmp_path / "inside"
    (inside / "playbooks").mkdir(parents=True)
    (inside / "templates").symlink_to(outside)
    (inside / "playbooks/link.play").symlink_to(outside / "secret.play")
    (inside / "playbooks/folder").symlink_to(outside)
    (inside / "playbooks/latin.play").write_bytes("# gr\xfc\xdfe".encode("latin-1"))
    found = project(inside)
    assert sorted((d.code, d.primary.span.file) for d in found.diagnostics) == [
        ("K0910", "playbooks/folder"),
        ("K0910", "playbooks/latin.play"),
        ("K0910", "playbooks/link.play"),
        ("K0910", "templates"),
    ]
    assert found.sources == ()
    assert "secret" not in "".join(found.texts.values())


def test_a_linked_project_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text("name: x\ntime_zone: UTC\n", encoding="utf-8")
    (tmp_path / "kadenz.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    found = load(tmp_path)
    assert ("K0910", "kadenz.yaml") in {(d.code, d.primary.span.file) for d in found.diagnostics}


def test_every_code_has_a_page() -> None:
    used = {
        code
        for path in (Path(__file__).parents[2] / "adapters").glob("*.py")
        if path.name != "project_codes.py"
        for code in re.findall(r"\bK09[0-9]{2}\b", path.read_text(encoding="utf-8"))
    }
    assert used <= set(CODES)
    for page in CODES.values():
        assert all(page)
        assert page.bad != page.good
