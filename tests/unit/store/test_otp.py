"""One-time codes, against the vectors of RFC 6238 (appendix B, SHA-1, last six digits)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from bisdesk.chance import SeededChance
from store.otp import Totp

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the RFC's "12345678901234567890"
VECTORS = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")]
TOTP = Totp()


@pytest.mark.parametrize(("second", "code"), VECTORS)
def test_the_vectors_of_the_standard_are_recognised_in_their_step(second: int, code: str) -> None:
    assert TOTP.step_of(SECRET, code, now=datetime.fromtimestamp(second, UTC)) == second // 30


@pytest.mark.parametrize("late", [-30, 0, 30])
def test_a_clock_may_be_one_step_off_to_either_side(late: int) -> None:
    now = datetime.fromtimestamp(1234567890, UTC) + timedelta(seconds=late)

    assert TOTP.step_of(SECRET, "005924", now=now) == 1234567890 // 30


@pytest.mark.parametrize("late", [-60, 60, 86_400])
def test_a_clock_that_is_further_off_is_refused(late: int) -> None:
    now = datetime.fromtimestamp(1234567890, UTC) + timedelta(seconds=late)

    assert TOTP.step_of(SECRET, "005924", now=now) is None


@pytest.mark.parametrize("typed", ["005 924", " 005924 ", "005924\n"])
def test_spaces_in_a_code_do_not_matter(typed: str) -> None:
    assert TOTP.step_of(SECRET, typed, now=datetime.fromtimestamp(1234567890, UTC)) is not None


@pytest.mark.parametrize("typed", ["", "00592", "0059244", "00592a", "００５９２４", "005924x"])
def test_what_is_not_six_digits_is_no_code(typed: str) -> None:
    assert TOTP.step_of(SECRET, typed, now=datetime.fromtimestamp(1234567890, UTC)) is None


def test_a_key_without_a_secret_has_no_code() -> None:
    assert TOTP.step_of("", "005924", now=datetime.fromtimestamp(1234567890, UTC)) is None


def test_a_new_secret_has_160_bits_and_is_drawn_by_chance() -> None:
    secret, other = TOTP.new_secret(SeededChance("one")), TOTP.new_secret(SeededChance("two"))

    assert len(secret) == 160 // 5
    assert set(secret) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert secret != other
    assert secret == TOTP.new_secret(SeededChance("one"))


def test_the_uri_is_what_an_authenticator_app_reads() -> None:
    uri = urlsplit(TOTP.uri(SECRET, account="AC-2026-00042-X3", issuer="Bisdesk"))

    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/Bisdesk:AC-2026-00042-X3")
    assert parse_qs(uri.query) == {"secret": [SECRET], "issuer": ["Bisdesk"]}
