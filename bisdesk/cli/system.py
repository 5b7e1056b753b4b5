"""`bisdesk tick | worker | doctor | db ...`: what operators run."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from bisdesk import doctor as checks
from bisdesk.bootstrap import Installation, install
from bisdesk.cli.output import CANNOT_WORK, OK, PROBLEMS, emit, talk, write
from bisdesk.cli.session import Json, configured
from bisdesk.examined import line, view
from bisdesk.fencing import problem_of
from bisdesk.scheduler import run_worker
from bisdesk.seed import seed as write_seed
from bisdesk.settings import Env
from bisdesk.ticks import HEARTBEAT, PARTS, Progress, parts_of
from bisdesk.ticks import tick as run_tick
from store import schema
from store.schema import SchemaStatus
from workflow.errors import GuardRefused
from workflow.fence import Standing
from workflow.outbox import DeliveryState

database = typer.Typer(no_args_is_help=True)
ALL = "all"
EVERY = (*PARTS, HEARTBEAT)


def tick(
    part: Annotated[str, typer.Argument(metavar="[PART]", help=f"One of {', '.join(EVERY)}, or all.")] = ALL,
    json: Json = False,
) -> None:
    """Do what is due now, until nothing is left: fire timers, ask the register, send messages."""
    if part not in (*EVERY, ALL):
        raise typer.BadParameter(f"Choose one of {', '.join(EVERY)}, or all.")
    app = install(configured())
    ticked = run_tick(app, parts_of(app) if part == ALL else (part,), progress=_progress())
    if ticked.raised_by:
        talk(
            f"Warning: the clock of this machine is {ticked.raised_by} behind what has been; the later instant was used."
        )
    if ticked.stopped_early:
        talk("Stopped early: more became due than one tick does. Run it again.")
    if ticked.spent:
        channels = " and ".join(sorted(ticked.spent))
        talk(f"The rate of {channels} is used up for now; nothing is lost, the rest leaves with the next ticks.")
    if problem := problem_of(app, ticked.standing):
        talk(problem)
    fenced = ticked.standing is Standing.FENCED
    emit({**ticked.done, "stoppedEarly": ticked.stopped_early, "fenced": fenced, "queue": _queue(app)}, as_json=json)


def worker() -> None:
    """Tick for ever, until the process is told to stop."""
    settings = configured()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app = install(settings, pooled=True)
    run_worker(app, started=lambda: talk("The worker runs; stop it with Ctrl+C."))
    talk("The worker has stopped; nothing was lost.")


def doctor(
    send_test_to: Annotated[
        str | None, typer.Option("--send-test-to", metavar="ADDR", help="Send one test mail to this address.")
    ] = None,
    json: Json = False,
) -> int:
    """Look whether everything is in order; sends nothing unless asked, and moves nothing."""
    found = checks.examine(install(configured()), send_test_to=send_test_to)
    if json:
        emit([view(one) for one in found], as_json=True)
    else:
        write("\n".join(line(one) for one in found))
    return OK if all(one.ok for one in found) else PROBLEMS


@database.command("upgrade")
def upgrade(json: Json = False) -> None:
    """Create the tables, or bring them up to this version."""
    app = install(configured())
    revision = schema.upgrade(app.settings.database_url)
    emit({"schema": revision}, as_json=json)


@database.command("check")
def check(json: Json = False) -> int:
    """Tell whether the tables fit this version."""
    app = install(configured())
    status = schema.check(app.settings.database_url)
    emit({"schema": str(status)}, as_json=json)
    if status is not SchemaStatus.CURRENT:
        talk(checks.SCHEMA_ADVICE[status])
        return CANNOT_WORK
    return OK


@database.command("seed")
def seed(json: Json = False) -> None:
    """Write the invented officers and entity of demo and test."""
    settings = configured()
    if settings.env is Env.LIVE:
        raise GuardRefused(
            "not_in_live", "Invented people never enter a live database. Set BISDESK_ENV=test for a rehearsal."
        )
    app = install(settings)
    emit(write_seed(app, app.clock.now()), as_json=json)


def _queue(app: Installation) -> dict[str, int]:
    """How many messages stand in which state, leaving out what has come to its end."""
    waiting = (
        DeliveryState.QUEUED,
        DeliveryState.SENDING,
        DeliveryState.UNKNOWN,
        DeliveryState.PARKED,
        DeliveryState.FAILED,
    )
    with app.unit_of_work() as uow:
        rows = {state: len(uow.outbox.listed(frozenset({state}), limit=10_000)) for state in waiting}
    return {str(state): count for state, count in rows.items() if count}


def _progress() -> Progress | None:
    """A moving line for people; nothing where stderr is a file or a pipe."""
    if not sys.stderr.isatty():
        return None

    def show(part: str, count: int) -> None:
        sys.stderr.write(f"\r{part}: {count} \x1b[K")
        sys.stderr.flush()

    return show
