"""The second signature of a form: who sets it, for whom, and what it does to sending."""

from dataclasses import replace

import pytest
from django.urls import reverse

from consortium.choices import Role, Title
from consortium.models import Staff
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import AuditEntry
from referral import services
from referral.choices import Event, SecondSignature, Status
from referral.models import SigningRule
from referral.selectors.house.second import second_signature
from tests.factories.consortium import actor_of, make_actor, make_organisation, make_post, sign_in
from tests.factories.emr import make_patient
from tests.factories.referral import make_county, make_draft

AGREED = {"consent": "patient", "consent_way": "paper"}
WORDS = {"priority": "urgent", "diagnosis": "头晕待查", "reason": "头晕黑蒙 2 小时", **AGREED}


@pytest.fixture
def county(db):
    return make_county()


@pytest.fixture
def office(county):
    """The branch's own 医务科."""
    return make_actor(Role.MEDICAL_AFFAIRS, county.branch)


@pytest.fixture
def reviewer(county):
    return make_actor(Role.BRANCH_REVIEWER, county.branch)


def wants(county, office, wanted, version=0):
    return services.set_second_signature(
        by=office, organisation_id=county.branch.pk, wanted=wanted, version=version
    )


def send(county, by=None, **more):
    where = {"patient_id": county.patient.pk, "target_id": county.hospital.pk}
    return services.refer(by=by or county.doctor, key="k", how="send", **where, **{**WORDS, **more})


def test_a_branch_that_wants_it_has_every_form_signed_by_a_colleague_before_it_goes_out(
    county, office, reviewer
):
    wants(county, office, "all")

    leg = send(county)
    waits = leg.status
    leg = services.approve(by=reviewer, referral_id=leg.pk, version=leg.version, key="")

    assert (waits, leg.status, leg.signature["by"]) == ("internal_review", "submitted", reviewer.name)
    assert list(leg.entries.order_by("version").values_list("event", flat=True)) == [
        Event.SUBMIT_FOR_REVIEW,
        Event.APPROVE,
    ]


def test_a_branch_that_does_not_sends_at_once_and_a_doctor_may_still_ask(county):
    assert second_signature(county.branch.pk).wanted == SecondSignature.FREE
    assert send(county).status == Status.SUBMITTED

    asked = make_draft(county, diagnosis="胸痛待查")
    asked = services.submit_for_review(by=county.doctor, referral_id=asked.pk, version=1, key="")
    assert asked.status == Status.INTERNAL_REVIEW


@pytest.mark.parametrize(
    ("title", "status"),
    [(Title.RESIDENT, Status.INTERNAL_REVIEW), (Title.ATTENDING, Status.SUBMITTED)],
)
def test_only_doctors_below_attending_need_it_where_it_is_set_so(county, office, reviewer, title, status):
    wants(county, office, "junior")

    assert send(county, by=make_actor(Role.BRANCH_DOCTOR, county.branch, title=title)).status == status


def test_an_emergency_never_waits_for_it(county, office, reviewer):
    wants(county, office, "all")

    assert send(county, priority="emergency").status == Status.SUBMITTED
    elsewhere = replace(county, patient=make_patient(organisation=county.branch))
    draft = make_draft(elsewhere, diagnosis="胸痛待查")
    sent = services.emergency_send(by=county.doctor, referral_id=draft.pk, version=1, key="", eta_minutes=30)
    assert sent.status == Status.IN_TRANSIT


def test_the_bare_submit_is_refused_with_what_to_do_and_the_draft_stays(county, office, reviewer):
    wants(county, office, "all")
    draft = make_draft(county)

    with pytest.raises(Conflict) as error:
        services.submit(by=county.doctor, referral_id=draft.pk, version=1, key="")

    draft.refresh_from_db()
    assert (error.value.code, draft.status, draft.version) == ("second_signature", "draft", 1)


def test_the_author_does_not_sign_as_second_even_with_both_posts(county, office, reviewer):
    wants(county, office, "all")
    leg = send(county)
    person = Staff.objects.get(pk=county.doctor.id)
    make_post(person, Role.BRANCH_REVIEWER, county.branch)
    author = actor_of(person, Role.BRANCH_REVIEWER)

    with pytest.raises(Refused):
        services.approve(by=author, referral_id=leg.pk, version=leg.version, key="")


def test_a_form_that_waits_already_is_not_touched_when_the_rule_goes(county, office, reviewer):
    wants(county, office, "all")
    leg = send(county)

    wants(county, office, "free", version=1)

    leg.refresh_from_db()
    assert leg.status == Status.INTERNAL_REVIEW


def test_setting_it_leaves_who_when_and_what_before(county, office, reviewer):
    wants(county, office, "all")
    wants(county, office, "junior", version=1)
    wants(county, office, "junior", version=2)

    rows = SigningRule.objects.order_by("version").values_list("version", "wanted", "set_by")
    assert list(rows) == [(1, "all", office.person), (2, "junior", office.person)]
    told = AuditEntry.objects.filter(action="referral.second_signature_set").order_by("sequence")
    assert [(one.detail["before"], one.detail["after"]) for one in told] == [
        ("free", "all"),
        ("all", "junior"),
    ]


def test_it_is_set_only_where_somebody_could_sign(county, office):
    with pytest.raises(Invalid) as error:
        wants(county, office, "all")

    assert (list(error.value.fields), SigningRule.objects.count()) == (["wanted"], 0)


def test_nobody_else_and_nowhere_else(county, office, reviewer):
    elsewhere = make_organisation()

    with pytest.raises(Refused):
        wants(county, county.doctor, "all")
    with pytest.raises(OutOfReach):
        services.set_second_signature(by=office, organisation_id=elsewhere.pk, wanted="all")
    with pytest.raises(Invalid):
        wants(county, office, "sometimes")


def test_of_two_who_set_it_at_once_one_is_told(race_db):
    county = make_county()
    make_actor(Role.BRANCH_REVIEWER, county.branch)
    office = make_actor(Role.MEDICAL_AFFAIRS, county.branch)

    answers = race_db.at_once([lambda: wants(county, office, "all"), lambda: wants(county, office, "junior")])

    assert sorted(type(one).__name__ for one in answers) == ["Conflict", "SecondSignature"]
    assert SigningRule.objects.count() == 1


def test_the_settings_page_sets_it_and_the_form_has_one_button_for_it(county, client, reviewer, office):
    sign_in(client, Staff.objects.get(pk=office.id), Role.MEDICAL_AFFAIRS)
    there = f"{reverse('referral:signing')}?place={county.branch.pk}"
    page = client.post(there, {"wanted": "all", "version": ""}, follow=True).content.decode()
    assert "已保存，从现在起发出的转诊单按它算。" in page

    again = client.post(there, {"wanted": "junior", "version": ""})
    sign_in(client, Staff.objects.get(pk=county.doctor.id), Role.BRANCH_DOCTOR)
    form = client.get(reverse("referral:new", args=[county.patient.pk])).content.decode()
    told = client.get(reverse("referral:settings")).content.decode()

    assert again.status_code == 409, "somebody changed it meanwhile"
    assert ("签名并送院内审核" in form, 'name="review"' in form) == (True, False)
    assert "所有医生写的单子都要审核" in told
    assert client.post(there, {"wanted": "free"}).status_code == 403
