"""Measure and write docs/performance.json and docs/performance.md: `python -m bench [growth] [--quick] [--print]`.

`growth` measures the desk's pages with few and with many cases alone, and leaves the rest of both files as it is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench import report
from bench.growth import DATABASES, Growth
from bench.growth import measured as growth
from bench.measure import postgresql, sqlite_as_shipped, sqlite_full, transitions
from bench.pages import SECONDS, Pages
from bench.pages import measured as pages
from bench.sweep import Sweep, sweep
from tests.support.postgres import COMMON, server

ROUNDS, WALKS = 9, 20
DUE = (10_000, 100_000)


def main(arguments: list[str]) -> int:
    """Measure, report, and say which target was missed; nothing fails for it."""
    options = _options(arguments)
    grown = growth(counts=(400, 800), times=5, databases=DATABASES[:1]) if options.quick else growth()
    if options.what == "growth":
        return _told_of_growth([_said(one) for one in grown], options)
    rounds, walks, due = (3, 5, (1_000,)) if options.quick else (ROUNDS, WALKS, DUE)
    measured = []
    for bed in (postgresql, sqlite_full, sqlite_as_shipped):
        with bed() as ready:
            _say(f"{ready.database}: ")
            measured.append(transitions(ready, rounds=rounds, walks=walks, progress=lambda: _say(".")))
            _say(f" {measured[-1].ratio.middle:.2f} of hand-written SQL (target {ready.target:.2f})\n")
    swept = [_swept(name, url, count) for count in due for name, url in _fresh_databases()]
    shown = [_told(one) for one in pages(rounds=rounds, seconds=1.0 if options.quick else SECONDS)]
    growths = [_said(one) for one in grown]
    if options.print:
        print(report.page(measured, swept, shown, growths))
    else:
        report.write(measured, swept, shown, growths)
    return 0


def _told_of_growth(growths: list[Growth], options: argparse.Namespace) -> int:
    if options.print:
        print(report.growth(growths))
    else:
        report.write_growth(growths)
    return 0


def _said(one: Growth) -> Growth:
    _say(
        f"growth, {one.database}, {one.page}: {one.few.p95_ms:.0f} -> {one.many.p95_ms:.0f} ms, {one.ratio:.1f} times\n"
    )
    return one


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("all", "growth"), default="all", help="what is measured")
    parser.add_argument("--quick", action="store_true", help="a few rounds, to see that it works")
    parser.add_argument("--print", action="store_true", help="print the page instead of writing the files")
    return parser.parse_args(arguments)


def _swept(name: str, url: str, count: int) -> Sweep:
    _say(f"sweep, {name}, {count:,} due: ")
    done = sweep(name, url, due=count)
    _say(f"{done.seconds:.1f} s, {done.grown_mib:.1f} MiB\n")
    return done


def _told(one: Pages) -> Pages:
    _say(f"pages, {one.database}: {one.ours.per_second[1]:,.0f} a second, {one.ratio:.2f} of a bare page\n")
    return one


def _fresh_databases() -> Iterator[tuple[str, str]]:
    """An empty database of each kind, thrown away when the next one is asked for."""
    with server(COMMON) as running, running.database() as url:
        yield f"PostgreSQL {_version(url)}", url
    with _folder() as folder:
        yield "SQLite as shipped", f"sqlite:///{folder}/sweep.db"


def _version(url: str) -> str:
    with psycopg.connect(url) as connection:
        return str(connection.info.server_version // 10_000)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bisdesk-bench-") as folder:
        yield Path(folder)


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
