"""An activation at the desk: what is shown of it, to whom, and what the service desk does with it by the rules of the lifecycle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.test_desk_case_messages import M, becomes, officer, rows
from tests.support.desk_case import with_role
from tests.support.site import OpenSite, issued_site
from workflow import freezing
from workflow.model import Role
from workflow.outbox import DeliveryState

OTHER = "OVO000009"
PARTS = ("", "/messages", "/timeline", "/diagram")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation on which link and code went out to Zoë."""
    with issued_site(tmp_path / "home") as opened:
        yield opened


def test_the_request_leads_to_its_activation_with_its_days_and_tries(site: OpenSite) -> None:
    ref = site.ref
    request = str(site.stage.activation(ref)["request"])
    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{request}?lang=en")
    assert f'href="/desk/activations/{ref}"' in bart.page

    site.enter(ref, "0000000000 0000000000")
    bart.goes(f"/desk/activations/{ref}")

    assert "Dubois" in bart.text
    assert "4 December 2026" in bart.text  # the link, through its fourteenth day
    assert "20 December 2026" in bart.text  # the activation, through its thirtieth
    assert "2 of 3" in bart.text


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_every_part_is_shown_in_every_language(site: OpenSite, part: str, language: str) -> None:
    bart = officer(site, "Bart Claes").goes(f"/desk/activations/{site.ref}{part}?lang={language}")

    assert bart.status == 200
    assert f'<html lang="{language}"' in bart.page


@pytest.mark.parametrize(
    ("role", "entity", "status"),
    [
        (Role.END_USER, "OVO002949", 200), (Role.END_USER, OTHER, 404), (Role.TEAM_LEAD, None, 200), (Role.AUDITOR, None, 200),
        (Role.LOCAL_ADMIN, None, 403), (Role.HEAD_LOCAL_ADMIN, None, 403), (Role.OPERATOR, None, 403),
    ],
)  # fmt: skip
def test_every_page_is_for_its_roles_and_another_entity_is_not_found(
    site: OpenSite, role: Role, entity: str | None, status: int
) -> None:
    who = with_role(site, "Ie Mand", role, entity)

    told = {part: who.goes(f"/desk/activations/{site.ref}{part}").status for part in (*PARTS, "/do/cancel")}

    assert told == dict.fromkeys(told, status)


@pytest.mark.parametrize("role", [Role.END_USER, Role.TEAM_LEAD, Role.AUDITOR, Role.OPERATOR])
def test_who_is_not_of_the_service_desk_changes_nothing(site: OpenSite, role: Role) -> None:
    who = with_role(site, "Ie Mand", role, "OVO002949" if role is Role.END_USER else None)
    form = dict(who.goes("/desk/work").hidden("/desk/sign-out"))
    version = site.stage.activation(site.ref)["version"]
    typed = form | {"seen": str(version), "reason": "withdrawal", "email": "x@example.org", "confirmed": "true"}

    for action in (
        "correct_email",
        "reissue_code",
        "cancel",
        "renew_link",
        "resend_link",
        "unfreeze",
        "freeze",
        "print_letter",
    ):
        answer = who.client.post(f"/desk/activations/{site.ref}/do/{action}", data=typed)
        assert answer.status_code in (403, 404, 409, 422), action
    assert site.stage.activation(site.ref)["version"] == version


@pytest.mark.fact("B2-3b")
def test_a_corrected_address_gets_a_new_link_only_once_it_was_confirmed(site: OpenSite) -> None:
    ref, old = site.ref, site.link()
    path = f"/desk/activations/{ref}/do/correct_email"
    bart = officer(site, "Bart Claes")
    assert path not in bart.goes(f"/desk/activations/{ref}?lang=en").page
    becomes(site, rows(site, ref, M.M1)[0], DeliveryState.BOUNCED)

    bart.goes(path).sends(path, email="zoe@elsewhere")
    assert (bart.status, 'value="zoe@elsewhere"' in bart.page) == (422, True)
    bart.sends(path, email="zoe@elsewhere.example")
    assert bart.status == 422
    assert 'id="confirmed-error"' in bart.page
    bart.sends(path, email="zoe@elsewhere.example", confirmed="true")

    assert bart.path == f"/desk/activations/{ref}"
    site.tick()
    assert site.link() != old
    assert site.events(ref).count("activation.email_corrected") == 1


@pytest.mark.fact("B2-3c")
def test_a_code_that_never_arrived_is_given_anew_and_the_old_one_is_dead(site: OpenSite) -> None:
    ref, old = site.ref, site.code()
    bart = officer(site, "Bart Claes").goes(f"/desk/activations/{ref}/do/reissue_code")

    bart.sends(f"/desk/activations/{ref}/do/reissue_code")

    site.tick()
    assert site.code() != old
    assert site.tries_left(ref) == 3


@pytest.mark.fact("B2-9b")
def test_the_link_is_sent_again_in_one_click_once_a_day(site: OpenSite) -> None:
    ref, old = site.ref, site.link()
    path = f"/desk/activations/{ref}/do/resend_link"
    bart = officer(site, "Bart Claes").goes(f"/desk/activations/{ref}?lang=en")

    bart.sends(path)

    assert bart.status == 200
    assert f'action="{path}"' not in bart.page
    assert "sent again today" in bart.text
    site.tick()
    assert site.link() != old


def test_what_is_done_in_one_click_has_no_page_of_its_own_to_reload_or_to_read_in_another_language(
    site: OpenSite,
) -> None:
    bart = officer(site, "Bart Claes").goes(f"/desk/activations/{site.ref}")
    path = f"/desk/activations/{site.ref}/do/resend_link"
    assert f'action="{path}"' in bart.page

    bart.goes(f"{path}?lang=en")

    assert (bart.status, bart.path) == (200, f"/desk/activations/{site.ref}")


def test_what_was_typed_of_an_activation_when_the_session_ended_is_there_after_signing_in_again(
    site: OpenSite,
) -> None:
    path = f"/desk/activations/{site.ref}/do/cancel"
    bart = officer(site, "Bart Claes").goes(path)
    site.clock.advance(timedelta(minutes=16))

    bart.sends(path, reason="withdrawal", text="Op vraag van de persoon.")
    assert bart.path == "/desk/sign-in"
    assert f'name="to" value="{path}"' in bart.page
    bart.signs_in().goes(path)

    assert (bart.path, "Op vraag van de persoon." in bart.page) == (path, True)
    assert site.state(site.ref) == "awaiting_code"
    bart.sends(path, reason="withdrawal", text="Op vraag van de persoon.")
    assert site.state(site.ref) == "cancelled"


@pytest.mark.fact("B2-9")
def test_a_link_that_is_over_is_renewed_in_one_click(site: OpenSite) -> None:
    ref = site.ref
    site.clock.advance(timedelta(days=15))  # nothing ticked meanwhile
    path = f"/desk/activations/{ref}/do/renew_link"

    bart = officer(site, "Bart Claes").goes(f"/desk/activations/{ref}?lang=en").sends(path)

    assert bart.status == 200
    assert site.state(ref) == "awaiting_code"
    assert site.stage.activation(ref)["linkUntil"] == "2026-12-19"
    assert site.stage.activation(ref)["renewals"] == 1


@pytest.mark.fact("B2-14")
def test_cancelling_asks_for_a_reason_and_keeps_what_was_typed(site: OpenSite) -> None:
    path = f"/desk/activations/{site.ref}/do/cancel"
    bart = officer(site, "Bart Claes").goes(path)

    bart.sends(path, text="Op vraag van de persoon.")
    assert (bart.status, "Op vraag van de persoon." in bart.page) == (422, True)
    assert site.state(site.ref) == "awaiting_code"
    bart.sends(path, reason="withdrawal", text="Op vraag van de persoon.")

    assert site.state(site.ref) == "cancelled"
    assert "Op vraag van de persoon." in bart.goes(f"/desk/activations/{site.ref}/timeline").text


@pytest.mark.fact("B2-freeze")
def test_what_was_frozen_is_told_and_let_go_with_a_reason(site: OpenSite) -> None:
    site.stage.act(None, lambda door: freezing.freeze(door, site.ref))
    bart = officer(site, "Bart Claes").goes(f"/desk/activations/{site.ref}?lang=en")
    assert "On hold since" in bart.text
    path = f"/desk/activations/{site.ref}/do/unfreeze"

    bart.goes(path).sends(path, reason="by_mistake", text="")

    assert "On hold since" not in bart.goes(f"/desk/activations/{site.ref}").text


def test_whoever_comes_second_is_told_and_keeps_the_text(site: OpenSite) -> None:
    path = f"/desk/activations/{site.ref}/do/cancel"
    bart, dirk = officer(site, "Bart Claes"), officer(site, "Dirk Maes")
    bart.goes(path)
    dirk.goes(path).sends(path, reason="withdrawal", text="")

    bart.sends(path, reason="fraud", text="Mijn lange uitleg.")

    assert bart.status == 409
    assert "Dirk Maes" in bart.text
    assert "Mijn lange uitleg." in bart.page


def test_a_form_of_another_browser_or_without_a_version_does_nothing(site: OpenSite) -> None:
    path = f"/desk/activations/{site.ref}/do/cancel"
    bart, dirk = officer(site, "Bart Claes").goes(path), officer(site, "Dirk Maes").goes(path)
    strange, own = dict(dirk.hidden(path)), dict(bart.hidden(path))

    for typed in (strange, {"form": own["form"]}, {}):
        assert bart.client.post(path, data=typed | {"reason": "withdrawal"}).status_code == 403
    assert site.state(site.ref) == "awaiting_code"


@pytest.mark.parametrize("action", ["print_letter", "freeze", "add_key", "ask_sign_in_code", "nothing"])
def test_what_is_not_done_at_the_desk_is_no_action_of_it(site: OpenSite, action: str) -> None:
    bart = officer(site, "Bart Claes")
    form = dict(bart.goes("/desk/work").hidden("/desk/sign-out"))

    answer = bart.client.post(f"/desk/activations/{site.ref}/do/{action}", data=form | {"seen": "99"})

    assert answer.status_code == 404
