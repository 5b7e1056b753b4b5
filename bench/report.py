"""What was measured, as JSON for programs and as a page for people, with the machine and the versions."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.growth import TARGET as GROWN
from bench.growth import TIMES, Growth
from bench.measure import Spread, Transitions
from bench.pages import CONNECTIONS, TARGET, Load, Pages
from bench.sweep import Sweep
from bench.walk import STEPS

DOCS = Path(__file__).parent.parent / "docs"
PACKAGES = ("fastapi", "uvicorn", "sqlalchemy", "psycopg", "transitions", "cryptography")
GROWTH, WHERE = "\n## As the desk grows\n\n", "\n## Where\n"
INTRODUCTION = """\
<!-- Written by `make bench`; the numbers are those of one run on one machine. -->

# Performance

How fast one durable transition is, beside SQL written by hand that does the same: the same load, the same rows in the same
tables, the same sealing, the same flush. Both sides run in the same process on the same database, a walk of {steps} transitions
at a time, in random order; after every run the rows of both are counted. The product goes through its real corridor: it loads the
case, decides by the table, makes the history event, messages and timers, compares and sets, commits. The hand-written side is
told beforehand what to write and decides nothing.

The **ratio** is time by hand / time of the product, by the median of each round; 1 would mean that rules, history and safety cost
nothing. Every number stands as smallest / **middle** / largest round. Processor time is that of the process itself, without the
database server's; it says what is left when flushes cost nothing.
"""


def write(
    transitions: Sequence[Transitions], sweeps: Sequence[Sweep], pages: Sequence[Pages], growths: Sequence[Growth],
    *, folder: Path = DOCS,
) -> None:  # fmt: skip
    """Write both files."""
    measured = {
        "machine": machine(),
        "transitions": [one.as_json() for one in transitions],
        "sweeps": [one.as_json() for one in sweeps],
        "pages": [one.as_json() for one in pages],
        "growth": [one.as_json() for one in growths],
    }
    (folder / "performance.json").write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
    (folder / "performance.md").write_text(page(transitions, sweeps, pages, growths), encoding="utf-8")


def write_growth(growths: Sequence[Growth], *, folder: Path = DOCS) -> None:
    """Write what was measured of growth alone into both files; everything else stays as it was measured before."""
    told, shown = folder / "performance.json", folder / "performance.md"
    measured = json.loads(told.read_text(encoding="utf-8")) | {"growth": [one.as_json() for one in growths]}
    told.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
    before, _, after = shown.read_text(encoding="utf-8").partition(WHERE)
    shown.write_text(before.partition(GROWTH)[0] + growth(growths) + WHERE + after, encoding="utf-8")


def growth(growths: Sequence[Growth]) -> str:
    """The section about lists and cases that become many."""
    few, many = (growths[0].few.cases, growths[0].many.cases) if growths else (0, 0)
    return "\n".join([
        f"{GROWTH}Pages of the desk as one officer opens them one after the other, {TIMES} times each, over HTTP: with "
        f"{few:,} cases and with {many:,}, of which one in ten is open, each with its sealed name, history, timers and, where it "
        "is done, its activation. **Growth** is p95 with many to p95 with few. Measured alone by `python -m bench growth`.\n",
        f"| Database | Page | {few:,} cases: p50, p95 in ms | {many:,} cases: p50, p95 in ms | Growth | Target |",
        "|---|---|---|---|---|---|",
        *(
            f"| {one.database} | {one.page} | {one.few.p50_ms:.0f}, {one.few.p95_ms:.0f} "
            f"| {one.many.p50_ms:.0f}, {one.many.p95_ms:.0f} | {one.ratio:.1f} | {GROWN:.0f} |"
            for one in growths
        ),
        f"\nMeasured on {datetime.now(UTC).date().isoformat()}.\n",
    ])  # fmt: skip


def page(
    transitions: Sequence[Transitions], sweeps: Sequence[Sweep], pages: Sequence[Pages], growths: Sequence[Growth] = ()
) -> str:  # fmt: skip
    """The page."""
    return "\n".join([
        INTRODUCTION.format(steps=len(STEPS)),
        "## One durable transition\n",
        "| Database | Product, µs | By hand, µs | Ratio | Target | Processor time, µs (product, by hand) | A second |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {one.database} | {_spread(one.product_us, 0)} | {_spread(one.by_hand_us, 0)} | {_spread(one.ratio, 2)} "
            f"| {one.target:.2f} | {one.product_cpu_us:,.0f}, {one.by_hand_cpu_us:,.0f} | {one.per_second:,.0f} |"
            for one in transitions
        ),
        f"\n{transitions[0].rounds if transitions else 0} rounds. What the ratio leaves out: starting the program, the slow hash "
        "of a code, sending.\n",
        "## The sweep\n",
        "Links that expired together, fired in batches of one transaction each, every one through its table; then the growth of "
        "the process's peak memory.\n",
        "| Database | Due | Seconds | A second | Memory grown, MiB |",
        "|---|---|---|---|---|",
        *(
            f"| {one.database} | {one.due:,} | {one.seconds:.1f} | {one.fired / one.seconds:,.0f} | {one.grown_mib:.1f} |"
            for one in sweeps
        ),
        "\n## A page of the applicant's site\n",
        f"The page on which the code is typed, at {CONNECTIONS} connections on one process, beside a bare FastAPI page (one query, "
        "a small template) from the same database, in turns; the load comes from the same machine.\n",
        "| Database | Pages a second | p50, p99 in ms | Bare page a second | p50, p99 in ms | Ratio | Target |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {one.database} | {_rates(one.ours)} | {one.ours.p50_ms:.0f}, {one.ours.p99_ms:.0f} | {_rates(one.bare)} "
            f"| {one.bare.p50_ms:.0f}, {one.bare.p99_ms:.0f} | {one.ratio:.2f} | {TARGET:.2f} |"
            for one in pages
        ),
        growth(growths) + WHERE,
        *(f"- {name}: {found}" for name, found in machine().items()),
        "",
    ])  # fmt: skip


def machine() -> dict[str, str]:
    """What the numbers depend on; nothing that names a host."""
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "processors": f"{os.cpu_count()} × {_processor()}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in PACKAGES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _rates(load: Load) -> str:
    low, middle, high = (f"{value:,.0f}" for value in load.per_second)
    return f"{low} / **{middle}** / {high}"


def _spread(spread: Spread, digits: int) -> str:
    low, middle, high = (f"{value:,.{digits}f}" for value in (spread.low, spread.middle, spread.high))
    return f"{low} / **{middle}** / {high}"
