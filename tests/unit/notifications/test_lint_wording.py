"""The words that no message says, and the days and numbers that only its row may give it, in every language."""

from dataclasses import replace

import pytest

from notifications.addressee import Addresses
from notifications.lint_wording import days, numbers_and_addresses, wording
from notifications.preview import Preview
from tests.unit.notifications.message_rows import DEC_8, DEC_24, LANGUAGES, LINK_DAYS, M, row
from workflow.model import Language

ADDRESSES = Addresses("https://keys.example.be", "https://desk.example.be")
SAID = {
    "title_guessed": {
        "nl": "Beste mevrouw Dubois",
        "fr": "Cher Monsieur Dubois",
        "de": "Guten Tag Frau Dubois",
        "en": "Dear Ms Dubois",
    },
    "click_here": {"nl": "Klik hier", "fr": "Cliquez ici", "de": "Klicken Sie hier", "en": "Click here"},
    "not_formal": {"nl": "Activeer je sleutel", "fr": "Active ta clé", "de": "Aktiviere deine Schlüssel", "en": "Hi Zoë"},
    "number_in_words": {"nl": "drie keer", "fr": "trois fois", "de": "drei Mal", "en": "three times"},
}  # fmt: skip
SCOLDING = {
    "invalid": {"nl": "ongeldige code", "fr": "code invalide", "de": "ungültiger Code", "en": "invalid code"},
    "please": {"nl": "Gelieve te wachten", "fr": "Veuillez patienter", "de": "Bitte warten", "en": "Please wait"},
    "sorry": {"nl": "Sorry", "fr": "Nous sommes désolés", "de": "Es tut uns leid", "en": "We are sorry"},
    "forbidden": {"nl": "verboden", "fr": "interdit", "de": "verboten", "en": "forbidden"},
}
NAMELESS = {
    "nl": "Geachte heer, mevrouw",
    "fr": "Madame, Monsieur",
    "de": "Sehr geehrte Damen und Herren",
    "en": "Dear Sir or Madam",
}


def shown(text: str) -> Preview:
    """A text as the rules get it."""
    return Preview("M1 email to applicant", "plain", f"{text}.\n", "email/M1@0", subject="A subject")


def codes(text: str, language: Language) -> set[str]:
    """What the rules of wording say of a text."""
    return {code for code, _ in wording(shown(text), language)}


@pytest.mark.parametrize("code", SAID)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wording_that_no_message_uses_is_found(code: str, language: Language) -> None:
    assert codes(SAID[code][language], language) == {code}


@pytest.mark.parametrize("word", SCOLDING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_that_tells_people_off_is_found_and_named(word: str, language: Language) -> None:
    [(code, found)] = wording(shown(SCOLDING[word][language]), language)

    assert code == "word_not_allowed"
    assert found.casefold() in SCOLDING[word][language].casefold()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_greeting_of_somebody_without_a_name_guesses_no_title(language: Language) -> None:
    assert codes(NAMELESS[language], language) == set()


def test_a_word_that_only_begins_like_one_that_is_not_allowed_is_left_alone() -> None:
    assert codes("Bitten Sie Ihre Organisation um einen Antrag", Language.DE) == set()
    assert codes("De jury leest uw jaarverslag", Language.NL) == set()


@pytest.mark.parametrize(("text", "found"), [("Et ensuite ?", "ensuite ?"), ("« Activer »", "« Activer")])
def test_a_french_sign_that_could_start_a_line_is_found_in_a_mail_and_left_in_an_sms(text: str, found: str) -> None:
    kept = text.replace(" ?", "\u00a0?").replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    sms = replace(shown(text), subject=None, segments=1)

    assert next(iter(wording(shown(text), Language.FR))) == ("space_may_break", found)
    assert codes(kept, Language.FR) == codes(text, Language.NL) == set()
    assert [*wording(sms, Language.FR)] == []


@pytest.mark.fact("3.36")
@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_days_of_the_row_may_be_printed(language: Language) -> None:
    message = row(M.M7, LINK_DAYS)

    own = [*days(shown(f"{DEC_8[language]} - {DEC_24[language]}"), message, language)]
    other = [*days(shown(DEC_8[language].replace("8", "9", 1)), message, language)]

    assert own == []
    assert [code for code, _ in other] == ["day_not_of_the_row"]


@pytest.mark.parametrize("text", ["15/07/1985", "8.12.2026", "2026-12-08", "08-12-26"])
def test_a_day_in_digits_is_found(text: str) -> None:
    assert [code for code, _ in days(shown(text), row(M.M7, LINK_DAYS), Language.NL)] == ["day_in_digits"]


@pytest.mark.parametrize("text", ["EK123456", "C01X00T47 L 12AB34567", "590123456"])
def test_a_number_like_that_of_a_document_is_found_and_not_repeated(text: str) -> None:
    [(code, what)] = numbers_and_addresses(shown(text), ADDRESSES)

    assert code == "looks_like_a_document_number"
    assert text not in what


@pytest.mark.parametrize("text", ["bit.ly/3xYz", "keys.example.be/a", "www.example.be"])
def test_an_address_without_its_beginning_is_found(text: str) -> None:
    assert [*numbers_and_addresses(shown(text), ADDRESSES)] == [("bare_address", text)]


def test_a_full_address_an_e_mail_address_and_a_bound_host_are_no_bare_addresses() -> None:
    text = "https://keys.example.be/activate zoe@example.org BR-2026-00042-7Q\n@keys.example.be #7K3MX90QTRV5H2WBJ8CD"

    assert [*numbers_and_addresses(shown(text), ADDRESSES)] == []
