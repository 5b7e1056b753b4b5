"""The sign-in against a real provider of another make (Canaille): the whole way, and each lie about one part of it.

It cannot tell what ACM/IDM tells of an officer. So a sign-in that holds in every respect ends with `claims`, which is judged last;
whatever is wrong before that has its own code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_iam import Server

from bisdesk.chance import SystemChance
from bisdesk.openid.channel import Channel
from bisdesk.openid.client import Begun, Provider
from bisdesk.openid.discovery import Metadata, read_metadata
from bisdesk.openid.exchange import Ticket, id_token_for
from bisdesk.openid.id_token import Expected, claims_of
from bisdesk.openid.outcomes import Code, Refused
from bisdesk.openid.registration import Registration
from tests.support.openid import fills_in

BACK = "http://127.0.0.1:8080/desk/sign-in/return"
HELD = Refused(Code.CLAIMS)  # the token held; what is missing are the claims of ACM/IDM
LOGIN = {"login": "anna", "password": "correct horse battery"}


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk and one officer, known to the provider."""

    server: Server
    client: Any
    ours: Registration

    def started(self) -> tuple[Provider, Begun]:
        """A sign-in that was begun."""
        provider = Provider(self.ours)
        begun = provider.begin(SystemChance())
        assert isinstance(begun, Begun)
        return provider, begun

    def changes(self, **fields: Any) -> None:
        """Another setting of the desk's client at the provider."""
        self.server.backend.update(self.client, **fields)
        self.server.backend.save(self.client)


@pytest.fixture
def desk(iam_server: Server) -> Iterator[Desk]:
    """A desk of its own for each test."""
    client = iam_server.models.Client(
        client_id="bisdesk", client_secret="a-plain-secret", client_name="Bisdesk", contacts=["desk@your.example"],
        redirect_uris=[BACK], grant_types=["authorization_code"], response_types=["code"], scope=["openid", "profile"],
        token_endpoint_auth_method="client_secret_basic", id_token_signed_response_alg="RS256",
    )  # fmt: skip
    iam_server.backend.save(client)
    iam_server.backend.update(client, audience=[client])
    iam_server.backend.save(client)
    officer = iam_server.random_user(user_name=LOGIN["login"], password=LOGIN["password"])
    iam_server.consent(officer, client)
    issuer = iam_server.url.rstrip("/")
    yield Desk(
        iam_server, client, Registration(issuer, "bisdesk", "a-plain-secret", BACK, scopes=("openid", "profile"))
    )
    for kept in (*iam_server.backend.query(iam_server.models.Consent), client, officer):
        iam_server.backend.delete(kept)


def test_an_officer_signs_in_with_name_and_password_and_the_token_holds(desk: Desk) -> None:
    provider, begun = desk.started()

    query = fills_in(begun.url, LOGIN, back_at=BACK)

    assert query["iss"] == desk.ours.issuer
    assert provider.finish(begun, query, datetime.now(UTC)) == HELD


def test_what_the_token_tells_is_who_signed_in(desk: Desk) -> None:
    channel, now = Channel(), datetime.now(UTC)
    known = read_metadata(channel, desk.ours)
    assert isinstance(known, Metadata)
    _, begun = desk.started()
    query = fills_in(begun.url, LOGIN, back_at=BACK)

    token = id_token_for(
        Ticket(query["code"], begun.verifier, now), known.token_endpoint, us=desk.ours, channel=channel
    )
    claims = claims_of(token, known.keys, Expected(desk.ours, begun.nonce, now))

    assert not isinstance(claims, Refused)
    assert (claims["sub"], claims["iss"]) == ("anna", desk.ours.issuer)
    assert known.names_itself
    assert known.end_session_endpoint is not None


@pytest.mark.parametrize(
    ("changed", "code"),
    [("verifier", Code.GRANT), ("nonce", Code.NONCE), ("state", Code.STATE)],
)
def test_what_another_sign_in_began_cannot_be_finished(desk: Desk, changed: str, code: Code) -> None:
    provider, begun = desk.started()
    query = fills_in(begun.url, LOGIN, back_at=BACK)
    other = SystemChance().token()

    assert provider.finish(replace(begun, **{changed: other}), query, datetime.now(UTC)) == Refused(code)


def test_an_answer_under_the_name_of_another_provider_is_refused(desk: Desk) -> None:
    provider, begun = desk.started()
    query = fills_in(begun.url, LOGIN, back_at=BACK)

    assert provider.finish(begun, query | {"iss": "https://evil.example"}, datetime.now(UTC)) == Refused(Code.ISSUER)


def test_a_provider_that_calls_itself_otherwise_than_agreed_is_refused_before_anybody_goes_there(desk: Desk) -> None:
    almost = replace(desk.ours, issuer=f"{desk.ours.issuer}/")

    assert Provider(almost).begin(SystemChance()) == Refused(Code.ISSUER)


def test_a_token_for_another_desk_is_refused(desk: Desk) -> None:
    other = desk.server.models.Client(client_id="another", client_name="Another", redirect_uris=[BACK])
    desk.server.backend.save(other)

    for audience in ([other], [desk.client, other]):
        desk.changes(audience=audience)
        provider, begun = desk.started()
        query = fills_in(begun.url, LOGIN, back_at=BACK)
        assert provider.finish(begun, query, datetime.now(UTC)) == Refused(Code.AUDIENCE)

    desk.changes(audience=[desk.client])
    desk.server.backend.delete(other)


@pytest.mark.parametrize(("days", "code"), [(20, Code.EXPIRED), (-1, Code.TOO_EARLY)])
def test_a_token_of_another_time_is_refused(desk: Desk, days: int, code: Code) -> None:
    provider, begun = desk.started()
    query = fills_in(begun.url, LOGIN, back_at=BACK)

    assert provider.finish(begun, query, datetime.now(UTC) + timedelta(days=days)) == Refused(code)


def test_a_token_in_another_algorithm_is_refused(desk: Desk) -> None:
    desk.changes(id_token_signed_response_alg="RS512")
    provider, begun = desk.started()

    query = fills_in(begun.url, LOGIN, back_at=BACK)

    assert provider.finish(begun, query, datetime.now(UTC)) == Refused(Code.ALGORITHM)


def test_a_code_works_once(desk: Desk) -> None:
    provider, begun = desk.started()
    query = fills_in(begun.url, LOGIN, back_at=BACK)
    now = datetime.now(UTC)

    assert provider.finish(begun, query, now) == HELD
    assert provider.finish(begun, query, now) == Refused(Code.GRANT)


def test_a_level_that_the_provider_does_not_tell_is_not_believed(desk: Desk) -> None:
    strict = replace(desk, ours=replace(desk.ours, acr_values=("urn:be:vlaanderen:authmech:eid",)))
    provider, begun = strict.started()
    query = fills_in(begun.url, LOGIN, back_at=BACK)

    assert provider.finish(begun, query, datetime.now(UTC)) == Refused(Code.LEVEL)


def test_a_wrong_secret_is_told_apart(desk: Desk) -> None:
    wrong = replace(desk, ours=replace(desk.ours, secret="another"))
    provider, begun = wrong.started()
    query = fills_in(begun.url, LOGIN, back_at=BACK)

    assert provider.finish(begun, query, datetime.now(UTC)) == Refused(Code.CLIENT)
