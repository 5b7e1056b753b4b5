"""Hashes of tokens, codes and passwords: keyed, slow where guessing must be slow, and never reversible."""

from __future__ import annotations

from uuid import UUID

import pytest

from store.hashing import Hasher
from store.keyring import Keyring
from tests.unit.store.keys import DATA_KEY, KEYRING, OTHER_KEY
from workflow.accounts import OF_FOUR_LANGUAGES, OURS
from workflow.errors import Unavailable

CASE, OTHER_CASE = UUID(int=1), UUID(int=2)
CODE = "7KQ2MX9TRB4ZC6VD1HNP"
HASHER = Hasher(KEYRING, cheap=True)


def test_the_right_code_matches_and_a_wrong_one_does_not() -> None:
    digest = HASHER.hash_code(CODE, case_id=CASE)

    assert HASHER.code_matches(CODE, digest, case_id=CASE)
    assert not HASHER.code_matches(CODE[:-1] + "Q", digest, case_id=CASE)


def test_a_code_matches_for_its_own_activation_only() -> None:
    digest = HASHER.hash_code(CODE, case_id=CASE)

    assert not HASHER.code_matches(CODE, digest, case_id=OTHER_CASE)


def test_one_code_never_has_the_same_hash_twice_and_stands_in_none() -> None:
    first, second = HASHER.hash_code(CODE, case_id=CASE), HASHER.hash_code(CODE, case_id=CASE)

    assert first != second
    assert CODE not in first
    assert "$argon2id$" in first


@pytest.mark.parametrize("digest", ["", "no hash", "abcd|no hash", "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA"])
def test_what_is_no_hash_matches_nothing(digest: str) -> None:
    digest = digest.replace("abcd", KEYRING.secret_id)

    assert not HASHER.code_matches(CODE, digest, case_id=CASE)


def test_a_database_alone_is_not_enough_to_try_codes() -> None:
    """The pepper is part of the hash: under another key even the right code is not judged, so it costs no try in vain."""
    digest = HASHER.hash_code(CODE, case_id=CASE)

    with pytest.raises(Unavailable, match="The secret key does not fit"):
        Hasher(Keyring(OTHER_KEY, DATA_KEY), cheap=True).code_matches(CODE, digest, case_id=CASE)


def test_a_password_matches_itself_only() -> None:
    digest = HASHER.hash_password("correct horse battery")

    assert HASHER.password_matches("correct horse battery", digest)
    assert not HASHER.password_matches("Correct horse battery", digest)


def test_the_hash_of_a_password_is_no_hash_of_a_code() -> None:
    digest = HASHER.hash_password(CODE)

    assert not HASHER.code_matches(CODE, digest, case_id=CASE)


def test_a_token_has_one_digest_per_purpose() -> None:
    digests = {HASHER.token_digest("token", purpose=purpose) for purpose in ("link", "resume", "otp")}

    assert len(digests) == 3
    assert HASHER.token_digest("token", purpose="link") in digests
    assert all(len(digest) == 32 for digest in digests)


def test_the_live_profile_costs_what_owasp_advises() -> None:
    digest = Hasher(KEYRING).hash_code(CODE, case_id=CASE)

    assert "$argon2id$v=19$m=19456,t=2,p=1$" in digest
    assert HASHER.code_matches(CODE, digest, case_id=CASE)


@pytest.mark.fact("B2-11")
@pytest.mark.parametrize(
    "password",
    ["password1234", "qwertyuiop12", "wachtwoord123", "welkom123456", "motdepasse123", "bienvenue123", "passwort1234",
     "willkommen12", "letmeinletmein", "123456789012", "aaaaaaaaaaaa", "abcabcabcabc", "azertyuiop12", "vlaanderen2026"],
)  # fmt: skip
def test_what_is_guessed_first_in_four_languages_is_guessable(password: str) -> None:
    assert HASHER.is_guessable(password, knowing=("zoe.dubois", *OURS, *OF_FOUR_LANGUAGES))


@pytest.mark.fact("B2-11")
@pytest.mark.parametrize(
    "password",
    ["lantern-orchid-seventy", "vier paarden eten geen nietmachine", "9vK!q27xTz0w", "zes groene olifanten lopen over het dak",
     "étoile grimpante du matin"],
)  # fmt: skip
def test_a_long_phrase_and_a_drawn_password_are_not(password: str) -> None:
    assert not HASHER.is_guessable(password, knowing=("zoe.dubois", *OURS, *OF_FOUR_LANGUAGES))


@pytest.mark.fact("B2-11")
def test_words_that_belong_to_the_person_make_a_password_guessable() -> None:
    assert not HASHER.is_guessable("korkvanderlint", knowing=())
    assert HASHER.is_guessable("korkvanderlint", knowing=("korkvanderlint",))


@pytest.mark.parametrize("password", ["", "x" * 128, "\x00" * 50, "é" * 128, "🙂" * 64])
def test_the_meter_takes_whatever_is_typed(password: str) -> None:
    assert HASHER.is_guessable(password, knowing=("", "zoe"))
