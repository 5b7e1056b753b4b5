"""The lint of all texts: what is shipped passes, and every way in which a text can go wrong is found."""

from pathlib import Path

import pytest

from notifications.catalogue import TYPES, find
from notifications.lint import Problem, lint
from notifications.lint_rules import LONGEST_BOUND_HOST, MUST
from notifications.lint_sources import names_of
from notifications.rendering import Renderer
from notifications.samples import samples
from notifications.templates import shipped
from tests.unit.notifications.message_rows import LANGUAGES, RENDERER, M
from workflow.outbox import Audience, Channel, MessageKind

APPLICANT_MAIL = (Audience.APPLICANT, Channel.EMAIL)
SMS = (Audience.APPLICANT, Channel.SMS)


def lint_with(
    folder: Path, name: str, text: str, *, kind: MessageKind, to: tuple[Audience, Channel]
) -> set[tuple[str, str]]:
    """Codes and languages of what the lint finds in one message once one file is replaced."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    renderer = Renderer(folder, applicant_base_url="https://keys.example.be", base_url="https://desk.example.be")
    told = find(kind, *to)
    assert told is not None
    return {(problem.code, problem.language) for problem in lint(renderer, types=(told,))}


def original(name: str) -> str:
    """A shipped text."""
    return (shipped() / name).read_text(encoding="utf-8")


def edited(name: str, old: str, new: str) -> str:
    """A shipped text with one thing changed, which must be there."""
    text = original(name)
    assert old in text
    return text.replace(old, new)


@pytest.mark.fact("3.34", "R5")
def test_what_is_shipped_has_no_problem() -> None:
    assert lint(RENDERER) == []


def test_a_host_that_leaves_no_room_for_the_bound_line_is_no_problem() -> None:
    long = Renderer(applicant_base_url="https://" + "sleutels." * 12 + "example", base_url="https://desk.example")
    types = tuple(told for told in (find(M.M3, *SMS), find(M.M15, *SMS)) if told)

    assert lint(long, types=types) == []


@pytest.mark.parametrize(
    ("letter", "code"), [("ç", "outside_gsm_alphabet"), ("x" * 60, "too_many_segments"), ("Dubois", "name_not_allowed")]
)
def test_an_sms_with_a_dear_letter_too_many_letters_or_a_name_is_found(tmp_path: Path, letter: str, code: str) -> None:
    text = edited("sms/M3.fr.txt", "Usage", f"{letter} Usage")

    found = lint_with(tmp_path, "sms/M3.fr.txt", text, kind=M.M3, to=SMS)

    assert (code, "fr") in found
    assert (code, "nl") not in found


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("email/M1/subject.de.txt", "{{ terms.link_mail_title }}", "x" * 61, "subject_too_long"),
        ("email/M1/subject.de.txt", "{{ terms.link_mail_title }}", "An {{ name }}", "name_not_allowed"),
        ("email/M1/body.de.txt", "{{ link }}", "{{ activate_url }}", "link_not_printed"),
        ("email/M1/body.de.txt", "{{ link }}", "{{ activate_url }}", "not_printed"),
        ("email/M1/body.de.txt", "{{ link_until|day }}", "8.12.", "facts_differ"),
        ("email/M1/body.de.txt", "{{ activate_url }}", "{{ activate_url }} {{ help_site }}", "placeholders_differ"),
        ("email/M1/body.de.txt", "Schlüssel", "Schlüssel " + "Wort " * 60, "too_many_words"),
        ("email/M1/body.de.txt", "Schlüssel", "Schlösser", "parts_differ"),
        ("email/M1/body.de.txt", "Schlüssel", "{{ '{{' }}", "left_over"),
        ("email/M1/body.de.txt", "Schlüssel", "85.07.15-123.45", "looks_like_a_national_number"),
        ("email/M1/body.de.txt", "{{ activate_url }}", "https://evil.example/activate", "foreign_link"),
        ("email/M1/body.de.txt", "{% block body %}", "{% block body %}{{ nobody }}", "template_fault"),
        ("email/M1/body.de.txt", "{% endblock %}", "{% endfor %}", "template_fault"),
        ("email/M1/body.de.txt", "{% block body %}", "{% block body %}{% if not link %}{{ bis }}{% endif %}", "variable_unknown"),
        ("email/M1/body.de.txt", "{% block body %}", "{% block body %}Der Link gilt 14 Tage.", "number_written_out"),
        ("email/M1/body.de.txt", "{% block body %}", "{% block body %}Sie haben drei Versuche.", "number_in_words"),
        ("email/M1/body.de.txt", "{% block body %}", "{% block body %}Geboren am 15. Juli 1985.", "day_not_of_the_row"),
        ("email/M1/body.de.txt", "{% block body %}", "{% block body %}Bis 8.12.2026.", "day_in_digits"),
        ("email/M1/body.de.txt", "{% block body %}", "{% block body %}Um 12:30 Uhr.", "hour_not_of_the_row"),
        ("email/M1/body.de.txt", "{% block body %}", "{% block body %}Ihr Pass EK123456.", "looks_like_a_document_number"),
        ("email/M1/body.de.txt", "{% block body %}", "{% block body %}https://bit.ly/3xYz", "foreign_link"),
        ("email/M1/body.de.txt", "{% block body %}", "{% block body %}https://keys.example.be.evil.example/a", "foreign_link"),
        ("email/M1/body.de.txt", "{% block body %}", "{% block body %}Öffnen Sie bit.ly/3xYz", "bare_address"),
        ("email/M1/body.de.txt", "{% block body %}", "{% block body %}Klicken Sie hier.", "click_here"),
        ("email/M1/body.de.mjml", "<p>", "<p><img src='https://evil.example/x.png'>", "html_fetches"),
        ("email/M1/body.de.mjml", "<p>", "<p style='background:url(x)'>", "html_fetches"),
        ("email/M1/body.de.mjml", "{% block body %}", "{% block body %}<h1>Zwei</h1>", "html_headings"),
        ("email/M1/body.de.mjml", "</p>", "", "template_fault"),
        ("email/M1/body.de.mjml", "<p>", "<mj-txt>x</mj-txt><p>", "left_over"),
        ("email/M1/body.de.mjml", "<bdi>{{ entity }}</bdi>", "{{ entity|safe }}", "value_unescaped"),
        ("email/M1/body.de.mjml", "{% block body %}", "{% block body %}{% autoescape 0 %}{% endautoescape %}", "value_unescaped"),
        ("email/_base/greeting.de.mjml", "<bdi>{{ name }}</bdi>", "{{ name|safe }}", "value_became_markup"),
        ("email/_base/layout.mjml", 'lang="{{ language }}" dir', 'lang="nl" dir', "html_language"),
        ("email/_base/terms.de.txt", '"scan": "', '"scam": "', "term_missing"),
        ("email/_base/terms.de.txt", '"scan": "', '"scam": "', "term_unknown"),
        ("email/_base/terms.de.txt", "{% set keys", "{% sett keys", "template_fault"),
    ],
)  # fmt: skip
def test_a_text_that_breaks_a_rule_is_found(tmp_path: Path, name: str, old: str, new: str, code: str) -> None:
    found = lint_with(tmp_path, name, edited(name, old, new), kind=M.M1, to=APPLICANT_MAIL)

    assert (code, "de") in found


@pytest.mark.parametrize("shared", ["greeting.nl.mjml", "closing.fr.txt"])
def test_a_shared_text_that_asks_for_a_value_of_one_message_is_found(tmp_path: Path, shared: str) -> None:
    name = f"email/_base/{shared}"

    found = lint_with(tmp_path, name, original(name) + "{{ link_until|day }}\n", kind=M.M1, to=APPLICANT_MAIL)

    assert ("variable_unknown", "") in found


def test_an_sms_that_could_ever_name_its_reader_is_found(tmp_path: Path) -> None:
    text = edited("sms/M3.de.txt", "Link:", "{% if not code %}{{ name }}{% endif %}Link:")

    assert ("person_in_sms", "de") in lint_with(tmp_path, "sms/M3.de.txt", text, kind=M.M3, to=SMS)


@pytest.mark.parametrize(("kind", "name"), [(M.M3, "sms/M3.en.txt"), (M.M15, "sms/M15.en.txt")])
def test_an_sms_whose_last_line_is_not_the_bound_one_is_found(tmp_path: Path, kind: MessageKind, name: str) -> None:
    found = lint_with(tmp_path, name, original(name) + "Thank you\n", kind=kind, to=SMS)

    assert ("bound_line_missing", "en") in found
    assert ("bound_line_missing", "nl") not in found


def test_an_sms_has_room_for_the_bound_line_of_a_host_of_nineteen_letters() -> None:
    host = "sleutels.example.be"
    renderer = Renderer(applicant_base_url=f"https://{host}", base_url="https://desk.example")
    types = tuple(told for told in (find(M.M3, *SMS), find(M.M15, *SMS)) if told)

    assert len(host) == LONGEST_BOUND_HOST
    assert lint(renderer, types=types) == []


@pytest.mark.fact("3.10")
def test_link_and_code_in_one_message_are_found(tmp_path: Path) -> None:
    text = edited("sms/M3.nl.txt", "Link:", "https://keys.example.be/a/x8Qk3vT_0pLr-7ZbN2mWc5YdJ4hGfA9sEuR1tVoKiXe")

    found = lint_with(tmp_path, "sms/M3.nl.txt", text, kind=M.M3, to=SMS)

    assert ("link_not_allowed", "nl") in found
    assert ("link_in_sms", "nl") in found


def test_a_code_in_a_mail_is_found(tmp_path: Path) -> None:
    text = edited("email/M2/body.nl.txt", "Let op:", "7K3MX 90QTR V5H2W BJ8CD 482913")

    found = lint_with(tmp_path, "email/M2/body.nl.txt", text, kind=M.M2, to=APPLICANT_MAIL)

    assert ("code_not_allowed", "nl") in found
    assert ("one_time_code_not_allowed", "nl") in found


def test_a_file_that_no_message_uses_is_found(tmp_path: Path) -> None:
    (tmp_path / "email" / "M1").mkdir(parents=True)
    (tmp_path / "email" / "M1" / "boddy.nl.txt").write_text("x")
    renderer = Renderer(tmp_path, applicant_base_url="https://k.example", base_url="https://d.example")

    assert [problem for problem in lint(renderer, types=()) if problem.code == "file_unknown"] == [
        Problem("", "", "", "file_unknown", "email/M1/boddy.nl.txt")
    ]


@pytest.mark.fact("R5")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_has_its_files_in_every_language(language: str) -> None:
    for told in TYPES:
        for name in names_of(told, language):
            assert (shipped() / name).is_file(), name


def test_every_message_has_turns_to_try_and_facts_that_it_must_print() -> None:
    for told in TYPES:
        assert samples(told), told.title
        assert MUST[told.kind], told.title


def test_a_security_notice_is_tried_with_every_change_and_key_and_with_and_without_its_link() -> None:
    told = find(M.M11, *APPLICANT_MAIL)
    assert told is not None

    tried = {
        (one.message.params["change"], one.message.params.get("key_kind"), one.message.secret is not None)
        for one in samples(told)
    }

    named = {
        (change, key, link) for change in ("added", "removed") for key in ("totp", "sms") for link in (True, False)
    }
    named |= {("guessed", None, link) for link in (True, False)}
    assert tried == named | {("frozen", None, False), ("unfrozen", None, False)}


def test_a_key_that_expires_without_the_address_of_its_page_is_found(tmp_path: Path) -> None:
    text = edited("email/M14/body.fr.txt", "{{ keys_url }}", "{{ activate_url }}")

    assert ("not_printed", "fr") in lint_with(tmp_path, "email/M14/body.fr.txt", text, kind=M.M14, to=APPLICANT_MAIL)


def test_a_problem_reads_as_a_sentence_for_a_terminal() -> None:
    problem = Problem("M1 email to applicant", "de", "first sms", "too_many_words", "170 words, at most 150")

    assert str(problem) == "M1 email to applicant [de] first sms: too_many_words: 170 words, at most 150"
