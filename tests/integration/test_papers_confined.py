"""The child may fail in any way, and may do next to nothing: the parent is unharmed, and the paper is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from bisdesk.papers.judge import LIMITS, made_safe
from bisdesk.papers.verdict import Code, Refused, Safe
from tests.support import papers

SHUT_IN = """
import os, resource, socket
from bisdesk.papers.confinement import limited, shut_in
from bisdesk.papers.judge import LIMITS
limited(LIMITS)
shut_in()
def tried(what):
    try:
        what()
    except (OSError, ValueError):
        return "refused"
    return "worked"
tries = {
    "read": lambda: open("/etc/passwd"), "write": lambda: open("/tmp/bisdesk-child", "w"),
    "socket": socket.socket, "fork": os.fork,
    "root": lambda: os.setuid(0), "more": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
}
print(*(f"{name}:{tried(what)}" for name, what in tries.items()))
"""


def refused(content: bytes, **limits: object) -> Code:
    """With what code a paper is refused under other limits."""
    found = made_safe(content, clamd="off", limits=replace(LIMITS, **limits))  # type: ignore[arg-type]
    assert isinstance(found, Refused), found
    return found.code


def children() -> set[int]:
    """The processes that this one has started."""
    listed = [path.read_text(encoding="ascii").split() for path in Path(f"/proc/{os.getpid()}/task").glob("*/children")]
    return {int(word) for words in listed for word in words}


def test_a_shut_in_process_opens_and_starts_nothing() -> None:
    ran = subprocess.run(
        [sys.executable, "-I", "-c", SHUT_IN], env={}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert ran.stdout.split() == [f"{name}:refused" for name in ("read", "write", "socket", "fork", "root", "more")]


def test_a_page_that_never_ends_is_ended_by_the_clock() -> None:
    started = time.monotonic()

    assert refused(papers.nested_bomb(), wall_s=0.6) is Code.TOO_SLOW
    assert time.monotonic() - started < 3


def test_a_page_that_never_ends_is_ended_by_its_share_of_the_processor() -> None:
    assert refused(papers.nested_bomb(), cpu_s=1) is Code.TOO_SLOW


def test_what_takes_too_much_memory_is_refused() -> None:
    assert refused(papers.nested_bomb()) is Code.TOO_SLOW
    assert refused(papers.empty_png(8000, 5000, rows=5000), memory=120 * 1024 * 1024) is Code.TOO_SLOW


def test_what_swells_when_it_is_unpacked_is_refused() -> None:
    assert refused(papers.deflate_bomb(300)) is Code.TOO_SLOW
    assert refused(papers.deflate_bomb(3), unpacked=1024 * 1024) in (Code.TOO_SLOW, Code.DAMAGED)


def test_a_document_of_too_many_parts_is_refused() -> None:
    assert refused(papers.pdf(), objects=3) is Code.TOO_SLOW


def test_a_child_that_cannot_start_refuses_the_paper() -> None:
    assert refused(papers.png(), memory=20 * 1024 * 1024) in (Code.DAMAGED, Code.TOO_SLOW)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_child_that_is_killed_refuses_the_paper(number: signal.Signals) -> None:
    before, answers = children(), list[Safe | Refused]()
    thread = threading.Thread(target=lambda: answers.append(made_safe(papers.nested_bomb(), clamd="off")))

    thread.start()
    while not (born := children() - before):
        time.sleep(0.01)
    time.sleep(0.1)
    for child in born:
        os.kill(child, number)
    thread.join(timeout=10)

    assert answers == [Refused(Code.TOO_SLOW if number is signal.SIGKILL else Code.DAMAGED)]
    assert isinstance(made_safe(papers.png(), clamd="off"), Safe)


def test_no_child_no_file_and_no_thread_is_left_behind() -> None:
    before = children(), len(os.listdir("/proc/self/fd")), threading.active_count()

    for content in (papers.pdf(), papers.png(), b"%PDF-1.7\n%%EOF", papers.empty_png(40_000, 40_000)):
        made_safe(content, clamd="off")
    refused(papers.nested_bomb(), wall_s=0.5)

    assert (children(), len(os.listdir("/proc/self/fd")), threading.active_count()) == before


def test_a_crowd_is_served_one_after_the_other() -> None:
    with ThreadPoolExecutor(10) as crowd:
        found = list(crowd.map(lambda _: made_safe(papers.png(), clamd="off"), range(20)))

    assert all(isinstance(one, Safe) for one in found)


def test_the_paper_stays_out_of_the_words_that_others_can_read() -> None:
    found = made_safe(papers.png(), clamd="off")

    assert "PNG" not in repr(found)
    assert "evidence" not in repr(found)
