"""A leg goes up, is answered, arrives, is cared for, comes down, is followed up; and every trace stays."""

from datetime import timedelta
from typing import Any

import pytest

from consortium.choices import Role
from emr.access import selectors as access
from emr.access.choices import Basis
from emr.capacity import selectors as capacity
from emr.repository import selectors as repository
from kernel import clock, crypto
from kernel.crypto import Signature
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from referral import services
from referral.choices import TRANSITIONS, Drug, Event, PlanLine, Status
from referral.fhir import form_bytes
from referral.models import HistoryEntry, Referral
from tests.factories.consortium import make_actor
from tests.factories.referral import County, make_county, make_draft, make_submitted

pytestmark = pytest.mark.django_db


def accepted(county: County, referral: Referral, key: str = "") -> Referral:
    return services.accept(
        by=county.coordinator,
        referral_id=referral.pk,
        version=referral.version,
        key=key,
        department_id=county.ward.pk,
        bed_id=county.bed.pk,
    )


def arrived(county: County) -> Referral:
    referral = accepted(county, make_submitted(county))
    return services.arrive(
        by=county.reception,
        referral_id=referral.pk,
        version=referral.version,
        key="",
        identity_checked=True,
    )


def cared_for(county: County) -> Referral:
    referral = arrived(county)
    referral = services.admit(
        by=county.specialist,
        referral_id=referral.pk,
        version=referral.version,
        key="",
        complaint="头晕",
    )
    return services.complete_care(
        by=county.specialist,
        referral_id=referral.pk,
        version=referral.version,
        key="",
        outcome="植入起搏器后好转",
        advice="一周后拆线",
        follow_up="plan",
    )


def test_the_whole_way_up_and_down() -> None:
    county = make_county()
    up = cared_for(county)
    down = services.start_down_leg(
        by=county.specialist,
        referral_id=up.pk,
        version=up.version,
        key="",
        plan=[
            PlanLine("拆线", clock.today() + timedelta(days=7)),
            PlanLine("复查心电图", clock.today() + timedelta(days=14)),
        ],
        medicines=[Drug("阿托伐他汀", "20 mg", "每晚", "30 天")],
    )
    doctor = county.doctor
    down = services.accept(by=doctor, referral_id=down.pk, version=down.version, key="")
    down = services.arrive(
        by=doctor, referral_id=down.pk, version=down.version, key="", identity_checked=True
    )
    down = services.start_rehab(by=doctor, referral_id=down.pk, version=down.version, key="")
    with pytest.raises(Conflict):
        services.finish_plan(by=doctor, referral_id=down.pk, version=down.version, key="")
    for item in down.plan.order_by("place"):
        down.refresh_from_db()
        services.log_visit(by=doctor, item_id=item.pk, version=down.version, key="", result="好")
    down.refresh_from_db()
    services.finish_plan(by=doctor, referral_id=down.pk, version=down.version, key="")
    up.refresh_from_db()
    down.refresh_from_db()
    assert (up.status, down.status, down.parent_id) == (Status.CLOSED, Status.CLOSED, up.pk)
    assert replayed(up) == up.status
    assert replayed(down) == down.status


def replayed(referral: Referral) -> str:
    """The state the history alone tells."""
    status: str = Status.DRAFT
    for entry in referral.entries.order_by("version"):
        assert entry.before == status
        status = TRANSITIONS[Status(status), Event(entry.event)].to
    return status


def test_the_receiving_side_reads_from_submission_on() -> None:
    county = make_county()
    draft = make_draft(county)
    assert access.basis(by=county.specialist, patient_id=county.patient.pk) is None
    services.submit(by=county.doctor, referral_id=draft.pk, version=1, key="")
    assert access.basis(by=county.specialist, patient_id=county.patient.pk) == Basis.REFERRAL


def test_accepting_keeps_the_bed_and_arriving_occupies_it() -> None:
    county = make_county()
    referral = accepted(county, make_submitted(county))
    assert referral.status == Status.SCHEDULED
    assert capacity.free_beds(county.ward.pk) == []
    services.arrive(
        by=county.reception, referral_id=referral.pk, version=referral.version, key="", identity_checked=True
    )
    use = capacity.use_of(f"referral:{referral.pk}")
    assert use is not None
    assert use.use == "occupied"


def test_withdrawing_frees_the_bed_at_once() -> None:
    county = make_county()
    referral = accepted(county, make_submitted(county))
    services.withdraw(
        by=county.doctor, referral_id=referral.pk, version=referral.version, key="", reason="家属改变主意"
    )
    assert [one.id for one in capacity.free_beds(county.ward.pk)] == [county.bed.pk]


def test_arrival_before_the_decision() -> None:
    county = make_county()
    referral = make_submitted(county)
    referral = services.arrive(
        by=county.reception,
        referral_id=referral.pk,
        version=referral.version,
        key="",
        identity_checked=True,
        department_id=county.ward.pk,
    )
    assert referral.status == Status.ARRIVED


def test_rejecting_needs_code_words_and_what_to_do_instead() -> None:
    county = make_county()
    referral = make_submitted(county)
    order: dict[str, Any] = {
        "by": county.coordinator,
        "referral_id": referral.pk,
        "version": referral.version,
    }
    with pytest.raises(Invalid) as refused:
        services.reject(**order, key="", code="R01", text="", instead="")
    assert set(refused.value.fields) == {"text", "instead"}
    services.reject(**order, key="", code="R01", text="无床", instead="请转呼吸科门诊")
    referral.refresh_from_db()
    assert referral.status == Status.REJECTED


def test_no_submission_without_consent() -> None:
    county = make_county()
    draft = make_draft(county, consent="")
    with pytest.raises(Invalid) as refused:
        services.submit(by=county.doctor, referral_id=draft.pk, version=1, key="")
    assert set(refused.value.fields) == {"consent"}


def test_one_open_leg_per_patient_and_department() -> None:
    county = make_county()
    make_submitted(county)
    with pytest.raises(Conflict) as refused:
        make_submitted(county)
    assert refused.value.code == "already_open"


def test_the_form_is_signed() -> None:
    county = make_county()
    referral = make_submitted(county)
    made = referral.signature
    assert made is not None
    value = Signature(made["algorithm"], made["key_id"], made["value"])
    assert crypto.signer().verify(form_bytes(referral, referral.attachments.all()), value)
    referral.reason = "something else"
    assert not crypto.signer().verify(form_bytes(referral, referral.attachments.all()), value)


def test_the_same_key_twice_is_one_effect() -> None:
    county = make_county()
    referral = make_submitted(county)
    accepted(county, referral, key="k1")
    again = services.accept(
        by=county.coordinator,
        referral_id=referral.pk,
        version=referral.version,
        key="k1",
        department_id=county.ward.pk,
    )
    assert again.status == Status.SCHEDULED
    assert HistoryEntry.objects.filter(referral=referral, event=Event.ACCEPT).count() == 1


def test_the_task_follows_every_step() -> None:
    county = make_county()
    referral = accepted(county, make_submitted(county))
    task = repository.read(by=county.doctor, kind="Task", id=f"{referral.pk}-t")
    assert task["status"] == "accepted"
    assert task["businessStatus"]["coding"][0]["code"] == "scheduled"
    assert task["meta"]["versionId"] == "3"


def test_a_stranger_hospital_sees_nothing() -> None:
    county = make_county()
    referral = make_submitted(county)
    stranger = make_actor(Role.BRANCH_DOCTOR)
    with pytest.raises(OutOfReach):
        services.withdraw(by=stranger, referral_id=referral.pk, version=referral.version, key="", reason="x")


def test_the_sender_cannot_accept_her_own_referral() -> None:
    county = make_county()
    referral = make_submitted(county)
    with pytest.raises((Refused, OutOfReach)):
        services.accept(by=county.doctor, referral_id=referral.pk, version=referral.version, key="")
