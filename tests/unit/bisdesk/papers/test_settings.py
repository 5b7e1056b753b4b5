"""The setting of the virus scanner: read strictly, off by default only where no real person is."""

from __future__ import annotations

import pytest

from bisdesk.papers.virus import Place, place_of
from bisdesk.settings import read_settings
from workflow.errors import Unavailable


def read(**given: str) -> str:
    """The setting as an installation reads it."""
    return read_settings({f"BISDESK_{name}": text for name, text in given.items()}).clamd


@pytest.mark.parametrize("env", ["demo", "test"])
def test_a_rehearsal_needs_no_scanner(env: str) -> None:
    assert read(ENV=env) == "off"
    assert read(ENV=env, CLAMD="tcp://127.0.0.1:3310") == "tcp://127.0.0.1:3310"


def test_live_must_be_told_in_words() -> None:
    with pytest.raises(Unavailable) as refused:
        read(ENV="live")

    assert "BISDESK_CLAMD must name the virus scanner" in refused.value.detail


@pytest.mark.parametrize("word", ["off", "unix:/run/clamav/clamd.ctl"])
def test_any_word_is_enough_for_live(word: str) -> None:
    with pytest.raises(Unavailable) as refused:
        read(ENV="live", CLAMD=word)

    assert "BISDESK_CLAMD" not in refused.value.detail


@pytest.mark.parametrize(
    "text",
    ["on", "127.0.0.1:3310", "tcp://", "tcp://host:port", "tcp://host/path", "tcp://user@host", "unix:clamd", "unix://host/x",
     "http://127.0.0.1", "tcp://h:99999"],
)  # fmt: skip
def test_a_place_that_is_none_is_named_at_the_start(text: str) -> None:
    with pytest.raises(Unavailable) as refused:
        read(CLAMD=text)

    assert "BISDESK_CLAMD is not right: it must be tcp://HOST:PORT, unix:/PATH or off." in refused.value.detail


def test_places_are_read() -> None:
    assert place_of("off") is None
    assert place_of("tcp://scanner.your.example") == Place(host="scanner.your.example", port=3310)
    assert place_of("tcp://[::1]:3311") == Place(host="::1", port=3311)
    assert place_of("unix:/run/clamd.ctl") == Place(path="/run/clamd.ctl")
