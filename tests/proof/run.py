"""The whole proof: parts on SQLite and PostgreSQL, one or two workers, with deaths and without, added up into one result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, fields, replace
from pathlib import Path
from time import monotonic

from tests.proof.faults import CATALOGUE
from tests.proof.judge import Found
from tests.proof.shard import Order
from tests.support.postgres import Server, server

PATH = Path(__file__).parents[2]
PART = 2500  # messages; a row that waits is looked at again and again, so smaller parts are quicker
AT_ONCE = 2 * (os.cpu_count() or 1)  # parts that wait for a silent provider leave the processor to others
DYING, WINDOW = 0.02, 0.01
PATTERN = (  # what the parts are like, in turn
    {"workers": 1},
    {"workers": 1, "dying": DYING, "window": WINDOW},
    {"workers": 2, "dying": DYING, "window": WINDOW},
    {"workers": 2, "dying": DYING, "window": WINDOW, "url": "postgresql"},
)


def run(messages: int, *, seed: str = "1", say: Callable[[str], None] = lambda text: None) -> Found:
    """Run every part, so many at once, and add up what they found."""
    began = monotonic()
    orders = list(orders_for(messages, seed=seed))
    with ExitStack() as open_until_the_end:
        running = open_until_the_end.enter_context(server())
        placed = [_placed(order, running, open_until_the_end) for order in orders]
        with ThreadPoolExecutor(AT_ONCE) as lanes:
            parts = []
            for order, found in zip(placed, lanes.map(_part, placed), strict=True):
                say(f"{order.seed}: {found.messages:,} messages, {found.seconds:.0f} s, {found.problems() or 'good'}\n")
                parts.append(found)
    total = added_up(parts)
    total.seconds = monotonic() - began
    return total


def orders_for(messages: int, *, seed: str) -> Iterator[Order]:
    """What each part is to do; four parts at least, so that each kind of part is there."""
    parts = max(len(PATTERN), round(messages / PART))
    for number in range(parts):
        yield Order(
            seed=f"{seed}-{number + 1}", messages=-(-messages // parts), start=number / parts,
            **PATTERN[number % len(PATTERN)],  # type: ignore[arg-type]  # values of the order
        )  # fmt: skip


def missing(found: Found) -> list[str]:
    """Kinds of faults that never occurred."""
    return [kind for kind in CATALOGUE if not found.met.get(kind)]


def added_up(parts: Sequence[Found]) -> Found:
    """The parts as one."""
    total = Found()
    for found in parts:
        for one in fields(Found):
            mine, more = getattr(total, one.name), getattr(found, one.name)
            if isinstance(mine, dict):
                setattr(total, one.name, _merged(mine, more))
            else:
                setattr(total, one.name, mine + more)
    return total


def _merged(one: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    if any(isinstance(value, dict) for value in (*one.values(), *other.values())):
        names = dict.fromkeys([*one, *other])
        return {name: _merged(one.get(name, {}), other.get(name, {})) for name in names}  # type: ignore[arg-type]
    return dict(Counter(one) + Counter(other))  # type: ignore[arg-type]


def _placed(order: Order, running: Server, until: ExitStack) -> Order:
    """The order with a database of its own."""
    return replace(order, url=until.enter_context(running.database())) if order.url else order


def _part(order: Order) -> Found:
    words = [sys.executable, "-m", "tests.proof.shard", json.dumps(asdict(order))]
    done = subprocess.run(words, cwd=PATH, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"part {order.seed} failed:\n{done.stderr[-4000:]}")
    return Found(**json.loads(done.stdout))
