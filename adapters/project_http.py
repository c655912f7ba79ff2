"""Channels of kind `http` in `kadenz.yaml`: what a profile gives is filled in, and what cannot work is found."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from adapters.channel_config import Answers, HttpConfig, Meaning
from adapters.channels.http_address import target_of, why_not
from adapters.channels.http_request import (
    HEADER_NAME,
    IN_BODY,
    IN_HEADERS,
    IN_URL,
    OWN_HEADERS,
    PLACEHOLDER,
    placeholders,
)
from adapters.yaml_reading import Path

if TYPE_CHECKING:
    from adapters.channels.http_profiles import Profile
    from adapters.project_file import AnswersEntry, HttpEntry, OutcomeEntry

_STATUS = re.compile(r"[1-5](?:xx|[0-9]{2})")
_STEPS = re.compile(r"[^\s.]+(?:\.[^\s.]+)*")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not fit; `path` below the channel, `key`: the key is meant, not its value."""

    path: Path
    text: str
    help: tuple[str, ...] = ()
    code: str = "K0904"
    key: bool = False


def _profile(entry: HttpEntry) -> Profile | None:
    from adapters.channels.http_profiles import PROFILES

    return None if entry.profile is None else PROFILES[entry.profile]


def http_config(entry: HttpEntry, own_hosts: tuple[str, ...]) -> HttpConfig:
    """The channel, with what its profile gives; a key of the file goes before the profile's."""
    profile = _profile(entry)
    body: Mapping[str, Any] | None = entry.body
    headers, user, form, answers = tuple(entry.headers.items()), entry.user, entry.form, Answers()
    if profile is not None:
        own = {name.lower() for name in entry.headers}
        headers = (*(one for one in profile.headers if one[0].lower() not in own), *headers)
        body, form, answers = body or profile.body, form or profile.form, profile.answers
        user = profile.user if user is None else user
    return HttpConfig(
        url=entry.url or ("" if profile is None else profile.url),
        body=json.dumps(body or {}, ensure_ascii=False),
        method=entry.method,
        form=form or "json",
        headers=headers,
        answers=_answers(entry.answers, answers),
        address=entry.address,
        sender=entry.from_,
        account=entry.account,
        user=user,
        secret_env=entry.secret_env,
        to=entry.to,
        timeout=entry.timeout,
        own_hosts=own_hosts,
    )


def _meanings(entry: AnswersEntry | OutcomeEntry) -> Iterator[tuple[str, Meaning]]:
    for meaning in ("accepted", "refused", "later", "stop"):
        yield from ((word, meaning) for word in getattr(entry, meaning))


def _answers(entry: AnswersEntry, given: Answers) -> Answers:
    said = (*_meanings(entry), *((word, "uncertain") for word in entry.uncertain))
    outcome = entry.outcome
    return Answers(
        statuses=(*given.statuses, *said),
        outcome_path=given.outcome_path if outcome is None else outcome.path,
        outcomes=given.outcomes if outcome is None else tuple(_meanings(outcome)),
        id_path=entry.id or given.id_path,
        reason_path=entry.reason or given.reason_path,
    )


def http_problems(
    name: str, entry: HttpEntry, own_hosts: Collection[str], written: Collection[str], *, team: bool
) -> Iterator[Problem]:
    """Everything that is wrong with a channel of this kind. `written`: the keys that stand in the file, also those
    whose values were found wrong before and are left out of `entry`."""
    profile, config = _profile(entry), http_config(entry, tuple(own_hosts))
    given = entry.model_dump(by_alias=True)
    needs = profile.needs if profile is not None else () if "profile" in written else ("url", "body")
    if entry.profile is None and not team and entry.to is None:
        needs = (*needs, "address")
    for key in needs:
        absent = given.get(key) is None and key not in written
        if absent and not (key == "address" and (team or entry.to is not None)):
            yield Problem((), f"`{key}` is missing in `{name}`", (_NEEDED[key],), "K0903")
    if team and entry.to is None and {"address", "address_digits"} & placeholders(config):
        yield Problem((), f"`to` is missing in `{name}`", ("name the address that stands for `{address}`",), "K0903")
    yield from _url_problems(entry, config, own_hosts)
    yield from _header_problems(entry)
    yield from _placeholder_problems("body", json.dumps(entry.body or {}, ensure_ascii=False), IN_BODY)
    yield from _placeholder_problems("user", entry.user or "", frozenset({"account"}))
    if config.form == "form" and any(
        isinstance(one, dict) for value in (entry.body or {}).values() for one in _each(value)
    ):
        yield Problem(("body",), "a form is a list of texts, with nothing inside them", ("write `form: json`",))
    secret = config.user is not None or "secret" in placeholders(config)
    if secret and entry.secret_env is None and profile is None:
        help_ = "name the environment variable with the secret; it never stands in a file"
        yield Problem((), f"`secret_env` is missing in `{name}`", (help_,), "K0903")
    if not secret and entry.secret_env is not None:
        yield Problem(("secret_env",), "nothing takes this secret", ("write `{secret}` in a header, or give `user`",))
    for key in ("account", "sender"):
        if key in placeholders(config) and getattr(config, key) is None and profile is None:
            at = "from" if key == "sender" else key
            yield Problem((), f"`{at}` is missing in `{name}`", (f"`{{{key}}}` takes its value",), "K0903")
    for key, value in (("from", entry.from_), ("account", entry.account), ("to", entry.to)):
        if value is not None and not value.isprintable():
            yield Problem((key,), "control characters stand in it")
    yield from _answer_problems(entry)


_NEEDED = {
    "url": "name the address that requests go to, or a `profile`",
    "body": 'say what a request holds, such as `{to: "{address}", text: "{text}"}`',
    "address": "name the contact field that holds the address",
    "account": "name your account at the provider",
    "from": "name the sender: a number, or a word that the provider allows you",
    "secret_env": "name the environment variable with the secret; it never stands in a file",
}


def _url_problems(entry: HttpEntry, config: HttpConfig, own_hosts: Collection[str]) -> Iterator[Problem]:
    yield from _placeholder_problems("url", entry.url or "", IN_URL)
    if not config.url:
        return
    problem = url_problem(config.url, own_hosts)
    if problem is not None:
        yield Problem(("url",) if entry.url else (), problem, ("write `https://api.example.com/messages`",))


def url_problem(url: str, own_hosts: Collection[str]) -> str | None:
    """Why requests cannot go to an address of `kadenz.yaml`, placeholders and all; None if they can."""
    target = target_of(PLACEHOLDER.sub("x", url), own_hosts)
    if isinstance(target, str):
        return f"this address is not called: {target}"
    if "{" in urlsplit(url).netloc or "{" in urlsplit(url).scheme:
        return "the host of an address stands as it is, without a placeholder"
    try:
        ip_address(target.host)
    except ValueError:
        return None
    where = why_not(target.host, own=target.host in own_hosts)
    return None if where is None else f"this address is not called: it leads to {where}"


def _header_problems(entry: HttpEntry) -> Iterator[Problem]:
    for name, text in entry.headers.items():
        at: Path = ("headers", name)
        if not HEADER_NAME.fullmatch(name):
            yield Problem(at, f"`{name}` is no name of a header", key=True)
        elif name.lower() in OWN_HEADERS:
            yield Problem(at, f"`{name}` is written by Kadenz", key=True)
        elif not text.isascii() or not text.isprintable():
            yield Problem(at, f"`{name}` would hold characters that no header has")
        for problem in _placeholder_problems("headers", text, IN_HEADERS):
            yield Problem(at, problem.text, problem.help)
    if entry.user is not None and any(name.lower() == "authorization" for name in entry.headers):
        yield Problem(("user",), "`user` makes the header `Authorization`, which stands in `headers` too")


def _placeholder_problems(key: str, text: str, known: frozenset[str]) -> Iterator[Problem]:
    for found in dict.fromkeys(PLACEHOLDER.findall(text)):
        if found not in known:
            help_ = f"here can stand {', '.join(f'`{{{one}}}`' for one in sorted(known))}"
            yield Problem((key,), f"`{{{found}}}` has no value here", (help_,))


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _answer_problems(entry: HttpEntry) -> Iterator[Problem]:
    answers = entry.answers
    for key in ("accepted", "refused", "later", "stop", "uncertain"):
        for word in getattr(answers, key):
            if not _STATUS.fullmatch(word):
                yield Problem(("answers", key), f"`{word}` is no status", ("write `404`, or `5xx` for all of them",))
    paths = [(("answers", "id"), answers.id), (("answers", "reason"), answers.reason)]
    if answers.outcome is not None:
        paths.append((("answers", "outcome"), answers.outcome.path))
    for path, steps in paths:
        if steps is not None and not _STEPS.fullmatch(steps):
            yield Problem(path, f"`{steps}` is no place in an answer", ("write `messages.0.id`",))
