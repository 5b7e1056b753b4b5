"""User name and password of the profile, after the right code and before the first key (B2-11)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.applicant import screens
from bisdesk.web.applicant.inside import Inside, acted, inside
from bisdesk.web.applicant.site import Site
from bisdesk.web.applicant.visit import Visit, mistake
from workflow import accounts, activations_keys, sessions
from workflow.access import Door
from workflow.errors import InvalidSubmission
from workflow.ports_entry import Stage

ACCOUNT, NEXT = "/activate/account", "/activate/key"
STEP = 2  # of three in the set-up
STAGES = frozenset({Stage.SETTING_UP, Stage.SIGNED_IN})


def account(site: Site) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(ACCOUNT)
    def ask(request: Request) -> Response:
        """User name and password."""
        visit = Visit(site, request)
        here = inside(visit, STAGES)
        if isinstance(here, Response):
            return here
        if here.stage is Stage.SIGNED_IN:
            return visit.go("/keys")
        told = visit.told()
        return visit.page(_account_screen(told.typed.get("username", here.username), told.mistakes))

    @router.post(ACCOUNT)
    def name_account(
        request: Request, form: Annotated[str, Form()] = "", username: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        """Keep them, if they follow the rules; every breach is told at once."""
        visit = Visit(site, request)

        def name(door: Door, here: Inside) -> Response:
            activations_keys.name_account(door, here.ref, username=username.strip(), password=password)
            return visit.go(NEXT)

        try:
            return acted(visit, STAGES, name, form=form)
        except InvalidSubmission as wrong:
            return visit.tell(ACCOUNT, *_breaches(wrong), typed={"username": username})

    return router


def _account_screen(username: str, mistakes: tuple[screens.Mistake, ...] = ()) -> screens.Account:
    return screens.Account(
        username=username, name_shortest=accounts.NAME_SHORTEST, name_longest=accounts.NAME_LONGEST,
        shortest=accounts.SHORTEST, longest=accounts.LONGEST,
        pause_minutes=int(sessions.PAUSE.total_seconds() // 60), mistakes=mistakes, step=STEP,
    )  # fmt: skip


def _breaches(wrong: InvalidSubmission) -> tuple[screens.Mistake, ...]:
    return tuple(
        mistake(fault.path, f"mistake.{fault.path}.{fault.code}", **_limits_of(fault.path)) for fault in wrong.fields
    )


def _limits_of(field: str) -> dict[str, object]:
    name = field == "username"
    return {
        "shortest": accounts.NAME_SHORTEST if name else accounts.SHORTEST,
        "longest": accounts.NAME_LONGEST if name else accounts.LONGEST,
    }
