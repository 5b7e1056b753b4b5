"""What the applicant reads about link, code and block, in each of the four languages."""

import re

import pytest

from tests.unit.notifications.message_rows import (
    BY_SMS,
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
    link_mail,
    mail_to_applicant,
    row,
)

each_language = pytest.mark.parametrize("language", LANGUAGES)
TITLE = {
    "nl": "CSAM – Mijn digitale sleutels: activatie",
    "fr": "CSAM – Mes clés numériques\u00a0: activation",
    "de": "CSAM – Meine digitalen Schlüssel: Aktivierung",
    "en": "CSAM – My digital keys: activation",
}


@pytest.mark.fact("3.34", "B3b-link_validity", "R1")
@each_language
def test_the_activation_mail_names_fourteen_days_and_the_last_of_them(language: str) -> None:
    days = {"nl": "14 dagen", "fr": "14 jours", "de": "14 Tage", "en": "14 days"}

    text = link_mail(language)

    assert days[language] in text
    assert DEC_8[language] in text


@pytest.mark.fact("3.34", "AM3-6")
@each_language
def test_the_activation_mail_says_that_a_new_link_can_be_asked_for(language: str) -> None:
    new_link = {"nl": "nieuwe link", "fr": "nouveau lien", "de": "neuen Link", "en": "new link"}

    assert new_link[language] in link_mail(language)


@pytest.mark.fact("AM3-11", "3.10")
@each_language
def test_the_activation_mail_says_that_the_code_comes_by_sms(language: str) -> None:
    assert BY_SMS[language] in link_mail(language)


@pytest.mark.fact("1.5", "0.14")
@each_language
def test_where_the_code_is_on_paper_the_activation_mail_says_so_and_names_no_sms(language: str) -> None:
    letter = {"nl": "op de brief", "fr": "sur la lettre", "de": "auf dem Brief", "en": "on the letter"}

    text = link_mail(language, code_by="paper")

    assert letter[language] in text
    assert "sms" not in text.lower()


@pytest.mark.fact("3.10", "3.34", "B2-1")
@each_language
def test_the_activation_mail_carries_the_link_as_button_and_in_full(language: str) -> None:
    mail = RENDERER.mail(row(M.M1, LINK_DAYS, secret=TOKEN), applicant(language))

    assert LINK in mail.text
    assert mail.html.count(f'href="{LINK}"') == 2
    assert f">{LINK}</a>" in mail.html


@each_language
def test_the_activation_mail_says_who_asked_why_and_where_to_type_the_reference(language: str) -> None:
    text = link_mail(language)

    for told in ("Stad Test", "Toegang tot Vlimpers", "https://keys.example.be/activate", "AC-2026-00042-X3"):
        assert told in text
    assert "gebruikersbeheer@vlaanderen.be" in text


@pytest.mark.parametrize("code_by", ["sms", "paper"])
@each_language
def test_the_activation_mail_says_that_the_reference_brings_a_new_link_by_mail(language: str, code_by: str) -> None:
    text = link_mail(language, code_by=code_by)

    assert text.index("AC-2026-00042-X3") < text.index(NEW_LINK[language])


@pytest.mark.fact("3.34", "3.35")
@each_language
def test_the_explanation_names_the_activation_mail_by_its_very_title(language: str) -> None:
    link = RENDERER.mail(row(M.M1, LINK_DAYS, secret=TOKEN), applicant(language))

    explanation = mail_to_applicant(M.M2, language, LINK_DAYS)

    assert link.subject == " ".join(TITLE[language].split())
    assert TITLE[language] in explanation


@pytest.mark.fact("B2-9b")
@each_language
def test_a_link_sent_again_says_that_the_old_one_is_dead_and_prints_no_fresh_fourteen_days(language: str) -> None:
    dead = {
        "nl": "werkt niet meer",
        "fr": "ne fonctionne plus",
        "de": "funktioniert nicht mehr",
        "en": "no longer works",
    }

    text = link_mail(language, again="again")

    assert dead[language] in text
    assert re.search(r"\b14\b", text) is None
    assert DEC_8[language] in text


@pytest.mark.fact("B2-3b")
@each_language
def test_a_link_to_a_corrected_address_says_so_and_that_the_code_stays(language: str) -> None:
    corrected = {"nl": "verbeterd", "fr": "corrigée", "de": "korrigiert", "en": "corrected"}
    same = {"nl": "blijft dezelfde", "fr": "reste le même", "de": "bleibt derselbe", "en": "stays the same"}

    text = link_mail(language, again="corrected")

    assert corrected[language] in text
    assert same[language] in text


@pytest.mark.fact("3.32", "3.35", "3.10")
@each_language
def test_the_explanation_tells_of_two_things_and_carries_no_link(language: str) -> None:
    by_mail = {"nl": "per e-mail", "fr": "par e-mail", "de": "per E-Mail", "en": "by e-mail"}

    text = mail_to_applicant(M.M2, language, LINK_DAYS)

    assert by_mail[language] in text
    assert BY_SMS[language] in text
    assert "/a/" not in text


@pytest.mark.fact("3.36", "B3b-max_attempts", "B3b-activation_limit", "B3b-link_validity")
@each_language
def test_the_explanation_states_fourteen_days_thirty_days_and_three_attempts(language: str) -> None:
    said = {
        "nl": ("14 dagen", "30 dagen", "3 pogingen", "nieuwe aanvraag", "geblokkeerd"),
        "fr": ("14 jours", "30 jours", "3 essais", "nouvelle demande", "bloquée"),
        "de": ("14 Tage", "30 Tage", "3 Versuche", "neuer Antrag", "gesperrt"),
        "en": ("14 days", "30 days", "3 attempts", "new request", "blocked"),
    }

    text = mail_to_applicant(M.M2, language, LINK_DAYS)

    for words in (*said[language], DEC_8[language], DEC_24[language]):
        assert words in text


@pytest.mark.fact("3.35", "3.38")
@each_language
def test_the_explanation_says_that_the_code_is_digits_and_capitals_and_works_once(language: str) -> None:
    said = {
        "nl": ("cijfers en hoofdletters", "één keer"),
        "fr": ("des chiffres et des majuscules", "une seule fois"),
        "de": ("Ziffern und Großbuchstaben", "nur einmal"),
        "en": ("digits and capital letters", "once"),
    }

    text = mail_to_applicant(M.M2, language, LINK_DAYS)

    assert all(words in text for words in said[language])


@pytest.mark.fact("3.11", "3.37")
@each_language
def test_the_explanation_offers_app_and_sms_advises_the_other_as_back_up_and_rules_out_itsme(language: str) -> None:
    said = {
        "nl": ("beveiligingscode via mobiele app", "beveiligingscode via sms", "back-up"),
        "fr": ("code de sécurité via application mobile", "code de sécurité par SMS", "back-up"),
        "de": ("Sicherheitscode über mobile App", "Sicherheitscode per SMS", "Back-up"),
        "en": ("security code via mobile app", "security code by SMS", "back-up"),
    }

    text = mail_to_applicant(M.M2, language, LINK_DAYS)

    assert all(words in text for words in said[language])
    assert "tsme" in text
    assert f"sma-help.fedict.belgium.be/{language}" in text


@pytest.mark.fact("3.37", "B2-11")
@each_language
def test_the_explanation_names_user_name_and_password_before_the_keys_as_the_pages_ask_for_them(language: str) -> None:
    account = {
        "nl": "een gebruikersnaam en een wachtwoord",
        "fr": "un nom d’utilisateur et un mot de passe",
        "de": "einen Benutzernamen und ein Passwort",
        "en": "a user name and a password",
    }
    app = {"nl": "mobiele app", "fr": "application mobile", "de": "mobile App", "en": "mobile app"}

    text = mail_to_applicant(M.M2, language, LINK_DAYS)

    assert text.index(account[language]) < text.index(app[language])


@pytest.mark.fact("3.37")
def test_the_dutch_explanation_links_the_instruction_videos() -> None:
    assert "sma-help.fedict.belgium.be/nl/instructievideoes" in mail_to_applicant(M.M2, "nl", LINK_DAYS)


@pytest.mark.fact("B2-9", "R2", "R3")
@each_language
def test_the_renewed_link_names_its_own_last_day_the_end_and_the_attempts_that_are_left(language: str) -> None:
    left = {"nl": "nog 2 pogingen", "fr": "2 essais", "de": "noch 2 Versuche", "en": "2 attempts left"}
    days = {"link_until": "2026-12-24", "block_on": "2026-12-24", "attempts_left": "2"}

    text = link_mail(language, M.M8, **days)

    assert LINK in text
    assert left[language] in text
    assert text.count(DEC_24[language]) == 2
    assert GROUPED not in text


@pytest.mark.fact("R3")
@pytest.mark.parametrize(
    ("language", "last"),
    [("nl", "nog 1 poging "), ("fr", "1 essai "), ("de", "noch 1 Versuch "), ("en", "1 attempt left")],
)
def test_the_last_attempt_is_written_in_the_singular(language: str, last: str) -> None:
    assert last in link_mail(language, M.M8, attempts_left="1")


@each_language
def test_the_reminder_names_both_days_how_to_stop_and_where_a_lost_link_comes_from_and_repeats_none(
    language: str,
) -> None:
    stop = {"nl": "stoppen", "fr": "arrêter", "de": "aufhören", "en": "stop"}
    another = {
        "nl": "Vraag een nieuwe op https://keys.example.be/activate",
        "fr": "Demandez-en un nouveau sur https://keys.example.be/activate",
        "de": "Neu anfordern: https://keys.example.be/activate",
        "en": "Get another at https://keys.example.be/activate",
    }

    text = mail_to_applicant(M.M7, language, LINK_DAYS)

    assert DEC_8[language] in text
    assert DEC_24[language] in text
    assert stop[language] in text
    assert another[language] in text
    assert "/a/" not in text


@pytest.mark.fact("3.36")
@each_language
def test_a_reminder_whose_link_has_ended_sends_for_a_new_one_and_names_the_last_day_of_all(language: str) -> None:
    ended = {"nl": "werkte tot", "fr": "n’était valable que", "de": "galt bis", "en": "worked up to"}

    text = mail_to_applicant(M.M7, language, {"link_until": "2026-11-23", "block_on": "2026-12-08", "again": "first"})

    assert ended[language] in text
    assert DEC_8[language] in text
    assert "https://keys.example.be/activate" in text


@pytest.mark.fact("B2-7", "3.36", "R3")
@each_language
def test_a_block_after_three_wrong_codes_says_so_and_sends_for_a_new_request(language: str) -> None:
    said = {
        "nl": ("3 keer", "nieuwe aanvraag"),
        "fr": ("3 fois", "nouvelle demande"),
        "de": ("3 Mal", "neuen Antrag"),
        "en": ("3 times", "new request"),
    }

    text = mail_to_applicant(M.M9, language, {"rule": "attempts", "blocked_on": "2026-12-08"})

    assert all(words in text for words in (*said[language], DEC_8[language], "Stad Test"))
    assert "/a/" not in text
    assert "/activate" not in text


@pytest.mark.fact("B2-10", "3.36")
@each_language
def test_a_block_after_thirty_days_says_so(language: str) -> None:
    said = {"nl": "30 dagen", "fr": "30 jours", "de": "30 Tage", "en": "30 days"}

    text = mail_to_applicant(M.M9, language, {"rule": "time", "blocked_on": "2026-12-24"})

    assert said[language] in text
    assert DEC_24[language] in text
