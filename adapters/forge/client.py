"""The comments of a pull request at GitHub and of a merge request at GitLab, behind one Protocol.

GitHub: https://docs.github.com/rest/issues/comments ; GitLab: https://docs.gitlab.com/api/notes/ . The token comes from
the environment of the job and is sent to no other address than the one that the forge itself named there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

PAGE = 100
MOST_PAGES = 50
"""More comments than these pages hold are not looked through."""

Send = Callable[[str, str, Sequence[tuple[str, str]], bytes], tuple[int, bytes]]
"""Method, address, headers, body -> status and body of the answer. Raises OSError where there is none."""


class ForgeError(Exception):
    """The forge cannot be reached, refuses, or is not told of in the environment; the text is for people."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of the request."""

    id: int
    body: str


class Forge(Protocol):
    """The comments of one pull request."""

    def comments(self) -> Iterator[Comment]:
        """All comments. Raises ForgeError."""
        ...

    def create(self, body: str) -> None:
        """A new comment. Raises ForgeError."""
        ...

    def update(self, comment: int, body: str) -> None:
        """Another text in its place. Raises ForgeError."""
        ...

    def delete(self, comment: int) -> None:
        """Take a comment away. Raises ForgeError."""
        ...


@dataclass(frozen=True, slots=True)
class Rest:
    """A forge's REST interface below one address. `update_with`: the method of an edit."""

    address: str
    listed: str
    """Path of the request's comments."""
    one: str
    """Path of one comment, with `{id}`."""
    headers: Sequence[tuple[str, str]]
    update_with: str
    send: Send

    def comments(self) -> Iterator[Comment]:
        """See Forge."""
        for page in range(1, MOST_PAGES + 1):
            found = self._asked("GET", f"{self.listed}?per_page={PAGE}&page={page}")
            if not isinstance(found, list):
                raise ForgeError("the forge's answer is no list of comments")
            for one in found:
                yield Comment(int(one["id"]), str(one.get("body") or ""))
            if len(found) < PAGE:
                return

    def create(self, body: str) -> None:
        """See Forge."""
        self._asked("POST", self.listed, {"body": body})

    def update(self, comment: int, body: str) -> None:
        """See Forge."""
        self._asked(self.update_with, self.one.format(id=comment), {"body": body})

    def delete(self, comment: int) -> None:
        """See Forge."""
        self._asked("DELETE", self.one.format(id=comment))

    def _asked(self, method: str, path: str, data: Mapping[str, str] | None = None) -> Any:
        body = b"" if data is None else json.dumps(data, ensure_ascii=False).encode()
        headers = [*self.headers, ("Content-Type", "application/json"), ("User-Agent", "kadenz")]
        host = urlsplit(self.address).netloc
        try:
            status, answer = self.send(method, self.address + path, headers, body)
        except OSError as error:
            raise ForgeError(f"{host} could not be reached: {error}") from error
        if status in (401, 403, 404):
            raise ForgeError(f"{host} refuses the comment ({status}): may the job's token write comments here?")
        if not 200 <= status < 300:
            raise ForgeError(f"{host} answered {status} to {method}")
        try:
            return json.loads(answer) if answer else None
        except ValueError as error:
            raise ForgeError(f"{host} answered with something that is no JSON") from error


def from_environment(env: Mapping[str, str], send: Send, event: Callable[[str], str]) -> Forge:
    """The request that a job of GitHub Actions or GitLab CI runs for. `event` reads a file. Raises ForgeError."""
    if env.get("GITHUB_ACTIONS") == "true":
        return _github(env, send, event)
    if env.get("GITLAB_CI") == "true":
        return _gitlab(env, send)
    raise ForgeError("this is no job of GitHub Actions or GitLab CI: nothing says where to comment")


def _github(env: Mapping[str, str], send: Send, event: Callable[[str], str]) -> Forge:
    token = _needed(env, "GITHUB_TOKEN", "pass it as `env: GITHUB_TOKEN: ${{ github.token }}`")
    repository = _needed(env, "GITHUB_REPOSITORY", "GitHub sets it")
    try:
        number = int(json.loads(event(_needed(env, "GITHUB_EVENT_PATH", "GitHub sets it")))["pull_request"]["number"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ForgeError("this job runs for no pull request: run it `on: pull_request`") from error
    path = f"/repos/{quote(repository)}/issues"
    return Rest(
        address=env.get("GITHUB_API_URL", "https://api.github.com").rstrip("/"),
        listed=f"{path}/{number}/comments",
        one=f"{path}/comments/{{id}}",
        headers=[("Authorization", f"Bearer {token}"), ("Accept", "application/vnd.github+json")],
        update_with="PATCH",
        send=send,
    )


def _gitlab(env: Mapping[str, str], send: Send) -> Forge:
    token = _needed(env, "KADENZ_GITLAB_TOKEN", "a project access token with the scope `api`, as a masked variable")
    address = _needed(env, "CI_API_V4_URL", "GitLab sets it")
    project = _needed(env, "CI_PROJECT_ID", "GitLab sets it")
    number = env.get("CI_MERGE_REQUEST_IID")
    if number is None:
        raise ForgeError(
            "this job runs for no merge request: run it where `$CI_PIPELINE_SOURCE == merge_request_event`"
        )
    path = f"/projects/{quote(project, safe='')}/merge_requests/{quote(number, safe='')}/notes"
    return Rest(
        address=address.rstrip("/"),
        listed=path,
        one=path + "/{id}",
        headers=[("PRIVATE-TOKEN", token)],
        update_with="PUT",
        send=send,
    )


def _needed(env: Mapping[str, str], name: str, help_: str) -> str:
    value = env.get(name)
    if not value:
        raise ForgeError(f"`{name}` is not set: {help_}")
    return value
