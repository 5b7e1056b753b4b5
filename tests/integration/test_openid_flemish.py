"""Officers sign in at a real provider that tells what ACM/IDM tells; the provider is killed, changed and lied about."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey

from bisdesk.chance import SystemChance
from bisdesk.openid.channel import Connect
from bisdesk.openid.claims import GrantedRole, Identity
from bisdesk.openid.client import Begun, Provider
from bisdesk.openid.outcomes import Code, Refused
from bisdesk.openid.registration import Registration
from tests.support.openid import RunningProvider, configuration, free_port, openid_provider, signs_in
from workflow.model import Role

pytestmark = pytest.mark.openid

BACK = "http://127.0.0.1:8080/desk/sign-in/return"
SECRET = "for demos: 100% + tests"
EID = "urn:be:vlaanderen:authmech:eid"
NATIONAL_NUMBER = "00000000097"
HERE = "OVO002949"


@pytest.fixture(scope="module")
def flemish() -> Iterator[RunningProvider]:
    """One provider for all tests that leave it as it is."""
    with openid_provider() as running:
        yield running


def registered(running: RunningProvider, **changed: Any) -> Registration:
    """The desk as this provider knows it."""
    return replace(Registration(running.issuer, "bisdesk", SECRET, BACK, acr_values=(EID,)), **changed)


def came_back(provider: Provider, name: str | None) -> tuple[Begun, dict[str, str]]:
    """A sign-in up to the return of the browser."""
    started = provider.begin(SystemChance())
    assert isinstance(started, Begun)
    return started, signs_in(started.url, name, back_at=BACK)


def signed_in(ours: Registration, name: str | None, *, connect: Connect | None = None) -> Identity | Refused:
    """What a whole sign-in comes to."""
    provider = Provider(ours, connect=connect)
    started, query = came_back(provider, name)
    return provider.finish(started, query, datetime.now(UTC))


@pytest.mark.fact("3.13")
def test_an_officer_of_the_flemish_government_comes_in_with_organisation_and_role(flemish: RunningProvider) -> None:
    assert signed_in(registered(flemish), "Anna Peeters") == Identity(
        issuer=flemish.issuer, subject="anna-peeters", given_name="Anna", family_name="Peeters", email=None,
        target_group="GID", organisation=HERE, organisation_name="Agentschap Voorbeeld",
        granted=(GrantedRole(Role.END_USER, HERE),), acr=EID,
    )  # fmt: skip


def test_somebody_with_several_roles_has_them_all_and_no_stranger_s(flemish: RunningProvider) -> None:
    officer = signed_in(registered(flemish), "Carla Wouters")

    assert isinstance(officer, Identity)
    assert officer.roles == {Role.TEAM_LEAD, Role.SERVICE_DESK}


@pytest.mark.fact("3.14")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Lotte Lokaal", Code.LOCAL_AUTHORITY), ("Emile Extern", Code.TARGET_GROUP), ("Gert Geenrecht", Code.NO_ROLE),
        ("Wim Wachtwoord", Code.LEVEL), (None, Code.CANCELLED),
    ],
)  # fmt: skip
def test_who_may_not_come_in_is_told_why(flemish: RunningProvider, name: str | None, code: Code) -> None:
    assert signed_in(registered(flemish), name) == Refused(code)


def test_a_national_number_that_is_told_all_the_same_is_never_kept(flemish: RunningProvider) -> None:
    seen: list[str] = []
    telling = registered(flemish, scopes=("openid", "profile", "vo", "bisdesk", "rrn", "email"))

    officer = signed_in(telling, "Anna Peeters", connect=lambda: _Between(lambda token: seen.append(token) or token))

    assert isinstance(officer, Identity)
    assert NATIONAL_NUMBER in _claims(seen[0])["rrn"]  # so it was told
    assert NATIONAL_NUMBER not in f"{officer!r} {asdict(officer)}"
    assert officer.email == "anna@entity.example"


def test_a_token_that_was_changed_on_its_way_is_refused(flemish: RunningProvider) -> None:
    outcome = signed_in(registered(flemish), "Lotte Lokaal", connect=lambda: _Between(_promoted))

    assert outcome == Refused(Code.SIGNATURE)


def test_a_token_of_another_sign_in_is_refused(flemish: RunningProvider) -> None:
    seen: list[str] = []
    keep = lambda: _Between(lambda token: seen.append(token) or token)  # noqa: E731
    assert isinstance(signed_in(registered(flemish), "Bart Claes", connect=keep), Identity)

    outcome = signed_in(registered(flemish), "Gert Geenrecht", connect=lambda: _Between(lambda _: seen[0]))

    assert outcome == Refused(Code.NONCE)


def test_a_code_works_once_and_only_with_what_began_it(flemish: RunningProvider) -> None:
    provider = Provider(registered(flemish))
    first, first_query = came_back(provider, "Bart Claes")
    second, second_query = came_back(provider, "Bart Claes")
    now = datetime.now(UTC)

    stolen = replace(first, state=second.state)
    assert provider.finish(stolen, second_query, now) == Refused(Code.GRANT)
    assert isinstance(provider.finish(first, first_query, now), Identity)
    assert provider.finish(first, first_query, now) == Refused(Code.GRANT)


def test_an_answer_without_the_name_of_its_provider_or_with_another_is_refused(flemish: RunningProvider) -> None:
    provider = Provider(registered(flemish))
    started, query = came_back(provider, "Bart Claes")
    now = datetime.now(UTC)
    without = {name: value for name, value in query.items() if name != "iss"}

    assert query["iss"] == flemish.issuer
    assert provider.finish(started, without, now) == Refused(Code.ISSUER)
    assert provider.finish(started, query | {"iss": "https://evil.example"}, now) == Refused(Code.ISSUER)
    assert isinstance(provider.finish(started, query, now), Identity)


@pytest.mark.parametrize(("hours", "code"), [(2, Code.EXPIRED), (-2, Code.TOO_EARLY)])
def test_a_token_is_judged_at_the_time_that_is_handed_in(flemish: RunningProvider, hours: int, code: Code) -> None:
    provider = Provider(registered(flemish))
    started, query = came_back(provider, "Bart Claes")

    assert provider.finish(started, query, datetime.now(UTC) + timedelta(hours=hours)) == Refused(code)


def test_the_time_of_the_sign_in_is_told_when_it_is_asked_for(flemish: RunningProvider) -> None:
    assert isinstance(signed_in(registered(flemish, max_age_s=600), "Bart Claes"), Identity)


def test_a_wrong_secret_is_told_apart(flemish: RunningProvider) -> None:
    assert signed_in(registered(flemish, secret="another"), "Bart Claes") == Refused(Code.CLIENT)


def test_a_scope_that_was_not_granted_fails_the_request_at_once(flemish: RunningProvider) -> None:
    only_vo = configuration(scope="openid profile vo")
    with openid_provider(only_vo) as running:
        assert signed_in(registered(running), "Bart Claes") == Refused(Code.SCOPE)


def test_the_desk_can_prove_itself_with_a_private_key_instead_of_a_secret() -> None:
    key = RSAKey.generate_key(2048)
    public = key.as_dict(private=False)
    jwks = {"keys": [public | {"kid": key.thumbprint(), "use": "sig"}]}
    config = configuration(token_endpoint_auth_method="private_key_jwt", jwks=jwks)
    other = RSAKey.generate_key(2048).as_pem(private=True).decode()

    with openid_provider(config) as running:
        ours = registered(running, secret=key.as_pem(private=True).decode())
        assert isinstance(signed_in(ours, "Bart Claes"), Identity)
        assert signed_in(replace(ours, secret=other), "Bart Claes") == Refused(Code.CLIENT)


def test_a_provider_that_is_killed_on_the_way_is_an_outcome() -> None:
    with openid_provider() as running:
        provider = Provider(registered(running))
        started, query = came_back(provider, "Bart Claes")
        running.kill()

        assert provider.finish(started, query, datetime.now(UTC)) == Refused(Code.PROVIDER_DOWN)
        assert Provider(registered(running)).begin(SystemChance()) == Refused(Code.PROVIDER_DOWN)
        assert Provider(registered(running)).end_url(BACK) is None


def test_a_provider_that_came_back_with_new_keys_is_believed_again() -> None:
    port = free_port()
    with openid_provider(port=port) as running:
        provider = Provider(registered(running))
        assert isinstance(provider.begin(SystemChance()), Begun)  # so its keys are kept

    with openid_provider(port=port):
        started, query = came_back(provider, "Bart Claes")
        assert isinstance(provider.finish(started, query, datetime.now(UTC)), Identity)


def test_another_algorithm_than_agreed_is_refused() -> None:
    with openid_provider(configuration(id_token_signed_response_alg="PS256")) as running:
        assert signed_in(registered(running), "Bart Claes") == Refused(Code.ALGORITHM)
        assert isinstance(signed_in(registered(running, algorithm="PS256"), "Bart Claes"), Identity)


def test_the_way_out_leads_to_the_provider_which_knows_the_place_to_come_back_to(flemish: RunningProvider) -> None:
    provider = Provider(registered(flemish))

    known, strange = provider.end_url("http://127.0.0.1:8080/"), provider.end_url("http://evil.example/")

    assert known is not None
    assert strange is not None
    assert httpx2.get(known).status_code == 200
    assert httpx2.get(strange).status_code == 400


class _Between(httpx2.BaseTransport):
    """Somebody on the way who reads and changes the id_token of an answer."""

    def __init__(self, change: Callable[[str], str]) -> None:
        self._inner, self._change = httpx2.HTTPTransport(), change

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._inner.handle_request(request)
        if urlsplit(str(request.url)).path != "/token":
            return answer
        answer.read()
        told = answer.json()
        return httpx2.Response(answer.status_code, json=told | {"id_token": self._change(told["id_token"])})

    def close(self) -> None:
        self._inner.close()


def _promoted(token: str) -> str:
    """A local authority that calls itself the Flemish government."""
    head, _, signature = token.split(".")
    raw = json.dumps(_claims(token) | {"vo_doelgroepcode": "GID", "bisdesk_rol_3d": ["BisdeskOperator:OVO002949"]})
    return f"{head}.{base64.urlsafe_b64encode(raw.encode()).rstrip(b'=').decode()}.{signature}"


def _claims(token: str) -> dict[str, Any]:
    text = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return claims
