"""The command line's gate: strict in live; demo and test also take a few bytes that are nothing, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bisdesk.cli.papers import judge_of
from bisdesk.settings import Env, Settings, read_settings
from tests.support import papers
from tests.support.clamav import nobody_listens
from workflow.errors import InvalidSubmission, Unavailable
from workflow.model import Attachment, Slot

STAND_INS = [b"scan", b"\x89PNG\r\n\x1a\n scan", b"%PDF-1.7 declaration", b"\xff\xd8\xff invented", b"x" * 1024]
REAL_TROUBLE = [
    (b"x" * 1025, "type"), (b"<svg/>", "type"), (papers.heic(), "type"), (papers.zipped(), "type"), (b"", "empty"),
    (papers.pdf()[:-20] + b" " * 1024, "damaged"), (papers.acting()["javascript as it opens"], "active_content"),
]  # fmt: skip


def settings(env: Env = Env.DEMO, clamd: str = "off") -> Settings:
    """Settings of an installation that is told where it is."""
    return replace(read_settings({"BISDESK_ENV": "demo"}), env=env, clamd=clamd)


def code(content: bytes, given: Settings) -> str:
    """With what code the command line refuses a scan."""
    with pytest.raises(InvalidSubmission) as refused:
        judge_of(given)(Slot.SCAN, content)
    (field,) = refused.value.fields
    assert field.path == "scan"
    return field.code


@pytest.mark.parametrize("env", [Env.DEMO, Env.TEST])
@pytest.mark.parametrize("content", STAND_INS)
def test_a_rehearsal_takes_a_stand_in_as_it_is(env: Env, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    kept = judge_of(settings(env))(Slot.SCAN, content)

    assert kept.content == content
    assert "live refuses it" in capsys.readouterr().err


@pytest.mark.parametrize("content", STAND_INS)
def test_live_takes_none(content: bytes) -> None:
    assert code(content, settings(Env.LIVE)) in ("type", "damaged")


@pytest.mark.parametrize("env", list(Env))
@pytest.mark.parametrize(("content", "why"), REAL_TROUBLE)
def test_what_is_a_file_and_wrong_is_refused_everywhere(env: Env, content: bytes, why: str) -> None:
    assert code(content, settings(env)) == why


@pytest.mark.parametrize("env", list(Env))
def test_a_small_right_file_is_taken_everywhere(env: Env) -> None:
    judge = judge_of(settings(env))

    assert judge(Slot.SCAN, papers.png()) == Attachment(Slot.SCAN, "image/png", judge(Slot.SCAN, papers.png()).content)
    assert judge(Slot.DECLARATION, papers.smallest_pdf()).media_type == "application/pdf"


@pytest.mark.parametrize("content", [b"scan", papers.png()])
def test_while_the_scanner_is_down_even_a_stand_in_waits(content: bytes) -> None:
    with pytest.raises(Unavailable, match="Try again in a moment"):
        judge_of(settings(clamd=nobody_listens()))(Slot.SCAN, content)
