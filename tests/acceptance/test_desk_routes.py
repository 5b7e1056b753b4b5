"""Every address of the desk, for everybody, on a case of each of two entities: who has it, and that looking changes nothing.

The addresses are read from the application: one that says here for nobody whom it is for, fails. The answers are written
by hand from the rules: no right, 403; a case of another entity, 404; nobody signed in, the page to sign in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from bisdesk.asgi import web_app
from tests.support.desk_case import completed
from tests.support.desk_people import ENTITY, OTHER, PEOPLE, everybody, mail, put_everybody
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from tests.support.site_routes import routes
from workflow import filing
from workflow.access import Door
from workflow.calendar import brussels_date
from workflow.intake import parse_submission

FILED_BY = {ENTITY: "own", OTHER: "foreign"}  # an end user sees what was filed for their own entity (B1-own)
EVERYBODY, FILERS, DESK, AUDITOR = (
    frozenset(PEOPLE),
    frozenset({"own", "foreign"}),
    frozenset({"desk"}),
    frozenset({"auditor"}),
)
READERS = FILERS | DESK | AUDITOR | {"lead"}
LEADERS, CHOOSERS = AUDITOR | {"lead"}, DESK | {"lead"}


@dataclass(frozen=True)
class Rule:
    """For whom an address is, and what it answers them."""

    who: frozenset[str]
    status: int
    of_case: bool = False  # another entity's case is not found
    typed: dict[str, str] = field(default_factory=dict)  # what is sent: nothing that could succeed
    open: bool = False  # for those as well who are not signed in: it shows nothing


def _case(who: frozenset[str], status: int = 200, **typed: str) -> Rule:
    return Rule(who, status, True, typed)


# Everything is asked of a request that is done (with papers, a number that was asked for, an activation), but the pages of
# filing, which are asked of a draft.
AWAY = Rule(EVERYBODY, 303, open=True)  # leads on to the lists, which ask who is there
REQUEST, ACTIVATION = "/desk/requests/{ref}", "/desk/activations/{ref}"
PAGES = {
    "/desk": AWAY, "/desk/lists/take": AWAY, "/desk/lists/selected": AWAY, "/desk/lists/views": AWAY,
    "/desk/lists/export": AWAY, "/desk/sign-in": AWAY, "/desk/signed-out": Rule(EVERYBODY, 200, open=True),
    "/desk/work": Rule(READERS, 200), "/desk/search": Rule(READERS, 200), "/desk/lists/done": Rule(CHOOSERS, 303),
    "/desk/overview": Rule(LEADERS, 200), "/desk/demo": Rule(EVERYBODY, 200), "/desk/demo/phone": Rule(EVERYBODY, 200),
    "/desk/audit": Rule(AUDITOR, 200), "/desk/audit/events": Rule(AUDITOR, 200),
    "/desk/audit/events/{event_id}": Rule(AUDITOR, 200), "/desk/audit/looks": Rule(AUDITOR, 200),
    "/desk/audit/four-eyes": Rule(AUDITOR, 200),
    REQUEST: _case(READERS), f"{REQUEST}/person": _case(READERS), f"{REQUEST}/messages": _case(READERS),
    f"{REQUEST}/timeline": _case(READERS), f"{REQUEST}/diagram": _case(READERS),
    f"{REQUEST}/do/{{action}}": _case(READERS, 303),  # nothing is left to do: to the case
    f"{REQUEST}/papers/{{paper}}/{{page}}": _case(READERS),  # each look is written down (U3)
    f"{REQUEST}/match": _case(DESK, 303),  # nobody waits to be judged: to the case
    f"{REQUEST}/number": Rule(FILERS | DESK, 303),  # to the case, whatever it is
    f"{REQUEST}/filed": _case(FILERS), f"{REQUEST}/file": _case(FILERS, 303), f"{REQUEST}/file/check": _case(FILERS),
    f"{REQUEST}/file/{{page}}": _case(FILERS), f"{REQUEST}/file/zone/read": _case(FILERS, 303),  # no zone was read
    f"{REQUEST}/declaration/{{language}}": _case(FILERS),
    "/desk/new": Rule(FILERS, 200), "/desk/declaration/{language}": Rule(FILERS, 200),
    ACTIVATION: _case(READERS), f"{ACTIVATION}/messages": _case(READERS), f"{ACTIVATION}/timeline": _case(READERS),
    f"{ACTIVATION}/diagram": _case(READERS), f"{ACTIVATION}/do/{{action}}": _case(READERS, 303),
    "/desk/messages/{message}": Rule(CHOOSERS, 200),  # link and code left out (D19)
}  # fmt: skip
FORMS = {
    "/desk/sign-in": Rule(EVERYBODY, 404, typed={"who": "nobody"}, open=True),
    "/desk/sign-out": Rule(EVERYBODY, 303, open=True), "/desk/stay": Rule(EVERYBODY, 200),
    "/desk/demo/move": Rule(EVERYBODY, 303, typed={"step": "hour"}),
    "/desk/demo/reset": Rule(EVERYBODY, 404),  # no beginning was kept
    "/desk/search": Rule(READERS, 200, typed={"sought": "nobody at all"}),
    "/desk/lists/take": Rule(DESK, 409, typed={"row": "{ref}~0"}),
    "/desk/lists/selected": Rule(CHOOSERS, 409, typed={"do": "take", "chosen": "{ref}~0"}),
    "/desk/lists/views": Rule(READERS, 422, typed={"view": ""}),
    "/desk/lists/views/drop": Rule(READERS, 303, typed={"view": "none of this name"}),
    "/desk/lists/export": Rule(READERS, 200),
    f"{REQUEST}/do/{{action}}": _case(READERS, 409, seen="99", reason="officer"),
    f"{REQUEST}/number": _case(FILERS | DESK),
    "/desk/new": Rule(FILERS, 422, typed={"case": "018f0000-0000-7000-8000-000000000000"}),
    f"{REQUEST}/file/check": _case(FILERS, 422), f"{REQUEST}/file/{{page}}": _case(FILERS, 422),
    f"{ACTIVATION}/do/{{action}}": _case(READERS, 409, seen="99", reason="other", text="No."),
    "/desk/messages/{message}/again": Rule(CHOOSERS, 409),
}  # fmt: skip
LASTING = {"/desk/sign-out", "/desk/demo/move"}  # they would change all that comes after: tests of their own
SESSIONS, SEEN = "officer_sessions", "looks"  # who is there, and who looked: written by looking


@dataclass(frozen=True)
class Cases:
    """What was filed for one entity."""

    done: str
    draft: str
    activation: str
    message: str
    event: str

    def at(self, path: str) -> str:
        """An address with what belongs to this entity in its places."""
        filing = "/file/" in f"{path}/" or "/declaration" in path
        ref = self.activation if path.startswith(ACTIVATION) else self.draft if filing else self.done
        action = "unfreeze" if path.startswith(ACTIVATION) else "withdraw"
        return path.format(
            ref=ref, action=action, paper="scan", page="document" if filing else "1", language="nl",
            message=self.message, event_id=self.event,
        )  # fmt: skip

    def sent(self, rule: Rule) -> dict[str, str]:
        """What is sent by a form."""
        return {name: value.format(ref=self.done) for name, value in rule.typed.items()}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSite]:
    """An installation with two entities and somebody in every role."""
    with open_site(tmp_path_factory.mktemp("routes") / "home") as opened:
        put_everybody(opened)
        yield opened


@pytest.fixture(scope="module")
def cases(site: OpenSite) -> dict[str, Cases]:
    """The same for both entities."""
    return {ENTITY: _filed(site, ENTITY, "zoe-dubois"), OTHER: _filed(site, OTHER, "marta-nowak")}


@pytest.fixture(scope="module")
def officers(site: OpenSite, cases: dict[str, Cases]) -> dict[str, Officer]:
    """Everybody, signed in, none of whose pages is followed further."""
    signed_in = everybody(site)
    for officer in signed_in.values():
        officer.goes("/desk/demo").client.follow_redirects = False
    return signed_in


def test_every_address_of_the_desk_says_here_for_whom_it_is(site: OpenSite) -> None:
    found = {(method, path) for method, path in routes(web_app(site.stage.app)) if path.startswith("/desk")}

    assert found == {("GET", path) for path in PAGES} | {("POST", path) for path in FORMS}


@pytest.mark.parametrize("entity", [ENTITY, OTHER])
@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_is_for_whom_the_rules_name_and_changes_nothing(
    site: OpenSite, cases: dict[str, Cases], officers: dict[str, Officer], name: str, entity: str
) -> None:
    client, case, before = officers[name].client, cases[entity], _kept(site)

    told = {path: client.get(case.at(path)).status_code for path in PAGES}

    assert told == {path: _expected(rule, name, entity) for path, rule in PAGES.items()}
    after = _kept(site)
    papers = told[f"{REQUEST}/papers/{{paper}}/{{page}}"] == 200
    assert len(after.pop(SEEN)) - len(before.pop(SEEN)) == papers
    assert after == before


@pytest.mark.parametrize("entity", [ENTITY, OTHER])
@pytest.mark.parametrize("name", PEOPLE)
def test_every_form_is_for_whom_the_rules_name_and_one_that_is_refused_leaves_no_trace(
    site: OpenSite, cases: dict[str, Cases], officers: dict[str, Officer], name: str, entity: str
) -> None:
    client, case, token = officers[name].client, cases[entity], _token(officers[name])
    expected = {path: _expected(rule, name, entity) for path, rule in FORMS.items() if path not in LASTING}
    refused = [path for path, status in expected.items() if status in (403, 404)]
    told, before = {}, _kept(site)

    for path in refused:
        told[path] = client.post(case.at(path), data=case.sent(FORMS[path]) | token).status_code
    assert _kept(site) == before
    for path in expected.keys() - set(refused):
        told[path] = client.post(case.at(path), data=case.sent(FORMS[path]) | token).status_code

    assert told == expected
    after = _kept(site)
    assert {table for table in after if after[table] != before[table]} <= {SEEN}


@pytest.mark.parametrize("path", FORMS)
def test_no_form_works_that_no_page_of_ours_made_for_this_browser(
    site: OpenSite, cases: dict[str, Cases], officers: dict[str, Officer], path: str
) -> None:
    rule, case, before = FORMS[path], cases[ENTITY], _kept(site)
    who = officers[next(name for name in PEOPLE if name in rule.who)]  # whom nothing else would stop
    stranger = dict(Officer(site.base, "a stranger", site.people).goes("/desk/sign-in").hidden("/desk/sign-in"))
    tried = (
        ({"form": "made up"}, {}), ({"form": stranger["form"]}, {}), (_token(who), {"Sec-Fetch-Site": "cross-site"}),
        (_token(who), {"Origin": "https://elsewhere.example"}),
    )  # fmt: skip

    for token, headers in tried:
        answer = who.client.post(case.at(path), data=case.sent(rule) | token, headers=headers)
        assert answer.status_code == 403, (token, headers)
    assert _kept(site) == before


def test_whoever_is_not_signed_in_is_led_to_sign_in_and_nothing_changes(
    site: OpenSite, cases: dict[str, Cases]
) -> None:
    stranger, before = Officer(site.base, "nobody", site.people).goes("/desk/sign-in"), _kept(site)
    token = {"form": dict(stranger.hidden("/desk/sign-in"))["form"]}
    stranger.client.follow_redirects = False

    for path, rule in PAGES.items():
        answer = stranger.client.get(cases[ENTITY].at(path))
        to_sign_in = answer.headers.get("location", "").startswith("/desk/sign-in?")
        assert to_sign_in != rule.open, path
    for path, rule in FORMS.items():
        answer = stranger.client.post(cases[ENTITY].at(path), data=cases[ENTITY].sent(rule) | token)
        to_sign_in = answer.headers.get("location", "").startswith("/desk/sign-in?")
        assert to_sign_in != rule.open, path
    assert _kept(site) == before


def _expected(rule: Rule, name: str, entity: str) -> int:
    if name not in rule.who:
        return 403
    return 404 if rule.of_case and name in FILERS and PEOPLE[name][1] != entity else rule.status


def _kept(site: OpenSite) -> dict[str, list[str]]:
    """All that the database holds, but who is signed in."""
    return {table: rows for table, rows in site.dump().items() if table != SESSIONS}


def _token(who: Officer) -> dict[str, str]:
    """The token of the forms of the page that was opened first."""
    return {"form": dict(who.hidden("/desk/sign-out"))["form"]}


def _filed(site: OpenSite, entity: str, person: str) -> Cases:
    stage, filer = site.stage, mail(FILED_BY[entity])
    done = completed(site, person, by=filer, entity=entity, officer=filer, noteNumber=True)
    raw = {"entity": entity, "kind": "registration"}
    begun = parse_submission(raw, today=brussels_date(stage.now), complete=False)
    draft = stage.act(filer, lambda door: filing.draft(door, begun, ())).case.ref

    def read(door: Door) -> Cases:
        case, detail = door.uow.cases.request(done, now=door.now)
        assert detail.activation_id is not None
        started, _ = door.uow.cases.activation(detail.activation_id, now=door.now)
        message = door.uow.outbox.of_case(started.id)[0].message.id
        return Cases(done, draft, started.ref, str(message), str(door.uow.cases.history(case.id)[0].id))

    return stage.act(filer, read)
