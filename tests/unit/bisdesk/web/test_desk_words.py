"""The words of lifecycles at the desk: every name that the code needs, in four languages that say the same things.

What is needed is computed from tables, enums and raised codes, so that a new row, reason or field without words fails here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import bisdesk.acts
import bisdesk.web.desk
import identity
import workflow
from bisdesk.acts import ON_REQUEST, WITH_NUMBER
from bisdesk.describe.case_words import SAYINGS, needed
from identity.documents import DocumentType
from notifications.lint_wording import banned, breaking
from workflow.intake_fields import FIELD_RULES
from workflow.lifecycles.activation import activation
from workflow.lifecycles.registration import registration
from workflow.model import Language, RequestKind, Role
from workflow.outbox import Channel, DeliveryState, MessageKind
from workflow.registrations import REASONS

FOLDER = Path(bisdesk.web.desk.__file__).parent / "locale"
ENGINE, ROOM = Path(workflow.__file__).parent, Path(identity.__file__).parent
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
LONGEST_TAG, LONGEST_BUTTON = 22, 48
SEXES = ("F", "M", "X", "unknown")
PAPERS = ("scan", "declaration")
RAISERS = (  # where a field of a request is refused
    *ENGINE.glob("intake*.py"), *ENGINE.glob("registrations*.py"), ENGINE / "filing.py", *ROOM.glob("*.py"),
    Path(bisdesk.acts.__file__),
)  # fmt: skip
each_language = pytest.mark.parametrize("language", Language)


def test_the_four_catalogues_have_the_same_names_in_the_same_order() -> None:
    names = {language: list(said(language)) for language in Language}

    assert names[Language.FR] == names[Language.NL]
    assert names[Language.DE] == names[Language.NL]
    assert names[Language.EN] == names[Language.NL]


@each_language
def test_every_name_that_the_code_needs_is_there_and_no_other(language: Language) -> None:
    there, wanted = set(said(language)), set(chain(_lifecycles(), _why(), _values(), _fields()))

    assert wanted - there == set()
    assert there - wanted == set()


@each_language
def test_no_sentence_is_empty_and_no_entry_stands_twice(language: Language) -> None:
    text = (FOLDER / f"lifecycles.{language.value}.po").read_text(encoding="utf-8")

    named = re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)

    assert len(named) == len(set(named)) == len(said(language))
    assert "fuzzy" not in text
    assert [name for name, sentence in said(language).items() if sentence != sentence.strip() or not sentence] == []


@each_language
def test_no_name_stands_in_the_other_catalogue_of_the_desk_as_well(language: Language) -> None:
    with (FOLDER / f"desk.{language.value}.po").open("rb") as file:
        others = {message.id if isinstance(message.id, str) else message.id[0] for message in read_po(file)}

    assert others & set(said(language)) == set()


@each_language
def test_every_language_puts_in_the_same_values(language: Language) -> None:
    for name, sentence in said(language).items():
        expected = set(PLACEHOLDER.findall(SAYINGS.get(name, "")))
        assert set(PLACEHOLDER.findall(sentence)) == expected, name
        assert "%" not in PLACEHOLDER.sub("", sentence), name


@each_language
def test_no_sentence_has_a_word_that_tells_people_off(language: Language) -> None:
    assert [(name, fault) for name, sentence in said(language).items() for fault in banned(sentence, language)] == []


def test_no_french_sign_can_start_a_line() -> None:
    assert [(name, fault) for name, sentence in said(Language.FR).items() for fault in breaking(sentence)] == []


@each_language
def test_no_sentence_sends_an_officer_to_the_command_line(language: Language) -> None:
    hint = re.compile(r"--\w|\bREF\b|bisdesk [a-z]+ [a-z]+|\b[a-z]+_[a-z]+\b|\([AB]\w*-\d")

    assert [name for name, sentence in said(language).items() if hint.search(PLACEHOLDER.sub("", sentence))] == []


@each_language
def test_a_state_fits_on_its_tag_and_an_action_on_its_button(language: Language) -> None:
    wide = {"state.": LONGEST_TAG, "trigger.": LONGEST_BUTTON}

    long = [name for name, sentence in said(language).items() for start, most in wide.items()
            if name.startswith(start) and len(sentence) > most]  # fmt: skip

    assert long == []


@each_language
@pytest.mark.parametrize("lifecycle", [registration.name, activation.name])
def test_no_two_states_and_no_two_actions_of_a_lifecycle_read_the_same(language: Language, lifecycle: str) -> None:
    for kind in ("state", "trigger"):
        names = [
            sentence for name, sentence in said(language).items() if name.startswith(f"{kind}.{lifecycle}.")
        ]  # fmt: skip
        assert len(names) == len(set(names))


@each_language
def test_labels_have_no_full_stop_and_explanations_have_one(language: Language) -> None:
    full = {name: sentence.endswith(".") for name, sentence in said(language).items()}

    assert [name for name, ends in full.items() if name.startswith(("guard.", "problem.")) and not ends] == []
    assert [
        name for name, ends in full.items() if not name.startswith(("guard.", "problem.", "diagram.")) and ends
    ] == []


@cache
def said(language: Language) -> Mapping[str, str]:
    """The sentences of one catalogue by name."""
    with (FOLDER / f"lifecycles.{language.value}.po").open("rb") as file:
        catalogue = read_po(file, locale=language.value, abort_invalid=True)
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def _lifecycles() -> Iterator[str]:
    """What pictures, buttons, timelines and lists of steps call things."""
    for lifecycle in (registration, activation):
        yield from needed(lifecycle)  # type: ignore[arg-type]  # the facts differ, the words do not
        for events in lifecycle.events.values():
            yield from (f"event.{name}" for name in ([events] if isinstance(events, str) else events.values()))
    yield from (f"trigger.registration.{action}" for action in (*ON_REQUEST, *WITH_NUMBER))


def _why() -> Iterator[str]:
    """Reasons that a person chooses or that a deadline gives, and refusals."""
    yield from (f"reason.{trigger}.{code}" for trigger, codes in REASONS.items() for code in codes)
    yield from (f"reason.{code}" for code in _literals([ENGINE / "timers.py"], {"Reason": 0}))
    yield from (f"reason.{code}" for code in _literals([ENGINE / "registrations.py"], {"_ended": 1}))
    yield from (f"guard.{guard.name}" for row in registration.rows for guard in row.when)
    yield from (f"guard.{name}" for name in _literals([ENGINE / "filing.py"], {"GuardRefused": 0}))
    desk = (row for row in activation.rows if Role.SERVICE_DESK in row.by)
    yield from (f"guard.activation.{guard.name}" for row in desk for guard in row.when)


def _values() -> Iterator[str]:
    """Members of lists that pages show."""
    lists: Mapping[str, Iterable[str]] = {
        "role": Role, "document": DocumentType, "sex": SEXES, "kind": RequestKind, "message": MessageKind,
        "channel": Channel, "delivery": DeliveryState,
    }  # fmt: skip
    for start, members in lists.items():
        yield from (f"{start}.{member}" for member in members)


def _fields() -> Iterator[str]:
    """Labels, and what is said beside a field."""
    yield from (f"field.{path}" for path in (*FIELD_RULES, *PAPERS))
    codes = {"FieldError": 1, "Problem": 0, "NumberError": 0, "_refused": 0}
    yield from (f"problem.{code}" for code in _literals(RAISERS, codes))


def _literals(paths: Iterable[Path], calls: Mapping[str, int]) -> Iterator[str]:
    """The texts that stand at a place of these calls."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in paths)
    for node in chain.from_iterable(ast.walk(tree) for tree in trees):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in calls:
            given = node.args[calls[node.func.id] : calls[node.func.id] + 1]
            yield from (str(one.value) for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str))
