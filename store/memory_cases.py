"""Cases in memory: opening, the one way to move them, reading them back; it knows no lifecycle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from store.memory_outbox import cancel_messages, erase_case_secrets, owe
from store.memory_people import USERNAME, erase_person
from store.memory_tables import Begin, Tables
from store.memory_timers import armed_of, soonest
from workflow.effects import Erasure
from workflow.errors import ConcurrentChange, NotFound
from workflow.model import Activation, AuditEvent, Case, RegistrationRequest, patched
from workflow.ports import Change

D = TypeVar("D", RegistrationRequest, Activation)
NUMBER_INDEX = "insz"


class MemoryCases:
    """The port `Cases` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def open(self, case: Case, detail: RegistrationRequest | Activation) -> None:
        """Write a case in state NEW with its detail. Raises: ConcurrentChange when its id or reference is taken."""
        tables = self._begin()
        if tables.cases.get(case.id) or tables.refs.get(case.ref):
            raise ConcurrentChange(case.ref)
        tables.cases.put(case.id, replace(case, due=()))
        tables.refs.put(case.ref, case.id)
        tables.sealable.put(case.id, True)
        tables.details.put(detail.case_id, detail)

    def apply(self, change: Change) -> bool:
        """Write a change by compare-and-set on the version; False when somebody was first."""
        tables = self._begin()
        row = tables.cases.get(change.case.id)
        if row is None or row.version != change.case.version:
            return False
        _write(tables, row, change)
        return True

    def move(self, change: Change, *, lost: Callable[[], Exception]) -> None:
        """Write a change at once, or raise `lost()`."""
        if not self.apply(change):
            raise lost()

    def count_try(self, change: Change, *, limit: int) -> int | None:
        """Like `apply`, but guarded by the counter and the state instead of the version (I4)."""
        tables = self._begin()
        row, detail = tables.cases.get(change.case.id), tables.details.get(change.case.id)
        if row is None or not isinstance(detail, Activation):
            return None
        if row.state != change.case.state or detail.attempts_used >= limit:
            return None
        number, sequence = detail.attempts_used + 1, row.version + 1
        counted = replace(
            change,
            event=replace(change.event, sequence=sequence),
            messages=tuple(replace(message, sequence=sequence) for message in change.messages),
            detail={**change.detail, "attempts_used": number},
        )
        _write(tables, row, counted)
        return number

    def hold(self, case_id: UUID) -> None:
        """Nothing to do: one transaction at a time."""
        self._begin()

    def request(self, key: str | UUID, *, now: datetime) -> tuple[Case, RegistrationRequest]:
        """One request by reference or id. Raises: NotFound."""
        return _load(self._begin(), key, RegistrationRequest, now, what="request")

    def activation(self, key: str | UUID, *, now: datetime) -> tuple[Case, Activation]:
        """One activation by reference or id. Raises: NotFound."""
        return _load(self._begin(), key, Activation, now, what="activation")

    def activations_of(self, insz: str, *, now: datetime) -> list[tuple[Case, Activation]]:
        """Every activation of this number, oldest first."""
        tables = self._begin()
        found = [
            (_with_due(tables, case, now), detail)
            for case in tables.cases.all()
            if insz in (tables.entries.get((case.id, NUMBER_INDEX)) or ())
            and isinstance(detail := tables.details.get(case.id), Activation)
        ]
        return sorted(found, key=lambda pair: (pair[0].opened_at, pair[0].id))

    def listed(
        self, lifecycle: str, *, now: datetime, entity: str | None = None
    ) -> Iterator[tuple[Case, datetime | None]]:
        """Cases of a lifecycle with the earliest armed timer of each, oldest first."""
        tables = self._begin()
        wanted = [
            case
            for case in tables.cases.all()
            if case.lifecycle == lifecycle and (entity is None or case.entity == entity)
        ]
        rows = []
        for case in sorted(wanted, key=lambda case: (case.opened_at, case.id)):
            first = next((timer.due_at for timer in armed_of(tables, case.id)), None)
            rows.append((_with_due(tables, case, now), first))
        return iter(rows)

    def history(self, case_id: UUID) -> list[AuditEvent]:
        """The events of a case, oldest first."""
        return [event for _, event in sorted(self._begin().events.of(case_id), key=lambda pair: pair[1].sequence)]

    def refs_like(self, ref: str) -> bool:
        """Whether this reference is taken."""
        return self._begin().refs.get(ref) is not None


def _write(tables: Tables, row: Case, change: Change) -> None:
    _refuse_repeated_command(tables, row, change.event)
    _take_away(tables, change)
    moved = replace(
        row,
        state=change.to,
        version=change.event.sequence,
        assignee=change.assignee,
        changed_at=change.event.occurred_at,
        closed_at=change.closed_at,
    )
    tables.cases.put(row.id, moved)
    if change.moves_deadline:
        tables.act_by.drop(row.id)
        if change.act_by is not None:
            tables.act_by.put(row.id, change.act_by)
    detail = tables.details.get(row.id)
    assert detail is not None
    if change.detail:
        tables.details.put(detail.case_id, _changed(detail, change))
    tables.events.put((row.id, change.event.sequence), change.event)
    for timer in change.start_timers:
        tables.timers.put((timer.case_id, timer.trigger), timer)
    for message in change.messages:
        owe(tables, message)


def _refuse_repeated_command(tables: Tables, row: Case, event: AuditEvent) -> None:
    if event.command_id is None:
        return
    if tables.commands.get(event.command_id) is not None:
        raise ConcurrentChange(row.ref)
    tables.commands.put(event.command_id, event.id)


def _take_away(tables: Tables, change: Change) -> None:
    """Cancelling and erasing, which come before what the same change starts and owes."""
    case_id = change.case.id
    if Erasure.SECRETS in change.erase:
        erase_case_secrets(tables, case_id)
        _forget_codes(tables, case_id)
    if Erasure.ATTACHMENTS in change.erase:
        for key, _ in tables.attachments.of(case_id):
            tables.attachments.drop(key)
    if Erasure.PERSON in change.erase:
        erase_person(tables, case_id)
        erase_case_secrets(tables, case_id)
    for timer in soonest(timer for _, timer in tables.timers.of(case_id)):
        named = change.cancel_timers is not None and (not change.cancel_timers or timer.trigger in change.cancel_timers)
        if named or timer.trigger == change.fired_timer:
            tables.timers.drop((case_id, timer.trigger))
    if change.cancel_messages is not None:
        cancel_messages(tables, case_id, change.cancel_messages)
    if change.release_contacts:
        tables.claims.drop(case_id)
        tables.entries.drop((case_id, USERNAME))  # what has ended signs nobody in; its person may want the name again


def _forget_codes(tables: Tables, case_id: UUID) -> None:
    """The digest of the link stays, so that the page of a dead link can say what happened."""
    detail = tables.details.get(case_id)
    if isinstance(detail, Activation):
        tables.details.put(
            detail.case_id,
            replace(detail, code_hash=None, otp_digest=None, otp_previous_digest=None, resume_digest=None),
        )


def _changed(detail: RegistrationRequest | Activation, change: Change) -> RegistrationRequest | Activation:
    match detail:
        case RegistrationRequest():
            return patched(detail, change.detail)
        case Activation():
            return patched(detail, change.detail)


def _load(tables: Tables, key: str | UUID, wanted: type[D], now: datetime, *, what: str) -> tuple[Case, D]:
    case_id = key if isinstance(key, UUID) else tables.refs.get(key)
    case = tables.cases.get(case_id) if case_id else None
    detail = tables.details.get(case_id) if case_id else None
    if case is None or not isinstance(detail, wanted):
        raise NotFound(what, str(key))
    return _with_due(tables, case, now), detail


def _with_due(tables: Tables, case: Case, now: datetime) -> Case:
    return replace(case, due=tuple(timer for timer in armed_of(tables, case.id) if timer.due_at <= now))
