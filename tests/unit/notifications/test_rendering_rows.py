"""Every row that the lifecycles and use cases can owe becomes a message: no kind, parameter or word is without a text."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

import workflow
from notifications.catalogue import TYPES, find, of_kind
from notifications.samples import samples
from notifications.vocabulary import CANCEL_REASONS, END_REASONS, DeskProblem, OtpPurpose
from notifications.wording import spoken_day
from tests.unit.notifications.message_rows import DEC_8, DEC_24, LANGUAGES, RENDERER, M, applicant, row
from workflow import one_time
from workflow.advance import Move
from workflow.calendar import brussels_date
from workflow.codes import Minted
from workflow.effects import Notify
from workflow.issuing import link_expiry, link_words, with_letters
from workflow.lifecycles.activation import activation
from workflow.lifecycles.registration import registration
from workflow.model import Activation, Actor, CodeChannel, Issuer, Language
from workflow.outbox import Audience, Channel, MessageKind
from workflow.registrations import REASONS

SOURCES = sorted(Path(workflow.__file__).parent.rglob("*.py"))
NOTIFIES = {
    (effect.kind, effect.to, effect.by)
    for lifecycle in (registration, activation)
    for table_row in lifecycle.rows
    for effect in table_row.then
    if isinstance(effect, Notify)
}


def written_params() -> Iterator[tuple[MessageKind, dict[str, str | None]]]:
    """Every `{M.Mx: {...}}` that stands in the workflow: the kind, and its parameters with those values that are constants."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                yield from kinds_in(node)


def kinds_in(node: ast.Dict) -> Iterator[tuple[MessageKind, dict[str, str | None]]]:
    """The kinds among the keys of one dictionary whose values are dictionaries with constant keys."""
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Attribute) and key.attr in MessageKind.__members__ and isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            known = {name.value: told for name, told in pairs if isinstance(name, ast.Constant)}
            yield MessageKind[key.attr], {
                str(name): str(told.value) if isinstance(told, ast.Constant) else None for name, told in known.items()
            }  # fmt: skip


WRITTEN = list(written_params())


@pytest.mark.fact("B2-1", "B1-4", "B1-22")
def test_every_message_that_a_lifecycle_can_owe_is_in_the_catalogue() -> None:
    assert {(kind, to, by) for kind, to, by in NOTIFIES if find(kind, to, by) is None} == set()
    assert len(NOTIFIES) >= 15


def test_the_catalogue_holds_nothing_twice() -> None:
    assert len({(told.kind, told.audience, told.channel) for told in TYPES}) == len(TYPES)
    assert len({told.folder for told in TYPES}) == len(TYPES)


def test_the_workflow_writes_parameters_of_at_least_these_kinds() -> None:
    assert {kind for kind, _ in WRITTEN} >= {M.M0, M.M5, M.M6, M.M9, M.M10, M.M12, M.M13, M.M14}


@pytest.mark.parametrize(("kind", "params"), WRITTEN, ids=lambda value: str(value))
def test_every_parameter_that_the_workflow_writes_is_one_that_a_text_knows(
    kind: MessageKind, params: dict[str, str | None]
) -> None:
    known: dict[str, set[str]] = {}
    for told in of_kind(kind):
        for sample in samples(told):
            for name, value in sample.message.params.items():
                known.setdefault(name, set()).add(value)

    assert set(params) <= set(known)
    for name, value in params.items():
        assert value is None or value in known[name]


@pytest.mark.fact("B2-11", "B2-11b", "B2-13")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_purpose_of_a_one_time_code_has_its_text(language: str) -> None:
    told = {
        RENDERER.sms(row(M.M15, one_time.words(purpose), by=Channel.SMS, secret="048213"), applicant(language)).text
        for purpose in one_time.Purpose
    }

    assert len(told) == len(one_time.Purpose)
    assert set(one_time.Purpose) == set(OtpPurpose)


@pytest.mark.fact("B2-3", "B1-alert")
def test_every_problem_that_becomes_a_task_has_its_words() -> None:
    written = {params["problem"] for kind, params in WRITTEN if kind is M.M10}

    assert written == set(DeskProblem)


@pytest.mark.fact("B1-3", "B1-9", "B1-10", "B1-24", "B2-14")
def test_every_reason_of_an_end_is_one_that_a_text_knows() -> None:
    ends = {code for action in ("withdraw", "reject", "require_recreate", "check_failed") for code in REASONS[action]}

    assert ends <= END_REASONS
    assert set(REASONS["cancel"]) <= CANCEL_REASONS


@pytest.mark.fact("B2-1", "3.10")
@pytest.mark.parametrize("channel", list(CodeChannel))
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_issuing_owes_renders_as_link_explanation_and_code(language: str, channel: CodeChannel) -> None:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    minted = Minted(UUID(int=7), now, "t" * 43, b"", "0123456789ABCDEFGHJK", "")
    detail = Activation(
        UUID(int=7),
        None,
        Issuer.BISDESK,
        channel,
        Language(language),
        now,
        now,
        link_expiry(now),
        code_hash="",
        link_digest=b"",
    )

    move = with_letters(Move(trigger="issue", actor=Actor.clock(), now=now), detail, minted)
    by = Channel.SMS if channel is CodeChannel.SMS else Channel.LETTER
    mail = RENDERER.mail(row(M.M1, dict(move.params[M.M1]), secret=move.secrets[M.M1]), applicant(language))
    explanation = RENDERER.mail(row(M.M2, dict(move.params[M.M2])), applicant(language))
    code = row(M.M3, dict(move.params[M.M3]), by=by, secret=move.secrets[M.M3])
    told = (
        RENDERER.sms(code, applicant(language)).text
        if by is Channel.SMS
        else RENDERER.letter(code, applicant(language)).text
    )

    assert DEC_8[language] in mail.text
    assert DEC_8[language] in explanation.text
    assert DEC_24[language] in explanation.text
    assert "01234 56789 ABCDE FGHJK" in told


@pytest.mark.fact("3.36")
@pytest.mark.parametrize("issued", ["2026-11-24T09:00", "2026-10-20T22:30", "2027-03-20T23:30", "2026-12-31T22:59"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_day_in_a_text_is_the_last_on_which_the_guard_lets_the_link_pass(language: str, issued: str) -> None:
    expires = link_expiry(datetime.fromisoformat(issued).replace(tzinfo=UTC))
    words = link_words(expires, expires, by=CodeChannel.SMS)

    text = RENDERER.mail(row(M.M7, words), applicant(language)).text

    last_moment = expires - timedelta(microseconds=1)
    assert spoken_day(brussels_date(last_moment), Language(language)) in text
    assert spoken_day(brussels_date(expires), Language(language)) not in text


def test_a_row_names_its_own_language_before_that_of_the_recipient() -> None:
    message = row(M.M2, {"link_until": "2026-12-08", "block_on": "2026-12-24", "again": "first"})

    assert RENDERER.mail(message, applicant("de")).language == "de"
    assert RENDERER.mail(replace(message, language="fr"), applicant("de")).language == "fr"
    assert find(message.kind, Audience.APPLICANT, Channel.EMAIL) is not None
