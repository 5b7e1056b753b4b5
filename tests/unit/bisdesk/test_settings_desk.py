"""How officers come in, as the settings say: by their provider, by the development sign-in, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from bisdesk.openid.registration import Registration
from bisdesk.settings import Settings, read_settings
from bisdesk.settings_desk import Desk, Door
from tests.unit.bisdesk.test_settings_live import RIGHT, refusal
from workflow.errors import Unavailable

ISSUER = "https://authenticatie-ti.vlaanderen.be/op"
GIVEN = {"OIDC_ISSUER": ISSUER, "OIDC_CLIENT_ID": "3fa8", "OIDC_CLIENT_SECRET": "hush-hush"}


def read(**given: str) -> Settings:
    """These settings."""
    return read_settings({f"BISDESK_{name}": text for name, text in given.items()})


def test_a_provider_is_read_with_all_that_was_agreed_with_it() -> None:
    more = {
        "OIDC_APP": "bisdeskti", "OIDC_ACR": "urn:be:vlaanderen:authmech:eid, urn:be:vlaanderen:authmech:csamtotp",
        "OIDC_MAX_AGE_S": "3600", "OIDC_ALGORITHM": "ES256", "BASE_URL": "https://desk.your.example/",
    }  # fmt: skip

    assert read(**GIVEN, **more).desk == Desk(
        Door.OPENID,
        Registration(
            ISSUER, "3fa8", "hush-hush", "https://desk.your.example/desk/sign-in/return", app="bisdeskti",
            scopes=("openid", "profile", "vo", "bisdeskti"), max_age_s=3600, algorithm="ES256",
            acr_values=("urn:be:vlaanderen:authmech:eid", "urn:be:vlaanderen:authmech:csamtotp"),
        ),
    )  # fmt: skip


def test_what_is_not_said_is_what_acm_idm_expects() -> None:
    ours = read(**GIVEN).desk.registration

    assert ours is not None
    assert (ours.app, ours.scopes) == ("bisdesk", ("openid", "profile", "vo", "bisdesk"))
    assert (ours.acr_values, ours.max_age_s, ours.algorithm) == ((), None, "RS256")
    assert read(**GIVEN).warnings == ()


def test_the_secret_comes_from_its_file_and_stands_in_no_repr(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from-the-file\n", encoding="utf-8")

    settings = read(**GIVEN, OIDC_CLIENT_SECRET_FILE=str(file))

    assert settings.desk.registration is not None
    assert settings.desk.registration.secret == "from-the-file"
    assert "from-the-file" not in repr(settings)


@pytest.mark.parametrize("env", ["demo", "test"])
def test_a_rehearsal_may_do_without_a_provider_and_may_close_the_desk(env: str) -> None:
    assert read(ENV=env).desk == Desk(Door.DEVELOPMENT)
    assert read(ENV=env, OIDC_ISSUER="off").desk == Desk(Door.CLOSED)


def test_live_opens_the_desk_with_a_provider_only_or_closes_it_by_a_word() -> None:
    without = {name: text for name, text in RIGHT.items() if name != "OIDC_ISSUER"}

    assert "BISDESK_OIDC_ISSUER must name the provider" in refusal(**without)
    assert "OIDC" not in refusal(**without, OIDC_ISSUER="off")
    assert "OIDC" not in refusal(**without, **GIVEN)


@pytest.mark.parametrize("name", ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"])
@pytest.mark.parametrize("env", [{"ENV": "demo"}, RIGHT])
def test_a_provider_needs_to_know_the_desk_everywhere(env: dict[str, str], name: str) -> None:
    given = {other: text for other, text in GIVEN.items() if other != name}

    assert f"BISDESK_{name}" in refusal(**env | given)


@pytest.mark.parametrize("name", ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"])
def test_a_client_of_no_provider_is_a_mistake(name: str) -> None:
    assert "BISDESK_OIDC_ISSUER must name the provider" in refusal(**{name: "x"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("OIDC_ISSUER", "http://idp.your.example"), ("OIDC_ISSUER", "idp.your.example"), ("OIDC_ISSUER", "https://"),
        ("OIDC_ISSUER", "https://idp.your.example/op?x=1"), ("OIDC_ISSUER", "https://u:p@idp.your.example"),
        ("OIDC_ISSUER", "OFF"), ("OIDC_CLIENT_ID", "two words"), ("OIDC_APP", "bis desk"), ("OIDC_APP", "é"),
        ("OIDC_SCOPES", "profile,vo"), ("OIDC_SCOPES", "openid,two words"), ("OIDC_SCOPES", "openid,rrn"),
        ("OIDC_ACR", "two words"), ("OIDC_MAX_AGE_S", "an hour"), ("OIDC_ALGORITHM", "HS256"), ("OIDC_ALGORITHM", "none"),
        ("OIDC_CLIENT_SECRET", "-----BEGIN PRIVATE KEY-----\nnone"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_and_its_secret_is_not(name: str, text: str) -> None:
    said = refusal(**GIVEN | {name: text})

    assert f"BISDESK_{name}" in said
    assert "hush-hush" not in said


def test_a_private_key_may_stand_in_the_place_of_the_secret() -> None:
    pem = ECKey.generate_key("P-256").as_pem(private=True).decode()

    ours = read(**GIVEN | {"OIDC_CLIENT_SECRET": pem}).desk.registration

    assert ours is not None
    assert ours.signs


def test_a_provider_on_this_machine_is_for_rehearsals_only() -> None:
    local = GIVEN | {"OIDC_ISSUER": "http://127.0.0.1:4000"}

    assert read(**local).desk.door is Door.OPENID
    assert "BISDESK_OIDC_ISSUER must begin with https://" in refusal(**RIGHT | local)


def test_live_refuses_a_secret_that_others_can_read(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("s", encoding="utf-8")
    given = {"OIDC_ISSUER": ISSUER, "OIDC_CLIENT_ID": "3fa8", "OIDC_CLIENT_SECRET_FILE": str(file)}

    file.chmod(0o640)
    assert "BISDESK_OIDC_CLIENT_SECRET_FILE can be read by others" in refusal(**RIGHT | given)
    file.chmod(0o600)
    assert "OIDC" not in refusal(**RIGHT | given)


def test_a_file_that_is_not_there_is_named() -> None:
    given = {"OIDC_ISSUER": ISSUER, "OIDC_CLIENT_ID": "3fa8", "OIDC_CLIENT_SECRET_FILE": "/nowhere/secret"}

    with pytest.raises(Unavailable, match="BISDESK_OIDC_CLIENT_SECRET_FILE"):
        read(**given)
