"""Keys that only tests know."""

from __future__ import annotations

from store.keyring import Keyring

SECRET_KEY, DATA_KEY = bytes(range(32)), bytes(range(100, 132))
OTHER_KEY = bytes(range(200, 232))
KEYRING = Keyring(SECRET_KEY, DATA_KEY)
