"""Values of a request as officers read them, in each language."""

from __future__ import annotations

from datetime import date

import pytest

from bisdesk.web.desk.frame import HERE
from bisdesk.web.desk.values import in_words
from bisdesk.web.words import merged
from workflow.model import Language

WORDS = {one: merged(one, sorted((HERE / "locale").glob(f"*.{one}.po"))) for one in Language}
SAID = {
    ("person.birthDate", "1991-03-07"): ("7 maart 1991", "7 mars 1991", "7. März 1991", "7 March 1991"),
    ("document.expiresOn", date(2031, 3, 7)): ("7 maart 2031", "7 mars 2031", "7. März 2031", "7 March 2031"),
    ("person.birthCountry", "PL"): ("Polen", "Pologne", "Polen", "Poland"),
    ("document.type", "passport"): ("Paspoort", "Passeport", "Reisepass", "Passport"),
    ("identityCheck.steps.photoPresent", True): ("Ja", "Oui", "Ja", "Yes"),
    ("noteNumber", False): ("Nee", "Non", "Nein", "No"),
}
AS_TYPED = {
    ("person.birthDate", "1991-00-00"): "1991-00-00",  # a birth date may be known in part (D4)
    ("document.type", "a boat licence"): "a boat licence",
    ("person.familyName", "PL"): "PL",
    ("residence.country", "??"): "??",
    ("person.otherGivenNames", ("Ana", "Maria")): "Ana, Maria",
}


@pytest.mark.parametrize("told", SAID, ids=str)
def test_a_value_is_said_in_the_language_of_the_page(told: tuple[str, object]) -> None:
    order = (Language.NL, Language.FR, Language.DE, Language.EN)

    assert tuple(in_words(WORDS[language], *told) for language in order) == SAID[told]


@pytest.mark.parametrize("told", AS_TYPED, ids=str)
def test_what_is_not_as_its_field_should_be_stands_as_it_was_typed(told: tuple[str, object]) -> None:
    assert {in_words(WORDS[language], *told) for language in Language} == {AS_TYPED[told]}
