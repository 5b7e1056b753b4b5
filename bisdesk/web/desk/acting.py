"""Acting on a request: a page asks what the action needs, then comes the same use case as everywhere (D10, D11).

What was typed survives: a wrong field shows it again, and so does the page after a session that ran out (E11); whoever came second
gets it back beside what happened meanwhile (D8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from bisdesk import views
from bisdesk.acts import OF_FIELD, ON_REQUEST, WITH_NUMBER, Given, number_given
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.casefile import ACTIONS, CaseFile, read_case
from bisdesk.web.desk.conflict import REFUSED, conflict, version_seen
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.menu import READERS
from bisdesk.web.desk.people import colleagues
from bisdesk.web.desk.returning import given_values, kept_words, previewed
from notifications.rendering import RenderedMail
from workflow.access import Door
from workflow.errors import InvalidSubmission, NotFound
from workflow.intake_fields import FIELD_RULES
from workflow.model import User
from workflow.ownership import refuse_foreign_work
from workflow.registrations import REASONS
from workflow.registrations_desk import MENDABLE

FINAL = frozenset(
    {"reject", "require_recreate", "withdraw", "approve", "same_person", "different_person", "is_resident", "created"}
)
WITH_TEXT = frozenset({"request_info"})
ASKED_OF = (
    *(path for path in FIELD_RULES if not path.startswith(("officer", "entity", "kind", "previous"))),
    "scan", "declaration",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page of an action asks for."""

    action: str
    reasons: tuple[str, ...] = ()
    text: bool = False
    fields: tuple[str, ...] = ()
    colleagues: tuple[User, ...] = ()
    number: bool = False
    candidates: tuple[Mapping[str, object], ...] = field(default=(), repr=False)
    mendable: Mapping[str, str] = field(default_factory=dict, repr=False)
    extension: bool = False
    final: bool = False


def acting(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/requests/{ref}/do/{action}")
    def ask(request: Request, ref: str, action: str) -> Response:
        """What the action needs, and what it will do."""
        call = Call(desk, request)
        user = call.officer(READERS)
        shown, asked = desk.look(user, lambda door: _asked(door, ref, action))
        if action not in shown.can or action not in ACTIONS:
            return call.go(f"/desk/requests/{shown.row.case.ref}")
        chosen = request.query_params.get("candidate", "")  # its place in the list, from the page that compares them
        before = call.typed_before()
        return _form(
            call, shown, asked, typed=before or ({"candidate": chosen} if chosen else {}), again=before is not None
        )

    @router.post("/desk/requests/{ref}/do/{action}")
    async def act(request: Request, ref: str, action: str) -> Response:
        """Do it, if it still can be done."""
        typed = await request.form()
        return await run_in_threadpool(lambda: _act(Call(desk, request), ref.upper(), action, typed))

    return router


def _act(call: Call, ref: str, action: str, typed: FormData) -> Response:
    values = {name: str(value) for name, value in typed.multi_items() if name not in ("form", "fields")}
    values["fields"] = ",".join(str(one) for one in typed.getlist("fields"))
    form = str(typed.get("form", ""))
    user = call.officer(READERS, typed={**values, "form": form})
    call.refuse_strange(form)
    if action not in ACTIONS:
        raise NotFound("action", action[:40])
    try:
        if action == "request_info" and "preview" in values:
            return _previewed(call, user, ref, values)
        call.desk.act(user, _work(call, ref, action, values))
    except InvalidSubmission as wrong:
        shown, asked = call.desk.look(user, lambda door: _asked(door, ref, action))
        mistakes = {_field(one.path): [call.problem(one)] for one in wrong.fields}
        return _form(call, shown, asked, typed=values, mistakes=mistakes)
    except REFUSED as refused:
        shown = call.desk.look(user, lambda door: read_case(door, ref))
        return conflict(
            call, shown.row.case, refused, action=action, history=shown.history, people=shown.people, text=kept_words(call, values)
        )  # fmt: skip
    return call.go(f"/desk/requests/{ref}?done={action}")


def _previewed(call: Call, user: User, ref: str, values: Mapping[str, str]) -> Response:
    """The form as it was filled in, with the mail that it would send; nothing is done yet."""
    shown, asked = call.desk.look(user, lambda door: _asked(door, ref, "request_info"))
    if "request_info" not in shown.can:
        return call.go(f"/desk/requests/{ref}")
    return _form(call, shown, asked, typed=values, mail=previewed(call, user, ref, values=values))


def _work(call: Call, ref: str, action: str, values: Mapping[str, str]):  # type: ignore[no-untyped-def]  # the two shapes of use cases
    seen = version_seen(values.get("seen", ""))
    given = _given(action, values)
    minted = call.desk.app.mint(call.now) if action in WITH_NUMBER else None

    def work(door: Door) -> object:
        seeing = replace(door, seen=seen)
        refuse_foreign_work(door, views.explain(door, ref), action)
        if minted is not None:
            return WITH_NUMBER[action](seeing, ref, number_given(seeing, ref, given), minted)
        return ON_REQUEST[action](seeing, ref, given)

    return work


def _given(action: str, values: Mapping[str, str]) -> Given:
    own = {name: value for name, value in values.items() if name not in ("seen", "reason", "text", "fields")}
    if action == "correct_typo":
        own = {path: own[path] for path in MENDABLE if path in own and own[path] != values.get(f"was.{path}", "")}
    elif action == "request_info":
        own = given_values(values)
    return Given(action, values.get("reason") or None, values.get("text") or None, own)


def _asked(door: Door, ref: str, action: str) -> tuple[CaseFile, Asked]:
    shown = read_case(door, ref)
    reasons = REASONS.get(action, ())
    candidates = shown.view.get("candidates") if action in ("same_person", "different_person") else ()
    asked = Asked(
        action, reasons, text=bool(reasons) or action in WITH_TEXT, fields=ASKED_OF if action == "request_info" else (),
        colleagues=_fit(door, shown) if action == "reassign" else (), number=action in WITH_NUMBER,
        candidates=tuple(candidates) if isinstance(candidates, list) else (),
        mendable={path: _plain(value) for path, value in shown.person if path in MENDABLE} if action == "correct_typo" else {},
        extension=action == "approve" and bool(shown.view.get("extendedByLaw")), final=action in FINAL,
    )  # fmt: skip
    return shown, asked


def _fit(door: Door, shown: CaseFile) -> tuple[User, ...]:
    """Who can deal with it: not its filer, not who has it now."""
    return colleagues(door, without=(shown.row.detail.filer, shown.row.case.assignee))


def _form(
    call: Call,
    shown: CaseFile,
    asked: Asked,
    *,
    typed: Mapping[str, str],
    mistakes: Mapping[str, list[str]] | None = None,
    mail: RenderedMail | None = None,
    again: bool = False,
) -> Response:
    return call.page(
        "action", case=shown, ref=shown.row.case.ref, asked=asked, typed=typed, mistakes=dict(mistakes or {}), mail=mail,
        again=again, status=422 if mistakes else 200,
    )  # fmt: skip


def _field(path: str) -> str:
    """The field of the page that a wrong path belongs to."""
    return "fields" if path.startswith(("fields.", OF_FIELD)) else path


def _plain(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
