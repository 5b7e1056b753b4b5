"""No name, number, address, code or link of a whole story stands in a log, on stderr or in a `repr` (I6)."""

from __future__ import annotations

import re

import pytest

from bisdesk.bootstrap import install
from bisdesk.settings import read_settings
from tests.acceptance.desk import ANNA, BART, Desk
from workflow import correspondence, dossier, issuing
from workflow.access import Door
from workflow.model import Actor

PERSONAL = (
    "Dubois", "Zoë", "zoe.dubois", "612345678", "880692310285", "1985-07-15", "Rue de Paris", "Lille", "anna@entity",
    "bart@desk", "Anna Peeters", "s3cret words of hers", "typed it wrong",
)  # fmt: skip
TOKEN = re.compile(r"/a/([A-Za-z0-9_-]{20,})")


def secrets_of(desk: Desk) -> set[str]:
    """The code, the one-time code and every link that were sent."""
    bodies = [mail.get_body(("plain",)).get_content() for mail in desk.mails()]
    links = {token for body in bodies for token in TOKEN.findall(body)}
    assert links
    code = desk.code()
    return {code, code.replace(" ", ""), desk.otp(), *links}


def told(desk: Desk) -> tuple[str, str, str]:
    """A story with its slips, told by commands: the request, the activation, and all that stood on stderr."""
    said = []
    ref = desk.filed(noteNumber=True)
    for words, who in (
        (("request", "do", ref, "take"), ANNA),
        (("request", "do", ref, "take"), BART),
        (("request", "do", ref, "request_info", "--set", "fields=contact.email", "--text", "Zoë typed it wrong"), BART),
        (("request", "update", ref, desk.request_file(noteNumber=True), *desk.papers()), ANNA),
        (("request", "do", ref, "resubmit"), ANNA),
        (("request", "submit", desk.request_file(contact__email="zoe.dubois@@example.org"), *desk.papers()), ANNA),
        (("request", "do", ref, "take"), BART),
        (("request", "do", ref, "approve"), BART),
        (("tick", "all"), None),
    ):
        said.append(desk.run(*words, as_=who).err)
    activation = str(desk.ok("request", "show", ref)["activation"])
    password = desk.folder / "password"
    password.write_text("s3cret words of hers", encoding="utf-8")
    key = ("choose-key", activation, "sms", "--username", "zoe.dubois", "--password-file", str(password))
    for words in (
        ("enter-code", activation, "AAAAA AAAAA AAAAA AAAAA"),
        ("enter-code", activation, desk.code()),
        key,
    ):
        said.append(desk.run("activation", *words).err)
    said.append(desk.run("tick", "all").err)
    said.append(desk.run("activation", "confirm-key", activation, "000000").err)
    assert desk.ok("activation", "confirm-key", activation, desk.otp())["state"] == "active"
    return ref, activation, "\n".join(said)


def test_no_log_and_no_talk_of_a_whole_story_names_a_person_or_a_secret(
    lite: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(1):
        _, _, said = told(lite)

    everything = "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records) + said
    assert [word for word in (*PERSONAL, *secrets_of(lite)) if word in everything] == []


def test_no_repr_of_what_the_store_gives_names_a_person_or_a_secret(lite: Desk) -> None:
    ref, activation, _ = told(lite)
    app = install(read_settings())

    with app.unit_of_work() as uow:
        door = Door(uow=uow, actor=Actor.clock(), now=lite.now, tools=app.tools)
        request, detail = uow.cases.request(ref, now=lite.now)
        case, keys = uow.cases.activation(activation, now=lite.now)
        rows = [*uow.outbox.of_case(request.id), *uow.outbox.of_case(case.id)]
        shown = repr(
            [
                app, door, request, detail, case, keys, rows, dossier.stored(uow, request.id), issuing.holder_of(uow, case.id),
                uow.cases.history(request.id), uow.cases.history(case.id), uow.keys.of(case.id),
                uow.directory.by_email(ANNA),
                [correspondence.recipient_of(uow, row.message, lite.now) for row in rows],
            ]
        )  # fmt: skip

    assert ref in shown
    assert [word for word in (*PERSONAL, *secrets_of(lite)) if word in shown] == []
