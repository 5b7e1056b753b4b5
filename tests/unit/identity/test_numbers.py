"""National numbers and BIS numbers: the gaps of python-stdnum closed (domain D1)."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.be import bis, nn

from identity.dates import PartialDate
from identity.numbers import (
    UNKNOWN_DATE_PREFIXES,
    Insz,
    InszKind,
    centuries_of,
    check_digits,
    inconsistencies,
    make_bis,
    parse_insz,
)
from identity.problems import NumberError

TODAY = date(2026, 11, 23)
BORN = PartialDate(1985, 7, 15)

days = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)


def number(first_nine: str, *, from_2000: bool = False) -> str:
    return first_nine + check_digits(first_nine, born_from_2000=from_2000)


def code_of(text: str, *, today: date = TODAY) -> str:
    with pytest.raises(NumberError) as refused:
        parse_insz(text, today=today)
    return refused.value.code


def sequence_for(sex: str, drawn: int) -> int:
    return drawn if sex in ("X", "unknown") else drawn - drawn % 2 + (sex == "M")


@given(days, st.sampled_from(["F", "M", "X", "unknown"]), st.integers(2, 996))
def test_every_number_a_register_could_give_is_accepted_and_fits_its_person(day: date, sex: str, drawn: int) -> None:
    born = PartialDate(day.year, day.month, day.day)

    insz = make_bis(born, sex, sequence_for(sex, drawn))

    assert parse_insz(insz.digits, today=TODAY) == insz
    assert insz.kind is InszKind.BIS
    assert bis.is_valid(insz.digits)
    assert inconsistencies(insz.digits, birth_date=born, sex=sex, today=TODAY) == ()


@given(days, st.integers(1, 998), st.integers(0, 10), st.integers(1, 9))
def test_a_single_wrong_digit_is_refused_or_never_fits_the_person(
    day: date, sequence: int, place: int, step: int
) -> None:
    born = PartialDate(day.year, day.month, day.day)
    right = make_bis(born, "unknown", sequence).digits
    wrong = right[:place] + str((int(right[place]) + step) % 10) + right[place + 1 :]

    found = inconsistencies(wrong, birth_date=born, sex="unknown", today=TODAY)

    assert found


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_whatever_we_accept_the_public_library_accepts_too(digits: str) -> None:
    try:
        insz = parse_insz(digits, today=TODAY)
    except NumberError:
        return

    assert (bis if insz.kind is InszKind.BIS else nn).is_valid(digits)


@given(st.text(max_size=30))
def test_no_text_whatsoever_does_more_than_be_refused(text: str) -> None:
    with suppress(NumberError):
        parse_insz(text, today=TODAY)


@pytest.mark.fact("0.10", "1.3")
@pytest.mark.parametrize("text", ["85.07.30-033.28", "850730 033 28", "85073003328", "85.07.30-033-.28"])
def test_separators_do_not_matter(text: str) -> None:
    insz = parse_insz(text, today=TODAY)

    assert (insz.digits, insz.kind, insz.display) == ("85073003328", InszKind.RRN, "85.07.30-033.28")


def test_remainder_zero_gives_97_and_never_00() -> None:
    first_nine = next(f"850730{s:03d}" for s in range(1, 998) if int(f"850730{s:03d}") % 97 == 0)

    assert check_digits(first_nine, born_from_2000=False) == "97"
    assert parse_insz(first_nine + "97", today=TODAY)
    assert code_of(first_nine + "00") == "check_digits"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "digits"),
        ("8507300332", "digits"),
        ("850730033281", "digits"),
        ("８５０７３００３３２８", "digits"),
        ("85‑07‑30‑033‑28", "digits"),
        ("8507300332B", "digits"),
        ("0" * 5000, "digits"),
        ("85073003329", "check_digits"),
        (number("850231002"), "day"),
        (number("854231002"), "day"),
        (number("850732002"), "day"),
        (number("850799002"), "day"),
        (number("850035002"), "day"),
        (number("230229002", from_2000=True), "day"),
        (number("850730000"), "sequence"),
        (number("850730999"), "sequence"),
        (number("851330002"), "month"),
        (number("853330002"), "month"),
        (number("855330002"), "month"),
        (number("261124002", from_2000=True), "in_future"),
        (number("300101002", from_2000=True), "in_future"),
    ],
)
def test_a_number_that_no_register_gave_is_refused(text: str, code: str) -> None:
    assert code_of(text) == code


def test_a_number_of_today_is_not_in_the_future() -> None:
    assert parse_insz(number("261123002", from_2000=True), today=TODAY)
    assert code_of(number("261123002", from_2000=True), today=date(2026, 11, 22)) == "in_future"


def test_leap_days_follow_the_century_of_the_check_digits() -> None:
    assert parse_insz(number("000229002", from_2000=True), today=TODAY)
    assert code_of(number("000229002")) == "day"


def test_neither_repr_nor_str_nor_error_shows_a_number() -> None:
    insz = parse_insz("85073003328", today=TODAY)

    assert repr(insz) == str(insz) == "Insz(**.**.**-***.**)"
    with pytest.raises(NumberError) as refused:
        parse_insz("85073003329", today=TODAY)
    assert "033" not in str(refused.value)


@pytest.mark.fact("B1-17")
@pytest.mark.parametrize(
    "digits",
    [
        number("854715002"),
        number("854700002"),  # day unknown
        number("854000002"),  # month and day unknown, or the range exhausted
        number("854001002"),  # exhausted twice: the sixth digit goes up
    ],
)
def test_a_created_number_fits_as_the_date_itself_or_as_unknown_or_exhausted(digits: str) -> None:
    assert inconsistencies(digits, birth_date=BORN, sex="F", today=TODAY) == ()


@pytest.mark.fact("B1-17b")
@pytest.mark.parametrize(
    ("digits", "found"),
    [
        (number("854715002")[:-1] + "9", ("check_digits",)),
        (number("054715002", from_2000=True), ("century", "year")),
        (number("844715002"), ("year",)),
        (number("854815002"), ("month_day",)),
        (number("854716002"), ("month_day",)),
        (number("854800002"), ("month_day",)),
        (number("852715002"), ("sex_known",)),
        (number("854715003"), ("sex_parity",)),
        (number("850715002"), ("not_a_bis_number",)),
        (number("844816003"), ("year", "month_day", "sex_parity")),
    ],
)
def test_a_created_number_that_contradicts_the_person_names_each_contradiction(
    digits: str, found: tuple[str, ...]
) -> None:
    assert inconsistencies(digits, birth_date=BORN, sex="F", today=TODAY) == found


@pytest.mark.fact("B1-17b")
def test_the_century_is_decided_against_the_declared_date() -> None:
    of_2005 = number("054715002", from_2000=True)
    of_1905 = number("054715002")
    declared = PartialDate(2005, 7, 15)

    assert inconsistencies(of_2005, birth_date=declared, sex="F", today=TODAY) == ()
    assert inconsistencies(of_1905, birth_date=declared, sex="F", today=TODAY) == ("century",)


@pytest.mark.fact("B1-17b")
@pytest.mark.parametrize("prefix", ["002001", "004001"])
def test_a_number_without_any_birth_date_goes_to_a_human_even_for_somebody_of_2000(prefix: str) -> None:
    digits = number(f"{prefix}002", from_2000=True)

    found = inconsistencies(digits, birth_date=PartialDate(2000), sex="F" if prefix == "004001" else "X", today=TODAY)

    assert found == ("unknown_date",)


@pytest.mark.fact("B1-17", "AM3-1")
@pytest.mark.parametrize("sex", ["X", "unknown"])
def test_x_and_unknown_expect_twenty_and_carry_no_parity(sex: str) -> None:
    for sequence in ("002", "003"):
        assert inconsistencies(number(f"852715{sequence}"), birth_date=BORN, sex=sex, today=TODAY) == ()
    assert inconsistencies(number("854715002"), birth_date=BORN, sex=sex, today=TODAY) == ("sex_known",)


@pytest.mark.fact("B1-17")
def test_a_declared_year_alone_fits_any_day_of_that_year() -> None:
    assert inconsistencies(number("854715002"), birth_date=PartialDate(1985), sex="F", today=TODAY) == ()


@pytest.mark.fact("0.10", "1.3")
def test_the_flemish_example_of_17_october_1995_has_month_30_or_50() -> None:
    born = PartialDate(1995, 10, 17)

    assert make_bis(born, "unknown", 5).display.startswith("95.30.17-")
    assert make_bis(born, "F", 6).display.startswith("95.50.17-")


@pytest.mark.parametrize(("sex", "sequence"), [("F", 3), ("M", 2), ("X", 0), ("X", 999)])
def test_no_number_is_made_whose_sequence_does_not_fit(sex: str, sequence: int) -> None:
    with pytest.raises(ValueError, match="sequence"):
        make_bis(BORN, sex, sequence)


def test_an_insz_is_compared_by_its_digits() -> None:
    assert Insz("85073003328") == parse_insz("85.07.30-033.28", today=TODAY)


@given(days, st.sampled_from(["F", "M", "X", "unknown"]), st.integers(2, 996), st.sampled_from(" .-"))
def test_a_number_read_from_its_own_display_is_the_same_number(day: date, sex: str, drawn: int, sign: str) -> None:
    insz = make_bis(PartialDate(day.year, day.month, day.day), sex, sequence_for(sex, drawn))

    assert parse_insz(insz.display, today=TODAY) == insz
    assert parse_insz(insz.display.replace(".", sign), today=TODAY) == insz


@pytest.mark.fact("B1-17", "B1-17b")
@given(days, st.sampled_from(["F", "M"]), st.integers(2, 996))
def test_a_number_of_the_other_sex_or_of_an_unknown_one_never_fits(day: date, sex: str, drawn: int) -> None:
    born = PartialDate(day.year, day.month, day.day)
    other = {"F": "M", "M": "F"}[sex]

    of_other = make_bis(born, other, sequence_for(other, drawn)).digits
    of_unknown = make_bis(born, "unknown", drawn).digits

    assert inconsistencies(of_other, birth_date=born, sex=sex, today=TODAY) == ("sex_parity",)
    assert inconsistencies(of_unknown, birth_date=born, sex=sex, today=TODAY) == ("sex_known",)


@given(days)
def test_the_check_digits_decide_the_century(day: date) -> None:
    digits = make_bis(PartialDate(day.year, day.month, day.day), "unknown", 5).digits

    assert centuries_of(digits) == (day.year // 100 * 100,)


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_no_number_has_right_check_digits_in_both_centuries(first_nine: str) -> None:
    assert check_digits(first_nine, born_from_2000=False) != check_digits(first_nine, born_from_2000=True)


@pytest.mark.fact("B1-17")
@given(days, st.integers(1, 998), st.sampled_from(["year", "month", "day"]))
def test_a_number_with_less_of_the_date_still_fits_and_a_declared_part_fits_the_whole(
    day: date, sequence: int, known: str
) -> None:
    whole = PartialDate(day.year, day.month, day.day)
    part = PartialDate(day.year, None if known == "year" else day.month, day.day if known == "day" else None)

    for encoded, declared in ((part, whole), (whole, part)):
        digits = make_bis(encoded, "X", sequence).digits
        unknown = digits.startswith(UNKNOWN_DATE_PREFIXES)
        assert inconsistencies(digits, birth_date=declared, sex="X", today=TODAY) == (
            ("unknown_date",) if unknown else ()
        )
