"""`bisdesk receipt ...`: doors for what providers report, for programs rather than people."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bisdesk.cli.files import read
from bisdesk.cli.output import OK, emit, talk
from bisdesk.cli.session import Json, begin
from bisdesk.mailroom import take
from workflow.errors import BisdeskError

app = typer.Typer(no_args_is_help=True)
TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits: the mail server keeps the report and comes back


@app.callback()
def receipt() -> None:
    """What providers report about messages that left."""


@app.command("mail")
def mail(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The mail as it came; - reads it from a pipe.")],
    recipient: Annotated[
        str | None, typer.Option("--recipient", metavar="ADDR", help="Its envelope recipient, if the server tells it.")
    ] = None,
    json: Json = False,
) -> int:
    """Take in the report of a mail server; for its pipe: 0 when kept or ignored, 75 when it must be brought again."""
    report = read(file, "FILE")
    if file == "-":
        _let_finish()
    try:
        session = begin()
        taken = take(session.app, report, session.now, came_to=recipient)
    except BisdeskError as trouble:
        talk(trouble.detail)
        return TRY_AGAIN
    except Exception as fault:  # noqa: BLE001  # at any other code the mail server would drop the report for good
        talk(f"bisdesk met a fault of its own ({type(fault).__name__}); the report must be brought again.")
        return TRY_AGAIN
    message_id = taken.heard.message_id if taken.heard else None
    emit(
        {
            "outcome": taken.outcome,
            "message": str(message_id) if message_id else None,
            "status": str(taken.status) if taken.status else None,
        },
        as_json=json,
    )
    return OK


def _let_finish() -> None:
    """Read what is left of a mail that is too large, so that the server is not left with a broken pipe."""
    while sys.stdin.buffer.read(1 << 20):
        pass
