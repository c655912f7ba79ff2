"""Bodies of requests, never longer than they may be."""

from __future__ import annotations

from starlette.requests import Request


class TooLarge(Exception):
    """A body is longer than it may be."""


async def body_of(request: Request, limit: int) -> bytes:
    """The body, read no further than the limit (octets). Raises TooLarge."""
    if int(request.headers.get("content-length") or 0) > limit:
        raise TooLarge
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)
