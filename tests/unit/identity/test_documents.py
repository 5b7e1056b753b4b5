"""The five checks in order, and validity by law on the day of the physical check."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from identity.dates import PartialDate
from identity.documents import (
    CheckStep,
    Document,
    DocumentType,
    StopReason,
    Validity,
    Verdict,
    first_refuted,
    judge_validity,
)
from identity.legal_validity import RULES

ADULT = PartialDate(1960, 3, 1)


def card(country: str = "FR", **changes: object) -> Document:
    values: dict[str, object] = {
        "type": DocumentType.IDENTITY_CARD,
        "country": country,
        "issued_on": date(2019, 5, 2),
        "expires_on": date(2029, 5, 1),
    }
    return Document(**(values | changes))  # type: ignore[arg-type]


def old_french_card(**changes: object) -> Document:
    return card(**({"issued_on": date(2012, 6, 1), "expires_on": date(2022, 5, 31)} | changes))


def judge(document: Document, on: date, *, born: PartialDate = ADULT) -> Validity:
    return judge_validity(document, birth_date=born, checked_on=on)


@pytest.mark.fact("3.26")
def test_a_document_is_valid_through_its_printed_day_and_expired_on_the_next() -> None:
    passport = card(type=DocumentType.PASSPORT)

    assert judge(passport, date(2029, 5, 1)).verdict is Verdict.VALID
    assert judge(passport, date(2029, 5, 2)).verdict is Verdict.EXPIRED
    assert judge(passport, date(2029, 5, 2)).stop_reason is StopReason.EXPIRED


@pytest.mark.fact("3.26", "R7")
def test_a_french_card_of_an_adult_lives_five_years_longer_and_names_its_rule() -> None:
    extended = judge(old_french_card(), date(2026, 11, 20))

    assert extended.verdict is Verdict.EXTENDED_BY_LAW
    assert (extended.printed, extended.effective) == (date(2022, 5, 31), date(2027, 5, 31))
    assert extended.rule_id == "fr-identity-card-plus-5"
    assert extended.source
    assert extended.accepted
    assert extended.stop_reason is None


@pytest.mark.fact("3.26", "AM3-5")
def test_the_french_extension_ends_after_its_last_day() -> None:
    assert judge(old_french_card(), date(2027, 5, 31)).verdict is Verdict.EXTENDED_BY_LAW
    assert judge(old_french_card(), date(2027, 6, 1)).verdict is Verdict.EXPIRED


@pytest.mark.fact("3.26")
@pytest.mark.parametrize(
    ("issued_on", "verdict"),
    [
        (date(2004, 1, 1), Verdict.EXPIRED),
        (date(2004, 1, 2), Verdict.EXTENDED_BY_LAW),
        (date(2013, 12, 31), Verdict.EXTENDED_BY_LAW),
        (date(2014, 1, 1), Verdict.EXPIRED),
    ],
)
def test_the_french_extension_holds_for_cards_of_2004_01_02_to_2013_12_31(issued_on: date, verdict: Verdict) -> None:
    printed = issued_on.replace(year=issued_on.year + 10) - timedelta(days=1)

    validity = judge(card(issued_on=issued_on, expires_on=printed), printed + timedelta(days=30))

    assert validity.verdict is verdict


@pytest.mark.fact("3.26")
@pytest.mark.parametrize(
    ("born", "verdict"),
    [
        (PartialDate(1994, 6, 1), Verdict.EXTENDED_BY_LAW),  # 18 on the day of issue
        (PartialDate(1994, 6, 2), Verdict.EXPIRED),
        (PartialDate(1994, 6), Verdict.EXPIRED),  # perhaps 18, so not certain
        (PartialDate(1993), Verdict.EXTENDED_BY_LAW),
    ],
)
def test_the_french_extension_is_for_who_was_certainly_adult_at_issue(born: PartialDate, verdict: Verdict) -> None:
    assert judge(old_french_card(), date(2023, 1, 1), born=born).verdict is verdict


def test_the_french_extension_is_for_identity_cards_of_france_only() -> None:
    assert judge(old_french_card(type=DocumentType.PASSPORT), date(2023, 1, 1)).verdict is Verdict.EXPIRED
    assert judge(old_french_card(country="IT"), date(2023, 1, 1)).verdict is Verdict.EXPIRED


@pytest.mark.fact("B1-3", "R7")
def test_an_italian_paper_card_ends_by_law_after_2_august_2026() -> None:
    paper = card("IT", issued_on=date(2018, 9, 1), expires_on=date(2028, 8, 31), machine_readable=False)

    assert judge(paper, date(2026, 8, 2)).verdict is Verdict.VALID
    ended = judge(paper, date(2026, 8, 3))
    assert ended.verdict is Verdict.ENDED_BY_LAW
    assert ended.effective == date(2026, 8, 2)
    assert ended.stop_reason is StopReason.VALIDITY_ENDED_BY_LAW
    assert ended.rule_id == "eu-identity-card-without-mrz"
    assert not ended.accepted


def test_a_card_without_zone_that_expired_before_the_law_is_simply_expired() -> None:
    paper = card("IT", issued_on=date(2014, 9, 1), expires_on=date(2024, 8, 31), machine_readable=False)

    assert judge(paper, date(2026, 11, 1)).verdict is Verdict.EXPIRED
    assert judge(paper, date(2024, 8, 31)).verdict is Verdict.VALID


@pytest.mark.parametrize("machine_readable", [None, True])
def test_only_an_explicit_no_says_that_a_card_has_no_functional_zone(machine_readable: bool | None) -> None:
    assert judge(card("IT", machine_readable=machine_readable), date(2026, 11, 20)).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "document",
    [
        card("CH", machine_readable=False),
        card("GB", machine_readable=False),
        card("IT", machine_readable=False, type=DocumentType.PASSPORT),
    ],
)
def test_the_european_rule_leaves_passports_and_other_countries_alone(document: Document) -> None:
    assert judge(document, date(2026, 11, 20)).verdict is Verdict.VALID


def test_an_extended_french_card_without_zone_ends_with_the_european_rule() -> None:
    validity = judge(old_french_card(machine_readable=False), date(2026, 8, 3))

    assert validity.verdict is Verdict.ENDED_BY_LAW
    assert judge(old_french_card(machine_readable=False), date(2026, 8, 2)).verdict is Verdict.EXTENDED_BY_LAW


def test_an_old_format_card_without_end_stops_at_3_august_2031() -> None:
    endless = card("ES", issued_on=date(2015, 1, 1), expires_on=date(9999, 12, 31))

    assert judge(endless, date(2031, 8, 2)).verdict is Verdict.VALID
    assert judge(endless, date(2031, 8, 3)).verdict is Verdict.ENDED_BY_LAW


@pytest.mark.parametrize(
    ("born", "machine_readable", "verdict"),
    [
        (PartialDate(1951, 8, 2), True, Verdict.VALID),  # 70 on 2 August 2021
        (PartialDate(1951, 8, 2), None, Verdict.VALID),
        (PartialDate(1951, 8, 3), True, Verdict.ENDED_BY_LAW),
        (PartialDate(1951), True, Verdict.ENDED_BY_LAW),  # perhaps 70, so not certain
        (PartialDate(1951, 8, 2), False, Verdict.ENDED_BY_LAW),
    ],
)
def test_holders_of_70_keep_cards_with_a_zone_to_the_printed_date(
    born: PartialDate, machine_readable: bool | None, verdict: Verdict
) -> None:
    endless = card("ES", issued_on=date(2015, 1, 1), expires_on=date(9999, 12, 31), machine_readable=machine_readable)

    assert judge(endless, date(2031, 8, 3), born=born).verdict is verdict


def test_a_card_issued_under_the_regulation_keeps_its_printed_date() -> None:
    new = card("DE", issued_on=date(2021, 8, 2), expires_on=date(2031, 12, 31))

    assert judge(new, date(2031, 8, 3)).verdict is Verdict.VALID


def test_every_legal_rule_names_its_source_and_its_beginning() -> None:
    assert all(rule.source and rule.in_force_from > date.min for rule in RULES)
    assert len({rule.id for rule in RULES}) == len(RULES)


VALID_CARD = judge(card(), date(2026, 11, 20))
EXPIRED_CARD = judge(card(), date(2030, 1, 1))
YES = dict.fromkeys(CheckStep, True)


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        pytest.param(CheckStep.PHOTO_PRESENT, StopReason.NO_PHOTO, marks=pytest.mark.fact("3.22", "B1-3")),
        pytest.param(CheckStep.ON_PRADO, StopReason.NOT_IN_PRADO, marks=pytest.mark.fact("3.23", "B1-3")),
        pytest.param(CheckStep.PHOTO_MATCHES, StopReason.NO_LIKENESS, marks=pytest.mark.fact("3.24", "B1-3")),
        pytest.param(CheckStep.AUTHENTIC, StopReason.NOT_AUTHENTIC, marks=pytest.mark.fact("3.25", "B1-3")),
        pytest.param(CheckStep.VALID, StopReason.EXPIRED, marks=pytest.mark.fact("3.26", "B1-3", "AM3-5")),
    ],
)
def test_each_refuted_check_stops_with_its_own_reason(step: CheckStep, reason: StopReason) -> None:
    answers = (YES | {step: False}).items()

    assert first_refuted(answers, VALID_CARD) is reason


@pytest.mark.fact("B1-2")
def test_the_first_refuted_check_in_order_gives_the_reason() -> None:
    answers = dict.fromkeys(CheckStep, False)

    assert first_refuted(answers.items(), EXPIRED_CARD) is StopReason.NO_PHOTO


@pytest.mark.fact("3.26", "AM3-5")
def test_an_expired_document_stops_even_when_the_officer_found_it_valid() -> None:
    assert first_refuted(YES.items(), EXPIRED_CARD) is StopReason.EXPIRED


def test_the_officers_no_stops_a_document_that_the_law_extends() -> None:
    extended = judge(old_french_card(), date(2026, 11, 20))

    assert first_refuted((YES | {CheckStep.VALID: False}).items(), extended) is StopReason.EXPIRED
    assert first_refuted(YES.items(), extended) is None


def test_a_check_not_made_yet_refutes_nothing() -> None:
    answers = dict.fromkeys(CheckStep, None) | {CheckStep.PHOTO_PRESENT: True}

    assert first_refuted(answers.items(), None) is None


@pytest.mark.fact("3.21")
def test_only_passport_and_identity_card_are_legal_identity_documents() -> None:
    assert set(DocumentType) == {"passport", "identity_card"}


documents = st.builds(
    card,
    st.sampled_from(["FR", "IT", "DE", "CH", "MA"]),
    type=st.sampled_from(DocumentType),
    issued_on=st.dates(date(2000, 1, 1), date(2026, 1, 1)),
    expires_on=st.dates(date(2026, 1, 1), date(2040, 1, 1)),
    machine_readable=st.sampled_from([None, True, False]),
)


@pytest.mark.fact("R7", "3.26")
@given(documents, st.dates(date(2021, 8, 2), date(2045, 1, 1)), st.integers(1, 2000))
def test_what_is_over_on_a_day_is_over_on_every_later_one(document: Document, day: date, later: int) -> None:
    today, then = judge(document, day), judge(document, day + timedelta(days=later))

    assert today.accepted or not then.accepted
    assert today.accepted == (day <= today.effective)
    assert (today.stop_reason is None) == today.accepted


@pytest.mark.fact("R7")
@example(
    document=card(
        "FR", type=DocumentType.IDENTITY_CARD, issued_on=date(2004, 1, 2), expires_on=date(2026, 1, 1),
        machine_readable=None,
    ),
    day=date(2021, 8, 2),
)  # fmt: skip
@given(documents, st.dates(date(2021, 8, 2), date(2045, 1, 1)))
def test_a_moved_date_always_names_the_rule_that_moved_it(document: Document, day: date) -> None:
    validity = judge(document, day)

    assert validity.printed == document.expires_on
    assert (validity.effective == validity.printed) or (validity.rule_id and validity.source)
    assert document.type is DocumentType.IDENTITY_CARD or validity.effective == validity.printed
