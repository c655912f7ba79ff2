"""A Postgres that a store lies on: how it is reached, which settings it has, what its errors mean to people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import tuple_row

Connection = psycopg.Connection[tuple[Any, ...]]

# liveness alone: a server that is cut off is given up, and a client that is cut off does not keep its locks for hours
_REACHING = {
    "connect_timeout": "10",
    "tcp_user_timeout": "30000",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "application_name": "kadenz",
}
_SETTINGS = {
    "synchronous_commit": "on",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "session_replication_role": "origin",
    "idle_session_timeout": "0",
    "idle_in_transaction_session_timeout": "600000",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "jit": "off",
}
SAFE = {
    "synchronous_commit": ("on", "remote_apply"),
    "fsync": ("on",),
    "transaction_isolation": ("read committed",),
    # triggers that refuse are in force
    "session_replication_role": ("origin",),
    "server_encoding": ("UTF8",),
}
# session_replication_role can be set by a superuser alone; it is read back
_MAY_FAIL = {"session_replication_role"}

_FOLLOWS = "the server is a copy that follows another one"


@dataclass(frozen=True, slots=True)
class Purpose:
    """Which store lies there. `what`: as people call it; `failure`: what is raised; `again`: what is to be done where
    the connection was lost, and why that is safe; `damaged`: what is to be done where the server says so."""

    what: str
    failure: type[Exception]
    again: str
    damaged: str


class Server:
    """The server of an address. `busy`: milliseconds that a lock is waited for."""

    def __init__(self, purpose: Purpose, address: str, busy: int) -> None:
        """Raises the purpose's failure if the address cannot be read."""
        self._purpose = purpose
        self._busy = busy
        self.name, self._whole = _address(purpose, address)

    def connect(self, password: str | None, *, prepare_threshold: int | None = 5) -> Connection:
        """A connection; `password`: None where Postgres' own ways hold. Raises the purpose's failure."""
        try:
            return psycopg.connect(
                self._whole,
                autocommit=True,
                prepare_threshold=prepare_threshold,
                row_factory=tuple_row,
                cursor_factory=psycopg.RawCursor,
                password=password,
            )
        except psycopg.Error as error:
            why = _why_not_connected(self._purpose, self.name, error)
            raise self._purpose.failure(f"{why} ({technical(error)})") from error

    def put_in_force(self, connection: Connection, namespace: str) -> None:
        """The settings that we rely on, read back; raises the purpose's failure if one of them is not in force."""
        with self.errors(lambda: False):
            self._set(connection, namespace)

    def _set(self, connection: Connection, namespace: str) -> None:
        settings = {**_SETTINGS, "lock_timeout": str(self._busy), "search_path": identifier(namespace)}
        for name, value in settings.items():
            try:
                connection.execute("select set_config($1, $2, false)", [name, value])
            except errors.InsufficientPrivilege:
                if name not in _MAY_FAIL:
                    raise
        whole = f"{self._purpose.what} {self.name}"
        if shown(connection, "transaction_read_only") == "on":
            raise self._purpose.failure(f"{whole} cannot be written: {_FOLLOWS}")
        missing = [name for name, safe in SAFE.items() if shown(connection, name) not in safe]
        if missing:
            raise self._purpose.failure(f"{whole} refuses the safe setting {', '.join(missing)}")

    @contextmanager
    def errors(self, lost: Callable[[], bool], *, committing: bool = False) -> Iterator[None]:
        """Turn psycopg's errors into text for people; the technical text stays in brackets. `lost`: whether the
        connection has gone by itself."""
        try:
            yield
        except psycopg.Error as error:
            raise self._purpose.failure(
                f"{self._explain(error, lost=lost(), committing=committing)} ({technical(error)})"
            ) from error

    def _explain(self, error: psycopg.Error, *, lost: bool, committing: bool) -> str:
        name = f"{self._purpose.what} {self.name}"
        match error:
            case errors.LockNotAvailable():
                return (
                    f"{name} is in use: another run has been writing for {self._busy // 1000} seconds; try again later"
                )
            case errors.DiskFull():
                return (
                    f"there is no room left on the disk of {name}; nothing was written, free some space and run again"
                )
            case errors.ReadOnlySqlTransaction():
                return f"{name} cannot be written: {_FOLLOWS}"
            case errors.InsufficientPrivilege():
                return f"{name} cannot be written; its user lacks a right (to make a schema, or to use this one)"
            case errors.DataCorrupted() | errors.IndexCorrupted():
                return f"{name} is damaged; {self._purpose.damaged}"
            case errors.IntegrityError():
                return f"{name} refuses a change that would break it; this is a mistake in Kadenz, please report it"
            case errors.TransactionRollback():
                return f"{name} was busy with another run, and nothing of this step was kept; run again"
            case errors.IdleInTransactionSessionTimeout():
                return f"{name} gave this run up, because it stood still for too long; nothing of this step was kept"
            case psycopg.OperationalError() | psycopg.InterfaceError() if lost:
                if committing:
                    kept = "it is not known whether the last step was kept"
                else:
                    kept = "nothing of the last step was kept"
                return f"the connection to {name} was lost, {kept}; {self._purpose.again}"
            case _:
                return f"{name} cannot be used"


def identifier(name: str) -> str:
    """A name as an identifier."""
    return f'"{name.replace(chr(34), chr(34) * 2)}"'


def has_namespace(connection: Connection, namespace: str) -> bool:
    """Whether there is such a schema."""
    return connection.execute("select 1 from pg_namespace where nspname = $1", [namespace]).fetchone() is not None


def make_namespace(connection: Connection, namespace: str) -> None:
    """Make a schema, if it is absent."""
    connection.execute(f"create schema if not exists {identifier(namespace)}".encode())


def number_of(text: str, size: int) -> int:
    """A number of so many bytes for a name, with its sign, as advisory locks have them."""
    return int.from_bytes(sha256(text.encode()).digest()[:size], signed=True)


def shown(connection: Connection, setting: str) -> object:
    """What the server says of a setting."""
    row = connection.execute("select current_setting($1)", [setting]).fetchone()
    return None if row is None else row[0]


def technical(error: psycopg.Error) -> str:
    """The error in the server's words."""
    # the first line alone: the server's details hold values of rows, and rows hold people
    text = error.diag.message_primary or str(error)
    return f"{type(error).__name__}: {' '.join(text.split())}"


def _address(purpose: Purpose, address: str) -> tuple[str, str]:
    """What the place is called in messages (no user and no password), and the whole connection string."""
    try:
        given = conninfo_to_dict(address)
    except psycopg.Error as error:
        # the text of the error would repeat the address, and perhaps a password in it
        text = f"the address of {purpose.what} on Postgres cannot be read; write `postgresql://user@host/database`"
        raise purpose.failure(text) from error
    host, database = given.get("host") or given.get("hostaddr"), given.get("dbname")
    shown = "/".join(str(part) for part in (host or "localhost", database) if part)
    return f"on Postgres `{shown}`", make_conninfo(address, **{k: v for k, v in _REACHING.items() if k not in given})


def _why_not_connected(purpose: Purpose, name: str, error: psycopg.Error) -> str:
    text = str(error)
    if "password" in text:
        return (
            f"{purpose.what} {name} does not take the password, or was given none; it comes from the variable that "
            "`password_env` names, from PGPASSWORD or from the file ~/.pgpass, never from kadenz.yaml"
        )
    if "does not exist" in text and "database" in text:
        return f"there is no such database for {purpose.what} {name}; make it first, Kadenz makes its own schema in it"
    return f"{purpose.what} {name} cannot be reached; nothing was done. Is the server up, and the address right?"
