"""What the officer who filed, and the service desk, read: reference and next step, never more of the person than initials."""

import pytest

from tests.unit.notifications.message_rows import DEC_8, DEC_24, LANGUAGES, RENDERER, M, mail_to_officer, officer, row
from workflow.outbox import Audience, Channel, MessageKind
from workflow.registrations import REASONS

each_language = pytest.mark.parametrize("language", LANGUAGES)
PAGE = "https://desk.example.be/desk/requests/BR-2026-00042-7Q"
COMPLETED = {"origin": "created", "number_shown": "yes", "shown_until": "2026-12-24"}
ENDED = {"outcome": "rejected", "reason": "other", "recreate": "no"}
EVERY_KIND = {
    M.M0: {"answer_by": "2026-12-08"},
    M.M4: COMPLETED,
    M.M5: {"answer_until": "2026-12-08"},
    M.M6: ENDED,
    M.M9: {"rule": "time", "blocked_on": "2026-12-08"},
}


@pytest.mark.fact("B1-4", "R5", "AM3-8")
@each_language
def test_the_receipt_names_reference_expected_day_and_page(language: str) -> None:
    text = mail_to_officer(M.M0, language, {"answer_by": "2026-12-08"})

    for told in ("BR-2026-00042-7Q", DEC_8[language], PAGE):
        assert told in text


@pytest.mark.parametrize("kind", EVERY_KIND)
@each_language
def test_no_mail_to_an_officer_says_more_of_the_person_than_initials(kind: MessageKind, language: str) -> None:
    to = officer(language, remarks=("person.birthDate",), text="Zie scan.")

    mail = RENDERER.mail(row(kind, EVERY_KIND[kind], to=Audience.FILER), to)

    assert "N.Š." in mail.text
    for part in (mail.subject, mail.text, mail.html):
        assert "Noël" not in part
        assert "Šimić" not in part
    assert "N.Š." not in mail.subject


@pytest.mark.fact("B1-22", "3.33", "AM3-7", "B3b-consultation")
@each_language
def test_completion_tells_where_the_number_is_and_until_when_but_never_the_number(language: str) -> None:
    text = mail_to_officer(M.M4, language, COMPLETED)

    assert DEC_24[language] in text
    assert PAGE in text
    assert not any(len(word.strip(".-")) == 11 and word.strip(".-").isdigit() for word in text.split())


@pytest.mark.fact("AM3-7")
@each_language
def test_completion_says_that_the_number_is_not_shown_when_the_officer_chose_so(language: str) -> None:
    hidden = {"nl": "niet getoond", "fr": "pas affiché", "de": "nicht angezeigt", "en": "not shown"}

    shown = mail_to_officer(M.M4, language, COMPLETED)
    not_shown = mail_to_officer(M.M4, language, COMPLETED | {"number_shown": "no"})

    assert hidden[language] not in shown
    assert hidden[language] in not_shown


@pytest.mark.fact("B1-14")
@each_language
def test_completion_says_that_an_existing_number_is_used(language: str) -> None:
    kept = {
        "nl": "had al een nummer",
        "fr": "avait déjà un numéro",
        "de": "hatte schon eine Nummer",
        "en": "already had a number",
    }

    assert kept[language] in mail_to_officer(M.M4, language, COMPLETED | {"origin": "existing"})
    assert kept[language] not in mail_to_officer(M.M4, language, COMPLETED)


@pytest.mark.fact("B1-21b")
@each_language
def test_completion_for_a_person_with_a_profile_promises_no_link(language: str) -> None:
    profile = {"nl": "een profiel", "fr": "un profil", "de": "ein Profil", "en": "a profile"}
    link = {"nl": "link per e-mail", "fr": "lien par e-mail", "de": "Link per E-Mail", "en": "link by e-mail"}

    text = mail_to_officer(M.M4, language, COMPLETED | {"origin": "profile_exists"})

    assert profile[language] in text
    assert link[language] not in text
    assert link[language] in mail_to_officer(M.M4, language, COMPLETED)


@pytest.mark.fact("B1-6", "3.30", "B3b-info_deadline")
@each_language
def test_a_returned_request_names_its_fields_in_words_why_and_until_when(language: str) -> None:
    fields = {
        "nl": ("Geboortedatum", "Scan van het identiteitsdocument"),
        "fr": ("Date de naissance", "Scan du document d’identité"),
        "de": ("Geburtsdatum", "Scan des Identitätsdokuments"),
        "en": ("Date of birth", "Scan of the identity document"),
    }

    text = mail_to_officer(
        M.M5, language, {"answer_until": "2026-12-08"}, remarks=("person.birthDate", "scan"), text="Niet leesbaar."
    )

    for told in (*fields[language], "Niet leesbaar.", DEC_8[language], PAGE):
        assert told in text


@pytest.mark.fact("B1-3", "AM3-5", "3.22", "3.23", "3.24", "3.25")
@pytest.mark.parametrize("reason", REASONS["check_failed"])
@each_language
def test_a_stopped_request_says_why_and_that_another_document_needs_a_new_request(language: str, reason: str) -> None:
    why = {
        "no_photo": {"nl": "geen foto", "fr": "pas de photo", "de": "kein Foto", "en": "no photo"},
        "not_in_prado": dict.fromkeys(LANGUAGES, "PRADO"),
        "no_likeness": {"nl": "lijkt niet", "fr": "ne ressemble pas", "de": "ähnelt", "en": "resemble"},
        "not_authentic": {"nl": "niet echt", "fr": "authentique", "de": "nicht echt", "en": "authentic"},
        "expired": {"nl": "niet meer geldig", "fr": "plus valable", "de": "nicht mehr gültig", "en": "no longer valid"},
        "validity_ended_by_law": {"nl": "wet", "fr": "loi", "de": "Gesetz", "en": "law"},
    }
    another = {
        "nl": "ander geldig document",
        "fr": "autre document",
        "de": "anderes gültiges",
        "en": "another valid document",
    }

    text = mail_to_officer(M.M6, language, {"outcome": "stopped", "reason": reason, "recreate": "no"})

    assert why[reason][language] in text
    assert another[language] in text


@pytest.mark.fact("B1-9", "AM3-4", "3.30")
@each_language
def test_a_request_to_be_made_anew_says_what_can_be_taken_over(language: str) -> None:
    anew = {
        "nl": "Maak de aanvraag opnieuw",
        "fr": "Refaites la demande",
        "de": "Stellen Sie den Antrag noch einmal",
        "en": "Make the request again",
    }

    text = mail_to_officer(M.M6, language, {"outcome": "rejected", "reason": "incomplete", "recreate": "yes"})

    assert anew[language] in text
    assert anew[language] not in mail_to_officer(M.M6, language, ENDED)


@pytest.mark.fact("B1-10", "B1-16")
@pytest.mark.parametrize("reason", [*REASONS["reject"], "resident"])
@each_language
def test_every_rejection_has_a_reason_in_words(language: str, reason: str) -> None:
    marker = {"nl": "Reden: ", "fr": "Raison\u00a0: ", "de": "Grund: ", "en": "Reason: "}

    text = mail_to_officer(M.M6, language, ENDED | {"reason": reason})

    told = text.partition(marker[language])[2].splitlines()[0]
    assert len(told.split()) > 3
    assert told.rstrip(".") != reason


@pytest.mark.fact("B1-8", "B1-8b")
@each_language
def test_a_lapsed_request_says_that_time_was_over(language: str) -> None:
    late = {
        "nl": "niet op tijd",
        "fr": "pas été terminée à temps",
        "de": "nicht rechtzeitig",
        "en": "not finished in time",
    }

    assert late[language] in mail_to_officer(M.M6, language, {"outcome": "lapsed", "recreate": "no"})


@pytest.mark.fact("B1-24", "B1-25")
@each_language
def test_a_withdrawn_request_asks_nothing_more(language: str) -> None:
    nothing = {"nl": "niets meer te doen", "fr": "plus rien à faire", "de": "nichts mehr tun", "en": "do anything more"}

    text = mail_to_officer(M.M6, language, {"outcome": "withdrawn", "reason": "applicant", "recreate": "no"})

    assert nothing[language] in text


@pytest.mark.fact("B2-7", "B2-10", "R9", "B2-16")
@pytest.mark.parametrize("rule", ["attempts", "time"])
@each_language
def test_the_officer_hears_of_a_block_and_that_the_number_stays(language: str, rule: str) -> None:
    said = {"attempts": dict.fromkeys(LANGUAGES, " 3 "), "time": dict.fromkeys(LANGUAGES, " 30 ")}
    number = {
        "nl": "bestaande nummer blijft",
        "fr": "numéro existant reste",
        "de": "vorhandene Nummer bleibt",
        "en": "existing number stays",
    }

    text = mail_to_officer(M.M9, language, {"rule": rule, "blocked_on": "2026-12-08"})

    for told in (said[rule][language], DEC_8[language], number[language], PAGE):
        assert told in text


def test_a_block_of_an_activation_without_request_leads_to_the_desk_itself() -> None:
    to = officer()
    paper = type(to)(reference="AC-2026-00042-X3", entity_name="Gemeente Test", language=to.language, name=to.name)

    text = RENDERER.mail(row(M.M9, EVERY_KIND[M.M9], to=Audience.FILER), paper).text

    assert "https://desk.example.be/desk\n" in text


@pytest.mark.fact("B2-3", "B3b-issuing_stuck", "B1-alert", "B1-13", "B1-17b", "B1-19", "B1-19b", "B1-10")
@pytest.mark.parametrize(
    "problem",
    [
        "delivery", "issuing_stuck", "waiting", "match_review", "inconsistent_number", "register_down", "register_refused",
        "ksz_correction", "notice", "not_me",
    ],
)  # fmt: skip
@each_language
def test_a_task_is_one_line_with_the_reference_and_its_own_words(language: str, problem: str) -> None:
    tasks = {
        one: RENDERER.task(
            row(M.M10, {"problem": one}, to=Audience.SERVICE_DESK, by=Channel.TASK), officer(language)
        ).text
        for one in (problem, "waiting" if problem != "waiting" else "delivery")
    }

    assert tasks[problem].startswith("BR-2026-00042-7Q")
    assert len(tasks[problem].splitlines()) == 1
    assert len(set(tasks.values())) == 2
