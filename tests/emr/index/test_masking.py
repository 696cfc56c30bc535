"""Lists show masked values; one deliberate click unmasks one of them for a minute, and that is recorded."""

from datetime import date

import pytest
from django.urls import reverse

from consortium.choices import Role
from emr.index import selectors, vault
from emr.index import services as index
from emr.index.engine.places import mask_address
from kernel.errors import Invalid, OutOfReach, Refused
from kernel.models import AuditEntry
from tests.factories.api import of_staff
from tests.factories.consortium import actor_of, make_actor, make_organisation, make_staff, sign_in
from tests.factories.emr import HOUSE, id_number, make_patient

pytestmark = pytest.mark.django_db
BORN = date(1959, 3, 12)
PHONE = "10098765432"
ADDRESS = "青禾县柳溪镇杨家湾村12号"


@pytest.fixture
def place():
    make_organisation("head_hospital")
    return make_organisation()


@pytest.fixture
def patient(place):
    return make_patient(
        place, name="周桂芳", birth_date=BORN, id_number=id_number(BORN), phone=PHONE, address=ADDRESS
    )


@pytest.fixture
def staff(client, place):
    somebody = make_staff(Role.BRANCH_DOCTOR, place)
    sign_in(client, somebody)
    return somebody


def whole(patient):
    """What identifies her in full."""
    return [vault.id_number_of(patient.person), PHONE, ADDRESS, "杨家湾村12号"]


LISTS = [
    "/", "/patients/?view=all", "/patients/?view=today", "/patients/?view=mine", "/referrals/", "/orders/",
    "/home/patients/", "/home/referrals/", "/notices/", "/contracts/", "/ecg/", "/imaging/",
]  # fmt: skip


@pytest.mark.parametrize("address", LISTS)
def test_no_list_shows_a_whole_number_telephone_or_address(client, staff, patient, address):
    index.seen(by=actor_of(staff), patient_id=patient.pk)

    answer = client.get(address)

    assert answer.status_code in (200, 302, 403)
    assert [value in answer.text for value in whole(patient)] == [False] * 4


@pytest.mark.parametrize("typed", ["周桂芳", PHONE, "zgf", "周桂芳 1959"])
def test_no_search_shows_them_either(client, staff, patient, typed):
    answer = client.post("/search/", {"q": typed}, headers={"HX-Request": "true"})

    found = answer.text.replace(f'value="{typed}"', "")
    assert answer.status_code in (200, 204, 302)
    assert [value in found for value in whole(patient) if value != typed] == [False] * (
        3 if typed == PHONE else 4
    )


@pytest.mark.parametrize("view", ["all", "today"])
def test_no_list_of_the_workflow_api_shows_them(staff, patient, view):
    program = of_staff(staff)

    answers = [
        program.get("patients/", view=view),
        program.get(f"patients/{patient.pk}/"),
        program.ask("patients/search/", text="周桂芳"),
    ]

    assert [one.status_code for one in answers] == [200, 200, 200]
    assert [value in one.text for one in answers for value in whole(patient)] == [False] * 12


def test_the_chart_shows_them_masked(client, staff, patient):
    page = client.get(reverse("emr:chart", args=[patient.pk]))

    assert [value in page.text for value in whole(patient)] == [False] * 4
    assert [word in page.text for word in ("100****5432", "柳溪镇杨家湾村***")] == [True, True]


@pytest.mark.parametrize(
    ("address", "masked"),
    [(ADDRESS, "柳溪镇杨家湾村***"), ("柳溪镇杨家湾村", "柳溪镇杨家湾村"), ("", "")],
)  # fmt: skip
def test_of_an_address_the_village_stays(address, masked):
    assert mask_address(address) == masked


@pytest.mark.parametrize(("what", "place_in"), [("id_number", 0), ("phone", 1), ("address", 2)])
def test_one_click_unmasks_one_value_for_a_minute_and_is_recorded(client, staff, patient, what, place_in):
    address = reverse("emr:reveal", args=[patient.pk])

    part = client.post(address, {"what": what}, headers={"HX-Request": "true"})

    shown = [value in part.text for value in whole(patient)[:3]]
    assert shown == [number == place_in for number in range(3)]
    assert f"load delay:{selectors.SHOWN_FOR}s" in part.text
    assert f"{reverse('emr:masked', args=[patient.pk])}?what={what}" in part.text
    assert part["Cache-Control"].startswith("max-age=0")
    entry = AuditEntry.objects.get(action="emr.identity_revealed")
    assert (entry.patient, entry.detail, entry.actor_name) == (patient.pk, {"what": what}, staff.username)


def test_after_the_minute_the_value_stands_masked_again(client, staff, patient):
    again = client.get(reverse("emr:masked", args=[patient.pk]), {"what": "phone"})

    assert again.text == "100****5432"
    assert AuditEntry.objects.filter(action="emr.identity_revealed").count() == 0


def test_without_scripts_the_value_has_a_page_that_leaves_by_itself(client, staff, patient):
    page = client.post(reverse("emr:reveal", args=[patient.pk]), {"what": "phone"})

    chart = reverse("emr:chart", args=[patient.pk])
    assert (page.status_code, PHONE in page.text, page["Refresh"]) == (200, True, f"60; url={chart}")


def test_nothing_is_unmasked_of_a_record_that_is_not_open(client, patient):
    sign_in(client, make_staff(Role.BRANCH_DOCTOR))

    answer = client.post(reverse("emr:reveal", args=[patient.pk]), {"what": "phone"})

    assert (answer.status_code, PHONE in answer.text) == (404, False)


def test_the_masked_value_asks_the_same_questions(patient):
    own = make_actor(Role.BRANCH_DOCTOR, patient.organisation)

    assert selectors.masked(by=own, patient_id=patient.pk, what="address") == "柳溪镇杨家湾村***"
    with pytest.raises(Invalid):
        selectors.masked(by=own, patient_id=patient.pk, what="name")
    with pytest.raises(OutOfReach):
        selectors.masked(by=make_actor(Role.BRANCH_DOCTOR), patient_id=patient.pk, what="phone")
    with pytest.raises(Refused):
        selectors.masked(by=make_actor(Role.LEADER), patient_id=patient.pk, what="phone")


def test_the_house_itself_is_no_reader_here(patient):
    with pytest.raises(Refused):
        selectors.masked(by=HOUSE, patient_id=patient.pk, what="phone")
