"""One mail address, read strictly."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.headerregistry import Address

_WHOLE = re.compile(r"\s*(?:(?P<name>[^<>]*?)\s*<(?P<spec>[^<>]*)>|(?P<bare>[^<>\s]+))\s*")
_SPEC = re.compile(r"[^\s,;:<>()\[\]\\\"@]+@[^\s,;:<>()\[\]\\\"@]+")


def mail_address(text: str) -> Address | None:
    """One mail address, with or without a name before it; None if the text is anything else.

    The standard library's own reading guesses: of two addresses it may take one. Here two are none.

    >>> mail_address("Shop <news@shop.example>").addr_spec
    'news@shop.example'
    >>> mail_address("news@shop.example, other@shop.example")
    """
    found = _WHOLE.fullmatch(text) if text.isprintable() and len(text) <= 500 else None
    if found is None:
        return None
    spec = found["spec"] if found["bare"] is None else found["bare"]
    if _SPEC.fullmatch(spec) is None:
        return None
    local, _, domain = spec.partition("@")
    name = (found["name"] or "").strip()
    if len(name) >= 2 and name[0] == name[-1] == '"':
        name = name[1:-1]
    try:
        return Address(display_name=name, username=local, domain=domain)
    except (HeaderParseError, ValueError, IndexError):
        return None
