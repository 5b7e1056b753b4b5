"""Who may come in by the claims of ACM/IDM, as what, and what is never kept of them."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from bisdesk.openid.claims import GrantedRole, Identity, identity_of, roles_of
from bisdesk.openid.outcomes import Code, Refused
from tests.support.openid_fake import ISSUER, OFFICER
from workflow.model import Role

HERE, ELSEWHERE = "OVO002949", "OVO001835"
NATIONAL_NUMBER = "00000000097"


def identity(app: str = "bisdesk", **changed: object) -> Identity | Refused:
    """What becomes of these claims."""
    return identity_of(OFFICER | changed, issuer=ISSUER, app=app)


def known(**changed: object) -> Identity:
    """Whom these claims let in."""
    found = identity(**changed)
    assert isinstance(found, Identity)
    return found


def test_an_officer_of_the_flemish_government_is_known_with_organisation_and_roles() -> None:
    officer = known(acr="urn:be:vlaanderen:authmech:eid")

    assert officer == Identity(
        issuer=ISSUER, subject="7c2f", given_name="Anna", family_name="Peeters", email=None, target_group="GID",
        organisation=HERE, organisation_name="Agentschap Voorbeeld", granted=(GrantedRole(Role.END_USER, HERE),),
        acr="urn:be:vlaanderen:authmech:eid",
    )  # fmt: skip
    assert officer.roles == {Role.END_USER}


@pytest.mark.fact("3.14")
def test_a_local_authority_is_refused_and_told_that_it_is_a_registration_office_itself() -> None:
    refused = identity(vo_doelgroepcode="LB")

    assert refused == Refused(Code.LOCAL_AUTHORITY)
    assert "registration offices themselves" in refused.detail


@pytest.mark.fact("3.13")
@pytest.mark.parametrize("group", ["EA", "OV", "BUR", "VER", "gid", "GID,LB", "GIDS"])
def test_every_other_target_group_is_refused(group: str) -> None:
    assert identity(vo_doelgroepcode=group) == Refused(Code.TARGET_GROUP)


@pytest.mark.parametrize("group", [None, "", ["GID"], 1, True, {"GID": 1}])
def test_without_a_target_group_nobody_comes_in(group: object) -> None:
    assert identity(vo_doelgroepcode=group) == Refused(Code.CLAIMS)


def test_a_local_authority_hears_why_even_if_nothing_else_is_told() -> None:
    assert identity_of({"vo_doelgroepcode": "LB"}, issuer=ISSUER, app="bisdesk") == Refused(Code.LOCAL_AUTHORITY)


@pytest.mark.parametrize("name", ["sub", "vo_orgcode"])
@pytest.mark.parametrize("value", [None, "", "   ", 12, ["7c2f"], "x" * 256, "two\nlines", "hidden\u200b"])
def test_an_officer_without_a_subject_or_an_organisation_is_nobody(name: str, value: object) -> None:
    assert identity(**{name: value}) == Refused(Code.CLAIMS)


def test_one_name_is_enough_and_none_is_not() -> None:
    assert known(given_name=None).given_name == ""
    assert known(family_name="").family_name == ""
    assert identity(given_name=None, family_name="") == Refused(Code.CLAIMS)


def test_an_organisation_without_a_name_is_called_by_its_code() -> None:
    assert known(vo_orgnaam=None).organisation_name == HERE


@pytest.mark.parametrize(
    ("verified", "kept"), [(True, "anna@entity.example"), (False, None), ("true", None), (None, None)]
)
def test_only_a_verified_address_is_kept(verified: object, kept: str | None) -> None:
    assert known(email="anna@entity.example", email_verified=verified).email == kept


@pytest.mark.parametrize(
    ("right", "role"),
    [
        ("BisdeskEindgebruiker", Role.END_USER), ("BisdeskServicedesk", Role.SERVICE_DESK),
        ("BisdeskTeamverantwoordelijke", Role.TEAM_LEAD), ("BisdeskLokaleBeheerder", Role.LOCAL_ADMIN),
        ("BisdeskHoofdLokaleBeheerder", Role.HEAD_LOCAL_ADMIN), ("BisdeskAuditor", Role.AUDITOR),
        ("BisdeskOperator", Role.OPERATOR),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["{}:OVO002949", "{}-Vlaanderen:OVO002949", "{}-a b-c:OVO002949"])
def test_each_right_is_one_role_with_its_organisation(right: str, role: Role, shape: str) -> None:
    assert roles_of([shape.format(right)], organisation=HERE) == (GrantedRole(role, HERE),)


@pytest.mark.parametrize(
    "value",
    [
        "BisdeskEindgebruiker", "BisdeskEindgebruiker:", "BisdeskEindgebruiker:OVO00294", "BisdeskEindgebruiker:OVO0029490",
        "BisdeskEindgebruiker:0123456789", "bisdeskeindgebruiker:OVO002949", "BisdeskEindgebruikerX:OVO002949",
        "XBisdeskEindgebruiker:OVO002949", "BisdeskEindgebruiker:OVO002949\n", " BisdeskEindgebruiker:OVO002949",
        "BisdeskEindgebruiker-:OVO002949", "BisdeskEindgebruiker:x:OVO002949", "Andere:OVO002949", "applicant:OVO002949",
        "BisdeskEindgebruiker:OVO٠٠٢٩٤٩", "", None, 7, ["BisdeskEindgebruiker:OVO002949"], {"BisdeskEindgebruiker": HERE},
    ],
)  # fmt: skip
def test_a_value_that_is_not_ours_grants_nothing(value: object) -> None:
    assert roles_of([value], organisation=HERE) == ()
    assert identity(bisdesk_rol_3d=[value]) == Refused(Code.NO_ROLE)


def test_unknown_rights_beside_a_known_one_do_no_harm() -> None:
    values = ["Andere-x:OVO002949", None, "BisdeskAuditor:OVO002949", "BisdeskAuditor-twice:OVO002949"]

    assert known(bisdesk_rol_3d=values).granted == (GrantedRole(Role.AUDITOR, HERE),)


def test_a_single_right_may_come_without_a_list() -> None:
    assert known(bisdesk_rol_3d="BisdeskAuditor:OVO002949").roles == {Role.AUDITOR}


@pytest.mark.fact("3.13")
def test_an_end_user_files_for_the_organisation_they_signed_in_for_only() -> None:
    assert identity(bisdesk_rol_3d=[f"BisdeskEindgebruiker:{ELSEWHERE}"]) == Refused(Code.NO_ROLE)
    assert roles_of([f"BisdeskServicedesk:{ELSEWHERE}", f"BisdeskEindgebruiker:{ELSEWHERE}"], organisation=HERE) == (
        GrantedRole(Role.SERVICE_DESK, ELSEWHERE),
    )


@pytest.mark.parametrize("values", [None, [], "", {}, 5])
def test_nobody_comes_in_without_a_role(values: object) -> None:
    refused = identity(bisdesk_rol_3d=values)

    assert refused == Refused(Code.NO_ROLE)
    assert "local administrator" in refused.detail


def test_roles_of_another_application_count_for_nothing() -> None:
    assert identity(app="other") == Refused(Code.NO_ROLE)
    assert isinstance(identity(app="other", other_rol_3d=["BisdeskAuditor:OVO002949"]), Identity)


def test_a_national_number_is_never_kept() -> None:
    officer = known(rrn=NATIONAL_NUMBER, vo_id=NATIONAL_NUMBER, insz=NATIONAL_NUMBER)

    assert NATIONAL_NUMBER not in f"{asdict(officer)}"


def test_nothing_personal_stands_in_a_repr() -> None:
    shown = repr(known(email="anna@entity.example", email_verified=True))

    assert not [word for word in ("7c2f", "Anna", "Peeters", "anna@") if word in shown]
    assert "OVO002949" in shown
