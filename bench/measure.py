"""Rounds of both sides on one database, interleaved in random order, each transition timed by itself."""

from __future__ import annotations

import random
import sqlite3
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter_ns, process_time_ns

import psycopg
from sqlalchemy import Pool, event
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from bench import by_hand
from bench.walk import KEYRING, START, STEPS, opened, planned, tools, walk
from store.engine import WAL_IS_SAFE
from store.schema import upgrade
from store.unit_of_work import SqlStore
from tests.support.postgres import COMMON, server
from workflow.model import Case
from workflow.ports import Change

WARM_UP = 5  # walks of each side before anything counts
TABLES = ("cases", "audit_events", "timers", "outbox")
ByHand = Callable[[Case], Iterator[None]]


@dataclass(frozen=True, slots=True)
class Spread:
    """The smallest, the middle and the largest of several rounds."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Of at least one value."""
        return cls(min(values), statistics.median(values), max(values))


@dataclass(frozen=True, slots=True)
class Transitions:
    """What was measured on one database; times in microseconds, the ratio is by hand / product, by p50."""

    database: str
    target: float
    rounds: int
    product_us: Spread
    by_hand_us: Spread
    ratio: Spread
    product_cpu_us: float
    by_hand_cpu_us: float
    per_second: float

    def as_json(self) -> dict[str, object]:
        """As plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Bed:
    """One database with both sides ready to run."""

    database: str
    target: float
    store: SqlStore
    by_hand: ByHand
    count: Callable[[str], int]


@contextmanager
def sqlite_full() -> Iterator[Bed]:
    """A file in WAL mode with synchronous=FULL: one flush for each commit."""
    with _file() as (url, path), _every_connection_of_sqlite_in_wal():
        yield from _on_file("SQLite, WAL, synchronous=FULL", url, path, ("journal_mode = WAL", "synchronous = FULL"))


@contextmanager
def sqlite_as_shipped() -> Iterator[Bed]:
    """A file as the product opens it with this SQLite."""
    with _file() as (url, path):
        journal, synchronous = ("WAL", "FULL") if sqlite3.sqlite_version_info >= WAL_IS_SAFE else ("DELETE", "EXTRA")
        settings = (f"journal_mode = {journal}", f"synchronous = {synchronous}")
        yield from _on_file(f"SQLite as shipped ({journal}, synchronous={synchronous})", url, path, settings)


@contextmanager
def postgresql() -> Iterator[Bed]:
    """A server of our own with every setting of durability at its default."""
    with server(COMMON) as running, running.database() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.prepare_threshold = 0
        connection.prepared_max = 400
        upgrade(url)
        store = SqlStore(url, KEYRING, pooled=True)

        def count(table: str) -> int:
            row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
            return int(row[0]) if row else 0

        def hand(case: Case) -> Iterator[None]:
            return by_hand.walk_postgresql(connection, _changes(store, case))

        try:
            yield Bed("PostgreSQL, all durability at its defaults", 0.35, store, hand, count)
        finally:
            store.dispose()


def transitions(bed: Bed, *, rounds: int, walks: int, progress: Callable[[], None]) -> Transitions:
    """Run both sides in random order, a walk at a time, and compare their medians round by round."""
    order = random.Random(1)
    for _ in range(WARM_UP):
        _timed_product(bed)
        _timed_by_hand(bed)
    product, hand = _Side(), _Side()
    for _ in range(rounds):
        for side in order.sample([product, hand] * walks, 2 * walks):
            side.add(_timed_product(bed) if side is product else _timed_by_hand(bed))
        product.end_round()
        hand.end_round()
        progress()
    _expect_same_writes(bed, walks=WARM_UP + rounds * walks)
    ratios = [limit / ours for limit, ours in zip(hand.medians, product.medians, strict=True)]
    return Transitions(
        bed.database, bed.target, rounds, Spread.of(product.medians), Spread.of(hand.medians), Spread.of(ratios),
        product_cpu_us=product.cpu_us, by_hand_cpu_us=hand.cpu_us, per_second=1e6 / statistics.median(product.medians),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Timed:
    """One walk: microseconds of each transition on the wall, and of this process for all of them."""

    wall: list[float]
    cpu: float


@dataclass(slots=True, eq=False)
class _Side:
    """What one side took, round by round."""

    medians: list[float] = field(default_factory=list)
    _wall: list[float] = field(default_factory=list)
    _cpu: float = 0.0
    _steps: int = 0

    def add(self, timed: _Timed) -> None:
        """Count one walk."""
        self._wall += timed.wall
        self._cpu += timed.cpu
        self._steps += len(timed.wall)

    def end_round(self) -> None:
        """Keep the median of the round and begin the next."""
        self.medians.append(statistics.median(self._wall))
        self._wall = []

    @property
    def cpu_us(self) -> float:
        """Processor time of this process for one transition."""
        return self._cpu / self._steps


def _timed_product(bed: Bed) -> _Timed:
    using = tools()
    with bed.store.unit_of_work() as uow:
        case = opened(uow, using)
    return _timed(walk(bed.store.unit_of_work, case, using))


def _timed_by_hand(bed: Bed) -> _Timed:
    using = tools()
    with bed.store.unit_of_work() as uow:
        case = opened(uow, using)
    return _timed(bed.by_hand(case))


def _timed(steps: Iterator[None]) -> _Timed:
    """Time each step; the generator stops only between them."""
    wall = []
    cpu = process_time_ns()
    begun = perf_counter_ns()
    for _ in steps:
        wall.append((perf_counter_ns() - begun) / 1000)
        begun = perf_counter_ns()
    return _Timed(wall, (process_time_ns() - cpu) / 1000)


def _changes(store: SqlStore, case: Case) -> list[Change]:
    with store.unit_of_work() as uow:
        loaded, detail = uow.cases.activation(case.id, now=START)
    return planned(loaded, detail, tools())


def _expect_same_writes(bed: Bed, *, walks: int) -> None:
    """Both sides together left exactly the rows of so many walks; a side that skips a write is no limit."""
    found = {table: bed.count(table) for table in TABLES}
    wanted = {"cases": 2, "audit_events": 2 * (len(STEPS) + 1), "timers": 20, "outbox": 22}
    if found != {table: each * walks for table, each in wanted.items()}:
        raise RuntimeError(f"the two sides did not write the same: {found} after {walks} walks of each")


@contextmanager
def _file() -> Iterator[tuple[str, Path]]:
    with tempfile.TemporaryDirectory(prefix="bisdesk-bench-") as folder:
        path = Path(folder) / "bench.db"
        upgrade(f"sqlite:///{path}")
        yield f"sqlite:///{path}", path


def _on_file(database: str, url: str, path: Path, settings: tuple[str, ...]) -> Iterator[Bed]:
    store = SqlStore(url, KEYRING, pooled=True)
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
    for pragma in ("busy_timeout = 5000", "foreign_keys = ON", "secure_delete = ON", *settings):
        connection.execute(f"PRAGMA {pragma}")

    def count(table: str) -> int:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def hand(case: Case) -> Iterator[None]:
        return by_hand.walk_sqlite(connection, _changes(store, case))

    try:
        yield Bed(database, 0.45, store, hand, count)
    finally:
        connection.close()
        store.dispose()


@contextmanager
def _every_connection_of_sqlite_in_wal() -> Iterator[None]:
    """An old SQLite is opened in DELETE mode for safety; here it is told otherwise, once a connection."""

    def prepare(connection: object, entry: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
        if isinstance(connection, sqlite3.Connection) and not entry.info.get("wal"):
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            entry.info["wal"] = True

    event.listen(Pool, "checkout", prepare)
    try:
        yield
    finally:
        event.remove(Pool, "checkout", prepare)
