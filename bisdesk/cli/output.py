"""How the command line speaks: data on stdout, talk on stderr, JSON plain, errors as one sentence with the next step.

It knows nothing of use cases; the exit codes stand here, once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence

from workflow.errors import BisdeskError, InvalidSubmission

OK, PROBLEMS, USAGE, NOT_ALLOWED, CONFLICT, NOT_FOUND, BAD_INPUT, CANNOT_WORK = range(8)
EXIT_CODES = {
    "not_permitted": NOT_ALLOWED,
    "transition_not_allowed": NOT_ALLOWED,
    "guard_refused": NOT_ALLOWED,
    "concurrent_change": CONFLICT,
    "not_found": NOT_FOUND,
    "invalid_submission": BAD_INPUT,
    "unavailable": CANNOT_WORK,
}


def speak_plainly() -> None:
    """Never fail on a character that the terminal does not know."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def emit(value: object, *, as_json: bool) -> None:
    """Print a view, or a list of them, on stdout."""
    if as_json:
        write(json.dumps(value, ensure_ascii=False, indent=2))
    elif isinstance(value, list):
        write(_table(value))
    elif isinstance(value, Mapping):
        write("\n".join(_lines(value)))
    else:
        write(str(value))


def write(text: str) -> None:
    """One text on stdout."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def talk(text: str) -> None:
    """One line on stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def report(error: BisdeskError, *, as_json: bool, hints: Iterable[str] = ()) -> int:
    """Tell what went wrong and how to go on; the exit code."""
    fields = error.fields if isinstance(error, InvalidSubmission) else ()
    talk(error.detail)
    for wrong in fields:
        talk(f"  {wrong.path}: {wrong.message}")
    for hint in hints:
        talk(hint)
    if as_json:
        problem: dict[str, object] = {"error": error.code, "detail": error.detail}
        if fields:
            problem["fields"] = [{"path": f.path, "code": f.code, "message": f.message} for f in fields]
        emit(problem, as_json=True)
    return EXIT_CODES.get(error.code, PROBLEMS)


def _lines(view: Mapping[str, object], indent: str = "") -> Iterable[str]:
    width = max((len(name) for name in view), default=0)
    for name, value in view.items():
        if isinstance(value, Mapping):
            yield f"{indent}{name}"
            yield from _lines(value, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield f"{indent}{name}"
            yield from (f"{indent}  - {_inline(item)}" for item in value)
        else:
            yield f"{indent}{name.ljust(width)}  {_cell(value)}"


def _inline(item: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {_cell(value)}" for name, value in item.items() if value is not None)


def _table(rows: Sequence[Mapping[str, object]]) -> str:
    if not rows:
        return "nothing"
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *([_cell(row.get(name)) for name in names] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(names))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(_cell(item) for item in value)
        case Mapping():
            return _inline(value)
        case _:
            return str(value)
