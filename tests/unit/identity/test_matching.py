"""Same person? Keys and comparison for a human to judge (domain B4)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.dates import PartialDate
from identity.matching import PersonData, compare, person_key, phonetic, search_keys
from identity.transliteration import folded, icao, plain

BORN = PartialDate(1985, 7, 15)


def person(family: str = "Müller", given: str = "Zoë", **more: object) -> PersonData:
    return PersonData(**({"family_name": family, "given_names": given, "birth_date": BORN} | more))  # type: ignore[arg-type]


@pytest.mark.fact("B1-13")
@pytest.mark.parametrize(
    "spellings",
    [
        ("Müller", "Mueller", "Muller", "MÜLLER"),
        ("Šimić", "Simic", "SIMIĆ"),
        ("Strauß", "Strauss", "STRAUẞ"),
        ("Sørensen", "Soerensen", "Sorensen"),
        ("Łukaszewicz", "Lukaszewicz"),
        ("Schmidt", "Schmitt", "Schmid"),
        ("Kowalski", "Kovalsky"),
        ("Dupont", "Dupond"),
        ("Janssen", "Jansen"),
        ("Celik", "Çelik", "Selik"),
        ("Coiffard", "Koifard"),
        ("Mohamed", "Mohammed", "Muhammad"),
        ("Παπαδόπουλος", "Papadopoulos"),
        ("Щербаков", "Shcherbakov"),
        ("O’Brien", "O'Brien", "OBrien"),
        ("van den Berg", "Vandenberg", "Van Den Berg"),
        ("García Márquez", "Garcia-Marquez"),
    ],
)
def test_spellings_of_one_surname_share_a_search_key(spellings: tuple[str, ...]) -> None:
    shared = set.intersection(*(set(search_keys(name, 1985)) for name in spellings))

    assert shared


@pytest.mark.parametrize(("one", "other"), [("Dubois", "Dupont"), ("Müller", "Meyer"), ("Rossi", "Bianchi")])
def test_different_surnames_share_no_search_key(one: str, other: str) -> None:
    assert not set(search_keys(one, 1985)) & set(search_keys(other, 1985))


def test_a_double_surname_is_found_by_each_of_its_parts() -> None:
    assert set(search_keys("García", 1985)) <= set(search_keys("García Márquez", 1985))
    assert set(search_keys("Márquez", 1985)) <= set(search_keys("García Márquez", 1985))


def test_the_birth_year_is_part_of_every_search_key() -> None:
    assert not set(search_keys("Müller", 1985)) & set(search_keys("Müller", 1986))


def test_search_keys_never_change_since_they_are_stored_hashed() -> None:
    assert search_keys("Müller", 1985) == ("MLR|1985",)
    assert search_keys("van den Berg", 1990) == ("BRG|1990", "VNDNBRG|1990")


@given(st.text(min_size=1, max_size=60))
def test_every_text_folds_and_gives_keys_without_failing(text: str) -> None:
    keys = search_keys(text, 1985)

    assert keys == search_keys(text, 1985)
    assert all(key.endswith("|1985") for key in keys)


def test_names_of_scripts_without_a_table_still_meet_themselves() -> None:
    assert phonetic("李") == phonetic("李") != phonetic("王")
    assert search_keys("محمد", 1985) == search_keys("محمد", 1985) != search_keys("احمد", 1985)


def test_transliteration_follows_the_tables_of_the_machine_readable_zone() -> None:
    assert icao("Müller-Straße") == "MUELLER STRASSE"
    assert plain("Müller-Straße") == "MULLER STRASSE"
    assert icao("Åse Ødegård") == "AASE OEDEGAARD"
    assert icao("Šimić") == plain("Šimić") == "SIMIC"
    assert icao("Ђорђе") == "DORDE"
    assert folded("Mueller") == folded("Müller") == "MULLER"


@pytest.mark.fact("AM3-2")
def test_the_key_of_a_persons_own_record_ignores_spelling_and_further_names() -> None:
    own = person_key("Müller", "Zoë Maria", BORN)

    assert own == person_key("MUELLER", "Zoe", BORN)
    assert own != person_key("Müller", "Zoë", PartialDate(1985, 7, 16))
    assert own != person_key("Meyer", "Zoë", BORN)


def test_the_same_person_in_two_spellings_scores_a_hundred() -> None:
    match = compare(person(sex="F", birth_place="Köln"), person("Mueller", "Zoe Maria", sex="F", birth_place="Koeln"))

    assert match.score == 100
    assert match.same == ("family_name", "given_names", "birth_date", "sex", "birth_place")
    assert match.differing == ()


def test_each_differing_field_is_named() -> None:
    match = compare(
        person(sex="F", birth_country="FR"),
        person("Meyer", "Anna", birth_date=PartialDate(1986), sex="M", birth_country="DE"),
    )

    assert match.score == 0
    assert match.differing == ("family_name", "given_names", "birth_date", "sex", "birth_country")


def test_what_one_side_does_not_know_counts_neither_way() -> None:
    match = compare(person(sex="unknown", birth_place="Lille"), person(sex="F"))

    assert match.score == 100
    assert "sex" not in match.same + match.differing
    assert "birth_place" not in match.same + match.differing


def test_a_surname_and_birth_date_alike_weigh_more_than_given_names() -> None:
    twins = compare(person(), person(given="Anna"))
    namesakes = compare(person(), person(birth_date=PartialDate(1970, 1, 1)))

    assert twins.differing == ("given_names",)
    assert twins.score > namesakes.score > 50


def test_repr_of_a_person_shows_nothing() -> None:
    assert not any(value in repr(person(sex="F")) for value in ("Müller", "Zoë", "1985"))


latin = st.text(st.characters(whitelist_categories=("Lu", "Ll"), max_codepoint=0x17F), min_size=1, max_size=30)


@given(latin)
def test_every_european_letter_has_plain_capitals(name: str) -> None:
    for spelled in (icao(name), plain(name), folded(name)):
        assert spelled
        assert set(spelled) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ ")


@given(st.text(max_size=60))
def test_plain_letters_stay_as_they_are_when_spelled_again(name: str) -> None:
    assert plain(plain(name)) == plain(name)


@pytest.mark.fact("B1-13", "B1-14")
@given(latin, latin)
def test_comparing_is_mutual_and_everybody_is_like_themselves(one: str, other: str) -> None:
    ours, theirs = person(one), person(other)

    assert compare(ours, theirs) == compare(theirs, ours)
    assert compare(ours, ours).score == 100


@given(latin)
def test_case_and_composition_never_hide_a_person(name: str) -> None:
    written = {name, name.upper(), name.lower(), unicodedata.normalize("NFD", name)}

    assert len({search_keys(one, 1985) for one in written}) == 1
