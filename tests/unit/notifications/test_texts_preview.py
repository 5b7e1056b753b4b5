"""A preview shows any message in any language with invented values."""

from datetime import UTC, datetime

import pytest

from notifications.catalogue import TYPES
from notifications.errors import UnfitMessage
from notifications.preview import as_text, of_row, previews
from tests.unit.notifications.message_rows import CODE, LANGUAGES, LINK_DAYS, RENDERER, TOKEN, M, applicant, row
from workflow.model import Language
from workflow.outbox import Channel, MessageKind

KINDS = [kind for kind in MessageKind if kind not in (M.SEARCH, M.CREATE)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_can_be_previewed_in_every_language(kind: MessageKind, language: Language) -> None:
    shown = previews(RENDERER, kind, language)

    assert len(shown) == sum(told.kind is kind for told in TYPES)
    assert all(one.text.strip() for one in shown)


def test_a_mail_is_previewed_with_subject_text_and_html() -> None:
    shown = previews(RENDERER, M.M1, Language.FR)[0]

    assert shown.subject is not None
    assert shown.html is not None
    assert f"Subject: {shown.subject}\n" in as_text((shown,))
    assert shown.text.strip() in as_text((shown,))


def test_a_block_is_previewed_for_applicant_and_officer() -> None:
    assert [one.title for one in previews(RENDERER, M.M9, Language.NL)] == [
        "M9 email to applicant",
        "M9 email to filer",
    ]


def test_the_code_is_previewed_as_sms_with_its_segments_and_as_letter() -> None:
    sms, letter = previews(RENDERER, M.M3, Language.EN)

    assert sms.segments == 1
    assert "1 segment\n" in as_text((sms,))
    assert letter.segments is None


def test_all_turns_of_a_text_can_be_shown() -> None:
    ordinary, all_turns = (previews(RENDERER, M.M6, Language.DE, all_turns=every) for every in (False, True))

    assert len(ordinary) == 1
    assert len(all_turns) == len({one.turn for one in all_turns}) > 15


def test_a_call_to_the_register_has_no_text_to_preview() -> None:
    with pytest.raises(UnfitMessage) as refused:
        previews(RENDERER, M.SEARCH, Language.NL)

    assert refused.value.code == "kind_without_text"


@pytest.mark.parametrize("secret", [TOKEN, None])
def test_a_real_row_is_shown_without_its_link_whether_or_not_it_is_still_kept(secret: str | None) -> None:
    shown = of_row(RENDERER, row(M.M1, LINK_DAYS, secret=secret), applicant())

    assert TOKEN not in shown.text + (shown.html or "")
    assert f"https://keys.example.be/a/{'X' * 43}" in shown.text
    assert "Noël" not in repr(shown)


def test_a_real_row_is_shown_without_its_code() -> None:
    shown = of_row(RENDERER, row(M.M3, LINK_DAYS, by=Channel.SMS, secret=CODE), applicant())

    assert "XXXXX XXXXX XXXXX XXXXX" in shown.text
    assert CODE not in shown.text


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        (M.M13, {"finish_until": "2026-12-24"}),
        (M.M11, {"change": "added", "key_kind": "totp", "changed_on": "2026-12-08"}),
    ],
)
def test_a_row_that_need_not_have_a_link_shows_one_only_if_it_had_one(
    kind: MessageKind, params: dict[str, str]
) -> None:
    ends = datetime(2026, 12, 8, 22, 30, tzinfo=UTC)

    with_link = of_row(RENDERER, row(kind, params, send_before=ends), applicant())
    without = of_row(RENDERER, row(kind, params), applicant())

    assert "/a/X" in with_link.text
    assert "/a/" not in without.text


def test_a_row_for_the_register_is_not_shown() -> None:
    with pytest.raises(UnfitMessage):
        of_row(RENDERER, row(M.CREATE, {}, by=Channel.REGISTER), applicant())
