"""Lets a child open a strange file, waits for no longer than allowed, and believes only an answer that is whole.

The child has no environment, no file, no network and little memory, and is ended with its group whatever it did.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from threading import BoundedSemaphore, Event, Thread, Timer

from bisdesk.papers.verdict import JPEG, PDF, PNG, Code, Limits, Safe

CHILD = (sys.executable, "-I", "-B", "-m", "bisdesk.papers.child")
LARGEST_ANSWER = 128 * 1024 * 1024  # bytes; twenty pages and the paper itself take a tenth of it
LONGEST_HEAD = 1024
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
OVER_A_LIMIT = (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT)  # by the kernel, or by a library that got no memory
_room = BoundedSemaphore(4)  # children at once: a crowd of uploads must not take the memory of the machine


def opened(content: bytes, media: str, limits: Limits) -> Safe | Code:
    """What a child makes of a file of a type that it can open. Raises nothing for any content."""
    if not _room.acquire(timeout=limits.wall_s):
        return Code.TOO_SLOW
    try:
        answer, ended, late = _asked(content, (*CHILD, media, json.dumps(asdict(limits))), limits.wall_s)
    except (OSError, RuntimeError):  # the machine is out of processes, memory, files or threads
        return Code.TOO_SLOW
    finally:
        _room.release()
    found = _understood(answer, limits)
    return found or (Code.TOO_SLOW if late or ended in OVER_A_LIMIT else Code.DAMAGED)


def _asked(content: bytes, command: tuple[str, ...], wall_s: float) -> tuple[bytes, int, bool]:
    """The answer, how the child ended, and whether it was ended for being late."""
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/",
        process_group=0,
    )  # fmt: skip
    late = Event()
    timer = Timer(wall_s, _end_as_late, (child, late))
    feeder = Thread(target=_feed, args=(child, content), daemon=True)
    try:
        timer.start()
        feeder.start()
        answer = child.stdout.read(LARGEST_ANSWER + 1) if child.stdout else b""
    finally:
        timer.cancel()
        if timer.ident:
            timer.join()  # from here on nobody else ends it, so its number is still its own below
        if child.stdout:
            child.stdout.close()
        _end_unless_gone(child)
        if feeder.ident:
            feeder.join()
    return answer, child.returncode, late.is_set()


def _feed(child: subprocess.Popen[bytes], content: bytes) -> None:
    with suppress(OSError):  # a child that ended has no ear
        if child.stdin:
            child.stdin.write(content)
    with suppress(OSError):
        if child.stdin:
            child.stdin.close()


def _end_unless_gone(child: subprocess.Popen[bytes]) -> None:
    """A child that closed its answer is about to end by itself; how it ended tells why there is no answer."""
    with suppress(subprocess.TimeoutExpired):
        child.wait(timeout=0.5)
        return
    _end(child)
    child.wait()


def _end_as_late(child: subprocess.Popen[bytes], late: Event) -> None:
    late.set()
    _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _understood(answer: bytes, limits: Limits) -> Safe | Code | None:
    """`refused CODE`, or `safe MEDIA SIZE SIZE...` and so many bytes: the evidence, then the pages. None for anything else."""
    head, _, body = answer[:LONGEST_HEAD].partition(b"\n")
    words = head.decode("ascii", "replace").split(" ")
    if len(words) == 2 and words[0] == "refused" and words[1] in set(Code):
        return Code(words[1])
    sizes = [int(word) for word in words[2:] if word.isascii() and word.isdigit()]
    if words[0] != "safe" or words[1] not in (JPEG, PNG, PDF) or not 2 <= len(sizes) <= limits.pages + 1:
        return None
    body = answer[len(head) + 1 :]
    if sum(sizes) != len(body) or not 0 < sizes[0] <= limits.size:
        return None
    ends = [sum(sizes[: count + 1]) for count in range(len(sizes))]
    evidence, *pages = [body[end - size : end] for size, end in zip(sizes, ends, strict=True)]
    return Safe(words[1], evidence, tuple(pages)) if all(page.startswith(PICTURES) for page in pages) else None
