"""What officers do with a request: file, check, correct, decide, withdraw."""

from __future__ import annotations

import pytest

from tests.acceptance.desk import ANNA, BART, CARLA, DIRK, Desk

OTHER = {
    "person__familyName": "Martin", "person__givenName": "Lou", "person__birthDate": "1971-02-03",
    "contact__email": "lou.martin@example.org", "contact__mobile": "+33612345679", "document__number": "990692310285",
}  # fmt: skip


@pytest.mark.fact("3.22", "3.23", "3.24", "3.25", "3.26", "AM3-5", "R6", "B1-3")
@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("photoPresent", "no_photo"), ("onPrado", "not_in_prado"), ("photoMatches", "no_likeness"),
        ("authentic", "not_authentic"), ("valid", "expired"),
    ],
)  # fmt: skip
def test_a_refuted_check_stops_the_request_for_good(lite: Desk, step: str, reason: str) -> None:
    file = lite.request_file(**{f"identityCheck__steps__{step}": False})

    done = lite.run("request", "submit", file, *lite.papers(), as_=ANNA)

    assert done.code == 3
    ref = done.json["ref"]
    assert done.json["state"] == "stopped"
    assert lite.ok("request", "history", ref)[-1]["reason"] == reason
    lite.ok("tick", "all")
    assert len(lite.mails(ANNA)) == 1
    assert lite.mails("zoe.dubois") == [], "no message to the applicant"
    assert lite.run("request", "do", ref, "submit", as_=ANNA).code == 3


@pytest.mark.fact("3.20", "3.26", "AM3-5")
def test_an_expired_document_stops_and_one_extended_by_law_needs_confirmation(lite: Desk) -> None:
    expired = lite.request_file(
        document__type="passport", document__issuedOn="2016-01-04", document__expiresOn="2026-01-03"
    )
    done = lite.run("request", "submit", expired, *lite.papers(), as_=ANNA)
    assert (done.code, done.json["state"]) == (3, "stopped")

    ref = lite.filed(document__issuedOn="2013-05-02", document__expiresOn="2023-05-01", document__machineReadable=True)
    lite.do(ref, "take")
    refused = lite.run("request", "do", ref, "approve", as_=BART)
    assert refused.code == 3
    assert "extensionConfirmed" in refused.err
    assert lite.do(ref, "approve", "--set", "extensionConfirmed=true")["state"] == "approved"


@pytest.mark.fact("3.30", "AM3-4", "B1-6", "B1-7")
def test_a_request_that_was_sent_back_is_corrected_and_keeps_its_reference(desk: Desk) -> None:
    ref = desk.filed()
    desk.later(minutes=10).do(ref, "take")
    asked = desk.do(
        ref, "request_info", "--set", "fields=contact.email,person.birthPlace", "--text", "Please check both."
    )
    assert asked["state"] == "info_requested"
    assert asked["remarks"]["fields"] == ["contact.email", "person.birthPlace"]
    desk.ok("tick", "all")
    assert "2026-12-04" not in desk.mails(ANNA)[-1].as_string()
    assert "4 december 2026" in desk.mails(ANNA)[-1].get_body(("plain",)).get_content(), (
        "the last day to answer, in words"
    )

    desk.ok("request", "update", ref, desk.request_file(person__birthPlace="Roubaix"), as_=ANNA)
    again = desk.do(ref, "resubmit", as_=ANNA)

    assert (again["ref"], again["state"]) == (ref, "submitted")
    desk.do(ref, "take", as_=DIRK)
    desk.do(ref, "approve", as_=DIRK)


@pytest.mark.fact("B1-8", "B3b-info_deadline")
def test_a_request_that_nobody_corrects_lapses_after_fourteen_days(desk: Desk) -> None:
    ref = desk.filed()
    desk.do(ref, "take")
    desk.do(ref, "request_info", "--set", "fields=contact.email", "--text", "Please check.")

    assert desk.at(2026, 12, 4, 23, 59, 59).state(ref) == "info_requested"
    assert desk.at(2026, 12, 5, 0, 0).state(ref) == "lapsed"
    assert desk.run("request", "do", ref, "resubmit", as_=ANNA).code == 3


@pytest.mark.fact("B1-8b", "B3b-draft_idle", "B1-2b")
def test_a_draft_lapses_thirty_days_after_its_last_edit(desk: Desk) -> None:
    ref = desk.ok("request", "draft", desk.request_file(contact__email=...), as_=ANNA)["ref"]
    desk.at(2026, 12, 10, 9).ok("request", "update", ref, desk.request_file(), as_=ANNA)

    assert desk.at(2027, 1, 9, 23, 59, 59).state(ref) == "draft"
    assert desk.at(2027, 1, 10, 0, 0).state(ref) == "lapsed"


@pytest.mark.fact("B1-2", "B1-4")
def test_a_draft_may_be_incomplete_and_tells_everything_that_is_missing_when_submitted(lite: Desk) -> None:
    ref = lite.ok("request", "draft", lite.request_file(contact__email=..., residence__city=...), as_=ANNA)["ref"]

    refused = lite.run("request", "do", ref, "submit", as_=ANNA)

    assert refused.code == 6
    assert {field["path"] for field in refused.json["fields"]} == {"contact.email", "residence.city"}
    assert lite.state(ref) == "draft"
    lite.ok("request", "update", ref, lite.request_file(), *lite.papers(), as_=ANNA)
    assert lite.do(ref, "submit", as_=ANNA)["state"] == "submitted"


@pytest.mark.fact("3.30", "AM3-4", "B1-9")
def test_a_request_that_must_be_made_anew_is_copied_without_papers_and_checks(lite: Desk) -> None:
    ref = lite.filed()
    lite.do(ref, "take")
    assert lite.do(ref, "require_recreate", "--reason", "incomplete")["state"] == "rejected"

    copy = lite.do(ref, "clone", as_=ANNA)

    assert (copy["state"], copy["checksPassed"]) == ("draft", 0)
    assert copy["ref"] != ref
    refused = lite.run("request", "do", copy["ref"], "submit", as_=ANNA)
    assert refused.code == 6
    lite.ok("request", "update", copy["ref"], lite.request_file(), *lite.papers(), as_=ANNA)
    assert lite.do(copy["ref"], "submit", as_=ANNA)["state"] == "submitted"


@pytest.mark.fact("B1-9", "B1-23")
def test_what_is_erased_is_not_copied_to_a_new_draft(lite: Desk) -> None:
    ref = lite.filed()
    lite.do(ref, "take")
    lite.do(ref, "require_recreate", "--reason", "incomplete")
    lite.at(2026, 12, 21, 0, 0)

    refused = lite.run("request", "do", ref, "clone", as_=ANNA)

    assert refused.code == 3
    assert "erased" in refused.err
    assert [row["ref"] for row in lite.ok("request", "list")] == [ref]


@pytest.mark.fact("B1-10")
def test_a_rejection_needs_a_listed_reason_and_a_text(lite: Desk) -> None:
    ref = lite.filed()
    lite.do(ref, "take")

    bare = lite.run("request", "do", ref, "reject", as_=BART)
    strange = lite.run("request", "do", ref, "reject", "--reason", "because", "--text", "x", as_=BART)
    wordless = lite.run("request", "do", ref, "reject", "--reason", "fraud", as_=BART)

    assert [bare.code, strange.code, wordless.code] == [6, 6, 6]
    assert lite.do(ref, "reject", "--reason", "document", "--text", "The hologram is missing.")["state"] == "rejected"
    assert lite.ok("request", "history", ref)[-1]["reason"] == "document"


@pytest.mark.fact("3.27", "AM3-2", "AM3-3", "B1-4")
def test_an_address_or_number_of_somebody_else_is_refused_by_field_only_and_the_persons_own_is_not(desk: Desk) -> None:
    desk.filed()
    stolen = OTHER | {"contact__email": "ZOE.DUBOIS@example.org", "contact__mobile": "+33 6 12 34 56 78"}

    refused = desk.run("request", "submit", desk.request_file(**stolen), *desk.papers(), as_=ANNA)

    assert refused.code == 6
    assert {field["path"] for field in refused.json["fields"]} == {"contact.email", "contact.mobile"}
    assert "Dubois" not in refused.out + refused.err
    assert len(desk.ok("request", "list")) == 1, "nothing was stored"
    assert desk.filed(document__number="770692310285"), "the same person may use her own again"


@pytest.mark.fact("B1-24", "B1-25", "B1-26")
def test_a_request_is_withdrawn_until_its_number_is_being_created(desk: Desk) -> None:
    early = desk.filed()
    assert desk.do(early, "withdraw", "--reason", "applicant", as_=ANNA)["state"] == "withdrawn"
    approved = desk.approved()
    assert desk.do(approved, "withdraw", "--reason", "duplicate")["state"] == "withdrawn"
    done = desk.approved()
    desk.ok("tick", "all")

    late = desk.run("request", "do", done, "withdraw", "--reason", "applicant", as_=ANNA)

    assert late.code == 3
    assert "activation cancel" in late.err
    assert desk.state(done) == "completed"


@pytest.mark.fact("B1-5b")
def test_a_colleague_takes_over_but_never_the_filer(desk: Desk) -> None:
    ref = desk.filed()
    desk.do(ref, "take")

    assert desk.do(ref, "reassign", "--set", f"to={DIRK}")["state"] == "in_review"
    assert desk.run("request", "do", ref, "reassign", "--set", f"to={ANNA}", as_=BART).code == 3
    assert desk.do(ref, "release")["state"] == "submitted"
    desk.do(ref, "take", as_=CARLA)


@pytest.mark.fact("B1-alert", "B3b-queue_alert")
def test_a_request_that_nobody_takes_becomes_a_task_after_two_working_days(lite: Desk) -> None:
    ref = lite.filed()  # on a Friday

    lite.at(2026, 11, 24, 23, 59).ok("tick", "timers")
    assert "request.waited_too_long" not in lite.events(ref)
    lite.at(2026, 11, 25, 0, 0).ok("tick", "timers")

    assert lite.events(ref)[-1] == "request.waited_too_long"
    tasks = [row for row in lite.ok("request", "messages", ref) if row["kind"] == "M10"]
    assert [row["channel"] for row in tasks] == ["task"]


def test_the_list_is_sorted_by_deadline_and_filters_by_true_state(lite: Desk) -> None:
    waiting = lite.filed()
    drafted = lite.ok("request", "draft", lite.request_file(**OTHER), as_=ANNA)["ref"]

    assert [row["ref"] for row in lite.ok("request", "list")] == [waiting, drafted]
    assert [row["ref"] for row in lite.ok("request", "list", "--state", "draft")] == [drafted]
    assert lite.ok("request", "list", "--entity", "OVO000001") == []
    assert [row["ref"] for row in lite.ok("request", "list", "--due", "2026-11-24")] == [waiting]
    lite.at(2026, 12, 21)
    assert [row["ref"] for row in lite.ok("request", "list", "--state", "lapsed")] == [drafted]


def test_explain_tells_what_is_possible_what_not_and_what_comes(lite: Desk) -> None:
    ref = lite.filed()

    told = lite.ok("request", "explain", ref, as_=BART)

    assert told["state"] == "submitted"
    assert "take" in told["canDo"]
    assert [timer["trigger"] for timer in told["comingUp"]] == ["queue_alert"]
    anna = lite.ok("request", "explain", ref, as_=ANNA)
    assert "take" not in anna["canDo"]
    assert "withdraw" in anna["canDo"]
    assert lite.run("request", "explain", ref, "approve", as_=BART).code == 3


@pytest.mark.fact("3.19", "B1-1")
def test_who_has_no_right_today_files_nothing(lite: Desk) -> None:
    lite.at(2029, 6, 1, 10)
    file = lite.request_file(document__expiresOn="2035-05-01")

    refused = lite.run("request", "submit", file, *lite.papers(), as_=ANNA)

    assert refused.code == 3
    assert "Servicebeheer" in refused.err
    assert lite.ok("request", "list") == []


@pytest.mark.fact("B1-5", "B1-11")
def test_the_second_of_two_officers_is_told_who_was_first_and_a_wrong_state_is_no_conflict(desk: Desk) -> None:
    ref = desk.filed()

    early = desk.run("request", "do", ref, "approve", as_=BART)
    desk.do(ref, "take", as_=BART)
    again, late = (desk.run("request", "do", ref, "take", as_=officer) for officer in (BART, DIRK))

    assert (early.code, again.code, late.code) == (3, 3, 4)
    assert "request.taken by service_desk" in late.err
    assert desk.events(ref)[-1] == "request.taken"


def test_what_is_possible_is_told_in_actions_that_a_person_can_choose(lite: Desk) -> None:
    ref = lite.issued()
    explained = lite.ok("activation", "explain", ref)
    lite.ok("activation", "cancel", ref, "--reason", "death", as_=BART)

    refused = lite.run("activation", "renew", ref)

    recorded_only = {"count_try", "refuse_try", "malformed_code", "miss_otp"}
    assert recorded_only.isdisjoint(explained["canDo"])
    assert "refuse_try" not in refused.err
    assert "holder_purge" not in refused.err


@pytest.mark.fact("B1-6")
def test_a_request_goes_back_with_a_reason_for_each_field(lite: Desk) -> None:
    ref = lite.filed()
    lite.do(ref, "take")
    why = ("--set", "reason.scan=Not readable.", "--set", "reason.person.birthPlace=The document says Lille.")

    unsaid = lite.run(
        "request", "do", ref, "request_info", "--set", "fields=scan,person.birthPlace", *why[:2], as_=BART
    )
    strange = lite.run("request", "do", ref, "request_info", "--set", "fields=scan", *why, as_=BART)
    asked = lite.do(ref, "request_info", "--set", "fields=scan,person.birthPlace", *why)

    assert (unsaid.code, strange.code) == (6, 6)
    assert asked["remarks"]["reasons"] == {"scan": "Not readable.", "person.birthPlace": "The document says Lille."}
