"""Machine readable zones: reading, check digits per field, comparison with what was typed (domain D3)."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.dates import PartialDate
from identity.mrz import Zone, ZoneFormat, check_digit, read_zone
from identity.mrz_compare import TypedFields, differences
from identity.problems import Problem

TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
FRENCH = "IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<\n8806923102858CORINNE<<<<<<<6512068F6"

CORINNE = TypedFields(
    family_name="Berthier",
    given_names="Corinne",
    birth_date=PartialDate(1965, 12, 6),
    sex="F",
    country="FR",
    number="880692310285",
)


def passport(
    names: str, *, issuer: str = "FRA", number: str = "12AB34567", birth: str = "850715", sex: str = "F"
) -> str:
    """Print a TD3 zone whose check digits are right."""
    number, expiry, personal = number.ljust(9, "<"), "290501", "<" * 14
    checked = number + check_digit(number), birth + check_digit(birth), expiry + check_digit(expiry), personal + "<"
    whole = check_digit("".join(checked))
    line2 = checked[0] + issuer.ljust(3, "<") + checked[1] + sex + checked[2] + checked[3] + whole
    return f"P<{issuer.ljust(3, '<')}{names}".ljust(44, "<")[:44] + "\n" + line2


def fields_that_differ(zone: str, typed: TypedFields) -> set[str]:
    return {difference.field for difference in differences(read_zone(zone), typed)}


@pytest.mark.parametrize(
    ("text", "shape", "number"),
    [
        (TD3, ZoneFormat.TD3, "L898902C3"),
        (TD1, ZoneFormat.TD1, "D23145890"),
        (TD2, ZoneFormat.TD2, "D23145890"),
    ],
)
def test_the_specimens_of_icao_read_without_a_wrong_check_digit(text: str, shape: ZoneFormat, number: str) -> None:
    zone = read_zone(text)

    assert (zone.format, zone.issuer, zone.number) == (shape, "UTO", number)
    assert (zone.family_name, zone.given_names) == ("ERIKSSON", "ANNA MARIA")
    assert (zone.birth_date, zone.sex, zone.expires_on) == ("740812", "F", "120415")
    assert zone.wrong_checks == ()


def test_the_old_french_card_is_read_as_itself_and_not_as_td2() -> None:
    zone = read_zone(FRENCH)

    assert (zone.format, zone.issuer, zone.number) == (ZoneFormat.FRENCH, "FRA", "880692310285")
    assert (zone.family_name, zone.given_names, zone.birth_date, zone.sex) == ("BERTHIER", "CORINNE", "651206", "F")
    assert zone.expires_on is None
    assert zone.wrong_checks == ()
    assert differences(zone, CORINNE) == ()


@pytest.mark.parametrize("text", [TD1.lower(), TD1.replace("\n", "\r\n"), TD1.replace("\n", " "), f"\n {TD1} \n"])
def test_blanks_line_breaks_and_lower_case_do_not_matter(text: str) -> None:
    assert read_zone(text) == read_zone(TD1)


@pytest.mark.parametrize(
    ("text", "wrong", "right", "fields"),
    [
        (TD3, "L898902C36", "L898902C46", {"number", "whole_zone"}),
        (TD3, "7408122", "7408132", {"birth_date", "whole_zone"}),
        (TD3, "1204159", "1304159", {"expires_on", "whole_zone"}),
        (TD3, "ZE184226B", "ZE184226C", {"personal_number", "whole_zone"}),
        (TD1, "7408122", "7408132", {"birth_date", "whole_zone"}),
        (TD1, "D231458907", "D231458917", {"number", "whole_zone"}),
        (TD2, "1204159", "1204259", {"expires_on", "whole_zone"}),
        (FRENCH, "8806923102858", "8806923102868", {"number", "whole_zone"}),
        (FRENCH, "6512068", "6512078", {"birth_date", "whole_zone"}),
        (FRENCH, "CORINNE", "CORINNA", {"whole_zone"}),
    ],
)
def test_a_wrong_digit_names_the_field_it_is_in(text: str, wrong: str, right: str, fields: set[str]) -> None:
    zone = read_zone(text.replace(wrong, right))

    assert set(zone.wrong_checks) == fields


def test_a_td1_number_longer_than_nine_places_goes_on_in_the_optional_field() -> None:
    number = "590123456789"
    line1 = f"IDBEL{number[:9]}<{number[9:]}{check_digit(number)}".ljust(30, "<")
    zone = read_zone(line1 + TD1.split("\n")[1] + TD1.split("\n")[2])

    assert zone.number == number
    assert "number" not in zone.wrong_checks


@pytest.mark.parametrize("text", ["", "P<UTO", "A" * 91, TD3 + "<", TD1[:-1]])
def test_a_zone_of_another_length_says_so(text: str) -> None:
    with pytest.raises(Problem) as refused:
        read_zone(text)

    assert refused.value.code == "mrz_length"


@pytest.mark.parametrize("text", [TD3.replace("ANNA", "ÄNNA"), TD3.replace("<", "«"), "Ａ" * 88, "\x00" * 88])
def test_a_zone_with_other_signs_says_so(text: str) -> None:
    with pytest.raises(Problem) as refused:
        read_zone(text)

    assert refused.value.code == "mrz_characters"


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<", min_size=72, max_size=90))
def test_no_zone_does_more_than_be_refused(text: str) -> None:
    try:
        zone = read_zone(text)
    except Problem:
        return

    differences(zone, CORINNE)


@given(st.integers(0, 8), st.sampled_from("0123456789"), st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_every_single_wrong_digit_in_a_number_is_found(place: int, digit: str, number: str) -> None:
    right = passport("DUBOIS<<ZOE", number=number)
    line1, line2 = right.split("\n")
    wrong = line2[:place] + digit + line2[place + 1 :]

    found = read_zone(line1 + wrong).wrong_checks

    assert ("number" in found) == (wrong != line2)


@pytest.mark.parametrize(
    ("printed", "family", "given"),
    [
        ("MUELLER<<ZOE", "Müller", "Zoë"),
        ("MULLER<<ZOE", "Müller", "Zoë"),
        ("MUXXLLER<<ZOE", "Müller", "Zoë"),
        ("FOXX<<ZOE", "Foxx", "Zoë"),
        ("SIMIC<<IVAN", "Šimić", "Ivan"),
        ("SOERENSEN<<AASE", "Sørensen", "Åse"),
        ("STRAUSS<<JEAN<PIERRE", "Strauß", "Jean-Pierre"),
        ("OBRIEN<<SEAN", "O’Brien", "Seán"),
        ("VAN<DEN<BERG<<ANNA<MARIA", "van den Berg", "Anna"),
        ("IVANOV<<IVAN", "Иванов", "Иван"),
        ("PAPADOPOULOS<<NIKOS", "Παπαδόπουλος", "Νίκος"),
        ("WISNIEWSKA<<LUCJA", "Wiśniewska", "Łucja"),
    ],
)
def test_a_name_and_its_transliteration_do_not_differ(printed: str, family: str, given: str) -> None:
    assert fields_that_differ(passport(printed), TypedFields(family_name=family, given_names=given)) == set()


def test_a_zone_filled_to_its_last_place_may_have_cut_both_names() -> None:
    zone = passport("BENNELONG<WOOLOOMOOLOO<WARRANDYTE<W<<DI")

    typed = TypedFields(family_name="Bennelong Wooloomooloo Warrandyte Warnambool", given_names="Dingo Potoroo")

    assert fields_that_differ(zone, typed) == set()
    assert fields_that_differ(zone, TypedFields(family_name="Bennelong Warnambool")) == {"family_name"}


def test_another_name_differs_even_when_it_begins_alike() -> None:
    assert fields_that_differ(passport("DUBOIS<<ZOE"), TypedFields(family_name="Duboisson")) == {"family_name"}
    assert fields_that_differ(passport("DUBOIS<<ZOE"), TypedFields(given_names="Marie")) == {"given_names"}


def test_a_name_of_nothing_but_accent_marks_is_no_name_that_fits_everybody() -> None:
    typed = TypedFields(family_name="Dubois", given_names="Zoe")

    assert fields_that_differ(passport("XX<<XX"), typed) == {"family_name", "given_names"}


def test_each_differing_field_is_named_and_no_value_is_repeated() -> None:
    typed = TypedFields(
        family_name="Dupont",
        given_names="Marie",
        birth_date=PartialDate(1966, 12, 6),
        sex="M",
        country="BE",
        number="880692310286",
    )

    found = differences(read_zone(FRENCH), typed)

    assert {one.field for one in found} == {"family_name", "given_names", "birth_date", "sex", "country", "number"}
    assert not any("Dupont" in one.message or "8806" in one.message for one in found)


def test_an_unknown_part_of_a_birth_date_differs_from_nothing() -> None:
    assert (
        fields_that_differ(passport("D<<Z", birth="85<<<<"), TypedFields(birth_date=PartialDate(1985, 7, 15))) == set()
    )
    assert fields_that_differ(passport("D<<Z"), TypedFields(birth_date=PartialDate(1985))) == set()
    assert fields_that_differ(passport("D<<Z"), TypedFields(birth_date=PartialDate(1985, 8))) == {"birth_date"}


def test_an_unspecified_sex_in_the_zone_reads_as_x_and_an_unknown_one_is_not_compared() -> None:
    assert fields_that_differ(passport("D<<Z", sex="<"), TypedFields(sex="X")) == set()
    assert fields_that_differ(passport("D<<Z", sex="F"), TypedFields(sex="unknown")) == set()


def test_the_expiry_date_is_compared() -> None:
    assert fields_that_differ(passport("D<<Z"), TypedFields(expires_on=date(2029, 5, 1))) == set()
    assert fields_that_differ(passport("D<<Z"), TypedFields(expires_on=date(2029, 5, 2))) == {"expires_on"}


@pytest.mark.parametrize(("issuer", "country"), [("D", "DE"), ("GBD", "GB"), ("RKS", "XK"), ("FRA", "FR")])
def test_special_issuers_stand_for_their_country(issuer: str, country: str) -> None:
    assert fields_that_differ(passport("D<<Z", issuer=issuer), TypedFields(country=country)) == set()


@pytest.mark.parametrize("issuer", ["UTO", "XXA", "UNO", "QQQ"])
def test_an_issuer_that_is_no_country_is_a_doubt_about_the_zone(issuer: str) -> None:
    assert fields_that_differ(passport("D<<Z", issuer=issuer), TypedFields(country="FR")) == {"mrz"}


def test_repr_of_a_zone_shows_no_person() -> None:
    zone: Zone = read_zone(FRENCH)

    assert not any(value in repr(zone) for value in ("BERTHIER", "CORINNE", "880692310285", "651206"))
    assert "880692310285" not in repr(CORINNE)


@given(st.text(max_size=120))
def test_no_typed_text_does_more_than_be_refused(text: str) -> None:
    with suppress(Problem):
        differences(read_zone(text), CORINNE)


@given(
    st.from_regex(r"[A-Z]{2,12}(<[A-Z]{2,8})?", fullmatch=True),
    st.from_regex(r"[A-Z]{2,12}", fullmatch=True),
    st.dates(date(1950, 1, 1), date(2020, 1, 1)),
    st.sampled_from("FM"),
)
def test_a_zone_that_was_printed_right_is_read_back_and_agrees_with_itself(
    family: str, given_name: str, born: date, sex: str
) -> None:
    zone = read_zone(passport(f"{family}<<{given_name}", birth=f"{born:%y%m%d}", sex=sex))

    typed = TypedFields(
        family_name=family.replace("<", " "),
        given_names=given_name,
        birth_date=PartialDate(born.year, born.month, born.day),
        sex=sex,
        country="FR",
        number="12AB34567",
        expires_on=date(2029, 5, 1),
    )
    assert zone.wrong_checks == ()
    assert differences(zone, typed) == ()
