"""The texts that a table owes are part of its check: no message without its words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bisdesk.cli import main
from bisdesk.describe.owed import faults_of_texts
from tests.unit.notifications.message_rows import RENDERER
from workflow.effects import Notify
from workflow.lifecycles.activation import activation
from workflow.lifecycles.registration import registration
from workflow.machine import Lifecycle
from workflow.outbox import Audience, MessageKind


@pytest.mark.parametrize("lifecycle", [registration, activation], ids=lambda one: one.name)
def test_every_message_of_both_tables_has_its_texts(lifecycle: Lifecycle[Any]) -> None:
    assert list(faults_of_texts(lifecycle, RENDERER)) == []


def test_a_row_that_writes_to_somebody_for_whom_no_text_exists_is_told() -> None:
    astray = Notify(MessageKind.M5, Audience.APPLICANT)
    rows = tuple(replace(row, then=(astray,)) if row.on == "request_info" else row for row in registration.rows)

    found = [one.sentence for one in faults_of_texts(replace(registration, rows=rows), RENDERER)]

    assert found == ["No text exists for M5 by email to applicant."]


def test_the_check_of_the_tables_refuses_a_text_that_does_not_render(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt = tmp_path / "texts" / "email" / "M9"
    spoilt.mkdir(parents=True)
    (spoilt / "body.de.txt").write_text("Seit {{ a_day_that_nobody_gives }} gesperrt.", encoding="utf-8")
    monkeypatch.setenv("BISDESK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BISDESK_TEMPLATE_DIR", str(tmp_path / "texts"))

    code = main(["lifecycle", "check"])

    assert code == 1
    assert "M9 email to applicant [de]" in capsys.readouterr().out
