"""The pages of the desk for the gallery: who opens what, on a desk in the middle of its work. A new page is one line of SIGHTS."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page

from bisdesk.demo.stage import ANNA, BART, Stage
from tests.support.site import open_site
from workflow import registrations
from workflow.access import Door
from workflow.lifecycles.registration import State
from workflow.model import Language, Reason, Role, User

CARLA, ALMA = "carla@desk.example", "alma@audit.example"
NAMES = {ANNA: "Anna Peeters", BART: "Bart Claes", CARLA: "Carla Wouters", ALMA: "Alma Auditor"}


@dataclass(frozen=True, slots=True)
class Sight:
    """One picture: who opens which address, and what they fill in and press there; `{waits}` is a case by its name below."""

    name: str
    who: str | None
    path: str
    fills: Mapping[str, str] = field(default_factory=dict)  # by the name of the field
    presses: str = ""  # the form that is sent, by where it goes


SIGHTS = (
    Sight("desk-sign_in", None, "/desk/sign-in"),
    Sight("desk-signed_out", None, "/desk/signed-out"),
    Sight("desk-not_found", BART, "/desk/nothing"),
    Sight("desk-work-mine", BART, "/desk/work?tab=mine"),
    Sight("desk-work-mine-of-an-entity", ANNA, "/desk/work?tab=mine"),
    Sight("desk-work-unassigned", BART, "/desk/work?tab=unassigned"),
    Sight("desk-work-returned", BART, "/desk/work?tab=returned"),
    Sight("desk-work-matches", BART, "/desk/work?tab=matches"),
    Sight("desk-work-all", CARLA, "/desk/work?tab=all"),
    Sight("desk-work-all-narrowed", CARLA, "/desk/work?tab=all&state=in_review&due=week&language=fr"),
    Sight("desk-work-done", CARLA, "/desk/work?tab=done"),
    Sight("desk-search", BART, "/desk/search"),
    Sight("desk-search-found", BART, "/desk/search", {"sought": "{mine}"}, "/desk/search"),
    Sight("desk-search-nothing", BART, "/desk/search", {"sought": "Nobody 1801"}, "/desk/search"),
    Sight("desk-case-waits", BART, "/desk/requests/{waits}"),
    Sight("desk-case-mine", BART, "/desk/requests/{mine}"),
    Sight("desk-case-of-a-colleague", CARLA, "/desk/requests/{mine}"),
    Sight("desk-case-returned", ANNA, "/desk/requests/{returned}"),
    Sight("desk-case-done", BART, "/desk/requests/{done}"),
    Sight("desk-case-rejected", BART, "/desk/requests/{rejected}"),
    Sight("desk-case-person", BART, "/desk/requests/{mine}/person"),
    Sight("desk-case-messages", BART, "/desk/requests/{done}/messages"),
    Sight("desk-case-timeline", BART, "/desk/requests/{done}/timeline"),
    Sight("desk-case-diagram", BART, "/desk/requests/{returned}/diagram"),
    Sight("desk-act-approve", BART, "/desk/requests/{mine}/do/approve"),
    Sight("desk-act-request_info", BART, "/desk/requests/{mine}/do/request_info"),
    Sight("desk-act-reject", BART, "/desk/requests/{mine}/do/reject"),
    Sight("desk-act-reject-mistake", BART, "/desk/requests/{mine}/do/reject", {}, "/desk/requests/{mine}/do/reject"),
    Sight("desk-act-correct_typo", BART, "/desk/requests/{mine}/do/correct_typo"),
    Sight("desk-act-reassign", CARLA, "/desk/requests/{mine}/do/reassign"),
    Sight("desk-act-withdraw", BART, "/desk/requests/{waits}/do/withdraw"),
    Sight("desk-activation", BART, "/desk/activations/{key}"),
    Sight("desk-activation-timeline", BART, "/desk/activations/{key}/timeline"),
    Sight("desk-overview", CARLA, "/desk/overview"),
    Sight("desk-audit", ALMA, "/desk/audit"),
    Sight("desk-audit-events", ALMA, "/desk/audit/events"),
    Sight("desk-audit-looks", ALMA, "/desk/audit/looks"),
    Sight("desk-audit-four_eyes", ALMA, "/desk/audit/four-eyes"),
    Sight("desk-new", ANNA, "/desk/new"),
    Sight("desk-demo", BART, "/desk/demo"),
)  # fmt: skip


@dataclass
class Scene:
    """A desk that listens, and its cases by name."""

    base: str
    refs: Mapping[str, str]
    known: dict[str, list[dict[str, object]]] = field(default_factory=dict)  # whoever came in keeps their cookies

    def shows(self, page: Page, sight: Sight, language: Language) -> None:
        """Open a sight in a browser without cookies."""
        page.context.clear_cookies()
        if sight.who:
            self._comes_in(page, sight.who)
        path = sight.path.format(**self.refs)
        page.goto(f"{self.base}{path}{'&' if '?' in path else '?'}lang={language}")
        for name, text in sight.fills.items():
            page.locator(f'main [name="{name}"]').fill(text.format(**self.refs))
        if sight.presses:
            form = f'form[action="{sight.presses.format(**self.refs)}"]'
            with page.expect_navigation():
                page.locator(f"main {form} button").first.click()

    def _comes_in(self, page: Page, who: str) -> None:
        if who not in self.known:
            page.goto(f"{self.base}/desk/sign-in")
            page.get_by_role("button", name=NAMES[who]).click()
            page.wait_for_url("**/desk/*")
            self.known[who] = page.context.cookies()  # type: ignore[assignment]  # what it gives it takes
        page.context.add_cookies(self.known[who])  # type: ignore[arg-type]


@contextmanager
def scene() -> Iterator[Scene]:
    """A desk with a case at each turn of its way; nobody on it exists."""
    with tempfile.TemporaryDirectory(prefix="bisdesk-gallery-") as folder, open_site(Path(folder) / "home") as site:
        yield Scene(site.base, _cases(site.stage))


def _cases(stage: Stage) -> dict[str, str]:
    stage.act(None, _auditor)
    refs = {"done": stage.file("marta-nowak"), "rejected": stage.file("siobhan-kelly")}
    for ref in refs.values():
        stage.take(ref)
    stage.approve(refs["done"])
    stage.act(BART, lambda door: registrations.reject(door, refs["rejected"], Reason("ineligible")))
    stage.tick()
    stage.clock.advance(timedelta(days=3))
    refs["returned"] = stage.file("luc-vanderberg")
    stage.take(refs["returned"])
    stage.ask(refs["returned"], ("person.birthPlace",), "De geboorteplaats staat anders op het document.")
    refs["mine"], refs["waits"] = stage.file("jurgen-mueller"), stage.file("zoe-dubois")
    stage.take(refs["mine"])
    stage.tick()
    assert stage.state(refs["done"]) == State.COMPLETED
    return refs | {"key": str(stage.request(refs["done"])["activation"])}


def _auditor(door: Door) -> None:
    alma = User(
        id=door.tools.chance.uuid(door.now), email=ALMA, name=NAMES[ALMA], language=Language.NL,
        roles=frozenset({Role.AUDITOR}), entity=None, agreement_signed_on=None, rights=(),
    )  # fmt: skip
    door.uow.directory.put_user(alma)
