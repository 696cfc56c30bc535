"""Contracts, duties by law, requests with a clock, and the copy a person gets."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from consortium.choices import Role
from emr.access import selectors as access
from emr.access import services as grounds
from emr.access.choices import Basis
from emr.access.models import Opening, Restriction
from emr.consent import selectors, services
from emr.consent.engine.days import working_days_after, years_old
from emr.consent.models import PersonRequest
from emr.terminology import services as terminology
from kernel import clock
from kernel.errors import Conflict, Invalid, OutOfReach, Refused, StepUpNeeded
from kernel.models import AuditEntry
from tests.factories.consortium import make_actor
from tests.factories.emr import HOUSE, make_encounter, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return make_patient()


@pytest.fixture
def affairs(patient):
    actor = make_actor(Role.MEDICAL_AFFAIRS, patient.organisation)
    return replace(actor, proved_at=clock.now())


@pytest.fixture
def codes():
    names = [("I10", "原发性高血压"), ("B24", "人类免疫缺陷病毒病")]
    terminology.load(by=HOUSE, system="icd10", concepts=names)


def receive(by, patient, kind="copy", text="要一份", **more):
    values = {"key": "", "kind": kind, "giver": "self", "text": text, **more}
    return services.receive(by=by, patient_id=patient.pk, **values)


def answer(by, row, granted=True, text="已按您的申请办理。请核对。"):
    return services.answer(by=by, request_id=row.pk, version=row.version, granted=granted, text=text)


# -- the clock ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "number", "due"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 22), 15, date(2026, 12, 11)),
        (date(2026, 11, 23), 15, date(2026, 12, 14)),
    ],
)
def test_working_days_pass_over_saturday_and_sunday(start, number, due):
    assert working_days_after(start, number) == due


@pytest.mark.parametrize(("day", "years"), [(date(2026, 5, 31), 13), (date(2026, 6, 1), 14)])
def test_years_are_whole(day, years):
    assert years_old(date(2012, 6, 1), day) == years


def test_a_request_is_due_in_fifteen_working_days_and_stands_first_due_first(affairs, patient):
    late, early = receive(affairs, patient), receive(affairs, patient, "restrict")
    early.due_date = clock.today() - timedelta(days=1)
    early.save(update_fields=["due_date"])

    page, work = selectors.requests_page(by=affairs), selectors.work(by=affairs)

    assert late.due_date == working_days_after(clock.today(), 15)
    assert [(one.id, one.late) for one in page] == [(early.pk, True), (late.pk, False)]
    assert (work.counts[0].number, work.counts[0].late) == (2, 1)


# -- the answers ----------------------------------------------------------------------------------------------------


def test_erasure_is_refused_at_once_with_the_law(affairs, patient):
    row = receive(affairs, patient, "erase", "请删除我的病历")

    assert (row.status, "第二十九条" in row.answer, "第四十七条" in row.answer) == ("refused", True, True)
    with pytest.raises(Conflict):
        answer(affairs, row)


def test_a_granted_restriction_keeps_others_away_until_it_is_lifted(affairs, patient):
    other = make_actor(Role.SPECIALIST)
    grounds.open_ground(
        by=HOUSE,
        patient_id=patient.pk,
        organisation_id=other.organisation,
        basis=Basis.REFERRAL,
        source="r:1",
    )
    row = answer(affairs, receive(affairs, patient, "restrict", "不让别院看"))
    assert access.basis(by=other, patient_id=patient.pk) is None
    services.lift(by=affairs, request_id=row.pk, version=row.version)

    assert access.basis(by=other, patient_id=patient.pk) == Basis.REFERRAL


def test_a_refused_restriction_keeps_nobody_away(affairs, patient):
    answer(affairs, receive(affairs, patient, "restrict", "不让别院看"), granted=False)

    assert Restriction.objects.count() == 0


def test_an_answer_is_a_sentence_and_given_once(affairs, patient):
    row = receive(affairs, patient, "correct", "地址错了")

    with pytest.raises(Invalid):
        answer(affairs, row, text="好")
    answer(affairs, row)
    with pytest.raises(Conflict):
        answer(affairs, PersonRequest.objects.get(pk=row.pk))


def test_the_desk_takes_in_and_does_not_answer(affairs, patient):
    row = receive(make_actor(Role.RECEPTION, patient.organisation), patient)

    with pytest.raises(Refused):
        answer(make_actor(Role.RECEPTION, patient.organisation), row)


def test_another_institution_sees_and_answers_nothing(affairs, patient):
    row, stranger = receive(affairs, patient), make_actor(Role.MEDICAL_AFFAIRS)

    assert selectors.requests_page(by=stranger) == ()
    with pytest.raises(OutOfReach):
        answer(stranger, row)
    with pytest.raises(OutOfReach):
        services.export(by=stranger, request_id=row.pk, purpose="patient")


# -- the copy -------------------------------------------------------------------------------------------------------


def test_a_copy_asks_for_a_fresh_proof(affairs, patient):
    row = receive(affairs, patient)

    with pytest.raises(StepUpNeeded):
        services.export(by=replace(affairs, proved_at=None), request_id=row.pk, purpose="patient")

    assert AuditEntry.objects.filter(action="export.made").count() == 0


def test_a_copy_asks_what_for(affairs, patient):
    with pytest.raises(Invalid):
        services.export(by=affairs, request_id=receive(affairs, patient).pk, purpose="")


def test_a_copy_is_the_stored_record_and_leaves_its_traces(affairs, patient, codes):
    make_encounter(HOUSE, patient.pk)
    row = receive(affairs, patient)

    made = services.export(by=affairs, request_id=row.pk, purpose="patient")

    bundle = json.loads(made.bundle)
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert (bundle["type"], kinds >= {"Patient", "Encounter", "Condition", "Composition"}) == (
        "collection",
        True,
    )
    assert (len(bundle["entry"]), made.partial) == (made.resources, False)
    assert "原发性高血压" in made.summary.problems[0].text
    entry = AuditEntry.objects.get(action="export.made")
    assert (entry.patient, entry.detail["purpose"]) == (patient.pk, "patient")
    assert Opening.objects.get(purpose="copy").actor_id == affairs.id


def test_a_copy_without_what_is_above_the_clearance_says_it_is_not_whole(affairs, patient, codes):
    make_encounter(HOUSE, patient.pk)
    make_encounter(HOUSE, patient.pk, diagnoses=[("B24", "", "confirmed")])

    made = services.export(by=affairs, request_id=receive(affairs, patient).pk, purpose="patient")

    assert (made.partial, b"B24" in made.bundle, "人类免疫缺陷".encode() in made.bundle) == (
        True, False, False,
    )  # fmt: skip


def test_a_refused_request_and_another_kind_give_no_copy(affairs, patient):
    refused = answer(affairs, receive(affairs, patient), granted=False)

    for row in (refused, receive(affairs, patient, "correct", "改名")):
        with pytest.raises(Conflict):
            services.export(by=affairs, request_id=row.pk, purpose="patient")
