"""The heartbeat as an operator sees it: switched on, walking, held up, recovered; and no trace of it where it is off."""

from __future__ import annotations

import pytest

from bisdesk.bootstrap import install
from bisdesk.canary import beat_of
from bisdesk.clock import VirtualClock
from bisdesk.settings import read_settings
from bisdesk.web.health import Health, health_of
from bisdesk.web.metrics import exposition
from tests.acceptance.desk import ANNA, BART, Desk
from workflow.model import CANARY

MAILBOX, NUMBER = "canary@operator.example", "+32470000001"
EIGHT = ",".join(f"+3247000000{place}" for place in range(1, 9))
NOBODY = "smtp://127.0.0.1:1?starttls=never"


@pytest.fixture
def walking(desk: Desk) -> Desk:
    return switched_on(desk)


@pytest.fixture
def walking_lite(lite: Desk) -> Desk:
    return switched_on(lite)


def switched_on(desk: Desk) -> Desk:
    desk.set(CANARY_EMAIL=MAILBOX, CANARY_MOBILE=NUMBER)
    return desk


def hourly(desk: Desk) -> Desk:
    """Eight numbers take three codes a day each."""
    desk.set(CANARY_MOBILE=EIGHT, CANARY_EVERY_MIN="61")
    return desk


def ticked(desk: Desk) -> int:
    """A tick of everything; how many steps the canary took."""
    return int(desk.ok("tick", "all")["canary"])


def health(desk: Desk) -> Health:
    return health_of(install(read_settings(), clock=VirtualClock(desk.now)))


def doctor(desk: Desk) -> dict[str, object]:
    return next(one for one in desk.run("doctor").json if one["name"] == "canary")


def scraped(desk: Desk) -> dict[str, float]:
    """The samples of the canary, by name and labels."""
    app = install(read_settings(), clock=VirtualClock(desk.now))
    with app.unit_of_work() as uow:
        measured = uow.measures.taken(now=desk.now)
    text = exposition(measured, beat_of(app, measured, desk.now)).decode()
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("bisdesk_canary")]
    return {name.removeprefix("bisdesk_canary_"): float(value) for name, value in lines}


def test_a_tick_walks_the_whole_chain_and_tells_of_it(walking: Desk) -> None:
    steps = ticked(walking)
    walking.later(minutes=12)

    told = walking.ok("message", "stats")["canary"]
    assert steps == 5
    assert [str(mail["To"]) for mail in walking.mails()] == [MAILBOX] * 3
    assert [text.splitlines()[0] for text in walking.sms()] == [f"To: {NUMBER}"]
    assert told["lastSuccessSeconds"] == 720
    assert set(told["stepSeconds"]) == {"handed_over", "code_entered", "key_confirmed", "ended"}
    assert (told["failures"], told["late"]) == (0, False)
    assert doctor(walking)["found"] == "came through 12 minutes ago"


def test_it_walks_again_every_so_many_minutes(walking_lite: Desk) -> None:
    desk = hourly(walking_lite)

    went = [ticked(desk), ticked(desk.later(minutes=60)), ticked(desk.later(minutes=1))]

    assert went == [5, 0, 5]


def test_one_number_never_runs_into_the_quota_of_a_day(walking_lite: Desk) -> None:
    went = [ticked(walking_lite.later(minutes=485)) for _ in range(9)]

    assert went == [5] * 9
    assert scraped(walking_lite)["failures_total"] == 0


def test_a_provider_that_is_down_rings_and_is_forgiven(walking_lite: Desk) -> None:
    desk = hourly(walking_lite)
    ticked(desk)
    desk.set(SMTP_URL=NOBODY)
    seen = []
    for minutes in (61, 15, 108):
        ticked(desk.later(minutes=minutes))
        seen.append((scraped(desk)["failures_total"], doctor(desk)["ok"], health(desk)))
    desk.set(SMTP_URL=f"capture:{desk.folder}/home/mail")
    for minutes in (15, 61):
        ticked(desk.later(minutes=minutes))
    after = scraped(desk)

    assert [failures for failures, *_ in seen] == [0, 1, 1]
    assert [ok for _, ok, _ in seen] == [True, True, False]
    assert seen[-1][-1] is Health.DEGRADED
    assert after["last_success_seconds"] <= 61 * 60
    assert (health(desk), doctor(desk)["ok"]) == (Health.UP, True)


def test_health_is_degraded_when_none_came_through_for_three_intervals(walking_lite: Desk) -> None:
    desk = hourly(walking_lite)
    ticked(desk)
    seen = []
    for minutes in (183, 1):
        desk.later(minutes=minutes).ok("tick", "outbox")
        seen.append(health(desk))

    assert seen == [Health.UP, Health.DEGRADED]
    ticked(desk)
    assert health(desk) is Health.UP


def test_no_list_of_officers_shows_it(walking_lite: Desk) -> None:
    desk = walking_lite
    ref = desk.filed()
    desk.set(SMTP_URL=NOBODY)
    ticked(desk)

    assert [one["ref"] for one in desk.ok("request", "list", as_=BART)] == [ref]
    assert desk.ok("request", "list", "--entity", CANARY) == []
    assert {one["to"] for one in desk.ok("message", "list")} <= {"filer"}
    assert [one["ref"] for one in desk.ok("request", "list", as_=ANNA)] == [ref]


def test_off_it_leaves_no_trace(lite: Desk) -> None:
    ticked_ = lite.ok("tick", "all")
    alone = lite.ok("tick", "canary")

    assert "canary" not in ticked_
    assert alone["canary"] == 0
    assert "canary" not in lite.ok("message", "stats")
    assert scraped(lite) == {}
    assert (lite.mails(), lite.sms()) == ([], [])
    assert doctor(lite)["found"] == "off: BISDESK_CANARY_EMAIL and BISDESK_CANARY_MOBILE are not set"


def test_switched_off_it_is_no_reason_for_an_alarm(walking_lite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = walking_lite
    ticked(desk)
    monkeypatch.delenv("BISDESK_CANARY_EMAIL")
    monkeypatch.delenv("BISDESK_CANARY_MOBILE")
    desk.later(days=2).ok("tick", "all")

    assert health(desk) is Health.UP
    assert scraped(desk) == {}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"CANARY_EMAIL": MAILBOX}, "BISDESK_CANARY_MOBILE"),
        ({"CANARY_MOBILE": NUMBER}, "BISDESK_CANARY_EMAIL"),
        ({"CANARY_EMAIL": MAILBOX, "CANARY_MOBILE": "+3222345678"}, "BISDESK_CANARY_MOBILE"),
        ({"CANARY_EMAIL": MAILBOX, "CANARY_MOBILE": NUMBER, "CANARY_EVERY_MIN": "484"}, "BISDESK_CANARY_EVERY_MIN"),
        ({"CANARY_EMAIL": MAILBOX, "CANARY_MOBILE": EIGHT, "CANARY_EVERY_MIN": "60"}, "BISDESK_CANARY_EVERY_MIN"),
        ({"CANARY_EMAIL": "somewhere", "CANARY_MOBILE": NUMBER}, "BISDESK_CANARY_EMAIL"),
        ({"CANARY_EVERY_MIN": "4"}, "BISDESK_CANARY_EVERY_MIN"),
    ],
)
def test_half_a_canary_is_refused_with_the_setting_that_mends_it(lite: Desk, given: dict[str, str], named: str) -> None:
    lite.set(**given)

    done = lite.run("tick", "all")

    assert done.code == 7
    assert named in done.err
