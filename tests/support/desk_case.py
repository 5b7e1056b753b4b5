"""Cases for tests of the desk's pages: with papers that can be looked at, or with what the register finds."""

from __future__ import annotations

from datetime import timedelta

from bisdesk.demo.stage import ANNA
from bisdesk.papers.judge import made_safe
from bisdesk.papers.verdict import Safe
from tests.support import papers
from tests.support.officer import Officer
from tests.support.site import OpenSite
from workflow import filing
from workflow.access import Door
from workflow.calendar import brussels_date
from workflow.intake import parse_submission
from workflow.model import Attachment, Role, Slot, User
from workflow.ports_desk import Look


def safe(slot: Slot, content: bytes) -> Attachment:
    """A paper that went through the gate."""
    found = made_safe(content, clamd="off")
    assert isinstance(found, Safe)
    return Attachment(slot, found.media_type, found.evidence)


def file_with(
    site: OpenSite,
    name: str,
    *,
    scan: bytes | None = None,
    declaration: bytes | None = None,
    by: str = ANNA,
    **changed: object,
) -> str:
    """File a request whose papers can be looked at: a picture, and a document of three pages; its reference."""
    held = (safe(Slot.SCAN, scan or papers.png((900, 600))), safe(Slot.DECLARATION, declaration or papers.pdf(3)))
    raw = site.stage.person(name) | changed
    submission = parse_submission(raw, today=brussels_date(site.stage.now), complete=True)
    return site.stage.act(by, lambda door: filing.file_request(door, submission, held)).case.ref


def completed(site: OpenSite, name: str, *, by: str = ANNA, **changed: object) -> str:
    """A request that came to a number; its reference."""
    ref = file_with(site, name, by=by, **changed)
    site.stage.take(ref)
    site.stage.approve(ref)
    site.tick()
    site.clock.advance(timedelta(minutes=1))
    site.tick()
    assert site.state(ref) == "completed"
    return ref


def with_role(site: OpenSite, name: str, role: Role, entity: str | None = None) -> Officer:
    """Somebody in one role, signed in."""

    def put(door: Door) -> None:
        door.uow.directory.put_user(
            User(
                id=site.stage.app.chance.uuid(door.now), email=f"{role}-{name.split()[0].lower()}@desk.example", name=name,
                language=door.uow.directory.by_email(ANNA).language, roles=frozenset({role}), entity=entity,
            )
        )  # fmt: skip

    site.stage.act(ANNA, put)
    return Officer(site.base, name, site.people).signs_in()


def looks_at(site: OpenSite, ref: str) -> list[Look]:
    """Who looked at what of a request, oldest first."""
    return site.stage.act(ANNA, lambda door: door.uow.looks.of_case(door.uow.cases.request(ref, now=door.now)[0].id))
