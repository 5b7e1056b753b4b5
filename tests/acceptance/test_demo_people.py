"""The invented people of the demonstration: 24 of them, one at every place of both lifecycles, with papers to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import chain
from pathlib import Path

import pytest

from bisdesk import views
from bisdesk.demo import cast
from bisdesk.demo.papers import papers_of
from bisdesk.demo.stage import ANNA, BART, Stage, build
from bisdesk.demo.story import SCENES, TOLD, Scene, leave_work, story
from bisdesk.papers.judge import made_safe
from bisdesk.papers.pages import pages_of
from bisdesk.papers.verdict import Safe
from bisdesk.settings import read_settings
from tests.support.officer import Officer
from tests.support.site import open_site
from workflow.access import Door
from workflow.intake import parse_submission
from workflow.lifecycles.activation import State as Key
from workflow.lifecycles.registration import State
from workflow.model import Language, Slot

TODAY = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
PEOPLE = (*TOLD, *cast.PEOPLE)
PASSES_AT_ONCE = {State.REGISTERED, Key.ISSUING}
AFTER_YEARS = {Key.EXPIRED}
NOBODYS = ("example.org", "example.com", "example.net")  # RFC 2606
Shown = dict[str, object]


@dataclass(frozen=True)
class Demo:
    """A demonstration as it stands when its desk opens."""

    stage: Stage
    scenes: tuple[Scene, ...]
    requests: tuple[Shown, ...]
    keys: tuple[Shown, ...]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Told and played to its end, with stand-ins for papers."""
    home = tmp_path_factory.mktemp("demo")
    stage = build(read_settings({"BISDESK_HOME": str(home)}), TODAY.replace(hour=8) - timedelta(days=45))
    for _ in cast.prologue(stage):
        pass
    scenes = tuple(story(stage))
    for _ in cast.cast(stage, TODAY):
        pass
    stage.clock.set(TODAY - timedelta(hours=1))
    for _ in chain(leave_work(stage, TODAY - cast.LAST_HOUR), cast.epilogue(stage, TODAY)):
        pass

    def everything(door: Door) -> tuple[tuple[Shown, ...], tuple[Shown, ...]]:
        requests = [case.ref for case, _ in door.uow.cases.listed("registration", now=door.now)]
        keys = [case.ref for case, _ in door.uow.cases.listed("activation", now=door.now)]
        return tuple(views.request(door, one) for one in requests), tuple(views.activation(door, one) for one in keys)

    yield Demo(stage, scenes, *stage.act(BART, everything))
    stage.app.store.dispose()


def test_there_are_twenty_four_each_with_a_file_of_their_own(demo: Demo) -> None:
    kept = {path.name.removesuffix(".json") for path in files("bisdesk.demo").joinpath("people").iterdir()}

    assert len(PEOPLE) == len(set(PEOPLE)) == len(demo.requests) == 24
    assert kept == set(PEOPLE)


def test_every_file_is_right_and_reaches_nobody(demo: Demo) -> None:
    told = [parse_submission(demo.stage.person(name), today=TODAY.date(), complete=True) for name in PEOPLE]

    assert {str(one.contact.email).split("@")[1] for one in told} <= set(NOBODYS)
    assert len({one.contact.email for one in told}) == len({one.contact.mobile for one in told}) == 24
    assert {one.contact.language for one in told} == set(Language)
    assert min(Counter(one.contact.language for one in told).values()) >= 4


def test_no_document_of_theirs_runs_out_however_late_it_is_played(tmp_path: Path) -> None:
    stage = build(read_settings({"BISDESK_HOME": str(tmp_path)}), datetime(2041, 3, 1, 9, tzinfo=UTC))

    states = {stage.state(stage.file(name)) for name in PEOPLE}

    stage.app.store.dispose()
    assert states == {State.SUBMITTED}


def test_somebody_stands_in_every_state_that_lasts(demo: Demo) -> None:
    assert {one["state"] for one in demo.requests} == set(State) - PASSES_AT_ONCE
    assert {one["state"] for one in demo.keys} == set(Key) - PASSES_AT_ONCE - AFTER_YEARS


def test_keys_of_both_kinds_a_frozen_one_and_a_wrong_try_are_among_them(demo: Demo) -> None:
    active = [key["kind"] for one in demo.keys if one["state"] == Key.ACTIVE for key in _listed(one["keys"])]
    waiting = [one["attemptsLeft"] for one in demo.keys if one["state"] == Key.AWAITING_CODE]
    frozen = [one for one in demo.keys if "activation.frozen" in _events(demo.stage, str(one["ref"]))]

    assert sorted(map(str, active)) == ["sms", "totp"]
    assert sorted(map(str, waiting)) == ["2", "3"]
    assert len(frozen) == 1


def test_their_files_are_of_many_ages(demo: Demo) -> None:
    days = {str(one["openedAt"])[:10] for one in demo.requests}

    assert len(days) >= 15
    assert min(days) == "2026-10-16"
    assert max(days) == "2026-11-30"


def test_the_register_owes_two_of_them_an_answer_for_longer_than_a_first_look_takes(demo: Demo) -> None:
    before = [one["state"] for one in demo.requests].count(State.COMPLETED)
    demo.stage.clock.set(TODAY + timedelta(minutes=20))
    demo.stage.tick()
    asked = [one["ref"] for one in demo.requests if one["state"] in (State.APPROVED, State.REGISTERING)]

    assert len(asked) == 2
    assert {demo.stage.state(str(ref)) for ref in asked} == {State.APPROVED, State.REGISTERING}
    assert before == 8


def test_the_story_tells_of_its_own_people_only(demo: Demo) -> None:
    own = {str(_part(demo.stage.person(name), "contact")[what]) for name in TOLD for what in ("email", "mobile")}

    assert len(demo.scenes) == SCENES
    assert {letter.to for scene in demo.scenes for letter in scene.letters} <= {*own, ANNA}


@pytest.mark.parametrize("name", ["agnieszka-zurawska", "inigo-aranzabal"])
def test_drawn_papers_pass_the_gate_and_can_be_looked_at(demo: Demo, name: str) -> None:
    raw = demo.stage.person(name)

    scan, declaration = papers_of(raw)

    assert (scan.slot, scan.media_type) == (Slot.SCAN, "image/jpeg")
    assert (declaration.slot, declaration.media_type) == (Slot.DECLARATION, "application/pdf")
    for paper in (scan, declaration):
        taken = made_safe(paper.content, clamd="off")
        assert isinstance(taken, Safe)
        assert taken.media_type == paper.media_type
        assert len(pages_of(paper.content)) == 1, "one page, that a viewer gets"


def test_the_desk_shows_the_scan_of_a_person_of_the_demonstration(tmp_path: Path) -> None:
    with open_site(tmp_path / "home") as site:
        site.stage.papers = papers_of
        ref = site.stage.file("sarka-novotna")
        bart = Officer(site.base, "Bart Claes", site.people).signs_in()

        for paper in Slot:
            shown = bart.client.get(f"/desk/requests/{ref}/papers/{paper}/1")
            assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")


def test_everybody_has_papers_of_their_own(demo: Demo) -> None:
    drawn = [papers_of(demo.stage.person(name)) for name in PEOPLE]

    for slot in range(2):
        assert len({papers[slot].content for papers in drawn}) == len(PEOPLE)


def _events(stage: Stage, ref: str) -> list[str]:
    return [str(line["event"]) for line in stage.act(BART, lambda door: views.history(door, ref))]


def _listed(value: object) -> list[Shown]:
    assert isinstance(value, list)
    return value


def _part(raw: Shown, name: str) -> Shown:
    part = raw[name]
    assert isinstance(part, dict)
    return part
