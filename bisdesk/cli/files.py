"""Files that a person hands to the command line, such as requests, papers and secrets, and those that it writes for them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from workflow.errors import FieldError, InvalidSubmission
from workflow.filing import LARGEST_PAPER
from workflow.intake import load_json, parse_submission
from workflow.intake_json import LARGEST_FILE, WHOLE_FILE
from workflow.model import Attachment, Slot
from workflow.submission import Submission

T = TypeVar("T")
Judge = Callable[[Slot, bytes], Attachment]


def read_request(
    path: str, scan: str | None, declaration: str | None, *, today: date, complete: bool, judge: Judge
) -> tuple[Submission, tuple[Attachment, ...]]:
    """A request file with its papers, as far as they are fit to keep.

    Raises: InvalidSubmission with everything that is wrong, papers included; Unavailable when nobody can judge them.
    """
    wrong: list[FieldError] = []
    submission = _collect(
        lambda: parse_submission(load_json(read(path, WHOLE_FILE)), today=today, complete=complete), wrong
    )
    papers = []
    for slot, name in ((Slot.SCAN, scan), (Slot.DECLARATION, declaration)):
        if name is not None:
            paper = _collect(lambda slot=slot, name=name: judge(slot, read(name, slot)), wrong)  # type: ignore[misc]  # bound now
            papers += [paper] if paper else []
    if wrong or submission is None:
        raise InvalidSubmission(tuple(wrong))
    return submission, tuple(papers)


def read_values(path: str | None) -> dict[str, str]:
    """A small JSON object of texts, such as {"insz": "..."}. Raises: InvalidSubmission."""
    if path is None:
        return {}
    raw = load_json(read(path, WHOLE_FILE))
    if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
        raise InvalidSubmission((FieldError(WHOLE_FILE, "type", "The file must hold one JSON object of texts."),))
    return {str(name): str(value) for name, value in raw.items()}


def read_secret(path: str, name: str) -> str:
    """The first line of a file that holds a secret. Raises: InvalidSubmission."""
    try:
        return read(path, name).decode("utf-8").split("\n", 1)[0].rstrip("\r")
    except UnicodeDecodeError:
        raise InvalidSubmission(
            (FieldError(name, "encoding", "The file is not UTF-8 text; save it as UTF-8."),)
        ) from None


def read(path: str, name: str) -> bytes:
    """The bytes of a file, or of stdin for `-`, at most a little more than anything accepted. Raises: InvalidSubmission."""
    most = max(LARGEST_FILE, LARGEST_PAPER) + 1
    try:
        if path == "-":
            return sys.stdin.buffer.read(most)
        with Path(path).open("rb") as file:
            return file.read(most)
    except (OSError, ValueError):
        text = "The file cannot be read. Check its name and that you may open it."
        raise InvalidSubmission((FieldError(name, "unreadable", text),)) from None


def write_file(path: str, text: str, name: str) -> str:
    """Write a text file whose name somebody gave, and say where it is. Raises: InvalidSubmission."""
    try:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    except (OSError, ValueError):
        told = "The file cannot be written. Check that its folder is there and that you may write in it."
        raise InvalidSubmission((FieldError(name, "unwritable", told),)) from None
    return path


def write_files(folder: str, texts: Mapping[str, str], name: str) -> list[str]:
    """Write text files into a folder, made where it is missing, and say where they are. Raises: InvalidSubmission."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError):
        told = "The folder cannot be made. Check that you may write there and that no file has its name."
        raise InvalidSubmission((FieldError(name, "unwritable", told),)) from None
    return [write_file(str(Path(folder) / file), text, name) for file, text in texts.items()]


def _collect(make: Callable[[], T], wrong: list[FieldError]) -> T | None:
    try:
        return make()
    except InvalidSubmission as refused:
        wrong.extend(refused.fields)
        return None
