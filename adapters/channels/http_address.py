"""Where an HTTP request may go: the address of a request taken apart, and the networks that are never called.

A name says nothing about where it leads, so what is judged is each address that it resolves to. The deny list is our
own: what Python calls global differs between its versions, and lets NAT64, 6to4 and some multicast through.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

IpAddress = IPv4Address | IPv6Address

LONGEST = 2_000
"""Characters of an address."""

_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?")
_OWN = tuple(
    IPv4Network(one) for one in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
_OWN_6 = (IPv6Network("::1/128"), IPv6Network("fc00::/7"))
_DENIED = tuple(
    (IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this machine"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "the network of a provider"),
        ("127.0.0.0/8", "this machine"),
        ("169.254.0.0/16", "the local link, where clouds keep their credentials"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "a reserved network"),
        ("192.0.2.0/24", "a network for documentation"),
        ("192.31.196.0/24", "a reserved network"),
        ("192.52.193.0/24", "a reserved network"),
        ("192.88.99.0/24", "a relay between networks"),
        ("192.168.0.0/16", "a private network"),
        ("192.175.48.0/24", "a reserved network"),
        ("198.18.0.0/15", "a network for measurements"),
        ("198.51.100.0/24", "a network for documentation"),
        ("203.0.113.0/24", "a network for documentation"),
        ("224.0.0.0/4", "many machines at once"),
        ("240.0.0.0/4", "a reserved network"),
    )
)
_GLOBAL_6 = IPv6Network("2000::/3")
"""Where machines on the Internet have their addresses; all else (loopback, local, mapped, NAT64) lies outside."""
_DENIED_6 = tuple(
    (IPv6Network(network), what)
    for network, what in (
        ("2001::/23", "a tunnel or a reserved network"),
        ("2001:db8::/32", "a network for documentation"),
        ("2002::/16", "a tunnel to an address of the older protocol"),
        ("2620:4f:8000::/48", "a reserved network"),
        ("3fff::/20", "a network for documentation"),
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart. `host` in small letters, without brackets and final dot; `path` with the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the `Host` header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


_PORTS = {"https": 443, "http": 80}


def target_of(url: str, own_hosts: Collection[str] = ()) -> Target | str:
    """The parts of an address, or why it is none that is called.

    >>> target_of("https://api.example.com/v1?x=1")
    Target(scheme='https', host='api.example.com', port=443, path='/v1?x=1')
    >>> target_of("http://api.example.com/")
    'only https: is spoken, but to hosts that stand in `own_hosts`'
    """
    if len(url) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    if not url.isascii() or not url.isprintable() or re.search(r'[\s\\<>"{}|^`]', url):
        return "it has characters that no address has"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "its host or port cannot be read"
    if parts.scheme not in _PORTS:
        return "it does not begin with `https://`"
    if parts.username is not None or parts.password is not None:
        return "a name or a password stands in it; they belong into `user` and an environment variable"
    if parts.fragment or "#" in url:
        return "it has a part behind `#`, which no server gets"
    host = (parts.hostname or "").removesuffix(".")
    if "[" in parts.netloc:
        try:
            found = IPv6Address(host)
        except ValueError:
            return "its host cannot be read"
        if found.scope_id is not None:
            return "its host is a place on the local link"
        host = str(found)
    elif not _HOST.fullmatch(host) or ".." in host or port == 0:
        return "its host or port cannot be read"
    if parts.scheme == "http" and host not in own_hosts:
        return "only https: is spoken, but to hosts that stand in `own_hosts`"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, _PORTS[parts.scheme] if port is None else port, path)


def why_not(address: str, *, own: bool = False) -> str | None:
    """Why an address is not connected to, as a place ("a private network"); None if it is. `own`: its name stands in
    `own_hosts`, so that it may be this machine or lie in a private network; never on the local link.

    >>> why_not("169.254.169.254", own=True)
    'the local link, where clouds keep their credentials'
    """
    try:
        found = ip_address(address)
    except ValueError:
        return "an unreadable address"
    if isinstance(found, IPv6Address) and found.scope_id is not None:
        return "the local link"
    if own and any(found in network for network in (_OWN if isinstance(found, IPv4Address) else _OWN_6)):
        return None
    if isinstance(found, IPv4Address):
        return next((what for network, what in _DENIED if found in network), None)
    if found not in _GLOBAL_6:
        return "this machine, a private network or a reserved one"
    return next((what for network, what in _DENIED_6 if found in network), None)
