"""The port `IdentityRegister`: what any register keeps to, simulated or kept by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from registers.urls import register_from_url
from workflow.identity_register import (
    ByHand,
    Created,
    Down,
    Existing,
    Found,
    IdentityRegister,
    RegisterPerson,
    RegisterRefused,
    TimedOut,
)

KEY = b"a key for tests, of 32 bytes...."
SEARCH_ANSWERS = (Found, Down, RegisterRefused, TimedOut, ByHand)
CREATE_ANSWERS = (Created, Existing, Down, RegisterRefused, TimedOut, ByHand)
URLS = [
    "simulator:",
    "simulator:?search=match",
    "simulator:?search=timeout",
    "simulator:?create=late",
    "simulator:?create=timeout",
    "simulator:?create=exists",
    "simulator:?create=inconsistent",
    "simulator:?create=refused",
    "manual:",
]
ZOE = RegisterPerson(
    request_id=UUID("01a207a2-3280-7000-8000-000000000001"),
    given_names=("Zoë", "Maria"),
    family_name="Dubois",
    birth_date="1985-07-15",
    sex="F",
    birth_country="FR",
    birth_place="Lille",
    residence_country="FR",
    residence_city="Lille",
)


@pytest.fixture(params=URLS)
def register(request: pytest.FixtureRequest, tmp_path: Path) -> IdentityRegister:
    return register_from_url(request.param, home=tmp_path, key=KEY)


def create(register: IdentityRegister, *, key: str = "request", distinct: bool = False) -> object:
    return register.create(ZOE, idempotency_key=key, confirmed_distinct=distinct)


def test_a_search_gives_one_of_the_answers_to_a_search(register: IdentityRegister) -> None:
    assert isinstance(register.search(ZOE), SEARCH_ANSWERS)


def test_a_creation_gives_one_of_the_answers_to_a_creation(register: IdentityRegister) -> None:
    assert isinstance(create(register), CREATE_ANSWERS)


@pytest.mark.fact("R8")
def test_a_repeated_creation_never_creates_a_second_person(register: IdentityRegister) -> None:
    answers = [create(register) for _ in range(4)]

    numbers = {answer.insz for answer in answers if isinstance(answer, Created)}
    assert len(numbers) <= 1


@pytest.mark.fact("B1-15")
def test_persons_confirmed_as_distinct_never_share_a_number(register: IdentityRegister) -> None:
    one = [create(register, key="one", distinct=True) for _ in range(2)]
    two = [create(register, key="two", distinct=True) for _ in range(2)]

    numbers = [{answer.insz for answer in answers if isinstance(answer, Created)} for answers in (one, two)]
    assert [len(of_one_key) <= 1 for of_one_key in numbers] == [True, True]
    assert numbers[0].isdisjoint(numbers[1])


def test_a_register_kept_by_hand_leaves_every_question_to_a_person(register: IdentityRegister) -> None:
    answers = [register.search(ZOE), create(register)]

    assert register.manual is all(isinstance(answer, ByHand) for answer in answers)
    assert register.manual is any(isinstance(answer, ByHand) for answer in answers)


def test_no_answer_shows_a_personal_value_when_it_is_printed(register: IdentityRegister) -> None:
    answers = [register.search(ZOE), create(register), create(register, key="other", distinct=True)]

    printed = repr(answers) + repr(replace(ZOE, insz="85471500213"))
    for personal in ("Dubois", "Zoë", "1985", "Lille", "8547"):
        assert personal not in printed
