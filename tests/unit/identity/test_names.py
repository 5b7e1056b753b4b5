"""Names and other free text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.names import initials, parse_name
from identity.postcodes import parse_postcode, refuse_foreign_shape
from identity.problems import Problem
from identity.text import clean_text, printable


def code_of(text: str) -> str:
    with pytest.raises(Problem) as refused:
        parse_name(text)
    return refused.value.code


@pytest.mark.fact("3.27")
@pytest.mark.parametrize(
    "name", ["Zoë", "O’Brien", "van den Berg", "Παπαδόπουλος", "Щербаков", "李", "محمد", "Ng", "X"]
)
def test_names_of_any_script_are_accepted_as_written(name: str) -> None:
    assert parse_name(name) == name


def test_a_name_of_a_hundred_letters_is_accepted() -> None:
    assert len(parse_name("Ł" * 100)) == 100


def test_a_name_is_kept_composed_and_with_single_spaces() -> None:
    assert parse_name(f"  {unicodedata.normalize('NFD', 'Zoë')}   Marie ") == "Zoë Marie"
    assert parse_name("Anna\u00a0Maria") == "Anna Maria"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("12345", "no_letter"),
        ("--", "no_letter"),
        ("\u200d\u200c", "empty"),
        ("\u3164", "unsafe_character"),
        ("Zoë\x00", "unsafe_character"),
        ("Zoë\x1b[31m", "unsafe_character"),
        ("Zoë\nDubois", "unsafe_character"),
        ("Zoë\r", "unsafe_character"),
        ("Zoë\u202eDubois", "unsafe_character"),
        ("Zoë\u2067Dubois", "unsafe_character"),
        ("Zoë\u200fDubois", "unsafe_character"),
        ("\ufeffZoë", "unsafe_character"),
        ("Zoë\u2028Dubois", "unsafe_character"),
        ("\ud800", "unsafe_character"),
        ("Zoë\ue000", "unsafe_character"),
        ("http://example.org", "web_address"),
        ("WWW.example.org", "web_address"),
        ("ｗｗｗ．example.org", "web_address"),
        ("a" * 201, "too_long"),
        ("a" * 1_000_000, "too_long"),
    ],
)
def test_text_that_is_no_name_is_refused_without_repeating_it(text: str, code: str) -> None:
    assert code_of(text) == code


@given(st.text(max_size=250))
def test_whatever_is_accepted_is_safe_to_show_and_stays_as_it_is(text: str) -> None:
    try:
        name = parse_name(text)
    except Problem:
        return

    assert parse_name(name) == name
    name.encode("utf-8")
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in name)


def test_a_longer_text_may_have_lines_and_nothing_else_that_is_invisible() -> None:
    assert clean_text("one\r\n  two ", longest=50, multiline=True) == "one\ntwo"
    with pytest.raises(Problem):
        clean_text("one\x0btwo", longest=50, multiline=True)


def test_a_foreign_text_is_made_harmless_for_an_error_message() -> None:
    assert printable("a\x1bb\u202ec\ud800", longest=20) == "a?b?c?"
    assert printable("x" * 1_000_000, longest=10) == "x" * 10 + "..."


def test_initials_are_the_first_letters_of_every_name() -> None:
    assert initials("Zoë", "Dubois") == "Z.D."
    assert initials("Jean-Pierre", "van den Berg") == "J.P.V.D.B."
    assert initials("émile") == "É."


@pytest.mark.parametrize(("code", "country"), [("59000", "FR"), ("1012 AB", "NL"), ("L-1009", "LU"), ("AB1 2CD", "GB")])
def test_a_postal_code_of_its_country_is_accepted(code: str, country: str) -> None:
    refuse_foreign_shape(parse_postcode(code), country)


@pytest.mark.parametrize(("code", "country"), [("5900", "FR"), ("1012", "NL"), ("ABCDE", "DE")])
def test_a_postal_code_of_another_shape_is_refused_where_the_shape_is_known(code: str, country: str) -> None:
    with pytest.raises(Problem) as refused:
        refuse_foreign_shape(parse_postcode(code), country)

    assert refused.value.code == "postcode"
