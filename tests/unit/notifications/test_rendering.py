"""How rows become messages: the same row gives the same text, values stay text, and what does not fit is refused aloud."""

from dataclasses import replace
from pathlib import Path

import pytest

from notifications.errors import UnfitMessage
from notifications.rendering import Renderer
from notifications.templates import shipped
from tests.unit.notifications.message_rows import (
    CODE,
    DEC_1,
    DEC_8,
    LANGUAGES,
    LINK_DAYS,
    RENDERER,
    TOKEN,
    M,
    applicant,
    link_mail,
    mail_to_officer,
    officer,
    row,
)
from workflow.outbox import Audience, Channel, MessageKind


def test_the_same_row_gives_the_same_text_every_time() -> None:
    message = row(M.M1, LINK_DAYS, secret=TOKEN)
    other = Renderer(applicant_base_url="https://keys.example.be/", base_url="https://desk.example.be/")

    assert (
        RENDERER.mail(message, applicant()) == RENDERER.mail(message, applicant()) == other.mail(message, applicant())
    )


@pytest.mark.fact("R5", "3.34")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_to_the_applicant_goes_out_in_the_chosen_language(language: str) -> None:
    mail = RENDERER.mail(row(M.M1, LINK_DAYS, secret=TOKEN, language=language), applicant("nl"))

    assert mail.language == language
    assert DEC_8[language] in mail.text
    assert f'<html lang="{language}"' in mail.html


@pytest.mark.fact("R5", "AM3-8")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_to_an_officer_goes_out_in_the_officers_own_language(language: str) -> None:
    mail = RENDERER.mail(row(M.M0, {"answer_by": "2026-12-08"}, to=Audience.FILER), officer(language))

    assert mail.language == language
    assert DEC_8[language] in mail.text


def test_a_language_that_is_not_offered_is_refused_rather_than_replaced() -> None:
    two = Renderer(applicant_base_url="https://k.example", base_url="https://d.example", languages=("nl", "en"))

    with pytest.raises(UnfitMessage) as refused:
        two.mail(row(M.M1, LINK_DAYS, secret=TOKEN), applicant("fr"))

    assert refused.value.code == "language_not_offered"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_of_a_month_is_written_as_the_language_writes_it(language: str) -> None:
    text = mail_to_officer(M.M0, language, {"answer_by": "2026-12-01"})

    assert DEC_1[language] in text


def test_markup_in_a_name_stays_text() -> None:
    to = applicant(given_name="<script>alert(1)</script>", family_name='"><img src=x onerror=y>', entity_name="A & B")

    mail = RENDERER.mail(row(M.M1, LINK_DAYS, secret=TOKEN), to)

    assert "<script" not in mail.html
    assert "<img" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "A &amp; B" in mail.html
    assert "A & B" in mail.text


def test_template_signs_in_a_name_are_not_filled_in() -> None:
    mail = RENDERER.mail(
        row(M.M1, LINK_DAYS, secret=TOKEN), applicant(given_name="{{ 7 * 7 }}", family_name="{% raw %}")
    )

    assert "{{ 7 * 7 }} {% raw %}" in mail.text


def test_a_name_cannot_break_a_line_or_turn_the_reading_direction() -> None:
    text = RENDERER.mail(
        row(M.M1, LINK_DAYS, secret=TOKEN), applicant(given_name="A\r\nB\u202e", family_name="C\u2028D\x00")
    ).text

    assert "Beste A B C D,\n" in text


def test_a_reason_with_a_web_address_is_left_out_so_that_it_becomes_no_link_in_our_name() -> None:
    text = link_mail("nl")
    shady = RENDERER.mail(row(M.M1, LINK_DAYS, secret=TOKEN), applicant(purpose="Zie https://evil.example nu")).text

    assert "Reden: Toegang tot Vlimpers." in text
    assert "evil" not in shady
    assert "Reden" not in shady


def test_a_long_reason_is_cut() -> None:
    text = RENDERER.mail(row(M.M1, LINK_DAYS, secret=TOKEN), applicant(purpose="woord " * 80)).text

    line = next(line for line in text.splitlines() if "Reden: " in line)
    assert line.endswith("….")
    assert len(line) < 180


def test_somebody_without_a_name_is_greeted_without_one() -> None:
    assert "Geachte heer, mevrouw,\n" in RENDERER.mail(
        row(M.M1, LINK_DAYS, secret=TOKEN), applicant(given_name="", family_name="")
    ).text  # fmt: skip


def test_the_bound_line_is_left_out_where_it_would_cost_a_segment() -> None:
    far = Renderer(
        applicant_base_url="https://digitale-sleutels.bisdesk.vlaanderen.example", base_url="https://d.example"
    )

    sms = far.sms(row(M.M3, LINK_DAYS, by=Channel.SMS, secret=CODE), applicant())

    assert "@" not in sms.text
    assert sms.segments == 1


def test_a_code_is_bound_to_no_numeric_address() -> None:
    local = Renderer(applicant_base_url="http://127.0.0.1:8080", base_url="http://127.0.0.1:8080")

    sms = local.sms(row(M.M3, LINK_DAYS, by=Channel.SMS, secret=CODE), applicant())

    assert "@" not in sms.text


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"block_on": "2026-12-24"}, "param_missing"),
        (LINK_DAYS | {"colour": "red"}, "param_unknown"),
        (LINK_DAYS | {"link_until": "8 december"}, "param_wrong"),
        (LINK_DAYS | {"link_until": "2026-13-08"}, "param_wrong"),
        (LINK_DAYS | {"link_until": "20261208"}, "param_wrong"),
        (LINK_DAYS | {"again": "thrice"}, "param_wrong"),
    ],
)
def test_a_row_with_missing_strange_or_wrong_parameters_is_refused(params: dict[str, str], code: str) -> None:
    with pytest.raises(UnfitMessage) as refused:
        RENDERER.mail(row(M.M1, params, secret=TOKEN), applicant())

    assert refused.value.code == code
    assert "M1" in refused.value.detail


@pytest.mark.parametrize(
    ("kind", "params", "secret", "code"),
    [
        (M.M1, LINK_DAYS, None, "secret_missing"),
        (M.M1, LINK_DAYS, "../../etc", "secret_malformed"),
        (M.M1, LINK_DAYS, "javascript:alert(1)//aaaaaaaaaaa", "secret_malformed"),
        (M.M2, LINK_DAYS, TOKEN, "secret_unexpected"),
        (M.M8, LINK_DAYS | {"attempts_left": "-1"}, TOKEN, "param_wrong"),
        (M.M8, LINK_DAYS, TOKEN, "param_missing"),
        (M.M11, {"change": "added", "key_kind": "itsme", "changed_on": "2026-12-08"}, None, "param_wrong"),
        (M.M11, {"change": "added", "changed_on": "2026-12-08"}, None, "param_missing"),
        (M.M11, {"change": "removed", "changed_on": "2026-12-08"}, TOKEN, "param_missing"),
        (M.M11, {"change": "added", "key_kind": "sms", "changed_on": "2026-12-08"}, "../../etc", "secret_malformed"),
        (M.M11, {"change": "frozen", "key_kind": "sms", "changed_on": "2026-12-08"}, None, "param_unknown"),
        (M.M11, {"change": "frozen", "changed_on": "2026-12-08"}, TOKEN, "secret_unexpected"),
        (M.M11, {"change": "unfrozen", "changed_on": "2026-12-08"}, TOKEN, "secret_unexpected"),
        (M.M12, {"cancelled_on": "2026-12-08", "reason": "mood"}, None, "param_wrong"),
    ],
)
def test_a_row_whose_secret_or_words_do_not_fit_its_kind_is_refused(
    kind: MessageKind, params: dict[str, str], secret: str | None, code: str
) -> None:
    with pytest.raises(UnfitMessage) as refused:
        RENDERER.mail(row(kind, params, secret=secret), applicant())

    assert refused.value.code == code
    assert secret is None or secret not in str(refused.value)


def test_a_row_for_another_way_or_reader_is_refused() -> None:
    sms = row(M.M3, LINK_DAYS, by=Channel.SMS, secret=CODE)

    with pytest.raises(UnfitMessage, match="M3") as by_mail:
        RENDERER.mail(sms, applicant())
    with pytest.raises(UnfitMessage, match="M3"):
        RENDERER.sms(replace(sms, audience=Audience.FILER), applicant())
    with pytest.raises(UnfitMessage, match="register_search"):
        RENDERER.task(row(M.SEARCH, {}, to=Audience.REGISTER, by=Channel.REGISTER), officer())

    assert by_mail.value.code == "kind_without_text"


@pytest.mark.fact("B1-6")
def test_a_returned_request_without_fields_is_refused() -> None:
    with pytest.raises(UnfitMessage) as refused:
        RENDERER.mail(row(M.M5, {"answer_until": "2026-12-08"}, to=Audience.FILER), officer())

    assert refused.value.code == "remarks_missing"


def test_a_field_without_words_is_refused_without_naming_a_value() -> None:
    with pytest.raises(UnfitMessage) as refused:
        mail_to_officer(M.M5, "nl", {"answer_until": "2026-12-08"}, remarks=("person.shoeSize",), text="Jan Jansen")

    assert refused.value.code == "template_fault"
    assert "Jansen" not in refused.value.detail
    assert "shoeSize" not in refused.value.detail


def test_nothing_secret_or_personal_shows_when_a_message_is_printed_for_a_log() -> None:
    mail = RENDERER.mail(row(M.M1, LINK_DAYS, secret=TOKEN), applicant())
    sms = RENDERER.sms(row(M.M3, LINK_DAYS, by=Channel.SMS, secret=CODE), applicant())

    assert TOKEN not in repr(mail)
    assert "Noël" not in repr(mail)
    assert CODE[:5] not in repr(sms)


def test_a_folder_replaces_single_files_and_moves_the_version_of_its_message_only(tmp_path: Path) -> None:
    (tmp_path / "sms").mkdir()
    (tmp_path / "sms" / "M3.nl.txt").write_text("Eigen tekst {{ code }} {{ reference }}\n")
    own = Renderer(tmp_path, applicant_base_url="https://keys.example.be", base_url="https://desk.example.be")
    message = row(M.M3, LINK_DAYS, by=Channel.SMS, secret=CODE)

    replaced, shipped_one = own.sms(message, applicant("nl")), own.sms(message, applicant("en"))

    assert replaced.text == "Eigen tekst 01234 56789 ABCDE FGHJK AC-2026-00042-X3"
    assert shipped_one.text == RENDERER.sms(message, applicant("en")).text
    assert replaced.template != RENDERER.sms(message, applicant("nl")).template
    assert own.template_version(M.M15, Audience.APPLICANT, Channel.SMS) == RENDERER.template_version(
        M.M15, Audience.APPLICANT, Channel.SMS
    )


def test_a_shared_text_is_part_of_the_version_of_every_mail(tmp_path: Path) -> None:
    folder = tmp_path / "email" / "_base"
    folder.mkdir(parents=True)
    (folder / "greeting.nl.txt").write_text("Dag {{ name }},\n")
    own = Renderer(tmp_path, applicant_base_url="https://keys.example.be", base_url="https://desk.example.be")
    mail = (M.M1, Audience.APPLICANT, Channel.EMAIL)
    sms = (M.M3, Audience.APPLICANT, Channel.SMS)

    assert own.template_version(*mail) != RENDERER.template_version(*mail)
    assert own.template_version(*sms) == RENDERER.template_version(*sms)


def test_the_version_of_a_message_names_its_folder_and_no_two_messages_share_one() -> None:
    applicants = RENDERER.template_version(M.M9, Audience.APPLICANT, Channel.EMAIL)
    officers = RENDERER.template_version(M.M9, Audience.FILER, Channel.EMAIL)

    assert applicants.startswith("email/M9@")
    assert officers.startswith("email/M9-filer@")
    assert applicants.partition("@")[2] != officers.partition("@")[2]


def test_every_shipped_text_is_utf_8_with_unix_line_ends() -> None:
    for path in shipped().rglob("*.*"):
        content = path.read_bytes()

        assert b"\r" not in content, path
        assert content.decode("utf-8").endswith("\n"), path
