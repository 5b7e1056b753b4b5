"""`bisdesk restore ...`: what an operator does with a database that came back from a backup."""

from __future__ import annotations

from typing import Annotated

import typer

from bisdesk.bootstrap import Installation, install
from bisdesk.cli.output import OK, emit, talk
from bisdesk.cli.session import Json, configured
from bisdesk.fencing import NEXT, stand_of
from bisdesk.ticks import instant_of_tick
from store.send_journal import Marker
from workflow.fence import Standing
from workflow.reconciliation import Found, Verdict, lift, look, settle

app = typer.Typer(no_args_is_help=True)
STANDS = {
    Standing.UNUSED: "Nothing was ever sent; there is nothing to reconcile.",
    Standing.OPEN: "This database knows of everything that was sent; there is nothing to reconcile.",
    Standing.MISSING: "There is no send journal to reconcile with. Bring it back first, if this database was restored.",
}


@app.callback()
def noun() -> None:
    """Keeps the verb a word of its own, though there is only one yet."""


@app.command("reconcile")
def reconcile(
    apply: Annotated[
        bool, typer.Option("--apply", help="Write it down and lift the fence; without it only look.")
    ] = False,
    json: Json = False,
) -> int:
    """Compare a restored database with the send journal: what has left since, what is sent, what a person must look at."""
    installation = install(configured())
    stand = stand_of(installation)
    if stand.standing is not Standing.FENCED:
        talk(STANDS[stand.standing])
        emit({"standing": str(stand.standing), "applied": False}, as_json=json)
        return OK
    found = _look(installation)
    if apply:
        _apply(installation, found)
    emit(_view(found, applied=apply), as_json=json)
    for line in _advice(found, applied=apply):
        talk(line)
    return OK


def _look(app: Installation) -> Found:
    evidence = app.fence.journal.evidence()
    with app.unit_of_work() as uow:
        return look(uow, evidence, app.fence.stand(uow), digests=app.fence.journal, now=app.clock.now())


def _apply(app: Installation, found: Found) -> None:
    """Settle the rows, then import and lift in one transaction, then raise the journal: any other copy is fenced from here."""
    now, _ = instant_of_tick(app)
    marker = app.fence.journal.marker()
    if marker is None:
        return
    settle(app.unit_of_work, found, now=now, tools=app.tools)
    with app.unit_of_work() as uow:
        epoch = lift(uow, found, installation=marker.installation, until=app.fence.keeps_until(now))
        uow.commit()
    app.fence.journal.raise_to(Marker(marker.installation, epoch))


def _view(found: Found, *, applied: bool) -> dict[str, object]:
    return {
        "standing": str(Standing.OPEN if applied else Standing.FENCED),
        "applied": applied,
        "epochOfDatabase": found.stand.known,
        "epochOfJournal": found.stand.reached,
        "waitingButSent": found.count(Verdict.SENT),
        "waitingToBeLookedUp": found.count(Verdict.LOOKED_UP),
        "waitingAndUnknown": found.count(Verdict.PARKED),
        "creationsToBeSearched": found.count(Verdict.SEARCHED),
        "sentWithoutARow": found.no_row,
        "ofThoseUnknown": found.doubtful,
        "casesOpenedAfterTheBackup": found.lost_cases,
        "casesWithALostLinkOrCode": list(found.lost_secrets),
        "requestsWithALostCreation": list(found.creations),
        "unreadableLines": found.unreadable,
    }


def _advice(found: Found, *, applied: bool) -> list[str]:
    lines = []
    if found.lost_cases:
        lines.append("File again what was opened after the backup: the register is searched before anybody is created.")
    if found.lost_secrets:
        lines.append(
            "People hold a newer link or code than this database knows: send a new one for the cases named above."
        )
    if found.creations:
        lines.append("The register was asked to create a number for the requests named above: it is searched first.")
    if applied and found.count(Verdict.PARKED):
        lines.append("Nobody knows whether the parked messages left: bisdesk message list --state parked")
    lines.append(
        "The fence is lifted; the next tick sends." if applied else f"Nothing was changed. To go on: {NEXT} --apply"
    )
    return lines
