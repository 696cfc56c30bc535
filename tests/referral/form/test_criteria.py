"""The criteria beside the form, kept with the leg and signed; and the table two persons change."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from consortium.choices import Role
from emr.chart import services as chart
from kernel import clock
from kernel.errors import Invalid, OutOfReach, Refused
from referral import selectors, services
from referral.choices import Status, Suggestion
from referral.selectors.criteria.table import helper
from tests.factories.consortium import make_actor, make_staff, sign_in
from tests.factories.referral import make_county, make_draft, make_submitted

pytestmark = pytest.mark.django_db


def measure(county, *, hours_ago=1.0, **vitals):
    chart.record_encounter(
        by=county.doctor,
        key="",
        patient_id=county.patient.pk,
        complaint="气促",
        diagnoses=[(None, "气促待查", "unconfirmed")],
        vitals={name: Decimal(str(value)) for name, value in vitals.items()},
        at=clock.now() - timedelta(hours=hours_ago),
    )


def asked(county, by=None, direction="up", **answers):
    return helper(
        by=by or county.doctor, patient_id=county.patient.pk, direction=direction, answers=answers
    ).judgement


def test_what_the_record_holds_fires_a_rule_with_value_unit_and_time():
    county = make_county()
    measure(county, saturation=86, respiration=34)

    told = asked(county)

    (fired,) = told.fired
    assert (told.suggestion, told.urgency, fired.code) == (Suggestion.UP, "emergency", "U03")
    assert [(one.title, one.value) for one in fired.because] == [("呼吸", "34 次/分"), ("SpO₂", "86 %")]
    assert all(clock.now() - one.at < timedelta(hours=2) for one in fired.because)


def test_a_value_of_yesterday_counts_as_not_measured_and_is_shown_with_its_day():
    county = make_county()
    measure(county, hours_ago=25, saturation=86)

    told = asked(county, asked="on", respiration="18", systolic="120", temperature="36.6")

    assert (told.suggestion, told.gaps, told.fired) == (Suggestion.UNSURE, ["SpO₂ 未测"], [])
    assert [(one.title, one.value) for one in told.old] == [("SpO₂", "86 %")]


def test_what_the_doctor_types_goes_before_the_record():
    county = make_county()
    measure(county, saturation=86)

    assert asked(county, saturation="97", respiration="18").fired == []


def test_nobody_reads_facts_of_a_record_that_is_not_open():
    county = make_county()
    with pytest.raises(OutOfReach):
        asked(county, by=make_actor(Role.BRANCH_DOCTOR))
    with pytest.raises(Refused):
        asked(county, by=make_actor(Role.CASHIER, county.branch))


def draft_with(county, override="", **answers):
    return services.draft(
        by=county.doctor,
        key="",
        patient_id=county.patient.pk,
        target_id=county.hospital.pk,
        priority="routine",
        diagnosis="高血压",
        reason="血压控制不佳",
        consent="patient",
        criteria=answers,
        override=override,
    )


CALM = {"asked": "on", "respiration": "18", "saturation": "98", "systolic": "128", "temperature": "36.8"}
STAY = {**CALM, "clear_diagnosis": "on", "clear_plan": "on", "stable": "on", "complications_treated": "on"}


def submit(county, leg):
    return services.submit(by=county.doctor, referral_id=leg.pk, version=leg.version, key="")


def test_sending_against_the_suggestion_needs_a_reason():
    county = make_county()
    leg = draft_with(county, **STAY)
    with pytest.raises(Invalid) as refused:
        submit(county, leg)
    assert set(refused.value.fields) == {"override"}
    leg.refresh_from_db()
    assert leg.status == Status.DRAFT

    leg = draft_with(make_county(), "家属坚持到总院", **STAY)
    services.submit(
        by=make_actor(Role.BRANCH_DOCTOR, leg.source), referral_id=leg.pk, version=leg.version, key=""
    )
    leg.refresh_from_db()
    assert (leg.status, leg.criteria["override"]) == (Status.SUBMITTED, "家属坚持到总院")


def test_urgency_below_the_rules_needs_a_reason():
    county = make_county()
    leg = draft_with(county, **{**CALM, "saturation": "85"})
    with pytest.raises(Invalid) as refused:
        submit(county, leg)
    assert set(refused.value.fields) == {"override"}


def test_an_emergency_is_never_held_up_by_the_criteria():
    county = make_county()
    leg = draft_with(county, **STAY)
    sent = services.emergency_send(
        by=county.doctor, referral_id=leg.pk, version=leg.version, key="", eta_minutes=40
    )
    assert sent.status == Status.IN_TRANSIT


def test_what_the_criteria_said_is_kept_signed_and_read_on_both_sides():
    county = make_county()
    leg = submit(county, draft_with(county, "家属坚持", **STAY))

    for actor in (county.doctor, county.coordinator):
        told = selectors.detail(by=actor, referral_id=leg.pk).judgement
        assert (told.version, told.suggestion, told.override) == ("2026.1", Suggestion.STAY, "家属坚持")
        assert [one.code for one in told.fired] == ["S01"]
    form = leg.forms.get()
    assert form.content["criteria"] == leg.criteria
    assert selectors.paper(by=county.doctor, referral_id=leg.pk).genuine
    leg.criteria["override"] = "别的理由"
    leg.save(update_fields=["criteria"])
    assert not selectors.paper(by=county.doctor, referral_id=leg.pk).genuine


def test_a_leg_without_answers_keeps_what_stood_there():
    county = make_county()
    leg = draft_with(county, **STAY)
    edited = services.edit(
        by=county.doctor,
        referral_id=leg.pk,
        version=leg.version,
        target_id=county.hospital.pk,
        reason="补充",
    )
    assert edited.criteria == leg.criteria


@pytest.mark.parametrize("said", ["999", "abc", "-1", "nan"])
def test_a_number_nobody_can_have_is_refused_at_its_field(said):
    with pytest.raises(Invalid) as refused:
        draft_with(make_county(), saturation=said)
    assert set(refused.value.fields) == {"saturation"}


def test_the_fragment_answers_each_tick_and_keeps_nothing(client):
    county = make_county()
    sign_in(client, make_staff(Role.BRANCH_DOCTOR, county.branch))
    url = reverse("referral:criteria", args=[county.patient.pk])

    page = client.get(url)
    said = client.post(url, {"c-shown": "1", "c-stroke": "on", "c-stroke_hours": "2"}, HTTP_HX_REQUEST="true")

    assert page.status_code == said.status_code == 200
    assert said.content.decode().count("<html") == 0
    assert "U04" in said.content.decode()
    assert county.patient.referrals.count() == 0


def test_the_form_keeps_ticks_when_it_comes_back(client):
    county = make_county()
    sign_in(client, make_staff(Role.BRANCH_DOCTOR, county.branch))
    url = reverse("referral:new", args=[county.patient.pk])
    answer = client.post(
        url,
        {
            "c-shown": "1", "c-stroke": "on", "c-stroke_hours": "2", "priority": "routine", "diagnosis": "脑梗死？",
            "target": f"{county.hospital.pk}:{county.ward.pk}", "consent": "patient", "reason": "",
        },
    )  # fmt: skip
    assert answer.status_code == 422
    assert 'id="c-stroke" name="c-stroke" value="on" checked' in answer.content.decode()


def test_down_is_asked_of_the_receiving_side():
    county = make_county()
    make_submitted(county)
    ready = {**STAY, "branch_can": "on"}
    assert asked(county, by=county.specialist, direction="down", **ready).suggestion == Suggestion.DOWN
    told = asked(county, by=county.specialist, direction="down", **{**ready, "needs_specialist": "on"})
    assert told.suggestion == Suggestion.KEEP


def test_advice_only_is_answered_with_advice_or_she_is_called():
    county = make_county()
    leg = submit(county, replace_advice(make_draft(county)))
    advised = services.advise(
        by=county.specialist, referral_id=leg.pk, version=leg.version, key="", advice="调整用药"
    )
    assert (advised.status, advised.advice_only) == (Status.MANAGED_LOCALLY, True)

    county = make_county()
    leg = submit(county, replace_advice(make_draft(county)))
    called = services.accept(
        by=county.coordinator,
        referral_id=leg.pk,
        version=leg.version,
        key="",
        department_id=county.ward.pk,
    )
    assert (called.status, called.advice_only) == (Status.ACCEPTED, True)


def test_a_question_for_advice_is_not_sent_against_the_criteria():
    county = make_county()
    leg = draft_with(county, **STAY)
    assert submit(county, replace_advice(leg)).status == Status.SUBMITTED


def replace_advice(leg):
    leg.advice_only = True
    leg.save(update_fields=["advice_only"])
    return leg
