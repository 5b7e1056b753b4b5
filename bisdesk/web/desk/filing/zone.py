"""What was read from the machine readable zone, field by field, beside what stands in the request (E5)."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from starlette.responses import Response

from bisdesk.web.desk.call import Call
from bisdesk.web.desk.filing.reading import Draft, read_draft
from bisdesk.web.desk.filing.start import FILERS
from bisdesk.web.desk.filing.typed import get
from bisdesk.web.desk.frame import Desk
from identity.mrz import Zone, ZoneFormat, read_zone
from identity.problems import Problem

WITH_DIGIT = frozenset({"number", "birth_date", "whole_zone"})
MORE_DIGITS = {  # that only some shapes have (domain D3)
    ZoneFormat.TD1: frozenset({"expires_on"}), ZoneFormat.TD2: frozenset({"expires_on"}),
    ZoneFormat.TD3: frozenset({"expires_on", "personal_number"}),
}  # fmt: skip
PLACES = {  # where a field of the zone stands in the request
    "family_name": "person.familyName", "given_names": "person.givenName", "birth_date": "person.birthDate",
    "sex": "person.sex", "issuer": "document.country", "number": "document.number", "expires_on": "document.expiresOn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """One field of a zone: what it says, whether its check digit fits, and whether the request says the same."""

    name: str
    printed: str = field(repr=False)
    kept: str = field(repr=False)
    digit: bool | None  # None where the field has no digit of its own
    same: bool | None  # None where there is nothing to compare


def zone(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/requests/{ref}/file/zone/read")
    def show(request: Request, ref: str) -> Response:
        """What the zone said."""
        call = Call(desk, request)
        user = call.officer(FILERS)
        draft = desk.look(user, lambda door: read_draft(door, ref))
        here = f"/desk/requests/{ref.upper()}"
        if draft is None:
            return call.go(here)
        try:
            read = read_zone(draft.submission.document.mrz or "")
        except Problem:
            return call.go(f"{here}/file/zone")
        back = "check" if request.query_params.get("back") == "check" else ""
        return call.page("filing_zone", draft=draft, ref=draft.case.ref, rows=_rows(read, draft), back=back)

    return router


def _rows(read: Zone, draft: Draft) -> tuple[Read, ...]:
    differs = {one.path for one in draft.warnings if one.code in ("differs", "issuer_differs")}
    printed = {
        "family_name": read.family_name, "given_names": read.given_names, "birth_date": read.birth_date, "sex": read.sex,
        "issuer": read.issuer, "number": read.number, "expires_on": read.expires_on or "", "personal_number": "", "whole_zone": "",
    }  # fmt: skip
    digits = WITH_DIGIT | MORE_DIGITS.get(read.format, frozenset())
    rows = []
    for name, value in printed.items():
        path = PLACES.get(name, "")
        kept = _kept(draft, path)
        digit = name not in read.wrong_checks if name in digits else None
        rows.append(Read(name, value, kept, digit, path not in differs if kept and value else None))
    return tuple(row for row in rows if row.printed or row.digit is not None)


def _kept(draft: Draft, path: str) -> str:
    value = get(draft.raw, path) if path else None
    others = get(draft.raw, "person.otherGivenNames") if path == "person.givenName" else None
    words = [value, *(others if isinstance(others, list) else ())]
    return " ".join(str(word) for word in words if word)
