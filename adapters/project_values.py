"""What pydantic cannot say about `kadenz.yaml`: zones, durations, instants, addresses and names, with their places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from adapters.mail_address import mail_address
from adapters.review_config import BAND, NO_REVIEW, ReviewConfig
from adapters.store_config import LONGEST_SCHEMA, address_problem
from adapters.suggest import advice, nearest
from adapters.yaml_reading import Document, Path
from dsl.diagnostics import Diagnostic, Label
from dsl.schema import Channel, Schema
from dsl.types import Text
from engine.instants import scheduled_instant, to_ymd
from engine.rates import NO_LIMIT, RateLimits
from engine.review_rules import ALL, GATES, Gate, GateRules
from engine.zones import country_zones, zone, zone_names

if TYPE_CHECKING:
    from adapters.project_file import ProjectFile, SmtpEntry

RESERVED_CHANNELS = frozenset({"notify", "preferred", "message", "messages", "promotional", "set", "call"})
"""Words that stand where a channel's name could stand."""

_DURATION = re.compile(r"([0-9]{1,6}) (second|minute|hour|day|week)s?")
_UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_INSTANT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]([0-9]{2}):([0-9]{2}))?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


@dataclass(frozen=True, slots=True)
class Checked:
    """Values of `kadenz.yaml` in stored form; a default where the file's value is wrong."""

    time_zone: str
    country: str | None
    settle: int
    active_from: int | None
    languages: tuple[str, ...]
    rates: RateLimits = NO_LIMIT
    review: ReviewConfig = NO_REVIEW


@dataclass(frozen=True, slots=True)
class _Check:
    document: Document
    found: list[Diagnostic]

    def error(self, path: Path, summary: str, *help_: str, code: str = "K0904", key: bool = False) -> None:
        self.found.append(Diagnostic(code, summary, Label(self.document.span(path, key=key)), help=help_))


def checked(document: Document | None, parsed: ProjectFile, schema: Schema, found: list[Diagnostic]) -> Checked:
    """Check and convert; findings (K0904, K0909) are appended to `found`. Without a document all is default."""
    from adapters.schema_file import name_problem

    if document is None:
        return Checked("UTC", None, 300_000_000, None, ())
    check = _Check(document, found)
    time_zone = parsed.time_zone
    if time_zone not in zone_names():
        text = f"`{time_zone}` is no time zone"
        check.error(("time_zone",), text, *_zone_help(time_zone))
        time_zone = "UTC"
    country = parsed.country
    if country is not None and country not in country_zones():
        check.error(("country",), f"`{country}` is no country code", "write two capitals: `CH`, `DE`")
        country = None
    for index, language in enumerate(parsed.languages):
        if not _LANGUAGE.fullmatch(language):
            check.error(("languages", index), f"`{language}` is no language code", "write `de`, `fr` or `de-CH`")
    for index, purpose in enumerate(parsed.purposes):
        if (problem := name_problem(purpose)) is not None:
            check.error(("purposes", index), f"`{purpose}` is no name here: {problem}", code="K0908")
    if not parsed.purposes:
        check.error(("purposes",), "a project has at least one purpose", "write `purposes: [marketing]`")
    _own_hosts(check, parsed)
    _addresses(check, parsed, schema)
    _hooks(check, parsed)
    _coupons(check, parsed, schema)
    _stores(check, parsed)
    _webhooks(check, parsed, schema)
    settle, active = _settle(check, parsed), _active(check, parsed, time_zone)
    return Checked(time_zone, country, settle, active, parsed.languages, _rates(check, parsed), _review(check, parsed))


def _zone_help(name: str) -> tuple[str]:
    near = nearest(name, zone_names())
    return (f"did you mean `{near}`?" if near else "write `Europe/Zurich`",)


def declared(document: Document | None, group: str, schema: Schema, found: list[Diagnostic]) -> dict[str, Channel]:
    """The channels (or teams) that the file names, also those whose settings are wrong, so that playbooks which use
    them are not blamed. Names that may not stand are reported (K0908)."""
    from adapters.schema_file import name_problem

    entries = document.data.get(group) if document is not None and isinstance(document.data, dict) else None
    if document is None or not isinstance(entries, dict):
        return {}
    named: dict[str, Channel] = {}
    for name, entry in entries.items():
        problem = name_problem(name)
        if problem is None and group == "channels" and name in RESERVED_CHANNELS:
            problem = "the language has this word"
        if problem is not None:
            text = f"`{name}` is no name here: {problem}"
            _Check(document, found).error((group, name), text, code="K0908", key=True)
            continue
        address = entry.get("address") if isinstance(entry, dict) else None
        named[name] = Channel(name, address if isinstance(address, str) and address in schema.fields else None)
    return named


def _settle(check: _Check, parsed: ProjectFile) -> int:
    found = _DURATION.fullmatch(" ".join(parsed.settle.split()))
    if found is None:
        check.error(("settle",), f"`{parsed.settle}` is no duration", "write `5 minutes`")
        return 300_000_000
    return int(found[1]) * _UNITS[found[2]] * 1_000_000


def _active(check: _Check, parsed: ProjectFile, time_zone: str) -> int | None:
    if parsed.active_from is None:
        return None
    found = _INSTANT.fullmatch(parsed.active_from.strip())
    hour, minute = (int(found[4] or 0), int(found[5] or 0)) if found else (24, 0)
    try:
        day = to_ymd(date(int(found[1]), int(found[2]), int(found[3]))) if found and hour < 24 and minute < 60 else None
    except ValueError:
        day = None
    if day is None:
        text = f"`{parsed.active_from}` is no date and time"
        check.error(("active_from",), text, "write `2026-11-01 00:00`, on the clock of the project's zone")
        return None
    return scheduled_instant(day, hour * 60 + minute, zone(time_zone))


def _rates(check: _Check, parsed: ProjectFile) -> RateLimits:
    shares: dict[str, int | None] = {}
    for key, text in (("bounces", parsed.limits.bounces), ("complaints", parsed.limits.complaints)):
        shares[key] = None if text is None else share_of(text)
        if text is not None and shares[key] is None:
            help_ = "write `5 %` or `0.3 %`, with at most four places after the point"
            check.error(("limits", key), f"`{text}` is no share of messages", help_)
    return RateLimits(shares["bounces"], shares["complaints"], parsed.limits.at_least)


_SHARE = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,4}))? ?%")


def share_of(text: str) -> int | None:
    """A percentage as millionths; None where it is none, or none that a part of all can pass."""
    found = _SHARE.fullmatch(text.strip())
    if found is None:
        return None
    millionths = int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0"))
    return millionths if 0 < millionths < 1_000_000 else None


_SWITCHES: tuple[Gate, ...] = (
    "cap_loosened",
    "caps_undecidable",
    "quiet_shortened",
    "transactional",
    "consent_removed",
)
"""The gates that are either there or not."""


def _review(check: _Check, parsed: ProjectFile) -> ReviewConfig:
    entry = parsed.review
    shares: dict[str, int | None] = {}
    for path, text in ((("gates", "widening"), entry.gates.widening), (("band",), entry.band)):
        share = None if text is None else 0 if text.strip() in ("0 %", "0%") else share_of(text)
        shares[path[-1]] = share
        if text is not None and share is None:
            help_ = "write `5 %` or `0.5 %`, with at most four places after the point"
            check.error(("review", *path), f"`{text}` is no share", help_)
    asked = frozenset(gate for gate in _SWITCHES if getattr(entry.gates, gate))
    named = entry.approvers if isinstance(entry.approvers, dict) else {ALL: entry.approvers}
    for gate, names in named.items():
        path = ("approvers", gate) if isinstance(entry.approvers, dict) else ("approvers",)
        if gate != ALL and gate not in GATES:
            help_ = f"write `{ALL}`, or one of {', '.join(GATES)}"
            check.error(("review", *path), f"there is no gate `{gate}`", help_, code="K0909", key=True)
        for index, name in enumerate(names):
            if mail_address(name) is None or "<" in name:
                text = f"`{name}` is no mail address"
                check.error(("review", *path, index), text, "write the address that stands in their commits")
    band = shares["band"]
    return ReviewConfig(
        gates=GateRules(shares["widening"], entry.gates.priority, asked),
        approvers={gate: tuple(names) for gate, names in named.items() if names},
        band=BAND if band is None else band,
        apply=entry.apply == "required",
    )


def _addresses(check: _Check, parsed: ProjectFile, schema: Schema) -> None:
    from adapters.project_batch import batch_mistakes
    from adapters.project_file import BatchEntry, HttpEntry, SmtpEntry, WebhookOutEntry

    for group, entries in (("channels", parsed.channels), ("teams", parsed.teams)):
        for name, entry in entries.items():
            path: Path = (group, name)
            if entry.address is not None and group == "channels":
                _field(check, (*path, "address"), entry.address, schema)
            if isinstance(entry, SmtpEntry):
                _smtp(check, path, entry)
            if isinstance(entry, BatchEntry) and group == "teams":
                text = "a team is told at once, not by batch"
                check.error((*path, "kind"), text, "write `kind: folder` or `kind: smtp`")
            elif isinstance(entry, BatchEntry):

                def error(at: Path, text: str, help_: str, channel: Path = path) -> None:
                    check.error((*channel, *at), text, help_)

                batch_mistakes(entry, schema, error)
            if isinstance(entry, WebhookOutEntry):
                _webhook_out(check, path, entry.url, entry.secret_env, parsed)
            if isinstance(entry, HttpEntry):
                from adapters.project_http import http_problems

                written = check.document.data[group][name]
                for problem in http_problems(name, entry, parsed.own_hosts, written, team=group == "teams"):
                    help_, code, at = problem.help, problem.code, (*path, *problem.path)
                    check.error(at, problem.text, *help_, code=code, key=problem.key or not problem.path)


def _own_hosts(check: _Check, parsed: ProjectFile) -> None:
    for index, host in enumerate(parsed.own_hosts):
        if not _OWN_HOST.fullmatch(host):
            help_ = "write the name alone, in small letters: `crm.example.lan`, `127.0.0.1`"
            check.error(("own_hosts", index), f"`{host}` is no name of a host", help_)


_OWN_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|[0-9a-f]*:[0-9a-f:.]+")


def _coupons(check: _Check, parsed: ProjectFile, schema: Schema) -> None:
    for name, held in ({} if parsed.coupons is None else parsed.coupons.redeemed).items():
        path, event = ("coupons", "redeemed", name), schema.events.get(name)
        if event is None:
            text = f"there is no event type `{name}`"
            check.error(path, text, *advice(name, schema.events, "event types"), code="K0909", key=True)
        elif held not in event.properties:
            text = f"`{name}` has no property `{held}`"
            check.error(path, text, *advice(held, event.properties, "properties"), code="K0909")
        elif not isinstance(event.properties[held].type, Text):
            check.error(path, f"`{held}` of `{name}` holds no code: it is not text", code="K0909")


def _hooks(check: _Check, parsed: ProjectFile) -> None:
    for name, entry in parsed.hooks.items():
        if entry.kind == "webhook":
            for key, value in (("url", entry.url), ("secret_env", entry.secret_env)):
                if value is None:
                    text = f"`{key}` is missing in `{name}`"
                    check.error(("hooks", name), text, _NEEDED[key], code="K0903", key=True)
            if entry.folder is not None:
                check.error(("hooks", name, "folder"), "nobody reads `folder` in a webhook", code="K0902", key=True)
            if entry.url is not None and entry.secret_env is not None:
                _webhook_out(check, ("hooks", name), entry.url, entry.secret_env, parsed)
            continue
        foreign = [key for key in ("url", "secret_env", "timeout") if getattr(entry, key) is not None]
        if entry.kind != "folder":
            text = f"a hook of kind `{entry.kind}` is not carried out yet"
            help_ = "write `kind: folder` (each call becomes a file of its own) or `kind: webhook`"
            check.error(("hooks", name, "kind"), text, help_)
        elif foreign:
            check.error(("hooks", name, foreign[0]), f"nobody reads `{foreign[0]}` in a folder", code="K0902", key=True)
        elif entry.folder is None:
            text = f"`folder` is missing in `{name}`"
            check.error(("hooks", name), text, "name the folder for the calls", code="K0903", key=True)


def _webhooks(check: _Check, parsed: ProjectFile, schema: Schema) -> None:
    for name, entry in parsed.webhooks.items():
        at: Path = ("webhooks", name)
        if _WEBHOOK.fullmatch(name) is None:
            text = f"`{name}` is no name for a webhook"
            check.error(
                at, text, "it stands in the address: small letters, digits, `_` and `-`", code="K0908", key=True
            )
        accepts = (entry.accepts,) if isinstance(entry.accepts, str) else entry.accepts
        for event in accepts:
            if event == "message_sent":
                text = "`message_sent` is what Kadenz hands over itself"
                check.error((*at, "accepts"), text, "take it out of `accepts`")
            elif event not in schema.events:
                advice_ = advice(event, list(schema.events), "events")
                check.error((*at, "accepts"), f"there is no event type `{event}`", *advice_, code="K0909")
        if entry.channel is not None and entry.channel not in parsed.channels:
            advice_ = advice(entry.channel, list(parsed.channels), "channels")
            check.error((*at, "channel"), f"there is no channel `{entry.channel}`", *advice_, code="K0909")
        if entry.profile == "twilio" and _HTTPS.fullmatch(entry.url) is None:
            text = f"`url` is missing in `{name}`"
            check.error(at, text, "write the address under which Twilio calls: it signs that", code="K0903", key=True)
        if not entry.secrets_env:
            check.error((*at, "secrets_env"), "a webhook has at least one secret", "name an environment variable")


_WEBHOOK = re.compile(r"[a-z][a-z0-9_-]{0,40}")


_NEEDED = {
    "url": "name the address that calls go to",
    "secret_env": "name the environment variable with the secret that signs: `whsec_` and a key in base64",
}


def _webhook_out(check: _Check, path: Path, url: str, secrets: str | tuple[str, ...], parsed: ProjectFile) -> None:
    from adapters.project_http import url_problem

    problem = url_problem(url, parsed.own_hosts)
    if problem is None and "{" in url:
        problem = "the address of a webhook has no placeholders"
    if problem is not None:
        check.error((*path, "url"), problem, "write `https://crm.example.com/kadenz`")
    if not secrets:
        check.error((*path, "secret_env"), "a webhook is always signed", _NEEDED["secret_env"])


def _stores(check: _Check, parsed: ProjectFile) -> None:
    ledger, facts = parsed.stores.ledger, parsed.stores.facts
    servers = [("facts", facts.address, facts.schema_)]
    if ledger is not None:
        servers.append(("ledger", ledger.address, ledger.schema_))
    for name, address, schema in servers:
        if address is not None and (problem := address_problem(address)) is not None:
            # not the line of the address, which the finding would show
            help_ = (
                "write `postgresql://user@host/database`",
                "the password comes from the environment variable that `password_env` names, from PGPASSWORD or from "
                "the file ~/.pgpass",
            )
            check.error(("stores", name), f"the address of `{name}`: {problem}", *help_, key=True)
        if len((schema or "").encode()) > LONGEST_SCHEMA:
            text = f"a schema's name has at most {LONGEST_SCHEMA} bytes on Postgres"
            check.error(("stores", name, "schema"), text, "choose a shorter one")
    if "postgres" in {facts.engine, facts.kind} and facts.address is None:
        text, advice_ = "`address` is missing in `facts`", "write `address: postgresql://user@host/database`"
        check.error(("stores", "facts"), text, advice_, code="K0903", key=True)
    if facts.kind == "postgres" and facts.engine == "sqlite":
        text = "facts that lie on Postgres are not evaluated on SQLite"
        check.error(("stores", "facts", "engine"), text, "leave `engine` out, or name another one")
    if ledger is not None and facts.schema_ is not None and ledger.schema_ == facts.schema_:
        text = "the ledger and the facts need a schema each"
        check.error(("stores", "facts", "schema"), text, "give one of them another name")


def _field(check: _Check, path: Path, name: str, schema: Schema) -> None:
    if name not in schema.fields:
        texts = [f.name for f in schema.fields.values() if isinstance(f.type, Text)]
        check.error(path, f"there is no field `{name}`", *advice(name, texts, "fields"), code="K0909")
    elif not isinstance(schema.fields[name].type, Text):
        check.error(path, f"`{name}` holds no address: it is not text", code="K0909")


def _smtp(check: _Check, path: Path, entry: SmtpEntry) -> None:
    for key, value in (("from", entry.from_), ("reply_to", entry.reply_to), ("bounce", entry.bounce), ("to", entry.to)):
        if value is not None and mail_address(value) is None:
            check.error((*path, key), f"`{value}` is no mail address", 'write `"Shop <news@shop.example>"`')
    if path[0] == "channels" and entry.address is None:
        text = f"`address` is missing in `{path[1]}`"
        check.error(path, text, "name the contact field that holds the address", code="K0903", key=True)
    if path[0] == "teams" and entry.to is None:
        text = f"`to` is missing in `{path[1]}`"
        check.error(path, text, "name the team's mail address", code="K0903", key=True)
    if (entry.user is None) != (entry.password_env is None):
        text = "`user` and `password_env` go together"
        check.error(path, text, "the password stands in an environment variable, never in a file", key=True)
    _unsubscribe(check, path, entry)
    for domain, rate in entry.throttle.items():
        if not _DOMAIN.fullmatch(domain):
            text = f"`{domain}` is no domain"
            check.error((*path, "throttle", domain), text, "write `gmail.com`, or `default` for all others", key=True)
        if interval_of(rate) is None:
            text = f"`{rate}` is no rate"
            check.error((*path, "throttle", domain), text, "write `5 per second`, `100 per minute` or `1000 per hour`")


_DOMAIN = re.compile(r"default|[a-z0-9-]+(\.[a-z0-9-]+)+")
_RATE = re.compile(r"([1-9][0-9]{0,5}) per (second|minute|hour)")


def interval_of(rate: str) -> int | None:
    """Microseconds between two mails at a rate like `5 per second`, rounded up; None if it is no rate."""
    found = _RATE.fullmatch(" ".join(rate.split()))
    return None if found is None else -(-_UNITS[found[2]] * 1_000_000 // int(found[1]))


def intervals(throttle: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """The rates of a channel as intervals; what is no rate is left out."""
    read = ((domain, interval_of(rate)) for domain, rate in throttle.items())
    return tuple((domain, interval) for domain, interval in read if interval is not None)


_HTTPS = re.compile(r"https://[!-~]+")
_NO_ADDRESS = re.compile(r'[<>{},"\\\s]')


def _unsubscribe(check: _Check, path: Path, entry: SmtpEntry) -> None:
    at, form = (*path, "list_unsubscribe"), "write `https://shop.example/out/{token}` or `mailto:out@shop.example`"
    kinds: list[str] = []
    for address in entry.unsubscribe:
        plain = address.replace("{token}", "token")
        kind, _, rest = plain.partition(":")
        good = _HTTPS.fullmatch(plain) or (kind == "mailto" and mail_address(rest.partition("?")[0]) is not None)
        if not good or not address.isascii() or _NO_ADDRESS.search(plain):
            check.error(at, f"`{address}` is no address to unsubscribe at", form)
        elif kind in kinds:
            check.error(at, f"there are two addresses with `{kind}:`", "one `https:` and one `mailto:` can stand there")
        kinds.append(kind)
    signed = any("{token}" in address for address in entry.unsubscribe)
    if signed and entry.unsubscribe_secret_env is None:
        text = f"`unsubscribe_secret_env` is missing in `{path[1]}`"
        help_ = "name the environment variable with the secret that signs `{token}`"
        check.error(path, text, help_, code="K0903", key=True)
    if entry.unsubscribe_secret_env is not None and not signed:
        text = "`unsubscribe_secret_env` signs a `{token}`, and `list_unsubscribe` has none"
        check.error((*path, "unsubscribe_secret_env"), text, form)
