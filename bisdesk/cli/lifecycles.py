"""`bisdesk lifecycle ...`: the state tables as text, picture and JSON, and what is wrong with them."""

from __future__ import annotations

import json as jsonlib
from difflib import unified_diff
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bisdesk.bootstrap import install
from bisdesk.cli.output import OK, PROBLEMS, emit, talk, write
from bisdesk.cli.session import Json, configured
from bisdesk.describe.diagrams import dot, mermaid
from bisdesk.describe.document import as_json, table
from bisdesk.describe.owed import faults_of_texts
from bisdesk.describe.picture import svg
from workflow.checks import check as structural_faults
from workflow.errors import FieldError, InvalidSubmission, NotFound
from workflow.lifecycles.activation import activation
from workflow.lifecycles.message import message
from workflow.lifecycles.registration import registration
from workflow.machine import Lifecycle
from workflow.policy import Policy

app = typer.Typer(no_args_is_help=True)
LIFECYCLES: dict[str, Lifecycle[Any]] = {"registration": registration, "activation": activation, "message": message}


class Format(StrEnum):
    """The ways to look at a table."""

    TABLE = "table"
    MERMAID = "mermaid"
    DOT = "dot"
    SVG = "svg"
    JSON = "json"


@app.command("list")
def list_(json: Json = False) -> None:
    """List the lifecycles."""
    policy = configured().policy
    rows = [
        {"name": name, "states": len(known.states), "rows": len(known.rows), "definition": known.definition(policy)}
        for name, known in LIFECYCLES.items()
    ]
    emit(rows, as_json=json)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="registration, activation or message.")],
    format_: Annotated[Format, typer.Option("--format", help="How to look at it.")] = Format.TABLE,
    json: Json = False,
) -> None:
    """Show a lifecycle as a table, a diagram, a picture or JSON."""
    lifecycle, policy = _named(name), configured().policy
    match Format.JSON if json else format_:
        case Format.TABLE:
            write(table(lifecycle, policy))
        case Format.MERMAID:
            write(mermaid(lifecycle))
        case Format.DOT:
            write(dot(lifecycle))
        case Format.SVG:
            write(svg(lifecycle))
        case Format.JSON:
            emit(as_json(lifecycle, policy), as_json=True)


@app.command("check")
def check(json: Json = False) -> int:
    """Check every table: reachable, ending, timed, roles named, no row hidden, every message it owes in order."""
    settings = configured()
    renderer = install(settings).renderer
    found = [
        finding
        for lifecycle in LIFECYCLES.values()
        for finding in (*structural_faults(lifecycle, policy=settings.policy), *faults_of_texts(lifecycle, renderer))
    ]
    emit(
        [{"lifecycle": one.lifecycle, "problem": one.sentence} for one in found] if found or json else "sound",
        as_json=json,
    )
    talk(f"Checked {len(LIFECYCLES)} lifecycles, {sum(len(known.rows) for known in LIFECYCLES.values())} rows.")
    return PROBLEMS if found else OK


@app.command("diff")
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="A lifecycle, or a file made by show --format json.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    json: Json = False,
) -> None:
    """Show how two definitions differ, row by row."""
    policy = configured().policy
    lines = list(unified_diff(_rows(before, policy), _rows(after, policy), before, after, n=0, lineterm=""))
    if json:
        emit([line for line in lines if not line.startswith(("---", "+++", "@@"))], as_json=True)
    else:
        write("\n".join(lines) or "no difference")


def _named(name: str) -> Lifecycle[Any]:
    if name not in LIFECYCLES:
        raise NotFound("lifecycle", name[:40], choices=LIFECYCLES)
    return LIFECYCLES[name]


def _rows(name: str, policy: Policy) -> list[str]:
    if name in LIFECYCLES:
        shown: object = as_json(LIFECYCLES[name], policy)
    else:
        shown = _read(name)
    rows = shown.get("rows") if isinstance(shown, dict) else None
    if not isinstance(rows, list):
        raise InvalidSubmission(
            (FieldError(name, "type", "The file holds no lifecycle: make it with show --format json."),)
        )
    return [jsonlib.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows]


def _read(name: str) -> object:
    try:
        return jsonlib.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise NotFound("lifecycle or readable file", name) from None
