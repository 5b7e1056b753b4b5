"""Asks a ClamAV daemon about a paper, by its INSTREAM command, and fails closed: only a clear `OK` lets a paper through.

The command is spoken here and not by the package `clamd`: that one connects without a limit of time, and sends without
looking whether all was sent.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from bisdesk.papers.verdict import Code

OFF = "off"
PORT = 3310
CHUNK = 64 * 1024
CONNECT_S, ANSWER_S = 3.0, 20.0
LONGEST_ANSWER = 4096
CLEAN, INFECTED = "OK", "FOUND"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the daemon listens: a path, or a host with its port."""

    path: str | None = None
    host: str = ""
    port: int = PORT


def place_of(text: str) -> Place | None:
    """The place that a setting names, None for `off`. Raises: ValueError."""
    if text == OFF:
        return None
    parts = urlsplit(text)
    if parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/"):
        return Place(path=parts.path)
    with suppress(ValueError):  # of a port that is no number
        port = parts.port or PORT
        if parts.scheme == "tcp" and parts.hostname and not (parts.path.strip("/") or parts.query or parts.username):
            return Place(host=parts.hostname, port=port)
    raise ValueError("it must be tcp://HOST:PORT, unix:/PATH or off")


def infection(content: bytes, clamd: str) -> Code | None:
    """None where nothing was found or nobody is asked; else INFECTED or SCANNER_DOWN."""
    place = place_of(clamd)
    if place is None:
        return None
    return _meaning(_said(place, _as_stream(content)))


def alive(clamd: str) -> bool:
    """Whether the daemon answers, or none is named."""
    place = place_of(clamd)
    return place is None or _said(place, b"zPING\0") == "PONG"


def _meaning(answer: str) -> Code | None:
    """The one table of answers: `stream: OK`, `stream: Name FOUND`, and all else is trouble."""
    if answer == f"stream: {CLEAN}":
        return None
    return Code.INFECTED if answer.startswith("stream: ") and answer.endswith(f" {INFECTED}") else Code.SCANNER_DOWN


def _as_stream(content: bytes) -> bytes:
    chunks = (content[start : start + CHUNK] for start in range(0, len(content), CHUNK))
    return b"zINSTREAM\0" + b"".join(len(chunk).to_bytes(4, "big") + chunk for chunk in chunks) + bytes(4)


def _said(place: Place, question: bytes) -> str:
    """The daemon's answer to its closing zero; nothing where it did not come whole and in time."""
    until = time.monotonic() + ANSWER_S
    try:
        with _line(place) as line:
            line.settimeout(ANSWER_S)
            line.sendall(question)
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
                line.settimeout(max(until - time.monotonic(), 0.001))
                some = line.recv(LONGEST_ANSWER)
                if not some:
                    return ""
                answer += some
    except OSError:
        return ""
    return answer[:-1].decode("utf-8", "replace") if answer.endswith(b"\0") else ""


def _line(place: Place) -> socket.socket:
    if place.path is None:
        return socket.create_connection((place.host, place.port), timeout=CONNECT_S)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(CONNECT_S)
        line.connect(place.path)
    except OSError:
        line.close()
        raise
    return line
