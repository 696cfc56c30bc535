"""Who is referred already is told before a second form goes out, as far as it is open."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consortium.choices import Role
from kernel import clock
from referral import selectors, services
from referral.models import Referral
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.emr import id_number, make_patient
from tests.factories.referral import make_county, make_submitted


@pytest.fixture
def county(db):
    return make_county()


def test_legs_of_the_same_person_are_told_before_a_second_form_goes_out(county):
    leg = make_submitted(county)

    page = selectors.form_page(by=county.doctor, patient_id=county.patient.pk)

    assert [row.referral.pk for row in page.others.rows] == [leg.pk]
    assert page.others.elsewhere is False


def test_of_a_leg_elsewhere_only_that_it_stands_is_told(county):
    number, elsewhere = id_number(), make_organisation()
    here = make_patient(organisation=county.branch, name="周桂芳", id_number=number)
    record = make_patient(organisation=elsewhere, name="周桂芳", id_number=number)
    make_submitted(replace(county, patient=here))
    doctor = make_actor(Role.BRANCH_DOCTOR, elsewhere)

    others = selectors.form_page(by=doctor, patient_id=record.pk).others

    assert (others.rows, others.elsewhere) == ([], True)


def test_a_leg_that_ended_long_ago_warns_nobody(county):
    leg = make_submitted(county)
    services.withdraw(by=county.doctor, referral_id=leg.pk, version=leg.version, key="", reason="不去了")
    assert len(selectors.form_page(by=county.doctor, patient_id=county.patient.pk).others.rows) == 1

    Referral.objects.update(submitted_at=clock.now() - timedelta(days=31))

    assert bool(selectors.form_page(by=county.doctor, patient_id=county.patient.pk).others) is False
