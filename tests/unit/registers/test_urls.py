"""The setting that names a register."""

from __future__ import annotations

from pathlib import Path

import pytest

from registers.manual import ManualRegister
from registers.simulator import Simulator
from registers.urls import register_from_url

KEY = b"a key for tests, of 32 bytes...."


@pytest.mark.parametrize(
    "url", ["simulator:", "simulator:?search=match&create=late", "simulator:?create=refused", " simulator: "]
)
def test_the_simulator_is_named_with_or_without_a_script(tmp_path: Path, url: str) -> None:
    register = register_from_url(url, home=tmp_path, key=KEY)

    assert isinstance(register, Simulator)
    assert register.manual is False


def test_a_register_kept_by_hand_needs_no_key(tmp_path: Path) -> None:
    register = register_from_url("manual:", home=tmp_path, key=b"")

    assert isinstance(register, ManualRegister)
    assert register.manual is True


@pytest.mark.parametrize(
    "url",
    [
        "",
        "simulator",
        "magda+https://register.example",
        "simulator://host",
        "simulator:path",
        "manual:?search=match",
        "manual:x",
    ],
)
def test_another_kind_of_register_is_refused_with_what_may_stand_there(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match=r"Use simulator:.* or manual:"):
        register_from_url(url, home=tmp_path, key=KEY)


@pytest.mark.parametrize("query", ["search=never", "create=match", "create=", "search=Match"])
def test_an_unknown_word_of_a_script_is_refused_with_the_words_there_are(tmp_path: Path, query: str) -> None:
    with pytest.raises(ValueError, match="Choose one of: plain"):
        register_from_url(f"simulator:?{query}", home=tmp_path, key=KEY)


@pytest.mark.parametrize("query", ["seek=match", "search=match&search=timeout", "late"])
def test_an_unknown_or_doubled_part_of_a_script_is_refused(tmp_path: Path, query: str) -> None:
    with pytest.raises(ValueError, match="search and create, each once"):
        register_from_url(f"simulator:?{query}", home=tmp_path, key=KEY)


def test_a_password_in_a_wrong_url_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ValueError) as refused:
        register_from_url("https://clerk:swordfish@register.example", home=tmp_path, key=KEY)

    assert "swordfish" not in str(refused.value)
