"""Real processes that begin at the same instant, for races. It knows nothing of what they do.

A fork server is warmed with the product's modules, so that a process is there within milliseconds and inherits no connection.
"""

from __future__ import annotations

import gc
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Barrier
from typing import Any

PATIENCE_S = 120
WARM = (
    "pytest",
    "bisdesk.cli",
    "freezegun",
    "alembic.command",
    "tests.integration.race_work",
    "tests.integration.kill_points",
)

_context = get_context("forkserver")
_context.set_forkserver_preload(list(WARM))


@dataclass(frozen=True)
class Member:
    """One process of a crowd."""

    index: int
    barrier: Barrier

    def line_up(self) -> None:
        """Wait until all are here, then go."""
        self.barrier.wait(PATIENCE_S)


def crowd(work: Callable[..., Any], members: Sequence[tuple[Any, ...]]) -> list[Any]:
    """What `work(member, *arguments)` gave in each process. Raises: AssertionError with the story of one that failed."""
    barrier = _context.Barrier(len(members))
    started = [_start(work, Member(index, barrier), arguments) for index, arguments in enumerate(members)]
    told = [_told(connection) for _, connection in started]
    for process, connection in started:
        _end(process, connection)
    broken = [text for worked, text in told if not worked and "BrokenBarrier" not in text]
    assert all(worked for worked, _ in told), broken[0] if broken else "a process gave up waiting"
    return [result for _, result in told]


@contextmanager
def brood(make: Callable[..., Callable[..., None]], *arguments: object) -> Iterator[Callable[..., int]]:
    """Many processes, one after the other, each forked from one that is warm: a function that tells how each ended.

    `make(*arguments)` gives what they do. The first call is done by the warm process itself, so that the others find warm
    what they need; it may keep no connection open.
    """
    here, there = _context.Pipe()
    process = _context.Process(target=_breed, args=(there, make, arguments))
    process.start()
    there.close()

    def ended(*given: object) -> int:
        here.send(given)
        assert here.poll(PATIENCE_S), "the process never ended"
        return int(here.recv())

    try:
        yield ended
    finally:
        _end(process, here)


def _breed(connection: Connection, make: Callable[..., Callable[..., None]], arguments: tuple[Any, ...]) -> None:
    work = make(*arguments)
    try:
        connection.send(_attempted(work, connection.recv()))
        gc.freeze()  # what is warm is never looked through again, so that the forks share it
        while True:
            connection.send(_forked(work, connection.recv()))
    except EOFError:
        return


def _attempted(work: Callable[..., None], given: tuple[Any, ...]) -> int:
    try:
        work(*given)
    except BaseException:  # noqa: BLE001  # its story is printed, and the test hears that it went wrong
        traceback.print_exc()
        return 1
    return 0


def _forked(work: Callable[..., None], given: tuple[Any, ...]) -> int:
    child = os.fork()
    if child == 0:
        os._exit(_attempted(work, given))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _start(
    work: Callable[..., Any], member: Member, arguments: tuple[Any, ...]
) -> tuple[ForkServerProcess, Connection]:
    here, there = _context.Pipe(duplex=False)
    process = _context.Process(target=_run, args=(work, member, arguments, there))
    process.start()
    there.close()
    return process, here


def _run(work: Callable[..., Any], member: Member, arguments: tuple[Any, ...], connection: Connection) -> None:
    try:
        connection.send((True, work(member, *arguments)))
    except BaseException:  # noqa: BLE001  # whatever went wrong, the test wants its story, and nobody else may wait for ever
        member.barrier.abort()
        connection.send((False, traceback.format_exc()))


def _told(connection: Connection) -> tuple[bool, Any]:
    if not connection.poll(PATIENCE_S):
        return False, "a process said nothing"
    try:
        told: tuple[bool, Any] = connection.recv()
    except EOFError:
        return False, "a process died"
    return told


def _end(process: ForkServerProcess, connection: Connection) -> None:
    connection.close()
    process.join(PATIENCE_S)
    if process.is_alive():
        process.kill()
        process.join()
    process.close()
