"""From the bytes of a request file to a JSON value, or one clear refusal.

It knows nothing of requests; intake.py reads the value.
"""

from __future__ import annotations

import json

from workflow.errors import FieldError, InvalidSubmission

LARGEST_FILE = 1_000_000  # bytes; a request is about two thousand
WHOLE_FILE = "$"


def load_json(data: bytes) -> object:
    """Read a JSON file in UTF-8.

    Raises: InvalidSubmission on the path `$`.
    """
    if len(data) > LARGEST_FILE:
        raise _refused("too_large", "The file is larger than 1 MB; a request file is a few kilobytes.")
    try:
        # Some editors put a byte order mark in front of UTF-8; it means nothing.
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused("encoding", "The file is not UTF-8 text; save it as UTF-8.") from None
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as wrong:
        where = f"line {wrong.lineno}, column {wrong.colno}"
        raise _refused("json", f"The file is not JSON; look at {where}.") from None
    except RecursionError:
        raise _refused("too_deep", "The file nests its values too deeply; a request has three levels.") from None
    except ValueError:
        # Python refuses to read a number of thousands of digits.
        raise _refused("json", "The file holds a number that is far too long.") from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _refused("duplicate_field", "The file names a field twice in one place; keep one of them.")
    return found


def _no_constant(_name: str) -> object:
    raise _refused("json", "The file holds NaN or Infinity, which are not JSON.")


def _refused(code: str, message: str) -> InvalidSubmission:
    return InvalidSubmission((FieldError(WHOLE_FILE, code, message),))
