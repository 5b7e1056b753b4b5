"""The command line: `bisdesk ...`. Commands stand in one file per noun; every rule they obey stands in the workflow."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from bisdesk.cli import (
    actions,
    activations,
    demo,
    gates,
    lifecycles,
    messages,
    receipts,
    requests,
    restore,
    serve,
    system,
)
from bisdesk.cli.output import CANNOT_WORK, OK, USAGE, report, speak_plainly, talk
from workflow.errors import BisdeskError, TransitionNotAllowed

app = typer.Typer(
    name="bisdesk",
    help="Registers people who are not Belgian, and sees them through to an active digital key.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(requests.app, name="request", help="Registration requests: file, follow, decide.")
app.add_typer(activations.app, name="activation", help="Activations: code, links, digital keys.")
messages.app.command("gates")(gates.gates)
messages.app.command("open")(gates.open_)
messages.app.command("lift")(gates.lift)
app.add_typer(messages.app, name="message", help="The queue of mail and SMS, and their texts.")
app.add_typer(receipts.app, name="receipt", help="What providers report about messages that left.")
app.add_typer(lifecycles.app, name="lifecycle", help="The state tables that drive everything.")
app.add_typer(restore.app, name="restore", help="A database that came back from a backup.")
app.add_typer(system.database, name="db", help="The database.")
app.command("demo")(demo.demo)
app.command("tick")(system.tick)
app.command("worker")(system.worker)
app.command("serve")(serve.serve)
app.command("doctor")(system.doctor)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    speak_plainly()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if any(map(_unreadable, given)):
        talk("An argument is not UTF-8 text. Type it again, or pass it in a file.")
        return USAGE
    try:
        code = app(given, standalone_mode=False, prog_name="bisdesk")
    except TyperException as wrong:
        wrong.show()  # type: ignore[attr-defined]  # every usage error of Typer can show itself
        return USAGE
    except typer.Exit as done:
        return int(done.exit_code)
    except BisdeskError as error:
        hints = actions.ways(error.allowed) if isinstance(error, TransitionNotAllowed) else ()
        return report(error, as_json="--json" in given, hints=hints)
    except (KeyboardInterrupt, typer.Abort):
        talk("Stopped.")
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to be said.
        sys.stderr.close()
        return OK
    except Exception as fault:  # the last resort: a person gets a sentence, a developer the whole story
        if os.environ.get("BISDESK_LOG_LEVEL") == "DEBUG":
            raise
        talk(
            f"bisdesk met a fault of its own ({type(fault).__name__}); what had been stored stands. "
            "Run the command again with BISDESK_LOG_LEVEL=DEBUG and report what it prints."
        )
        return CANNOT_WORK
    return code if isinstance(code, int) else OK


def _unreadable(word: str) -> bool:
    """Whether bytes stood on the command line that are no text."""
    return any("\ud800" <= char <= "\udfff" for char in word)
