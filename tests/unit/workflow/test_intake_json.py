"""From bytes to JSON: what is no request file is refused in one clear sentence."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.workflow.intake_example import TODAY, example
from workflow.errors import InvalidSubmission
from workflow.intake import load_json, parse_submission


def refusal_of(data: bytes) -> tuple[str, str]:
    with pytest.raises(InvalidSubmission) as refused:
        load_json(data)
    (field,) = refused.value.fields
    return field.path, field.code


def test_a_request_file_is_read_with_and_without_a_byte_order_mark() -> None:
    text = json.dumps(example(), ensure_ascii=False)

    for data in (text.encode(), text.encode("utf-8-sig")):
        assert parse_submission(load_json(data), today=TODAY, complete=True).person.given_name == "Zoë"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json"),
        (b"not json", "json"),
        (b'{"kind": "registration",}', "json"),
        (b'{"kind": "registration"} // comment', "json"),
        (b'{"a": NaN}', "json"),
        (b'{"a": -Infinity}', "json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "json"),
        (b'{"a": "\x00"}', "json"),
        ('{"a": "Zoë"}'.encode("latin-1"), "encoding"),
        ('{"a": "Zoë"}'.encode("utf-16"), "encoding"),
        (b"\xed\xa0\x80", "encoding"),
        (b"[" * 400_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
        (b" " * 1_000_001, "too_large"),
        (b'{"person": {"sex": "F", "sex": "M"}}', "duplicate_field"),
    ],
)
def test_what_is_no_json_request_file_is_refused_as_a_whole(data: bytes, code: str) -> None:
    assert refusal_of(data) == ("$", code)


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    with suppress(InvalidSubmission):
        parse_submission(load_json(data), today=TODAY, complete=True)


def test_half_a_character_inside_the_file_is_a_wrong_field_and_no_traceback() -> None:
    request = load_json(json.dumps(example({"person.givenName": "\ud800"})).encode())

    with pytest.raises(InvalidSubmission) as refused:
        parse_submission(request, today=TODAY, complete=True)

    assert [one.path for one in refused.value.fields] == ["person.givenName"]
