"""The insurance desk through the workflow API, with the centre's simulator as a real process."""

import pytest

from consortium.choices import Role
from insurance_bridge.models import Settlement, Visit
from tests.factories.api import of_staff
from tests.factories.consortium import make_organisation, make_staff
from tests.factories.emr import make_patient

pytestmark = pytest.mark.django_db


def test_what_the_desk_has_is_listed_by_place():
    place, other = make_organisation(), make_organisation()
    cashier = of_staff(make_staff(Role.CASHIER, place))
    patient = make_patient(place)
    made = cashier.post("insurance/visits/", patient_id=str(patient.pk), kind="outpatient").json()
    assert (made["kind"], made["fees"], made["settlement"]) == ("outpatient", [], None)
    assert [one["id"] for one in cashier.get("insurance/visits/").json()["items"]] == [made["id"]]
    stranger = of_staff(make_staff(Role.CASHIER, other))
    assert stranger.get("insurance/visits/").json()["items"] == []
    for path in ("", "check/", "settle/"):
        at = f"insurance/visits/{made['id']}/{path}"
        assert (stranger.post(at) if path else stranger.get(at)).status_code == 404
    assert stranger.post(f"insurance/visits/{made['id']}/fees/", item_code="1").status_code == 404


def test_the_same_visit_sent_again_is_one_visit():
    place = make_organisation()
    cashier, patient = of_staff(make_staff(Role.CASHIER, place)), make_patient(place)
    said = {"patient_id": str(patient.pk), "kind": "inpatient", "key": "v-1"}
    first, again = (cashier.post("insurance/visits/", **said).json() for _time in range(2))
    assert first == again
    assert Visit.objects.count() == 1


def test_days_are_read_by_the_clerk():
    place = make_organisation()
    clerk, cashier = (of_staff(make_staff(role, place)) for role in (Role.INSURANCE_CLERK, Role.CASHIER))
    assert clerk.get("insurance/days/").json() == []
    day = clerk.get("insurance/days/2026-11-20/").json()
    assert (day["date"], day["status"], day["groups"], day["may_close"]) == ("2026-11-20", None, [], False)
    assert clerk.get("insurance/settlements/").json() == {"items": [], "next": ""}
    assert cashier.get("insurance/days/").status_code == 403


@pytest.mark.parametrize("day", ["x", "2026-13-01", "0000-01-01", "99999-01-01", "2026-11-20T00:00"])
def test_a_day_that_is_none_is_404(day):
    clerk = of_staff(make_staff(Role.INSURANCE_CLERK, make_organisation()))
    assert clerk.get(f"insurance/days/{day}/").status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "0001-01-02", "9999-12-30"])
def test_the_first_and_the_last_day_of_all_break_nothing(day):
    clerk = of_staff(make_staff(Role.INSURANCE_CLERK, make_organisation()))
    assert clerk.get(f"insurance/days/{day}/").status_code in (200, 404)


def test_settling_an_unchecked_visit_is_409():
    place = make_organisation()
    cashier, patient = of_staff(make_staff(Role.CASHIER, place)), make_patient(place)
    visit = cashier.post("insurance/visits/", patient_id=str(patient.pk), kind="outpatient").json()
    answer = cashier.post(f"insurance/visits/{visit['id']}/settle/")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_checked")
    assert Settlement.objects.count() == 0
