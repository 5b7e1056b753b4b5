"""From a JSON value to a submission, or to every wrong field at once with its JSON path.

Nothing is stored here. A refuted check or a lapsed document is no wrong field: intake_checks.py tells of those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from identity.problems import Problem
from identity.text import printable
from workflow.errors import FieldError, InvalidSubmission
from workflow.intake_fields import FIELD_RULES
from workflow.intake_json import WHOLE_FILE, load_json
from workflow.intake_rules import completeness_errors, rule_errors
from workflow.submission import SECTIONS, Submission, build

__all__ = ["load_json", "parse_submission"]

MOST_ERRORS = 200
_LONGEST_KEY = 40


@dataclass(slots=True)
class _Reading:
    """What was found so far: values by path, wrong fields, and sections that cannot be looked into."""

    values: dict[str, object] = field(default_factory=dict, repr=False)
    errors: list[FieldError] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)


def parse_submission(raw: object, *, today: date, complete: bool) -> Submission:
    """Judge a request file; `today` is the Brussels date, `complete` is false for a draft.

    Raises: InvalidSubmission with every wrong field.
    """
    if not isinstance(raw, dict):
        raise InvalidSubmission((FieldError(WHOLE_FILE, "type", "The file must hold one JSON object: a request."),))
    reading = _Reading()
    _read_object(raw, "", today=today, reading=reading)
    if complete:
        reading.errors.extend(_missing(reading))
    submission = build(reading.values)
    reading.errors.extend(_beyond_single_fields(submission, reading, complete=complete))
    if reading.errors:
        raise InvalidSubmission(_limited(reading.errors))
    return replace(submission, note_number=bool(submission.note_number)) if complete else submission


def _read_object(raw: dict[object, object], prefix: str, *, today: date, reading: _Reading) -> None:
    for key, value in raw.items():
        # A key with a dot in it is one strange name, not a path.
        path = f"{prefix}{key}" if "." not in str(key) else ""
        if path in SECTIONS:
            _read_section(value, path, today=today, reading=reading)
        elif path not in FIELD_RULES:
            shown = f"{prefix}{printable(str(key), longest=_LONGEST_KEY)}"
            text = "A request has no field of this name here; check the spelling."
            reading.errors.append(FieldError(shown, "unknown_field", text))
        elif not _blank(value):
            _read_field(value, path, today=today, reading=reading)


def _blank(value: object) -> bool:
    # Programs write null or an empty text for what was not filled in.
    return value is None or (isinstance(value, str) and not value.strip())


def _read_section(value: object, path: str, *, today: date, reading: _Reading) -> None:
    if isinstance(value, dict):
        _read_object(value, f"{path}.", today=today, reading=reading)
    elif value is not None:
        reading.unreadable.add(path)
        reading.errors.append(FieldError(path, "type", "Write an object with its fields between { and }."))


def _read_field(value: object, path: str, *, today: date, reading: _Reading) -> None:
    try:
        judged = FIELD_RULES[path].judge(value, today)
    except Problem as wrong:
        reading.unreadable.add(path)
        reading.errors.append(FieldError(path, wrong.code, wrong.message))
    else:
        if judged is not None:
            reading.values[path] = judged


def _missing(reading: _Reading) -> Iterator[FieldError]:
    for path, rule in FIELD_RULES.items():
        if rule.required and path not in reading.values and not _already_told(path, reading):
            yield FieldError(path, "required", "Fill in this field.")


def _beyond_single_fields(submission: Submission, reading: _Reading, *, complete: bool) -> Iterator[FieldError]:
    yield from rule_errors(submission)
    if complete:
        yield from (wrong for wrong in completeness_errors(submission) if not _already_told(wrong.path, reading))


def _already_told(path: str, reading: _Reading) -> bool:
    # A field that is wrong, or that stands in a section that is, is not missing as well.
    parts = path.split(".")
    return any(".".join(parts[:depth]) in reading.unreadable for depth in range(1, len(parts) + 1))


def _limited(errors: list[FieldError]) -> tuple[FieldError, ...]:
    order = {path: place for place, path in enumerate(FIELD_RULES)}
    told = sorted(errors, key=lambda wrong: order.get(wrong.path, len(order)))
    if len(told) <= MOST_ERRORS:
        return tuple(told)
    rest = f"There are {len(told) - MOST_ERRORS} more wrong fields; mend these first."
    return (*told[:MOST_ERRORS], FieldError(WHOLE_FILE, "too_many", rest))
