"""The secret behind the hashes that stay of people who were forgotten.

A hash of an address alone can be undone by trying addresses; with a secret that lies in no database and in no backup
of one it cannot. It is made by itself, in the folder of the journal, which is no part of the store's backups; where a
ledger on a server is fed from several machines, they are given one by the environment.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adapters.stores.ledger_database import LedgerError

NAME = "KADENZ_FORGOTTEN_SECRET"
"""The variable that holds the secret, if not the file."""

_CHECK = "kadenz: forgotten"


class RightsError(LedgerError):
    """Somebody cannot be forgotten, or it cannot be told who was. The text is for people."""


@dataclass(frozen=True, slots=True)
class Hashes:
    """Keyed hashes (HMAC with SHA-256) of keys and addresses, 32 hexadecimal digits."""

    secret: bytes = field(repr=False)

    def of(self, kind: str, text: str) -> str:
        """The hash of a text; `kind` keeps the keys of contacts and addresses apart."""
        return hmac.digest(self.secret, f"{kind}:{text}".encode("utf-8", "surrogatepass"), "sha256").hex()[:32]

    def contact(self, key: str) -> str:
        """Of a contact's key."""
        return self.of("contact", key)

    def address(self, address: str) -> str:
        """Of an address, in small letters."""
        return self.of("address", address.casefold())

    def id(self, text: str) -> str:
        """Of an id that came with a file."""
        return self.of("id", text)

    @property
    def check(self) -> str:
        """What tells whether two secrets are one, and nothing else."""
        return self.of("check", _CHECK)


def hashes_of(folder: Path, environment: Mapping[str, str], *, make: bool) -> Hashes | None:
    """The hashes of a project whose journal lies in `folder`. `make`: make the secret where there is none; None if not.

    Raises RightsError where it cannot be read or written."""
    given = environment.get(NAME)
    if given is not None:
        if len(given) < 16:
            raise RightsError(f"`{NAME}` is shorter than 16 characters: take a long random text")
        return Hashes(given.encode())
    path = folder / "forgotten.key"
    try:
        if not path.exists():
            return _made(path) if make else None
        text = path.read_text(encoding="ascii").strip()
        return Hashes(bytes.fromhex(text))
    except (OSError, ValueError) as error:
        raise RightsError(f"the secret of the forgotten {path} cannot be used: {error}") from error


def _made(path: Path) -> Hashes:
    path.parent.mkdir(parents=True, exist_ok=True)
    secret = os.urandom(32)
    # under another name first: a secret that is half on the disk is none
    part = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secret.hex().encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(part, path)  # of two that make one the first stands
    except FileExistsError:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    finally:
        part.unlink()
    return Hashes(secret)
