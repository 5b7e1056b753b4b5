"""The declaration of the identity check (3.20), to print and to sign: filled in from a request, or empty."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from bisdesk.web.desk.call import Call
from bisdesk.web.desk.filing import countries
from bisdesk.web.desk.filing.reading import read_draft
from bisdesk.web.desk.filing.start import FILERS
from bisdesk.web.desk.frame import Desk
from workflow.errors import NotFound
from workflow.model import Language
from workflow.submission import Submission

LANGUAGES = (Language.NL, Language.EN)


def declaration(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/declaration/{language}")
    def empty(request: Request, language: str) -> Response:
        """To fill in by hand."""
        call = Call(desk, request)
        call.officer(FILERS)
        return _paper(call, language, Submission())

    @router.get("/desk/requests/{ref}/declaration/{language}")
    def filled(request: Request, ref: str, language: str) -> Response:
        """With what is known of the person and the document."""
        call = Call(desk, request)
        user = call.officer(FILERS)
        draft = desk.look(user, lambda door: read_draft(door, ref))
        if draft is None:
            return call.go(f"/desk/requests/{ref.upper()}")
        return _paper(call, language, draft.submission, ref=draft.case.ref)

    return router


def _paper(call: Call, language: str, known: Submission, *, ref: str = "") -> Response:
    if language not in LANGUAGES:
        raise NotFound("declaration", language[:10], choices=LANGUAGES)
    call.language = Language(language)
    words = call.desk.words[call.language]
    given = (known.person.given_name, *(known.person.other_given_names or ()))
    country = countries.name_of(known.document.country, words) if known.document.country else ""
    return call.page(
        "filing_declaration", known=known, ref=ref, country=country, given=" ".join(name for name in given if name),
        entity=known.entity or (call.signed_in.user.entity if call.signed_in else ""),
    )  # fmt: skip
