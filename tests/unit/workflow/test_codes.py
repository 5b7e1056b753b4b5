"""Activation codes: drawn from an alphabet that cannot be misread, typed in any way, judged on their form only."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.codes import ALPHABET, CODE_LENGTH, grouped, mint, new_code, new_otp, new_ref, normalise

NOW = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # in Brussels the new year has begun
CODE = "7Q4ZK90TABCDEFGHJKMN"
codes = st.text(ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH)


class Drawing:
    """Chance that answers from a list, and keeps what it was asked."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = list(answers), list[tuple[str, int]]()

    def pick(self, alphabet: str, length: int) -> str:
        self.asked.append((alphabet, length))
        return self.answers.pop(0) if self.answers else alphabet[-1] * length

    def token(self) -> str:
        return "token-of-256-bits"

    def uuid(self, now: datetime) -> UUID:
        return UUID(int=int(now.timestamp()))


class Marking:
    """Hashes that show what went into them."""

    def token_digest(self, token: str, *, purpose: str) -> bytes:
        return f"{purpose}:{token}".encode()

    def hash_code(self, code: str, *, case_id: UUID) -> str:
        return f"{case_id.int}:{code}"


@pytest.mark.fact("3.38", "B3b-code_format")
def test_a_code_is_twenty_characters_without_look_alikes() -> None:
    chance = Drawing()

    code = new_code(chance)  # type: ignore[arg-type]

    assert chance.asked == [(ALPHABET, 20)]
    assert len(code) == 20
    assert set(ALPHABET) == set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set("ILOU")
    assert len(ALPHABET) == len(set(ALPHABET)) == 32


@pytest.mark.fact("3.38", "B3b-code_format")
def test_a_code_is_shown_in_four_groups_of_five() -> None:
    assert grouped(CODE) == "7Q4ZK 90TAB CDEFG HJKMN"


@pytest.mark.fact("B3b-code_format")
@pytest.mark.parametrize(
    "typed",
    [
        "7Q4ZK 90TAB CDEFG HJKMN",
        "7q4zk90tabcdefghjkmn",
        "  7Q4ZK-90TAB-CDEFG-HJKMN\n",
        "7Q4ZK–90TAB—CDEFG‑HJKMN",
        "7Q4ZK\u00a090TAB\u2009CDEFG\tHJKMN",
        "７Ｑ４ＺＫ９０ＴＡＢＣＤＥＦＧＨＪＫＭＮ",
        "7Q4ZK 9OTAB CDEFG HJKMN",
        "7q4zk 9otab cdefg hjkmn",
    ],
)
def test_the_code_can_be_typed_in_any_case_and_grouping(typed: str) -> None:
    assert normalise(typed) == CODE


@pytest.mark.fact("B3b-code_format")
def test_o_is_read_as_zero_and_i_and_l_as_one() -> None:
    assert normalise("OOOOO IIIII LLLLL oilOI") == "00000" + "1" * 10 + "01101"


@pytest.mark.fact("B3b-code_format", "R4")
@pytest.mark.parametrize(
    "typed",
    [
        "",
        " - - ",
        "7Q4ZK 90TAB CDEFG HJKM",
        "7Q4ZK 90TAB CDEFG HJKMNP",
        "7Q4ZK.90TAB.CDEFG.HJKMN",
        "7Q4ZK_90TAB CDEFG HJKMN",
        "7Q4ZK 90TAB CDEFG HJKM\x00",
        "7Q4ZK 90TAB CDEFG HJKMÉ",
        "7Q4ZK 90TAB CDEFG HJKM\u0662",
        "7Q4ZK 90TAB CDEFG HJKM\u200b",
        "7Q4ZK 90TAB CDEFG HJKM\ud800",
        "ßßßßßßßßßß",
        "https://example.org/a/b",
        " " * 1_000_000 + CODE,
        "A" * 1_000_000,
    ],
)
def test_what_is_not_twenty_digits_and_capitals_is_no_try(typed: str) -> None:
    assert normalise(typed) is None


@pytest.mark.fact("R4", "B3b-max_attempts")
def test_a_wrong_code_of_the_right_form_is_a_try_even_with_a_letter_that_no_code_has() -> None:
    assert normalise("UUUUU UUUUU UUUUU UUUUU") == "U" * 20


@given(codes, st.sampled_from(["", " ", "-", "\t", "\u2011", "  "]), st.booleans())
def test_whatever_way_a_code_is_typed_it_is_read_back(code: str, between: str, lower: bool) -> None:
    typed = between.join(grouped(code).split())

    assert normalise(typed.lower() if lower else typed) == code


@given(st.text(max_size=60))
def test_any_text_is_a_code_or_none_and_stays_what_it_was_read_as(typed: str) -> None:
    code = normalise(typed)

    assert code is None or (len(code) == 20 and code.isascii() and code.isalnum() and normalise(code) == code)


@given(codes)
def test_two_codes_that_read_alike_are_the_same(code: str) -> None:
    misread = code.replace("0", "O").replace("1", "L")

    assert normalise(misread) == normalise(code)


def test_a_one_time_code_is_six_digits() -> None:
    chance = Drawing("042137")

    assert new_otp(chance) == "042137"  # type: ignore[arg-type]
    assert chance.asked == [("0123456789", 6)]


@pytest.mark.fact("B2-1")
def test_a_mint_keeps_secrets_for_the_queue_and_hashes_for_the_row() -> None:
    minted = mint(UUID(int=7), now=NOW, chance=Drawing(CODE), secrets=Marking())  # type: ignore[arg-type]

    assert (minted.token, minted.link_digest) == ("token-of-256-bits", b"link:token-of-256-bits")
    assert (minted.code, minted.code_hash) == (CODE, f"7:{CODE}")
    assert CODE not in repr(minted)
    assert "token-of" not in repr(minted)


def test_a_reference_carries_the_brussels_year_and_is_drawn_anew_while_it_is_taken() -> None:
    chance = Drawing("00042", "7Q", "00043", "X3")

    ref = new_ref("BR", now=NOW, chance=chance, taken={"BR-2027-00042-7Q"}.__contains__)  # type: ignore[arg-type]

    assert ref == "BR-2027-00043-X3"
