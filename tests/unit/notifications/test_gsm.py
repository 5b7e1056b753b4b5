"""Segments as a provider bills them (D9): one letter outside the alphabet turns the whole text into UCS-2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gsm import is_gsm7, offending, segments, septets


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("š" * 70, 1),
        ("š" * 71, 2),
        ("š" * 134, 2),
        ("š" * 135, 3),
    ],
)
def test_segments_hold_160_and_153_septets_or_70_and_67_units(text: str, count: int) -> None:
    assert segments(text) == count


@pytest.mark.parametrize("char", list("€[]{}^\\|~"))
def test_an_extended_character_costs_two_septets(char: str) -> None:
    assert septets(char) == 2
    assert segments(char * 80) == 1
    assert segments(char * 81) == 2


@pytest.mark.parametrize("char", list("éèàùäöüñßÇ"))
def test_the_accents_of_our_languages_that_are_in_the_alphabet(char: str) -> None:
    assert is_gsm7(char)


@pytest.mark.parametrize("char", list("çëêâôûïîáłš’“—"))
def test_a_letter_outside_the_alphabet_is_named_and_makes_the_whole_text_dear(char: str) -> None:
    text = "a" * 100 + char

    assert offending(text + char) == (char,)
    assert segments("a" * 101) == 1
    assert segments(text) == 2


def test_an_escape_pair_is_never_cut_between_two_segments() -> None:
    text = "a" * 152 + "€" + "a" * 151  # 305 septets: two parts by arithmetic, but the pair moves to the second

    assert septets(text) == 305
    assert segments(text) == 2
    assert segments(text + "aa") == 3


def test_a_letter_beyond_the_basic_plane_counts_twice() -> None:
    assert segments("😀" * 35) == 1
    assert segments("😀" * 36) == 2


def test_septets_of_a_text_outside_the_alphabet_are_refused() -> None:
    with pytest.raises(ValueError, match="alphabet"):
        septets("ç")


@given(st.text(max_size=400), st.text(max_size=40))
def test_a_longer_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert segments(text) <= segments(text + more)
