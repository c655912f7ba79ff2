"""What `kadenz.yaml` says about a store, as plain values. Passwords are named by environment variable, never held."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PostgresConfig:
    """A store on a server: `address` is a connection string of Postgres without a password, `schema` the database
    schema that belongs to this store (None: the store's usual one)."""

    address: str
    schema: str | None = None
    password_env: str | None = None

    def password(self, env: Mapping[str, str]) -> str | None:
        """The password, if an environment variable is named for it. Raises KeyError where that is not set; else
        Postgres' own ways hold (PGPASSWORD, ~/.pgpass)."""
        return None if self.password_env is None else env[self.password_env]


_SHAPE = re.compile(r"postgres(ql)?://\S+|(\s*[a-z_]+\s*=\s*('[^']*'|[^\s']+))+\s*")
_PASSWORD = re.compile(r"//[^/@]*:[^/@]*@|[?&](ssl)?password=|(^|\s)(ssl)?password\s*=")


LONGEST_SCHEMA = 63
"""How many bytes of a name count on Postgres; longer ones are cut silently, and two that begin alike become one."""


def address_problem(address: str) -> str | None:
    """What is wrong with an address in a project file, in words that do not repeat it; None if nothing is."""
    if _PASSWORD.search(address):
        return "a password does not stand in a file"
    if not _SHAPE.fullmatch(address):
        return "this is no address of Postgres"
    return None
