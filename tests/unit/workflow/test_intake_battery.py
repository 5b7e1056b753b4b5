"""Bad request files of every kind: each fault is named with its path, and none of them is a traceback."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.workflow.intake_example import MISSING, codes, example, parse, wrong
from workflow.errors import FieldError, InvalidSubmission
from workflow.intake import load_json
from workflow.intake_fields import FIELD_RULES

BANNED_WORDS = ("invalid", "please", "sorry", "forbidden")


def test_many_faults_are_all_named_in_one_answer() -> None:
    spoiled = {
        "person.birthDate": "1985-02-31",
        "person.sex": "female",
        "contact.email": "zoe",
        "contact.mobile": "1700",
        "residence.country": "BE",
        "document.type": "driving_licence",
        "identityCheck.declarationDate": "2026-11-19",
        "familyName": "Dubois",
        "person.familyName": MISSING,
    }

    assert codes(spoiled) == {
        "person.birthDate": "no_such_date",
        "person.sex": "choice",
        "contact.email": "email",
        "contact.mobile": "mobile",
        "residence.country": "lives_in_belgium",
        "document.type": "driving_licence",
        "identityCheck.declarationDate": "date_order",
        "familyName": "unknown_field",
        "person.familyName": "required",
    }


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("kind", "renewal", "choice"),
        ("entity", "ovo 2949", "format"),
        ("officer", "anna", "email"),
        ("noteNumber", "yes", "type"),
        ("purpose", 5, "type"),
        ("purpose", "p" * 501, "too_long"),
        ("eligibility.notBelgian", "true", "type"),
        ("eligibility.notBelgian", 1, "type"),
        ("person.givenName", ["Zoë"], "type"),
        ("person.givenName", "Zo\x00ë", "unsafe_character"),
        ("person.givenName", "Zoë\u202e", "unsafe_character"),
        ("person.givenName", "\ud800", "unsafe_character"),
        ("person.familyName", "D" * 1_000_000, "too_long"),
        ("person.familyName", "www.example.org", "web_address"),
        ("person.otherGivenNames", "Maria", "type"),
        ("person.otherGivenNames", ["Maria", 5], "type"),
        ("person.otherGivenNames", ["\x07"], "unsafe_character"),
        ("person.otherGivenNames", ["Maria"] * 21, "too_long"),
        ("person.birthDate", "15-07-1985", "date_format"),
        ("person.birthDate", "2026-11-24", "in_future"),
        ("person.birthDate", 1985, "type"),
        ("person.birthCountry", "fr", "country"),
        ("person.birthCountry", "FRA", "country"),
        ("residence.country", "SU", "country"),
        ("residence.country", "QQ", "country"),
        ("residence.postalCode", "5900", "postcode"),
        ("residence.city", "https://example.org", "web_address"),
        ("contact.language", "FR", "choice"),
        ("contact.language", "es", "choice"),
        ("contact.mobile", "+32 2 553 17 00", "not_mobile"),
        ("document.country", "France", "country"),
        ("document.expiresOn", "2029-05", "date_format"),
        ("document.issuedOn", "2026-11-24", "in_future"),
        ("document.machineReadable", "no", "type"),
        ("document.mrz", "A" * 201, "too_long"),
        ("document.pradoId", "FRA-02004", "format"),
        ("identityCheck.checkedOn", "2026-11-24", "in_future"),
        ("identityCheck.steps.valid", "true", "type"),
        ("identityCheck.steps", [True] * 5, "type"),
        ("person", "Zoë Dubois", "type"),
    ],
)
def test_a_field_that_is_wrong_is_named_with_its_code_and_not_repeated(path: str, value: object, code: str) -> None:
    found = wrong(example({path: value}))

    assert path in {one.path for one in found}
    assert {one.path: one.code for one in found}[path] == code
    assert all(not isinstance(value, str) or len(value) < 6 or value not in one.message for one in found)


def test_a_strange_key_is_shown_harmlessly_and_never_taken_for_a_path() -> None:
    request = example({"person.familyName": MISSING}) | {
        "person.familyName": "Dubois",
        "\x1b[31m\ud800": 1,
        "k" * 9999: 1,
    }

    found = {one.path: one.code for one in wrong(request)}

    assert set(found) == {"person.familyName", "?[31m?", "k" * 40 + "..."}
    assert all(path.isprintable() for path in found)


def test_thousands_of_faults_do_not_flood_the_answer() -> None:
    found = wrong(example() | {f"k{number}": 1 for number in range(5000)})

    assert len(found) == 201
    assert found[-1].code == "too_many"


def test_no_message_uses_a_word_that_blames_or_begs() -> None:
    scenarios = [
        {path: value}
        for path in FIELD_RULES
        for value in (5, "?", "www.x", "\x00", False, "x" * 5000, "2999-01-01", ["\x00"])
    ]
    messages = {one.message for changes in scenarios for one in wrong_or_none(example(changes))}
    messages |= {one.message for one in wrong({"person": 1, "x": 1, "residence": {"country": "BE"}})}

    assert len(messages) > 20
    assert not any(word in message.lower() for message in messages for word in BANNED_WORDS)
    assert all(message.endswith((".", "]")) for message in messages)


def wrong_or_none(request: object) -> tuple[FieldError, ...]:
    try:
        parse(request)
    except InvalidSubmission as refused:
        return refused.fields
    return ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(FIELD_RULES)), json_values, st.booleans())
def test_no_value_in_any_field_does_more_than_be_refused(path: str, value: object, complete: bool) -> None:
    with suppress(InvalidSubmission):
        parse(example({path: value}), complete=complete)


@pytest.mark.parametrize("path", sorted(FIELD_RULES))
@pytest.mark.parametrize(
    "value",
    [
        "Zo\x00ë",
        "\u202eeoZ",
        "\u2066Zoë",
        "Z" * 1_000_000,
        "\ud800",
        "\ufeff",
        "\U000e0041",
        "😀" * 300,
        10**4000,
        -0.0,
        1e308,
        [],
        [[[[]]]],
        {},
        {"\x00": {"\x00": None}},
    ],
    ids=lambda value: ascii(value)[:16],
)
def test_a_hostile_value_in_any_field_is_refused_at_that_field_or_read(path: str, value: object) -> None:
    found = wrong_or_none(example({path: value}))

    assert {one.path.removesuffix(".\x00") for one in found} <= related(path)
    assert all(one.message and len(one.message) < 200 for one in found)


def related(path: str) -> set[str]:
    """The paths that may be told when this one is spoiled: itself, and rules that compare it with another."""
    across = {"document.issuedOn", "document.expiresOn", "identityCheck.declarationDate", "residence.postalCode"}
    return {path, *across, "document.pradoId", "person.insz", "previous"} | {
        f"identityCheck.steps.{step}" for step in ("photoPresent", "onPrado", "photoMatches", "authentic", "valid")
    }


@pytest.mark.parametrize("section", ["person", "residence", "contact", "document", "identityCheck"])
def test_values_nested_deeper_than_a_request_are_unknown_fields_and_no_recursion(section: str) -> None:
    deep: object = "x"
    for _ in range(500):
        deep = {"inner": deep}

    assert {one.code for one in wrong(example({f"{section}.inner": deep}))} == {"unknown_field"}
    assert {one.path for one in wrong(example({f"{section}.inner": deep}))} == {f"{section}.inner"}


def test_a_field_named_twice_inside_a_section_is_refused_before_one_of_them_wins() -> None:
    text = json.dumps(example()).replace('"sex": "F"', '"sex": "F", "sex": "M"')

    with pytest.raises(InvalidSubmission) as refused:
        load_json(text.encode())

    assert refused.value.fields[0].code == "duplicate_field"


def test_the_same_key_written_in_two_ways_is_still_the_same_key() -> None:
    text = json.dumps(example()).replace('"sex": "F"', '"sex": "F", "\\u0073ex": "M"')

    with pytest.raises(InvalidSubmission) as refused:
        load_json(text.encode())

    assert refused.value.fields[0].code == "duplicate_field"


@given(st.lists(st.sampled_from(sorted(FIELD_RULES)), min_size=1, max_size=8, unique=True))
def test_every_spoiled_field_is_named_whatever_else_is_spoiled(paths: list[str]) -> None:
    spoiled = example({path: {"no": "such thing"} for path in paths})

    assert set(paths) <= {one.path for one in wrong(spoiled)}


json_texts = st.recursive(
    st.sampled_from(["null", "true", "0", "-1e999", "9" * 500, '"\\ud800"', '"\\u0000"', '"F"', "NaN", "", "]", "1E5"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: f"[{','.join(parts)}]")
        | st.lists(st.tuples(st.sampled_from(["kind", "person", "sex", "", "a.b"]), inner), max_size=3).map(
            lambda pairs: "{" + ",".join(f'"{name}":{value}' for name, value in pairs) + "}"
        )
    ),
    max_leaves=8,
)


@given(json_texts | st.text(max_size=80), st.sampled_from(["utf-8", "utf-16", "latin-1", "utf-8-sig", "utf-32"]))
def test_no_text_in_any_encoding_does_more_than_be_refused(text: str, encoding: str) -> None:
    data = text.encode(encoding, errors="replace")

    with suppress(InvalidSubmission):
        parse(load_json(data), complete=False)


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=6))
def test_strange_names_of_fields_are_all_told_and_none_of_them_can_hurt_a_terminal(strange: dict[str, str]) -> None:
    unknown = {
        name: value for name, value in strange.items() if name not in {path.split(".")[0] for path in FIELD_RULES}
    }

    found = wrong_or_none(example() | unknown)

    assert len(found) == len(unknown)
    assert all(one.path == "" or one.path.isprintable() for one in found)


def test_a_request_that_went_through_json_as_another_program_writes_it_is_read_the_same() -> None:
    compact = json.dumps(example(), separators=(",", ":"), ensure_ascii=True).encode()
    spread = json.dumps(example(), indent=8, ensure_ascii=False, sort_keys=True).encode("utf-8-sig")

    assert parse(load_json(compact)) == parse(load_json(spread)) == parse(example())
