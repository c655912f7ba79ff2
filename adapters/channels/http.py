"""The `http` channel: one request for each message to a provider of text messages, push, or anything else by HTTP.

The connection is made first; then the marker is written, and the request follows. From its first octet on only a clear
answer counts: without one the message is `uncertain`.
"""

from __future__ import annotations

from adapters.channel_config import HttpConfig
from adapters.channels.http_answer import verdict
from adapters.channels.http_guard import GuardedHttp, Lost
from adapters.channels.http_request import Unsendable, placeholders, request_of
from engine.protocols import Commit, Guarantee, Receipt, Rendered, Unreachable

GUARANTEE = Guarantee(
    idempotent=False,
    retry_after_refusal=True,
    about="at most one request per message; without a clear answer it is uncertain and is never sent again by itself",
)


class HttpChannel:
    """Hands messages to one provider, one after the other.

    `secret` comes from the environment (the caller reads it); `http` makes the requests."""

    def __init__(self, config: HttpConfig, secret: str | None, http: GuardedHttp) -> None:
        self._config = config
        self._secret = secret
        self._http = http
        self._stopped: str | None = None

    @property
    def guarantee(self) -> Guarantee:
        """At most one request."""
        return GUARANTEE

    def hand_over(self, message: Rendered, commit: Commit) -> Receipt:
        """Hand one message over; `commit` is called when the connection stands.

        Raises Unreachable before `commit` if the provider is away, if the secret is missing, and once the provider has
        said that it takes nothing from us: one message learns that, and the others are kept for the next run."""
        if self._stopped is not None:
            raise Unreachable(self._stopped)
        if self._needs_secret() and (problem := secret_problem(self._secret)) is not None:
            raise Unreachable(f"the secret {problem}: set `{self._config.secret_env}`")
        try:
            request = request_of(message, self._config, self._secret)
        except Unsendable as error:
            return Receipt("failed", str(error))
        try:
            answer = self._http.send(request, commit)
        except Lost as error:
            return Receipt("uncertain", str(error))
        if answer is None:
            return Receipt("failed", "not handed over")
        found = verdict(answer, self._config.answers)
        self._stopped = found.stop
        return found.receipt

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _needs_secret(self) -> bool:
        return self._config.user is not None or "secret" in placeholders(self._config)


def secret_problem(secret: str | None) -> str | None:
    """Why a secret cannot be used; None if it can."""
    if not secret:
        return "is missing"
    return None if secret.isascii() and secret.isprintable() else "has characters that no header has"
