"""What the applicant reads about keys: changed, expiring, or an activation that was cancelled."""

import pytest

from tests.unit.notifications.message_rows import DEC_1, DEC_8, LANGUAGES, M, mail_to_applicant
from workflow.registrations import REASONS

each_language = pytest.mark.parametrize("language", LANGUAGES)
APP = {
    "nl": "beveiligingscode via mobiele app",
    "fr": "code de sécurité via application mobile",
    "de": "Sicherheitscode über mobile App",
    "en": "security code via mobile app",
}
SMS = {
    "nl": "beveiligingscode via sms",
    "fr": "code de sécurité par SMS",
    "de": "Sicherheitscode per SMS",
    "en": "security code by SMS",
}
ACCUSING = {
    "nl": ("fraude", "overl", "verkeerd"),
    "fr": ("fraude", "décè", "mauvais"),
    "de": ("Betrug", "Tod", "falsch"),
    "en": ("fraud", "dea", "wrong"),
}


@pytest.mark.fact("B2-12", "B2-13", "3.37")
@each_language
def test_an_added_key_is_named_with_its_day_and_the_other_one_is_advised_as_back_up(language: str) -> None:
    text = mail_to_applicant(M.M11, language, {"change": "added", "key_kind": "totp", "changed_on": "2026-12-08"})

    assert text.index(APP[language]) < text.index(SMS[language])
    assert DEC_8[language] in text
    assert "back-up" in text.lower()


@pytest.mark.fact("B2-13")
@each_language
def test_a_removed_key_is_named_and_asks_whether_it_was_you(language: str) -> None:
    you = {"nl": "Was u dit niet?", "fr": "pas vous", "de": "Waren Sie das nicht?", "en": "Was this not you?"}

    text = mail_to_applicant(M.M11, language, {"change": "removed", "key_kind": "sms", "changed_on": "2026-12-08"})

    assert SMS[language] in text
    assert APP[language] not in text
    assert you[language] in text


@pytest.mark.fact("B2-14")
@pytest.mark.parametrize("reason", REASONS["cancel"])
@each_language
def test_a_cancelled_activation_names_its_day_and_never_accuses(language: str, reason: str) -> None:
    text = mail_to_applicant(M.M12, language, {"cancelled_on": "2026-12-01", "reason": reason})

    assert DEC_1[language] in text
    assert reason not in text
    assert not any(word in text for word in ACCUSING[language])


@pytest.mark.fact("B2-14b")
@each_language
def test_a_set_up_that_was_not_finished_in_time_says_so(language: str) -> None:
    late = {
        "nl": "niet op tijd",
        "fr": "pas terminée à temps",
        "de": "nicht rechtzeitig fertig",
        "en": "not finished in time",
    }

    text = mail_to_applicant(M.M12, language, {"cancelled_on": "2026-12-01", "reason": "not_finished"})

    assert late[language] in text
    assert late[language] not in mail_to_applicant(M.M12, language, {"cancelled_on": "2026-12-01"})


@pytest.mark.fact("B2-15", "B3b-key_reminder")
@each_language
def test_a_key_that_expires_is_named_with_its_last_day_and_how_to_replace_it(language: str) -> None:
    text = mail_to_applicant(M.M14, language, {"key_kind": "totp", "expires_on": "2036-12-08"})

    assert APP[language] in text
    assert DEC_8[language].replace("2026", "2036") in text
    assert "https://keys.example.be/activate" in text
