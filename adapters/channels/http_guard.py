"""HTTP requests to places that are named in `kadenz.yaml`, and to no others.

The name is resolved once, all its addresses are judged (`adapters.channels.http_address`), and the connection goes to
one of those, with the name for TLS. Redirects are not followed, proxies in the environment are not asked, an answer is
as long as its limit and takes as long as its time, in all. httpcore knows none of these by itself, so that nothing has
to be switched off.

The point of no return is the first octet of the request: `commit` is called when the connection stands.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Literal

import httpcore

from adapters.channels.http_address import Target, target_of, why_not
from engine.protocols import Commit, Unreachable

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port -> its addresses as text. Raises OSError."""

LARGEST = 1_000_000
"""Octets of an answer that are read."""

_HEADERS = 200_000
"""Octets of an answer that are read beside its body, for headers and the lengths of pieces."""

_KEPT = 4.0
"""Seconds for which a connection without a request is kept: what stands idle for longer may be dead unnoticed."""

_PIECE = 16_384
_LEAST = 0.01


class Lost(Exception):
    """The request may have arrived, and there is no answer. The text is for people."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request. Header names and values are checked by whoever makes it (`adapters.channels.http_request`)."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in small letters. `broken`: why the body is not whole, the status being clear."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    broken: str | None = None


def system_resolve(host: str, port: int) -> Sequence[str]:
    """The addresses that this machine knows for a name, the first choice first."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedHttp:
    """Sends requests one after the other, over a connection that is kept in between.

    `own_hosts`: hosts of one's own network, by name: they may have private addresses and be spoken to without TLS.
    `timeout`: seconds until the connection stands, and again until the answer is there whole. `resolve` and `tls` for
    tests; not for two threads at once.
    """

    def __init__(
        self,
        *,
        own_hosts: Collection[str] = (),
        timeout: float = 60,
        limit: int = LARGEST,
        resolve: Resolve = system_resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._own_hosts = frozenset(own_hosts)
        self._timeout = timeout
        self._limit = limit
        self._backend = _Backend(self._own_hosts, resolve, tls)
        self._pool: httpcore.ConnectionPool | None = None

    def send(self, request: Request, commit: Commit) -> Answer | None:
        """Connect, ask `commit`, send, and read the answer; None where `commit` said no, and nothing has left.

        Raises Unreachable before `commit` where the place is not called or cannot be reached, Lost after it, and what
        `commit` raises."""
        target = target_of(request.url, self._own_hosts)
        if isinstance(target, str):
            raise Unreachable(f"this address is not called: {target}")
        call = self._backend.call = _Call(commit, self._timeout, self._limit + _HEADERS)
        try:
            return self._answered(request, target)
        except _Held:
            return None
        except Unreachable:
            raise
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
            if call.failed is not None:
                raise
            if call.state == "left":
                raise Lost(_lost_words(error, self._timeout)) from error
            raise Unreachable(_words(error, target)) from error

    def close(self) -> None:
        """Close the connection."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def _answered(self, request: Request, target: Target) -> Answer:
        if self._pool is None:
            self._pool = httpcore.ConnectionPool(
                ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # trusts nobody; see `_Backend.tls`
                max_connections=1,
                keepalive_expiry=_KEPT,
                network_backend=self._backend,
            )
        headers = [("Host", target.authority), ("Content-Length", str(len(request.body)))]
        headers += [("Accept-Encoding", "identity"), ("User-Agent", "kadenz"), *request.headers]
        sent = httpcore.Request(
            request.method,
            httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
            headers=[(name.encode("ascii"), value.encode("ascii")) for name, value in headers],
            content=request.body,
        )
        response = self._pool.handle_request(sent)
        body, broken = bytearray(), None
        try:
            for piece in response.iter_stream():
                body += piece
                if len(body) > self._limit:
                    broken = f"the answer is longer than {self._limit:,} octets"
                    break
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
            broken = _lost_words(error, self._timeout)
        finally:
            response.close()
        found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, found, bytes(body[: self._limit]), broken)


class _Held(Exception):
    """The marker was refused: nothing leaves."""


class _Call:
    """One request on its way: whether it has left, how long it may still take, and how much may still come."""

    def __init__(self, commit: Commit, timeout: float, budget: int) -> None:
        self._commit = commit
        self._timeout = timeout
        self._end = monotonic() + timeout
        self._budget = budget
        self.state: Literal["here", "held", "left"] = "here"
        self.failed: BaseException | None = None

    def leave(self) -> None:
        """Called before each octet that leaves: the first asks for the marker."""
        if self.state == "left":
            return
        if self.state == "here":
            self.state = "held"
            try:
                if self._commit():
                    self.state = "left"
            except BaseException as error:
                self.failed = error
                raise
            self._end = monotonic() + self._timeout
        if self.state == "held":
            raise _Held

    def left(self) -> float:
        """Seconds that it may still take. Raises TimeoutError when they are over."""
        rest = self._end - monotonic()
        if rest <= 0:
            raise TimeoutError("timed out")
        return max(rest, _LEAST)

    def came(self, octets: int) -> None:
        """Count what came. Raises ReadError where it is too much."""
        self._budget -= octets
        if self._budget < 0:
            raise httpcore.ReadError("the answer does not end")


class _Backend(httpcore.NetworkBackend):
    """Makes connections to addresses that were judged. `call`: the request under way."""

    def __init__(self, own_hosts: Collection[str], resolve: Resolve, tls: ssl.SSLContext | None) -> None:
        self._own_hosts = own_hosts
        self._tls = tls
        self._resolve = resolve
        self._inner = httpcore.SyncBackend()
        self.call: _Call | None = None

    def tls(self) -> ssl.SSLContext:
        """Whom a certificate is believed; read from the disk at the first encrypted connection, which takes a while."""
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve once, judge all addresses, connect to the first of them that answers."""
        assert self.call is not None
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"the name {host} is not known") from error
        for address in addresses:
            # one bad address among good ones is enough: it is what a name that changes its mind looks like
            if (where := why_not(address, own=host in self._own_hosts)) is not None:
                raise Unreachable(f"{host} is not called: it leads to {where}")
        failure: Exception = OSError(f"the name {host} has no address")
        for address in addresses:
            try:
                stream = self._inner.connect_tcp(address, port, self.call.left(), socket_options=socket_options)
                return _Stream(stream, self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Stream(httpcore.NetworkStream):
    """A connection whose every step asks the request under way. One clock holds for all steps of a request, so that the
    time-outs which httpcore gives for single steps say nothing here."""

    def __init__(self, inner: httpcore.NetworkStream, backend: _Backend) -> None:
        self._inner = inner
        self._backend = backend

    @property
    def _call(self) -> _Call:
        assert self._backend.call is not None
        return self._backend.call

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """What comes next."""
        data = self._inner.read(max_bytes, self._call.left())
        self._call.came(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Send; the first octet of a request is the point of no return."""
        if not buffer:
            return
        self._call.leave()
        for start in range(0, len(buffer), _PIECE):
            self._inner.write(buffer[start : start + _PIECE], self._call.left())

    def close(self) -> None:
        """Hang up."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,  # noqa: ARG002
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted."""
        return _Stream(self._inner.start_tls(self._backend.tls(), server_hostname, self._call.left()), self._backend)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about a connection."""
        return self._inner.get_extra_info(info)


def _causes(error: BaseException) -> Iterable[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def _timed_out(error: BaseException) -> bool:
    return isinstance(error, TimeoutError | httpcore.TimeoutException)


def _words(error: BaseException, target: Target) -> str:
    where = target.authority
    causes = list(_causes(error))
    if any(isinstance(one, ssl.SSLError) for one in causes) and not _timed_out(error):
        return f"{where} has no usable certificate or encryption"
    if any(isinstance(one, ConnectionRefusedError) for one in causes):
        return f"nobody listens at {where}"
    return f"{where} does not answer" if _timed_out(error) else f"{where} cannot be reached"


def _lost_words(error: BaseException, timeout: float) -> str:
    if _timed_out(error):
        return f"no whole answer within {timeout:g} seconds"
    if isinstance(error, httpcore.ProtocolError):
        return "the answer is no HTTP, or was cut off"
    return "the connection broke before the whole answer was there"
