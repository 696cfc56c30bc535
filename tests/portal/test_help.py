"""The help page says what a post can do, and nothing else; it says whom to call."""

from dataclasses import replace

import pytest
from django.urls import is_valid_path

from consortium.choices import Duty, OrganisationKind, Role
from kernel.policy import POLICIES
from portal import guide
from portal.guide.jobs import EVERYWHERE, may
from tests.factories.consortium import make_duty, make_organisation, make_staff, sign_in
from tests.factories.kernel import make_actor

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def test_every_post_is_told_what_it_does_and_each_link_opens(client):
    told, refused = {}, {}
    for role in Role:
        sign_in(client, make_staff(role))
        answer = client.get("/help/")
        told[role] = {job.title for job in answer.context["page"].jobs}
        opened = {job.at: client.get(job.at).status_code for job in answer.context["page"].jobs if job.at}
        refused |= {f"{role} {at}": code for at, code in opened.items() if code >= 400}
    # The consortium office and the centres are of one institution each; their posts are not made here.
    elsewhere = {job.title for job in guide.JOBS if job.at in ("/referrals/relations/", "/imaging/", "/ecg/")}

    assert refused == {}
    assert [role for role, titles in told.items() if not titles] == []
    assert {job.title for job in guide.JOBS} - set().union(*told.values()) - elsewhere == set()


def test_every_job_is_somebody_s_and_names_a_right_that_the_tables_know():
    known = {f"{one.model._meta.label_lower}.{action}" for one in POLICIES for action in one.table}
    assert [job.right for job in guide.JOBS if job.right not in known] == []
    assert [job.at for job in guide.JOBS if job.at != EVERYWHERE and not is_valid_path(job.at)] == []


def test_a_post_is_not_told_what_others_do(client):
    told = {}
    for role in (Role.BRANCH_DOCTOR, Role.CASHIER, Role.AUDIT_MANAGER, Role.LEADER):
        sign_in(client, make_staff(role))
        told[role] = {job.right for job in client.get("/help/").context["page"].jobs}

    assert told[Role.CASHIER] == {"insurance_bridge.settlement.request", "insurance_bridge.shift.close"}
    assert told[Role.AUDIT_MANAGER] == {"kernel.auditentry.search"}
    assert told[Role.LEADER] == {"referral.tally.export", "referral.tally.view"}
    assert "referral.referral.draft" in told[Role.BRANCH_DOCTOR]
    assert "referral.referral.schedule" not in told[Role.BRANCH_DOCTOR]


def test_what_is_taken_from_somebody_leaves_her_help():
    doctor = make_actor(Role.BRANCH_DOCTOR)

    assert may(doctor, "emr.prescription.write")
    assert not may(replace(doctor, taken=frozenset({"emr.prescription.write"})), "emr.prescription.write")


def test_who_answers_the_telephone_now_stands_there(client):
    head = make_organisation(OrganisationKind.HEAD_HOSPITAL)
    helper = make_staff(Role.SYSTEM_MANAGER, head)
    make_duty(helper, head, Duty.HELP_DESK, telephone="0591-0000-0120")
    sign_in(client, make_staff(Role.BRANCH_DOCTOR))

    answer = client.get("/help/", headers={"Accept-Language": "zh-hans"})

    first = answer.context["page"].calls[0]
    assert (first.name, first.telephone) == (helper.name, "0591-0000-0120")
    assert 'href="tel:0591-0000-0120"' in answer.text
    assert "断网时" in answer.text


def test_a_refusal_leads_to_the_help(client):
    sign_in(client, make_staff(Role.BRANCH_DOCTOR))

    assert 'href="/help/"' in client.get("/nowhere/").text
