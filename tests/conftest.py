"""Set-up of the whole suite: shared fixtures, repeatable properties, markers that name real facts, nothing left out in silence."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

from tests.support.parts import left_out

FIXTURES = ("tests.support.fixtures_postgres", "tests.support.fixtures_postfix")
pytest_plugins = [name for name in FIXTURES if find_spec(name)]
if find_spec("tests.support.facts"):
    from tests.support.facts import check_fact_markers
else:

    def check_fact_markers(items: list[pytest.Item]) -> None: ...


CI = os.environ.get("CI") == "true"
LEFT_OUT = pytest.StashKey[dict[str, str]]()

set_hypothesis_home_dir(Path(__file__).parent.parent / ".cache" / "hypothesis")
settings.register_profile("bisdesk", deadline=None, database=None, derandomize=CI, print_blob=True)
settings.load_profile("bisdesk")


@pytest.fixture(autouse=True)
def heard() -> None:
    """Every test hears what is logged, whatever an earlier one of its process switched off."""
    logging.disable(logging.NOTSET)
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):
            logger.disabled = False


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    check_fact_markers(items)
    gone, said = left_out(items)
    config.stash[LEFT_OUT].update(said)
    if gone:
        items[:] = [item for item in items if item not in gone]
        config.hook.pytest_deselected(items=gone)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """With pytest-xdist only the workers collect; each hands over what it left out."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    config.stash[LEFT_OUT].update(getattr(node, "workeroutput", {}).get("left_out", {}))


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    said = session.config.stash[LEFT_OUT]
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = said
    elif said and CI and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    said = config.stash[LEFT_OUT]
    if not said:
        return
    terminalreporter.section("left out on this machine", sep="-")
    for line in said.values():
        terminalreporter.write_line(line)
    if CI:
        terminalreporter.write_line("Under CI=true every part must run: this run fails.", red=True)
