"""Who does what to a request at the desk: every action, by role, entity and state; what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bisdesk.demo.stage import ANNA, BART
from tests.exhaustive.registration_rows import ROWS
from tests.support.desk_people import PEOPLE, everybody, put_everybody
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from workflow import filing, registrations
from workflow.calendar import brussels_date
from workflow.intake import parse_submission
from workflow.model import Reason, Role

READERS = {"own", "desk", "lead", "auditor"}
ACTIONS = (
    "take", "release", "reassign", "request_info", "require_recreate", "reject", "approve", "retry", "is_resident",
    "different_person", "same_person", "created", "withdraw", "submit", "resubmit", "clone", "check_failed",
    "correct_typo", "flag_fraud", "unflag_fraud", "judge_approval",
)  # fmt: skip
STATES = ("draft", "submitted", "in_review", "info_requested", "approved", "withdrawn")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSite]:
    """An installation with somebody in every role."""
    with open_site(tmp_path_factory.mktemp("matrix") / "home") as opened:
        put_everybody(opened)
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
    return everybody(site)


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
