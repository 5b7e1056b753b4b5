"""The identity register in every mood: it answers late, not at all, with people, with a strange number, or by hand."""

from __future__ import annotations

import pytest

from identity.dates import read_partial_date
from identity.numbers import make_bis
from tests.acceptance.desk import ANNA, BART, DIRK, Desk


def insz(number: str) -> bytes:
    """A number in a file, as the actions take it."""
    return b'{"insz": "%s"}' % number.encode()


@pytest.fixture
def number() -> str:
    """A BIS number that fits the invented person."""
    return make_bis(read_partial_date("1985-07-15"), "F", 42).digits


@pytest.mark.fact("R8", "B1-13", "B1-14", "B1-22")
def test_a_match_is_judged_by_a_person_and_an_existing_number_is_used(desk: Desk) -> None:
    desk.set(REGISTER_URL="simulator:?search=match")
    ref = desk.approved()

    desk.ok("tick", "all")
    assert desk.state(ref) == "match_review"
    seen = desk.ok("request", "show", ref, as_=BART)["candidates"]
    done = desk.do(ref, "same_person", "--set", "candidate=1")

    assert seen[0]["insz"].startswith("*********")
    assert (done["state"], done["numberOrigin"]) == ("completed", "existing")
    desk.ok("tick", "all")
    assert desk.state(done["activation"]) == "awaiting_code"


@pytest.mark.fact("B1-15")
def test_a_different_person_is_created_as_confirmed_distinct(desk: Desk) -> None:
    desk.set(REGISTER_URL="simulator:?search=match")
    ref = desk.approved()
    desk.ok("tick", "all")

    assert desk.run("request", "do", ref, "different_person", as_=BART).code == 6, "a reason is needed"
    assert desk.do(ref, "different_person", "--reason", "birth_date")["state"] == "registering"
    desk.ok("tick", "all")

    assert desk.ok("request", "show", ref)["numberOrigin"] == "created"


@pytest.mark.fact("3.16", "B1-16")
def test_an_active_resident_ends_the_request(desk: Desk) -> None:
    desk.set(REGISTER_URL="simulator:?search=match")
    ref = desk.approved()
    desk.ok("tick", "all")

    assert desk.do(ref, "is_resident")["state"] == "rejected"


@pytest.mark.fact("B1-20", "R8")
def test_a_creation_that_timed_out_is_searched_first_and_never_repeated_blindly(desk: Desk) -> None:
    desk.set(REGISTER_URL="simulator:?create=late")
    ref = desk.approved()

    desk.ok("tick", "all")

    assert "request.register_outcome_unknown" in desk.events(ref)
    assert desk.state(ref) == "match_review", "what was created shows up in the search"
    done = desk.do(ref, "same_person", "--set", "candidate=1")
    assert done["numberOrigin"] == "created", "it was our own creation that was found"


@pytest.mark.fact("B1-18")
def test_persons_found_at_creation_go_to_review(desk: Desk) -> None:
    desk.set(REGISTER_URL="simulator:?create=exists")
    ref = desk.approved()

    desk.ok("tick", "all")

    assert desk.state(ref) == "match_review"


@pytest.mark.fact("B1-17b")
def test_a_number_that_contradicts_the_person_is_kept_apart_and_nothing_is_sent(desk: Desk) -> None:
    desk.set(REGISTER_URL="simulator:?create=inconsistent")
    ref = desk.approved()

    desk.ok("tick", "all")

    assert desk.state(ref) == "match_review"
    assert desk.mails("zoe.dubois") == []
    assert "activation" not in desk.ok("request", "show", ref)
    (told,) = desk.ok("request", "show", ref, as_=BART)["candidates"]
    assert (told["familyName"], told["insz"][:9]) == ("Dubois", "*" * 9)
    assert "candidates" not in desk.ok("request", "show", ref)
    assert desk.run("request", "do", ref, "different_person", "--reason", "sex", as_=BART).code == 3
    assert desk.do(ref, "reject", "--reason", "other", "--text", "KSZ corrects the number.")["state"] == "rejected"


@pytest.mark.fact("B1-19b")
def test_a_refusal_of_the_register_returns_the_request_to_review(desk: Desk) -> None:
    desk.set(REGISTER_URL="simulator:?create=refused")
    ref = desk.approved()

    desk.ok("tick", "all")

    assert desk.state(ref) == "in_review"
    assert [row["kind"] for row in desk.ok("request", "messages", ref)].count("M10") == 1


@pytest.mark.fact("B1-19", "B1-25")
def test_a_register_that_is_down_is_asked_again_and_becomes_a_task_in_the_end(desk: Desk) -> None:
    desk.set(REGISTER_URL="simulator:?search=timeout")
    ref = desk.approved()

    for _ in range(6):
        desk.ok("tick", "all")
        desk.later(hours=3)

    assert desk.state(ref) == "approved"
    assert desk.events(ref).count("request.register_unavailable") == 5
    assert [row["kind"] for row in desk.ok("request", "messages", ref)].count("M10") == 1
    desk.set(REGISTER_URL="simulator:")
    desk.do(ref, "retry")
    desk.ok("tick", "all")
    assert desk.state(ref) == "completed"


@pytest.mark.fact("B1-17", "AM3-9")
def test_a_register_that_is_kept_by_hand_waits_for_the_number(desk: Desk, number: str) -> None:
    desk.set(REGISTER_URL="manual:")
    ref = desk.approved()
    desk.ok("tick", "all")
    assert desk.state(ref) == "approved"

    wrong = desk.run("request", "do", ref, "created", "--file", "-", as_=BART, stdin=insz("85471503300"))
    assert wrong.code == 6
    assert desk.run("request", "do", ref, "created", "--file", "-", as_=ANNA, stdin=insz(number)).code == 3
    done = desk.ok("request", "do", ref, "created", "--file", "-", as_=DIRK, stdin=insz(number))

    assert (done["state"], done["bisNumber"]) == ("completed", number)
    desk.ok("tick", "all")
    assert desk.state(done["activation"]) == "awaiting_code"


def test_a_typed_number_is_refused_where_the_register_answers_by_itself(desk: Desk, number: str) -> None:
    ref = desk.approved()

    assert desk.run("request", "do", ref, "created", "--file", "-", as_=BART, stdin=insz(number)).code == 3


@pytest.mark.fact("B1-21b")
def test_a_person_with_an_open_activation_gets_no_second_one(desk: Desk) -> None:
    first = desk.approved()
    desk.ok("tick", "all")
    second = desk.approved(document__number="660692310285")
    desk.ok("tick", "all")
    number = desk.ok("request", "show", first)["bisNumber"]

    done = desk.ok("request", "do", second, "same_person", "--file", "-", as_=BART, stdin=insz(number))

    assert done["state"] == "completed"
    assert "activation" not in done


@pytest.mark.fact("R9", "B1-12b", "B2-16")
def test_new_keys_for_an_existing_number_supersede_the_open_activation(desk: Desk) -> None:
    old = desk.issued()
    first = desk.ok("request", "list")[0]["ref"]
    number = desk.ok("request", "show", first)["bisNumber"]
    ref = desk.approved(kind="reactivation", previous=old, document__number="550692310285")
    desk.ok("tick", "all")
    assert desk.state(ref) == "match_review"

    done = desk.ok("request", "do", ref, "same_person", "--file", "-", as_=BART, stdin=insz(number))
    desk.ok("tick", "all")

    assert desk.state(old) == "cancelled"
    assert desk.ok("activation", "history", old)[-1]["reason"] == "superseded"
    assert desk.state(done["activation"]) == "awaiting_code"
