"""What people type and set: every command, option, setting and example that the pages name exists, and the other way round."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from bisdesk.cli import app, main
from bisdesk.settings import KNOWN, PREFIX
from tests.architecture.source import ROOT
from workflow.intake import load_json, parse_submission

COMMANDS: dict[str, set[str]] = {
    "demo": {"--port", "--once"},
    "worker": set(),
    "serve": {"--host", "--port", "--worker"},
    "tick": set(),
    "doctor": {"--json", "--send-test-to"},
    "db upgrade": {"--json"},
    "db check": {"--json"},
    "db seed": {"--json"},
    "restore reconcile": {"--apply", "--json"},
    "request submit": {"--scan", "--declaration", "--as", "--json"},
    "request update": {"--as", "--json"},
    "request list": {"--state", "--entity", "--due", "--json"},
    "request show": {"--json"},
    "request history": {"--json"},
    "request timers": {"--json"},
    "request messages": {"--json"},
    "request do": {"--reason", "--text", "--set", "--file", "--as", "--json"},
    "request explain": {"--json"},
    "activation show": {"--json"},
    "activation history": {"--json"},
    "activation explain": {"--json"},
    "activation messages": {"--json"},
    "activation enter-code": {"--as", "--json"},
    "activation renew": {"--as", "--json"},
    "activation resend": {"--as", "--json"},
    "activation resume": {"--as", "--json"},
    "activation choose-key": {"--username", "--password-file", "--as", "--json"},
    "activation confirm-key": {"--as", "--json"},
    "activation cancel": {"--reason", "--as", "--json"},
    "activation do": {"--set", "--file", "--as", "--json"},
    "message list": {"--json"},
    "message show": {"--json"},
    "message preview": {"--lang", "--html"},
    "message lint": {"--json"},
    "message retry": {"--json"},
    "message stats": {"--json"},
    "receipt mail": {"--recipient", "--json"},
    "message resend": {"--as", "--json"},
    "message gates": {"--json"},
    "message open": {"--as", "--json"},
    "message lift": {"--as", "--json"},
    "lifecycle list": {"--json"},
    "lifecycle show": {"--format", "--json"},
    "lifecycle check": {"--json"},
    "lifecycle diff": {"--json"},
}
LATER = {"config", "backup", "simulate", "entity", "user", "right", "audit", "retention", "webhook"}
FORMATS = {"table", "mermaid", "dot", "svg", "json"}
GROUPS = {command.split()[0] for command in COMMANDS if " " in command}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_promised_command_has_its_name_and_its_options(command: str) -> None:
    found = _command(command)

    options = {name for parameter in found.params for name in parameter.opts}

    assert COMMANDS[command] - options == set()
    assert found.get_short_help_str()


def test_help_lists_nothing_that_does_not_work_yet() -> None:
    root = typer.main.get_command(app)

    assert isinstance(root, TyperGroup)
    assert LATER.intersection(root.commands) == set()


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_lifecycle_is_shown_in_each_of_five_forms(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["lifecycle", "show", "activation", "--format", form])

    assert code == 0
    assert "blocked_attempts" in capsys.readouterr().out


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    named = {
        (page.name, target)
        for page in _pages()
        for words in re.findall(r"^make ((?:[a-z-]+ ?)+)", _commands_in(page), re.MULTILINE)
        for target in _targets(words)
    }

    assert {(page, target) for page, target in named if target not in targets} == set()
    assert {"demo", "test", "setup", "check", "system"} <= targets


def test_every_bisdesk_command_that_a_page_names_exists() -> None:
    named = {
        (page.name, " ".join(words.split()[: 2 if words.split()[0] in GROUPS else 1]))
        for page in _pages()
        for words in re.findall(r"^(?:.*\| )?bisdesk ((?:[a-z][a-z-]*\b ?)+)", _commands_in(page), re.MULTILINE)
    }

    assert {(page, command) for page, command in named if command not in COMMANDS and command not in GROUPS} == set()
    assert len(named) > 20


def test_the_readme_begins_with_the_two_commands() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:40])

    assert "make demo" in first_screen
    assert "make test" in first_screen


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    page = (ROOT / "docs" / "how-to" / "configure.md").read_text(encoding="utf-8")

    documented = set(re.findall(rf"`{PREFIX}([A-Z_]+)`", page))

    assert documented == set(KNOWN)


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.json")), ids=lambda path: path.name)
def test_an_example_is_a_complete_request_on_the_day_of_its_check(path: Path) -> None:
    raw = json.loads(path.read_text(encoding="utf-8"))
    checked_on = date.fromisoformat(raw["identityCheck"]["checkedOn"])

    submission = parse_submission(load_json(path.read_bytes()), today=checked_on, complete=True)

    assert submission


def _command(path: str) -> TyperCommand:
    found: object = typer.main.get_command(app)
    for name in path.split():
        assert isinstance(found, TyperGroup)
        assert name in found.commands, f"there is no command {path}"
        found = found.commands[name]
    assert isinstance(found, TyperCommand)
    return found


def _pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _targets(words: str) -> list[str]:
    """The targets of one command; behind the first gap of two spaces an explanation begins."""
    return words.split()


def _commands_in(page: Path) -> str:
    """Only what is set as code: between backticks, or indented by four."""
    text = page.read_text(encoding="utf-8")
    indented = re.findall(r"^ {4,}(.+)$", text, re.MULTILINE)
    return "\n".join([*indented, *re.findall(r"`([^`]+)`", text)])
