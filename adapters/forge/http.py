"""Requests to a forge's interface: time limits, no redirects, an answer of bounded size."""

from __future__ import annotations

from collections.abc import Sequence

import httpcore

SECONDS = 30
MOST = 10_000_000
"""Bytes of an answer."""


def send(method: str, address: str, headers: Sequence[tuple[str, str]], body: bytes) -> tuple[int, bytes]:
    """See `adapters.forge.client.Send`. Raises OSError."""
    limits = {"timeout": {"connect": SECONDS, "read": SECONDS, "write": SECONDS, "pool": SECONDS}}
    try:
        with (
            httpcore.ConnectionPool() as pool,
            pool.stream(
                method, address, headers=[(n, v) for n, v in headers], content=body, extensions=limits
            ) as answer,
        ):
            parts: list[bytes] = []
            size = 0
            for part in answer.iter_stream():
                size += len(part)
                if size > MOST:
                    raise OSError(f"an answer of more than {MOST // 1_000_000} MB")
                parts.append(part)
            return answer.status, b"".join(parts)
    except (
        httpcore.NetworkError,
        httpcore.TimeoutException,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
    ) as error:
        raise OSError(str(error) or type(error).__name__) from error
