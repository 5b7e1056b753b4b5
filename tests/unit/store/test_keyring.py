"""The two keys outside the database, and what is derived from them."""

from __future__ import annotations

from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag

from store.keyring import Keyring, opened, sealed
from tests.unit.store.keys import DATA_KEY, KEYRING, OTHER_KEY, SECRET_KEY
from workflow.errors import Unavailable

CASE, OTHER_CASE = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(("secret", "data"), [(b"x" * 31, DATA_KEY), (SECRET_KEY, b"x" * 31), (b"", b"")])
def test_a_key_shorter_than_32_bytes_is_refused(secret: bytes, data: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(secret, data)


def test_a_key_never_shows_in_repr() -> None:
    shown = repr(KEYRING)

    assert SECRET_KEY.hex() not in shown
    assert DATA_KEY.hex() not in shown
    assert repr(SECRET_KEY) not in shown


def test_the_public_ids_tell_keys_apart_and_stay_the_same() -> None:
    again, other = Keyring(SECRET_KEY, DATA_KEY), Keyring(OTHER_KEY, OTHER_KEY)

    assert (again.key_id, again.secret_id) == (KEYRING.key_id, KEYRING.secret_id)
    assert other.key_id != KEYRING.key_id
    assert other.secret_id != KEYRING.secret_id


def test_every_purpose_has_a_key_of_its_own() -> None:
    keys = {KEYRING.subkey(purpose) for purpose in ("index/insz", "index/document", "token/link")}

    assert len(keys) == 3
    assert all(len(key) == 32 for key in keys)
    assert SECRET_KEY not in keys


def test_a_digest_depends_on_key_purpose_and_text() -> None:
    digests = {
        KEYRING.digest("a", "text"),
        KEYRING.digest("b", "text"),
        KEYRING.digest("a", "other"),
        Keyring(OTHER_KEY, DATA_KEY).digest("a", "text"),
    }

    assert len(digests) == 4


def test_parts_of_a_digest_cannot_run_into_each_other() -> None:
    assert KEYRING.digest("a", "ab", "c") != KEYRING.digest("a", "a", "bc")


def test_a_wrapped_data_key_comes_back_for_its_case() -> None:
    wrapped = KEYRING.wrap(b"k" * 32, CASE)

    assert KEYRING.unwrap(wrapped, CASE, key_id=KEYRING.key_id) == b"k" * 32
    assert b"k" * 32 not in wrapped


def test_a_wrapped_data_key_opens_for_no_other_case() -> None:
    wrapped = KEYRING.wrap(b"k" * 32, CASE)

    with pytest.raises(Unavailable, match="changed in the database"):
        KEYRING.unwrap(wrapped, OTHER_CASE, key_id=KEYRING.key_id)


def test_another_data_key_is_told_by_its_id_and_never_by_itself() -> None:
    wrong = Keyring(SECRET_KEY, OTHER_KEY)

    with pytest.raises(Unavailable, match="The data key does not fit this database") as refused:
        wrong.unwrap(KEYRING.wrap(b"k" * 32, CASE), CASE, key_id=KEYRING.key_id)

    assert KEYRING.key_id in refused.value.detail
    assert wrong.key_id in refused.value.detail
    assert "BISDESK_DATA_KEY_FILE" in refused.value.detail


def test_what_is_sealed_opens_only_in_its_own_context() -> None:
    cipher = KEYRING.sealer("directory")
    blob = sealed(cipher, b"Zo\xc3\xab", context=b"user/1/name")

    assert opened(cipher, blob, context=b"user/1/name") == b"Zo\xc3\xab"
    with pytest.raises(InvalidTag):
        opened(cipher, blob, context=b"user/2/name")


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    cipher = KEYRING.sealer("directory")

    assert len({sealed(cipher, b"same", context=b"c") for _ in range(50)}) == 50


@pytest.mark.parametrize("place", [0, 1, 13, -1])
def test_a_changed_byte_opens_nothing(place: int) -> None:
    cipher = KEYRING.sealer("directory")
    blob = bytearray(sealed(cipher, b"text", context=b"c"))
    blob[place] ^= 1

    with pytest.raises(InvalidTag):
        opened(cipher, bytes(blob), context=b"c")
