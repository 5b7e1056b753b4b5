"""Who may import whom: the rooms, and the packages that each room may know."""

from __future__ import annotations

import ast
import sys
from fnmatch import fnmatch

import pytest
from importlinter.cli import lint_imports

from tests.architecture.source import PACKAGES, imports, product

ONLY_IN = {
    "transitions": ("workflow/machine.py",),
    "sqlalchemy": ("store/*",),
    "alembic": ("store/*",),
    "psycopg": ("store/*",),
    "aiosmtplib": ("notifications/transports/*",),
    "twilio": ("notifications/transports/*",),
    "apscheduler": ("bisdesk/scheduler.py",),
    "authlib": ("bisdesk/openid/*",),
    "joserfc": ("bisdesk/openid/*",),
    "httpx2": ("bisdesk/openid/*",),
    "typer": ("bisdesk/cli/*", "bisdesk/cli.py"),
    "rich": ("bisdesk/*",),
    **dict.fromkeys(("PIL", "pikepdf", "pypdfium2", "filetype", "clamd"), ("bisdesk/papers/*",)),
    "jinja2": ("notifications/*", "bisdesk/web/rendering.py", "bisdesk/web/desk/frame.py"),
}
KNOWS = {
    "identity": {"stdnum", "phonenumbers", "email_validator"},
    "workflow": {"identity", "transitions"},
    "registers": {"workflow", "identity", "cryptography"},
}
TIME_AND_CHANCE = ("bisdesk/clock.py", "bisdesk/chance.py")
ENVIRONMENT = ("bisdesk/settings.py", "bisdesk/cli/__init__.py")  # the latter when the settings may be what failed


def test_the_import_contracts_hold(capsys: pytest.CaptureFixture[str]) -> None:
    code = lint_imports(no_cache=True)

    assert code == 0, capsys.readouterr().out


@pytest.mark.parametrize("package", sorted(ONLY_IN))
def test_a_package_is_imported_only_where_it_belongs(package: str) -> None:
    places = ONLY_IN[package]

    strays = [
        f"{module.path}:{line}"
        for module in product()
        for name, line in imports(module)
        if name.split(".")[0] == package and not any(fnmatch(module.path, place) for place in places)
    ]

    assert strays == []


@pytest.mark.parametrize("room", sorted(KNOWS))
def test_an_inner_room_knows_no_more_than_its_few_packages(room: str) -> None:
    known = KNOWS[room] | {room} | set(sys.stdlib_module_names)

    strangers = [
        f"{module.path}:{line} {name}"
        for module in product()
        for name, line in imports(module)
        if module.path.startswith(f"{room}/") and name.split(".")[0] not in known
    ]

    assert strangers == []


def test_nothing_of_the_product_imports_tests_or_tools() -> None:
    outside = {"tests", "bench", "pytest", "hypothesis", "freezegun", "aiosmtpd"}

    strays = [
        f"{module.path}:{line} {name}"
        for module in product()
        for name, line in imports(module)
        if name.split(".")[0] in outside
    ]

    assert strays == []


def test_time_and_chance_are_read_in_two_files_only() -> None:
    asked = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
    modules = ("random.", "secrets.", "uuid.uuid1", "uuid.uuid4", "uuid.uuid7", "numpy.random")

    strays = [
        f"{path}:{line} {name}" for path, line, name in _dotted_calls() if name in asked and path not in TIME_AND_CHANCE
    ]
    strays += [
        f"{module.path}:{line} {name}"
        for module in product()
        for name, line in imports(module)
        if module.path not in TIME_AND_CHANCE and (name.startswith(modules) or name in {"random", "secrets"})
    ]

    assert strays == []


def test_the_environment_is_read_where_the_settings_are() -> None:
    names = {"os.environ", "os.getenv", "os.putenv"}

    strays = [
        f"{module.path}:{node.lineno}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in names and module.path not in ENVIRONMENT
    ]

    assert strays == []


def test_every_room_of_the_product_is_looked_at() -> None:
    assert {module.path.split("/")[0] for module in product()} == set(PACKAGES)


def _dotted_calls() -> list[tuple[str, int, str]]:
    """Every call of a dotted name, with its last two names: `datetime.datetime.now` reads as `datetime.now`."""
    return [
        (module.path, node.lineno, ".".join(ast.unparse(node.func).split(".")[-2:]))
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
