"""Who sees and does what at the desk: every page and action, by role, entity and state; what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bisdesk.demo.stage import ANNA, BART
from identity.contact import email_key
from tests.exhaustive.registration_rows import ROWS
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from workflow import filing, registrations
from workflow.access import Door
from workflow.calendar import brussels_date
from workflow.intake import parse_submission
from workflow.model import Language, Reason, Role, User

ENTITY, OTHER = "OVO002949", "OVO000009"
READERS = {"own", "desk", "lead", "auditor"}
PEOPLE: dict[str, tuple[Role, str | None]] = {
    "own": (Role.END_USER, ENTITY), "foreign": (Role.END_USER, OTHER), "desk": (Role.SERVICE_DESK, None),
    "lead": (Role.TEAM_LEAD, None), "auditor": (Role.AUDITOR, None), "admin": (Role.LOCAL_ADMIN, None),
    "head": (Role.HEAD_LOCAL_ADMIN, None), "operator": (Role.OPERATOR, None),
}  # fmt: skip
CASE_PAGES = ("", "/person", "/messages", "/timeline", "/diagram", "/do/withdraw")
ACTIONS = (
    "take", "release", "reassign", "request_info", "require_recreate", "reject", "approve", "retry", "is_resident",
    "different_person", "same_person", "created", "withdraw", "submit", "resubmit", "clone", "check_failed",
    "correct_typo", "flag_fraud", "unflag_fraud", "judge_approval",
)  # fmt: skip
OF_LISTS = {  # pages and forms beside the lists, and who has them
    "/desk/overview": {"lead", "auditor"}, "/desk/audit": {"auditor"}, "/desk/audit/events": {"auditor"},
    "/desk/audit/looks": {"auditor"}, "/desk/audit/four-eyes": {"auditor"}, "/desk/work/done": {"desk", "lead"},
}  # fmt: skip
FORMS = {
    "/desk/work/take": {"desk"}, "/desk/work/selected": {"desk", "lead"}, "/desk/work/views": {*READERS, "foreign"},
    "/desk/work/views/drop": {*READERS, "foreign"}, "/desk/work/export": {*READERS, "foreign"},
}  # fmt: skip
STATES = ("draft", "submitted", "in_review", "info_requested", "approved", "withdrawn")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSite]:
    """An installation with somebody in every role."""
    with open_site(tmp_path_factory.mktemp("matrix") / "home") as opened:
        opened.stage.act(BART, lambda door: [_put(opened, door, name) for name in PEOPLE])
        yield opened


@pytest.fixture(scope="module")
def refs(site: OpenSite) -> dict[str, str]:
    """One request in each state."""
    stage = site.stage
    made = {"submitted": stage.file("zoe-dubois")}
    for state, name in (
        ("in_review", "marta-nowak"),
        ("info_requested", "luc-vanderberg"),
        ("approved", "jurgen-mueller"),
    ):
        made[state] = stage.file(name)
        stage.take(made[state])
    stage.ask(made["info_requested"], ("contact.email",), "Which?")
    stage.approve(made["approved"])
    made["withdrawn"] = stage.file("siobhan-kelly")
    stage.act(ANNA, lambda door: registrations.withdraw(door, made["withdrawn"], Reason("officer")))
    raw = stage.person("siobhan-kelly")
    draft = parse_submission(raw, today=brussels_date(stage.now), complete=False)
    made["draft"] = stage.act(ANNA, lambda door: filing.draft(door, draft, ())).case.ref
    assert {state: site.state(ref) for state, ref in made.items()} == {state: state for state in STATES}
    return made


@pytest.fixture(scope="module")
def officers(site: OpenSite) -> dict[str, Officer]:
    """Everybody, signed in."""
    return {name: Officer(site.base, f"Matrix {name}", site.people).signs_in() for name in PEOPLE}


@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_is_for_its_roles_and_another_entity_is_not_found(
    site: OpenSite, refs: dict[str, str], officers: dict[str, Officer], name: str
) -> None:
    who, ref = officers[name], refs["submitted"]
    told = {path: who.goes(path).status for path in ("/desk/work", "/desk/search")}
    cases = {page: who.goes(f"/desk/requests/{ref}{page}").status for page in CASE_PAGES}

    assert set(told.values()) == {200 if name in READERS | {"foreign"} else 403}
    expected = 200 if name in READERS else 404 if name == "foreign" else 403
    assert cases == dict.fromkeys(CASE_PAGES, expected)


@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_and_form_of_the_lists_is_for_its_roles(
    refs: dict[str, str], officers: dict[str, Officer], name: str
) -> None:
    who = officers[name]
    form = dict(who.goes("/desk/work").hidden("/desk/sign-out"))
    typed = form | {"row": f"{refs['submitted']}~0", "do": "take", "view": "x", "back": ""}

    shown = {page for page in OF_LISTS if who.goes(page).status != 403}
    answered = {path for path in FORMS if who.client.post(path, data=typed).status_code not in (403, 404)}

    assert shown == {page for page, roles in OF_LISTS.items() if name in roles}
    assert answered == {path for path, roles in FORMS.items() if name in roles}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", PEOPLE)
def test_no_action_that_the_handbook_does_not_give_this_role_in_this_state_changes_anything(
    site: OpenSite, refs: dict[str, str], officers: dict[str, Officer], name: str, state: str
) -> None:
    role, ref, who = PEOPLE[name][0], refs[state], officers[name]
    form = dict(who.goes("/desk/work").hidden("/desk/sign-out"))
    before = site.stage.request(ref)["version"]
    asked = 0

    for action in ACTIONS:
        if name != "foreign" and _is_given(action, state, role):
            continue
        typed = form | {"seen": str(before), "reason": "other", "text": "Why not.", "to": BART, "insz": "85073003328"}
        answer = who.client.post(f"/desk/requests/{ref}/do/{action}", data=typed)
        assert answer.status_code in (403, 404, 409, 422), (action, answer.status_code)
        assert name in READERS or answer.status_code in (403, 404), (action, answer.status_code)
        asked += 1

    assert asked >= 10
    assert site.stage.request(ref)["version"] == before


def _is_given(action: str, state: str, role: Role) -> bool:
    """Whether the handbook has a row for it; `clone` copies what had to be made anew, and none of these had."""
    return any(row.on == action and state in row.source and role in row.by for row in ROWS)


def _put(site: OpenSite, door: Door, name: str) -> None:
    role, entity = PEOPLE[name]
    email = f"matrix-{name}@desk.example"
    assert email_key(email)
    user = User(
        id=site.stage.app.chance.uuid(door.now), email=email, name=f"Matrix {name}", language=Language.NL,
        roles=frozenset({role}), entity=entity,
    )  # fmt: skip
    door.uow.directory.put_user(user)
