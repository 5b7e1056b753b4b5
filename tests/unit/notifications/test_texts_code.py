"""What the applicant reads about codes: the activation code by SMS or letter, one-time codes, and resuming with them."""

import re
from datetime import UTC, datetime

import pytest

from tests.unit.notifications.message_rows import (
    CODE,
    DEC_8,
    DEC_24,
    GROUPED,
    LANGUAGES,
    LINK,
    LINK_DAYS,
    NEW_LINK,
    RENDERER,
    TOKEN,
    M,
    applicant,
    mail_to_applicant,
    row,
)
from workflow.outbox import Channel

each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.mark.fact("3.38", "B3b-code_format")
@each_language
def test_the_code_sms_prints_four_groups_of_five_and_says_that_it_works_once(language: str) -> None:
    once = {"nl": "1 keer", "fr": "Usage unique", "de": "1 Mal", "en": "once"}

    sms = RENDERER.sms(row(M.M3, LINK_DAYS, by=Channel.SMS, secret=CODE), applicant(language))

    assert re.search(r"(?<!\S)[0-9A-Z]{5}( [0-9A-Z]{5}){3}(?!\S)", sms.text).group() == GROUPED  # type: ignore[union-attr]
    assert once[language] in sms.text


@pytest.mark.fact("3.10")
@each_language
def test_the_code_sms_names_the_service_first_and_neither_person_nor_link(language: str) -> None:
    sms = RENDERER.sms(row(M.M3, LINK_DAYS, by=Channel.SMS, secret=CODE), applicant(language))

    assert sms.text.startswith("Bisdesk")
    assert "Noël" not in sms.text
    assert "Šimić" not in sms.text
    assert "http" not in sms.text
    assert "AC-2026-00042-X3" in sms.text
    assert sms.segments == 1


@each_language
def test_the_last_line_of_the_code_sms_binds_it_to_our_host(language: str) -> None:
    sms = RENDERER.sms(row(M.M3, LINK_DAYS, by=Channel.SMS, secret=CODE), applicant(language))

    assert sms.text.splitlines()[-1] == f"@keys.example.be #{CODE}"


@pytest.mark.fact("1.5", "3.36", "3.38")
@each_language
def test_the_letter_prints_code_reference_days_and_attempts_but_no_link(language: str) -> None:
    attempts = {"nl": "3 pogingen", "fr": "3 essais", "de": "3 Versuche", "en": "3 attempts"}

    letter = RENDERER.letter(row(M.M3, LINK_DAYS, by=Channel.LETTER, secret=CODE), applicant(language))

    for told in (GROUPED, "AC-2026-00042-X3", DEC_8[language], DEC_24[language], attempts[language], "/activate"):
        assert told in letter.text
    assert "/a/" not in letter.text


@pytest.mark.fact("1.5")
@each_language
def test_the_letter_says_that_the_reference_brings_a_new_link_by_mail(language: str) -> None:
    letter = RENDERER.letter(row(M.M3, LINK_DAYS, by=Channel.LETTER, secret=CODE), applicant(language))

    assert NEW_LINK[language] in letter.text


@pytest.mark.fact("B2-11", "B2-11b", "B2-13")
@pytest.mark.parametrize("purpose", ["key", "resume", "sign_in"])
@each_language
def test_the_one_time_code_comes_first_with_service_and_minutes(language: str, purpose: str) -> None:
    params = {"purpose": purpose, "minutes": "10"}

    sms = RENDERER.sms(row(M.M15, params, by=Channel.SMS, secret="048213"), applicant(language))

    first, last = sms.text.splitlines()
    assert first.startswith("048213 ")
    assert "Bisdesk" in first
    assert re.search(r"\b10 [Mm]inut", first)
    assert last == "@keys.example.be #048213"
    assert sms.segments == 1


@each_language
def test_the_one_time_code_says_what_it_is_for(language: str) -> None:
    to_log_in = {"nl": "om in te loggen", "fr": "pour vous connecter", "de": "zum Anmelden", "en": "to log in"}

    told = {
        purpose: RENDERER.sms(
            row(M.M15, {"purpose": purpose, "minutes": "10"}, by=Channel.SMS, secret="048213"), applicant(language)
        ).text
        for purpose in ("key", "resume", "sign_in")
    }

    assert len(set(told.values())) == 3
    assert [purpose for purpose, text in told.items() if to_log_in[language] in text] == ["sign_in"]


@pytest.mark.fact("B2-11b")
@each_language
def test_resuming_comes_with_a_link_for_once_and_its_hour_in_belgian_time(language: str) -> None:
    zone = {"nl": "(Belgische tijd)", "fr": "(heure belge)", "de": "(belgische Zeit)", "en": "(Belgian time)"}
    ends = datetime(2026, 12, 8, 22, 30, tzinfo=UTC)  # 23:30 in Brussels

    message = row(M.M13, {"finish_until": "2026-12-24"}, secret=TOKEN, send_before=ends)
    text = RENDERER.mail(message, applicant(language)).text

    assert LINK in text
    assert DEC_8[language] in text
    assert "23:30" in text
    assert zone[language] in text
    assert DEC_24[language] in text


@pytest.mark.fact("B2-14b")
@each_language
def test_the_reminder_to_finish_names_the_last_day_and_says_that_link_and_code_come_apart(language: str) -> None:
    both = {
        "nl": "een link per e-mail en een code per sms",
        "fr": "un lien par e-mail et un code par SMS",
        "de": "einen Link per E-Mail und einen Code per SMS",
        "en": "a link by e-mail and a code by SMS",
    }

    text = mail_to_applicant(M.M13, language, {"finish_until": "2026-12-24"})

    assert DEC_24[language] in text
    assert "https://keys.example.be/activate" in text
    assert both[language] in text
    assert "/a/" not in text
