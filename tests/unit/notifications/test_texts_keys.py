"""What the applicant reads about keys: changed, expiring, or an activation that was cancelled."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.unit.notifications.message_rows import (
    DEC_1,
    DEC_8,
    LANGUAGES,
    LINK,
    RENDERER,
    TOKEN,
    M,
    applicant,
    mail_to_applicant,
    row,
)
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
ADDED = {"change": "added", "key_kind": "totp", "changed_on": "2026-12-08"}
REMOVED = {"change": "removed", "key_kind": "sms", "changed_on": "2026-12-08"}
NOT_YOU = {
    "nl": "Was u dit niet?",
    "fr": "Ce n’était pas vous\u00a0?",
    "de": "Waren Sie das nicht?",
    "en": "Was this not you?",
}
WRITE_AT_ONCE = {
    "nl": "Mail ons meteen.",
    "fr": "Écrivez-nous tout de suite.",
    "de": "Schreiben Sie uns sofort.",
    "en": "Write to us at once.",
}
BLOCKS = {
    "nl": "blokkeert u meteen",
    "fr": "bloque immédiatement",
    "de": "sperrt sofort",
    "en": "block your digital keys at once",
}
DESK_WRITES = {
    "nl": "De servicedesk mailt u daarna.",
    "fr": "Le service desk vous écrira.",
    "de": "Der Servicedesk schreibt Ihnen dann.",
    "en": "The service desk then writes to you.",
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
    text = mail_to_applicant(M.M11, language, ADDED)

    assert text.index(APP[language]) < text.index(SMS[language])
    assert DEC_8[language] in text
    assert "back-up" in text.lower()
    assert "https://keys.example.be/keys" in text


@pytest.mark.fact("B2-13")
@each_language
def test_a_removed_key_is_named_and_asks_whether_it_was_you(language: str) -> None:
    text = mail_to_applicant(M.M11, language, REMOVED)

    assert SMS[language] in text
    assert APP[language] not in text
    assert NOT_YOU[language] in text


@pytest.mark.fact("B2-12", "B2-13", "3.10")
@pytest.mark.parametrize("params", [ADDED, REMOVED], ids=["added", "removed"])
@each_language
def test_a_changed_key_comes_with_a_link_that_blocks_all_keys_and_with_what_follows(
    language: str, params: dict[str, str]
) -> None:
    mail = RENDERER.mail(row(M.M11, params, secret=TOKEN), applicant(language))

    assert f"\n{LINK}\n" in mail.text
    assert mail.html.count(f'href="{LINK}"') == 2
    for words in (NOT_YOU[language], BLOCKS[language], DESK_WRITES[language]):
        assert words in mail.text
    assert WRITE_AT_ONCE[language] not in mail.text


@pytest.mark.parametrize("params", [ADDED, REMOVED], ids=["added", "removed"])
@each_language
def test_a_changed_key_without_a_link_asks_to_write_at_once_and_promises_no_block(
    language: str, params: dict[str, str]
) -> None:
    text = mail_to_applicant(M.M11, language, params)

    assert f"{NOT_YOU[language]} {WRITE_AT_ONCE[language]}" in text
    assert BLOCKS[language] not in text
    assert "/a/" not in text


@each_language
def test_a_link_that_blocks_all_keys_names_its_last_day(language: str) -> None:
    ends = datetime(2027, 1, 7, 23, 0, tzinfo=UTC)  # the first instant after 7 January in Brussels
    last = {"nl": "7 januari 2027", "fr": "7 janvier 2027", "de": "7. Januar 2027", "en": "7 January 2027"}

    mail = RENDERER.mail(replace(row(M.M11, ADDED, secret=TOKEN), send_before=ends), applicant(language))

    assert last[language] in mail.text
    assert last[language] in mail.html


@pytest.mark.fact("B2-12")
@each_language
def test_guesses_are_told_with_their_day_what_follows_and_the_link_that_blocks(language: str) -> None:
    said = {
        "nl": ("Te veel foute codes", "een dag lang", "morgen"),
        "fr": ("Trop de codes erronés", "pendant un jour", "demain"),
        "de": ("Zu viele falsche Codes", "einen Tag lang", "morgen"),
        "en": ("Too many wrong codes", "for a day", "tomorrow"),
    }

    mail = RENDERER.mail(
        row(M.M11, {"change": "guessed", "changed_on": "2026-12-08"}, secret=TOKEN), applicant(language)
    )

    for words in (*said[language], DEC_8[language], NOT_YOU[language], BLOCKS[language], DESK_WRITES[language]):
        assert words in mail.text
    assert f"\n{LINK}\n" in mail.text
    assert not any(key[language] in mail.text for key in (APP, SMS))


@each_language
def test_blocked_keys_are_told_with_their_day_why_and_that_the_service_desk_looks_into_it(language: str) -> None:
    said = {
        "nl": ("voorlopig geblokkeerd", "de melding kregen", "onderzoekt dit en mailt u daarna", "Mail ons."),
        "fr": (
            "bloquées pour le moment",
            "on nous a signalé",
            "examine la situation, puis vous écrit",
            "Écrivez-nous.",
        ),
        "de": ("vorerst gesperrt", "uns gemeldet wurde", "prüft das und schreibt Ihnen dann", "Schreiben Sie uns."),
        "en": ("blocked for now", "we were told", "looks into this and then writes to you", "Write to us."),
    }

    text = mail_to_applicant(M.M11, language, {"change": "frozen", "changed_on": "2026-12-08"})

    assert all(words in text for words in (*said[language], DEC_8[language]))
    assert not any(key[language] in text for key in (APP, SMS))
    assert "https://keys.example.be" not in text


@each_language
def test_keys_that_work_again_are_told_with_their_day_and_how_to_go_on(language: str) -> None:
    again = {"nl": "werken weer", "fr": "fonctionnent à nouveau", "de": "funktionieren wieder", "en": "work again"}

    text = mail_to_applicant(M.M11, language, {"change": "unfrozen", "changed_on": "2026-12-08"})

    for words in (again[language], DEC_8[language], "https://keys.example.be/keys", "https://keys.example.be/activate"):
        assert words in text
    assert not any(key[language] in text for key in (APP, SMS))
    assert "/a/" not in text


@each_language
def test_the_subject_of_a_security_notice_tells_changed_blocked_and_working_keys_apart(language: str) -> None:
    turns = [ADDED, *({"change": one, "changed_on": "2026-12-08"} for one in ("frozen", "unfrozen", "guessed"))]

    mails = [RENDERER.mail(row(M.M11, turn), applicant(language)) for turn in turns]

    assert len({mail.subject for mail in mails}) == 4
    for mail in mails:
        assert mail.text.startswith(f"{mail.subject}\n")
        assert APP[language] not in mail.subject
        assert "AC-" not in mail.subject


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
    assert "https://keys.example.be/keys" in text
    assert "/activate" not in text  # a reference leads nobody to keys that work
