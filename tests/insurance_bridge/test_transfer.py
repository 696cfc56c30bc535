"""What a transfer changes for the patient's money: the county's rules by hand, and no figure where none is known.

Every sum is 5,000 yuan of one stay, all of it in the catalogue, discharged under version 2 of the rules (2026).
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from consortium.choices import OrganisationKind, Role
from consortium.models import Staff
from insurance_bridge import selectors
from insurance_bridge.engine.rules import Insurance
from insurance_bridge.models import Visit
from kernel import clock
from kernel.errors import OutOfReach
from tests.factories.consortium import make_actor, make_organisation, sign_in
from tests.factories.referral import make_county

RESIDENT, EMPLOYEE = Insurance.RESIDENT.value, Insurance.EMPLOYEE.value


@pytest.fixture
def county(db):
    return make_county()


@pytest.fixture
def city(db):
    return make_organisation(kind=OrganisationKind.OUTSIDE)


def checked(county, insutype=RESIDENT, *identities, refusal="", **more):
    told = [{"code": one, "begin": "2026-01-01", "end": "2026-12-31"} for one in identities]
    now = clock.now()
    values = {"kind": "outpatient", "begun_at": now, "checked_at": now, "refusal": refusal, **more}
    return Visit.objects.create(
        patient=county.patient, organisation=county.branch, insutype=insutype, identities=told, **values
    )


def transfer(county, there=None):
    target = there or county.hospital
    return selectors.transfer(by=county.doctor, patient_id=county.patient.pk, target_id=target.pk)


def own(sums):
    return [one.own for one in (sums.here, sums.filed, sums.unfiled)]


# own part: at the branch (level 1), at the county hospital (level 2), outside filed and not filed (level 3)
WORKED = [
    (RESIDENT, (), "590.00", "1458.00", "2800.00", "3200.00"),  # 4900×90 %, 4600×77 %, 4000×55 %, 4000×45 %
    (EMPLOYEE, (), "584.00", "996.00", "1642.50", "2067.50"),  # 4800×92 %, 4550×88 %, 4250×79 %, 4250×69 %
    (RESIDENT, ("7019",), "118.00", "291.60", "560.00", "3200.00"),  # 低保: 80 % of the rest; unfiled none
    (RESIDENT, ("7131",), "0.00", "0.00", "0.00", "3200.00"),  # 特困: all of the rest
    (RESIDENT, ("7041",), "0.00", "0.00", "0.00", "3200.00"),  # 孤儿
    (RESIDENT, ("7202",), "177.00", "437.40", "840.00", "3200.00"),  # 返贫致贫: 70 %
    (RESIDENT, ("7203",), "590.00", "1458.00", "2320.00", "3200.00"),  # 监测: 60 % above 2000
    (RESIDENT, ("7204",), "590.00", "1458.00", "2320.00", "3200.00"),
    (RESIDENT, ("7205",), "590.00", "1458.00", "2320.00", "3200.00"),
    (RESIDENT, ("7201",), "590.00", "1458.00", "2320.00", "3200.00"),  # 低保边缘
    (RESIDENT, ("7110",), "590.00", "1458.00", "2800.00", "3200.00"),  # 因病致贫: by application only
    (RESIDENT, ("7201", "7019"), "118.00", "291.60", "560.00", "3200.00"),  # the first in rank counts
    (EMPLOYEE, ("7019",), "116.80", "199.20", "328.50", "2067.50"),
]


@pytest.mark.parametrize(("insutype", "identities", "branch", "head", "filed", "unfiled"), WORKED)
def test_every_insurance_and_identity_by_hand(
    county, city, insutype, identities, branch, head, filed, unfiled
):
    checked(county, insutype, *identities)

    near, far = transfer(county), transfer(county, city)

    assert [str(one) for one in own(near.sums)] == [branch, head, head]
    assert [str(one) for one in own(far.sums)] == [branch, filed, unfiled]
    assert (near.rules, near.outside, far.outside) == ("DEMO-COUNTY/2", False, True)


def test_who_lies_here_already_pays_only_the_difference_of_the_deductibles(county):
    """E11 of the paper: an up leg after a level-1 stay that paid 100 has 300 left of the 400."""
    checked(county, kind="inpatient", begun_at=clock.now() - timedelta(days=3))

    sums = transfer(county).sums

    assert (sums.here.deductible, sums.filed.deductible, sums.unfiled.deductible) == (100, 300, 400)
    assert own(sums) == [Decimal("590.00"), Decimal("1381.00"), Decimal("1458.00")]
    assert (sums.more, sums.more_without) == (Decimal("791.00"), Decimal("77.00"))


def test_an_identity_that_ended_yesterday_counts_no_more(county):
    visit = checked(county)
    ended = (clock.today() - timedelta(days=1)).isoformat()
    visit.identities = [{"code": "7019", "begin": "2026-01-01", "end": ended}]
    visit.save(update_fields=["identities"])

    assert (str(transfer(county).sums.filed.own), transfer(county).identities) == ("1458.00", [])


UNKNOWN = [
    (None, {}, "还没有查过医保。"),
    ("340", {}, "本县没有这种医保（340）的规则。"),
    ("", {}, "本县没有这种医保（—）的规则。"),
    (RESIDENT, {"refusal": "参保状态暂停"}, "医保中心没有确认参保：参保状态暂停。"),
]


@pytest.mark.parametrize(("insutype", "more", "why"), UNKNOWN)
def test_an_unknown_insurance_gets_a_sentence_and_no_figure(county, city, client, insutype, more, why):
    if insutype is not None:
        checked(county, insutype, **more)
    sign_in(client, Staff.objects.get(pk=county.doctor.id), Role.BRANCH_DOCTOR)
    there = reverse("insurance_bridge:transfer", args=[county.patient.pk])

    page = client.get(there, {"target": f"{city.pk}:"}).content.decode()

    found = transfer(county, city)
    assert (found.sums, str(found.why)) == (None, why)
    assert (why in page, "<table" in page, "%" in page, "5000" in page) == (True, False, False, False)


def test_the_newest_check_counts_even_when_it_is_the_one_without_rules(county):
    checked(county, RESIDENT, checked_at=clock.now() - timedelta(days=2))
    checked(county, "340")

    assert transfer(county).sums is None


def test_the_page_says_the_sum_and_what_the_form_saves(county, city, client):
    checked(county, RESIDENT, "7019")
    sign_in(client, Staff.objects.get(pk=county.doctor.id), Role.BRANCH_DOCTOR)

    there = reverse("insurance_bridge:transfer", args=[county.patient.pk])
    page = client.get(there, {"target": f"{city.pk}:"}).content.decode()
    empty = client.get(there).content.decode()

    assert ("2640" in page, '<td class="ly-num">560</td>' in page, "3200" in page) == (True, True, True)
    assert "<section" not in empty


def test_a_record_that_is_not_open_tells_no_money(county):
    stranger = make_actor(Role.BRANCH_DOCTOR, make_organisation())

    with pytest.raises(OutOfReach):
        selectors.transfer(by=stranger, patient_id=county.patient.pk, target_id=county.hospital.pk)
