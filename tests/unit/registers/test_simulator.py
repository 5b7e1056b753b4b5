"""The simulated register: whom it finds, which numbers it gives, and how it misbehaves when told to."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest

from identity.dates import PartialDate, read_partial_date
from identity.numbers import InszKind, inconsistencies, make_bis, parse_insz
from registers.ledger import Ledger
from registers.people import Resident, inhabitants
from registers.simulator import CreateScript, Script, SearchScript, Simulator
from workflow.identity_register import (
    Candidate,
    Created,
    Down,
    Existing,
    Found,
    RegisterPerson,
    RegisterRefused,
    TimedOut,
)

KEY = b"a key for tests, of 32 bytes...."
TODAY = date(2026, 11, 23)
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


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def simulator(home: Path, *, search: str = "plain", create: str = "plain") -> Simulator:
    return Simulator(home, KEY, Script(SearchScript(search), CreateScript(create)))


def created(register: Simulator, person: RegisterPerson, key: str = "request") -> str:
    answer = register.create(person, idempotency_key=key, confirmed_distinct=True)
    assert isinstance(answer, Created)
    return answer.insz


def found(register: Simulator, person: RegisterPerson) -> list[Candidate]:
    answer = register.search(person)
    assert isinstance(answer, Found)
    return list(answer.candidates)


# Whom it finds


@pytest.mark.fact("B1-12")
@pytest.mark.parametrize(
    ("family", "given", "born"),
    [
        ("Dubois", "Zoë", "1985-07-15"),
        ("Müller", "Jürgen", "1979-02-03"),
        ("Šimić", "Ana", "1990-12-31"),
        ("Nowak", "Piotr", "1941-11-30"),
        ("Rossi", "Giulia", "1936-06-18"),
        ("Smith", "John", "1945"),
        ("Jansen", "Kees", "1934-09-21"),
    ],
)
def test_a_person_of_a_story_is_not_met_by_accident(home: Path, family: str, given: str, born: str) -> None:
    stranger = replace(ZOE, family_name=family, given_names=(given,), birth_date=born, sex="unknown")

    assert found(simulator(home), stranger) == []


@pytest.mark.fact("B1-13")
def test_every_inhabitant_is_found_under_their_own_name(home: Path) -> None:
    register = simulator(home)
    for one in inhabitants():
        asked = replace(
            ZOE,
            family_name=one.family_name,
            given_names=tuple(one.given_names.split()),
            birth_date=one.birth_date,
            sex=one.sex,
        )
        assert [candidate.insz for candidate in found(register, asked)] == [one.insz]


@pytest.mark.fact("B1-13")
def test_a_person_is_found_by_the_sound_of_the_name(home: Path) -> None:
    register = simulator(home)
    number = created(register, replace(ZOE, family_name="Müller-Schmidt", given_names=("Jürgen",), sex="M"))

    asked = replace(ZOE, family_name="Mueller Schmitt", given_names=("Juergen",), sex="M")

    assert [candidate.insz for candidate in found(register, asked)] == [number]


def test_an_answer_shows_the_person_as_the_register_knows_them_not_as_asked(home: Path) -> None:
    register = simulator(home)
    created(register, replace(ZOE, family_name="Dubois", given_names=("Zoë",)))

    (candidate,) = found(register, replace(ZOE, family_name="Duboys", given_names=("Zoe",), birth_date="1985-07-16"))

    assert (candidate.family_name, candidate.given_names, candidate.birth_date) == ("Dubois", "Zoë", "1985-07-15")


def test_a_namesake_of_the_same_year_with_another_first_name_and_birthday_is_not_the_same_person(home: Path) -> None:
    register = simulator(home)
    created(register, ZOE)

    assert found(register, replace(ZOE, given_names=("Hélène",), birth_date="1985-01-30")) == []


@pytest.mark.fact("B2-16")
def test_a_person_is_found_by_their_number_whatever_the_name(home: Path) -> None:
    register = simulator(home)
    number = created(register, ZOE)

    married = replace(ZOE, family_name="Vantongeren", insz=number)

    assert [candidate.insz for candidate in found(register, married)] == [number]


def test_a_number_that_the_register_does_not_know_falls_back_to_the_name(home: Path) -> None:
    register = simulator(home)
    number = created(register, ZOE)

    assert [candidate.insz for candidate in found(register, replace(ZOE, insz="85471500411"))] == [number]


@pytest.mark.fact("B1-16")
def test_some_inhabitants_are_active_residents_with_a_national_number(home: Path) -> None:
    residents = [one for one in inhabitants() if one.active_resident]

    assert len(residents) >= 3
    for one in inhabitants():
        expected = InszKind.RRN if one.active_resident else InszKind.BIS
        assert parse_insz(one.insz, today=TODAY).kind is expected


def test_there_are_about_twenty_inhabitants_with_numbers_of_their_own() -> None:
    assert len({one.insz for one in inhabitants()}) == len(inhabitants()) == 20


@pytest.mark.parametrize("one", [one for one in inhabitants() if not one.active_resident], ids=lambda one: one.insz[:4])
def test_the_number_of_every_inhabitant_fits_them(one: Resident) -> None:
    born = read_partial_date(one.birth_date)

    assert inconsistencies(one.insz, birth_date=born, sex=one.sex, today=TODAY) == ()


# Which numbers it gives


@pytest.mark.fact("B1-17", "3.31")
@pytest.mark.parametrize("sex", ["F", "M", "X", "unknown"])
@pytest.mark.parametrize("born", ["1985-07-15", "1985-07", "1985", "2004-02-29", "1899-01-01", "2026-11-23"])
def test_a_new_number_fits_the_person(home: Path, born: str, sex: str) -> None:
    number = created(simulator(home), replace(ZOE, birth_date=born, sex=sex))

    assert inconsistencies(number, birth_date=read_partial_date(born), sex=sex, today=TODAY) == ()


@pytest.mark.fact("R8")
def test_the_same_call_gives_the_same_number_also_from_another_process(home: Path) -> None:
    first = created(simulator(home), ZOE)

    assert created(simulator(home), ZOE) == first


@pytest.mark.fact("B1-15")
def test_another_call_gives_another_number(home: Path) -> None:
    register = simulator(home)

    numbers = [created(register, ZOE, key) for key in map(str, range(40))]

    assert len(set(numbers)) == 40


def test_no_number_of_an_inhabitant_is_given_again(home: Path) -> None:
    taken = next(one for one in inhabitants() if one.sex == "F" and not one.active_resident)
    register = simulator(home)

    numbers = [created(register, replace(ZOE, birth_date=taken.birth_date), key) for key in map(str, range(30))]

    assert taken.insz not in numbers


@pytest.mark.fact("B1-17")
def test_when_the_numbers_of_a_day_are_used_up_the_day_becomes_zeroes(home: Path) -> None:
    register = simulator(home)
    with Ledger(home, KEY).open() as page:
        for sequence in range(2, 999, 2):
            used = _number(PartialDate(1985, 7, 15), sequence)
            page.remember(f"call {sequence}", replace(inhabitants()[0], insz=used), keys={"insz": (used,)})

    number = created(register, ZOE)

    assert number[:6] == "854000"
    assert inconsistencies(number, birth_date=PartialDate(1985, 7, 15), sex="F", today=TODAY) == ()


@pytest.mark.fact("B1-19b")
def test_when_no_number_of_a_year_is_left_the_register_refuses(home: Path) -> None:
    with Ledger(home, KEY).open() as page:
        for day in (PartialDate(1985, 7, 15), PartialDate(1985)):
            for sequence in range(2, 999, 2):
                used = _number(day, sequence)
                page.remember(f"{day} {sequence}", inhabitants()[0], keys={"insz": (used,)})

    answer = simulator(home).create(ZOE, idempotency_key="one more", confirmed_distinct=True)

    assert isinstance(answer, RegisterRefused)


def test_calls_made_at_once_never_get_the_same_number(home: Path) -> None:
    numbers: list[str] = []
    threads = [
        Thread(target=lambda call=call: numbers.append(created(simulator(home), ZOE, call)))
        for call in map(str, range(8))
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(numbers)) == 8


# What it remembers


def test_what_is_remembered_shows_no_personal_value(home: Path) -> None:
    number = created(simulator(home), ZOE, "idempotency-key-of-zoe")

    kept = b"".join(path.read_bytes() for path in home.iterdir())

    for personal in ("Dubois", "Zo", "1985", "Lille", "Maria", "idempotency-key-of-zoe", str(ZOE.request_id), number):
        assert personal.encode() not in kept
    assert number[:6].encode() not in kept


def test_only_the_owner_of_the_process_may_read_what_is_remembered(home: Path) -> None:
    created(simulator(home), ZOE)

    assert {stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()} == {0o600}


def test_a_memory_under_another_key_is_not_guessed_at(home: Path) -> None:
    created(simulator(home), ZOE)
    stranger = Simulator(home, b"another key for tests, 32 bytes.")

    assert stranger.search(ZOE) == Down("memory_unreadable")
    assert stranger.create(ZOE, idempotency_key="k", confirmed_distinct=False) == Down("memory_unreadable")


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"people": 1}', '{"people": [{}], "tried": []}'])
def test_a_damaged_memory_gives_no_number_twice_but_none_at_all(home: Path, broken: str) -> None:
    created(simulator(home), ZOE)
    memory = next(path for path in home.iterdir() if path.suffix == ".json")
    memory.write_text(broken)

    assert simulator(home).create(ZOE, idempotency_key="k", confirmed_distinct=True) == Down("memory_unreadable")


def test_a_write_that_was_cut_short_loses_nothing_that_was_remembered(home: Path) -> None:
    number = created(simulator(home), ZOE)
    (home / "register-simulator.json.new").write_text('{"people": [')

    assert created(simulator(home), ZOE) == number


def test_a_short_key_is_refused(home: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Simulator(home, b"short")


def test_a_search_alone_writes_nothing(home: Path) -> None:
    found(simulator(home), ZOE)

    assert [path.name for path in home.iterdir()] == ["register-simulator.lock"]


# How it misbehaves


@pytest.mark.fact("B1-13")
def test_search_match_finds_somebody_just_like_the_person_under_one_number(home: Path) -> None:
    register = simulator(home, search="match")

    first, again = found(register, ZOE), found(register, ZOE)

    assert len(first) == 1
    assert first == again
    assert (first[0].family_name, first[0].active_resident) == ("Dubois", False)


@pytest.mark.fact("B1-15")
def test_a_match_that_is_a_different_person_keeps_their_number(home: Path) -> None:
    register = simulator(home, search="match")
    (match,) = found(register, ZOE)

    assert created(register, ZOE) != match.insz


@pytest.mark.fact("B1-19")
def test_search_timeout_never_answers(home: Path) -> None:
    register = simulator(home, search="timeout")

    assert [register.search(ZOE) for _ in range(3)] == [TimedOut()] * 3


@pytest.mark.fact("B1-20")
def test_create_late_has_created_the_person_whom_the_next_search_finds(home: Path) -> None:
    register = simulator(home, create="late")

    answer = register.create(ZOE, idempotency_key="request", confirmed_distinct=False)

    assert answer == TimedOut()
    (candidate,) = found(simulator(home, create="late"), ZOE)
    assert inconsistencies(candidate.insz, birth_date=PartialDate(1985, 7, 15), sex="F", today=TODAY) == ()
    assert created(register, ZOE) == candidate.insz


@pytest.mark.fact("B1-20")
def test_create_timeout_has_created_nobody_and_the_same_call_works_the_next_time(home: Path) -> None:
    answer = simulator(home, create="timeout").create(ZOE, idempotency_key="request", confirmed_distinct=False)

    assert answer == TimedOut()
    assert found(simulator(home), ZOE) == []
    again = simulator(home, create="timeout").create(ZOE, idempotency_key="request", confirmed_distinct=False)
    assert isinstance(again, Created)


@pytest.mark.fact("B1-18")
def test_create_exists_meets_somebody_only_at_the_creation(home: Path) -> None:
    register = simulator(home, create="exists")
    before = found(register, ZOE)

    answer = register.create(ZOE, idempotency_key="request", confirmed_distinct=False)

    assert before == []
    assert isinstance(answer, Existing)
    assert [candidate.family_name for candidate in answer.candidates] == ["Dubois"]
    assert created(register, ZOE, "request/1") != answer.candidates[0].insz


@pytest.mark.fact("B1-18")
def test_somebody_who_was_created_meanwhile_is_met_without_any_script(home: Path) -> None:
    register = simulator(home)
    first = created(register, ZOE, "another request")

    answer = register.create(ZOE, idempotency_key="request", confirmed_distinct=False)

    assert isinstance(answer, Existing)
    assert [candidate.insz for candidate in answer.candidates] == [first]


@pytest.mark.fact("B1-17b")
@pytest.mark.parametrize("born", ["1985-07-15", "2000-02-29", "1985"])
def test_create_inconsistent_gives_a_number_that_holds_together_but_contradicts_the_person(
    home: Path, born: str
) -> None:
    person = replace(ZOE, birth_date=born)

    number = created(simulator(home, create="inconsistent"), person)

    assert parse_insz(number, today=TODAY).digits == number
    assert inconsistencies(number, birth_date=read_partial_date(born), sex="F", today=TODAY) != ()


@pytest.mark.fact("B1-19b")
def test_create_refused_creates_nobody_however_often_it_is_asked(home: Path) -> None:
    register = simulator(home, create="refused")

    answers = [register.create(ZOE, idempotency_key="request", confirmed_distinct=False) for _ in range(2)]

    assert all(isinstance(answer, RegisterRefused) for answer in answers)
    assert found(simulator(home), ZOE) == []


def _number(born: PartialDate, sequence: int) -> str:
    return make_bis(born, "F", sequence).digits
