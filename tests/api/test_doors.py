"""What every door of the workflow API has in common: who is let in, how it refuses, what a key is worth."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from consortium import api_auth, selectors
from consortium import services as consortium
from consortium.choices import IDLE, Role
from consortium.models import StaffSession
from consortium.services.machines import lending
from emr.index.models import Patient
from kernel import clock, crypto
from kernel.errors import Refused
from kernel.models import IdempotencyKey
from tests.factories.api import Program, of_client, of_staff
from tests.factories.consortium import actor_of, make_organisation, make_staff, open_session, sign_in
from tests.factories.emr import id_number
from tests.factories.kernel import audit_trail

pytestmark = pytest.mark.django_db


def doctor(**fields):
    staff = make_staff(Role.BRANCH_DOCTOR, **fields)
    return staff, of_staff(staff)


def person(**said):
    return {"name": "测试甲", "id_number": id_number(), "sex": "2", **said}


# -- who is let in ----------------------------------------------------------------------------------------------


def test_a_person_acts_in_her_post_through_her_own_token():
    staff, program = doctor()
    me = program.get("me/").json()
    assert (me["kind"], me["name"], me["roles"]) == ("staff", staff.username, ["branch_doctor"])


def test_a_client_acts_with_its_scopes():
    me = of_client(make_organisation(), "system/Patient.read").get("me/").json()
    assert (me["kind"], me["roles"]) == ("client", ["api_client", "system/Patient.read"])


@pytest.mark.parametrize("token", ["", "x", "me.", "me.x.y", "....", "é", "me." + "a" * 9000])
def test_nobody_is_let_in_without_a_token_that_holds(token):
    answer = Client(HTTP_AUTHORIZATION=f"Bearer {token}").get("/api/v1/me/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert set(answer.json()) == {"detail", "code", "fields"}


def test_a_session_cookie_opens_no_door():
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, make_staff(Role.BRANCH_DOCTOR))
    assert browser.get("/me/").status_code == 200
    assert browser.get("/api/v1/me/").status_code == 401
    assert browser.post("/api/v1/patients/", {}, content_type="application/json").status_code == 401


def test_a_lent_token_ends_with_the_session_and_is_locked_with_it():
    staff = make_staff(Role.BRANCH_DOCTOR)
    program = of_staff(staff)
    assert program.get("me/").status_code == 200
    sessions = StaffSession.objects.filter(staff=staff)
    sessions.update(seen_at=clock.now() - IDLE - timedelta(seconds=1))
    assert program.get("me/").status_code == 401
    sessions.update(seen_at=clock.now())
    assert program.get("me/").status_code == 200
    consortium.end_other_sessions(by=actor_with_session(staff))
    assert program.get("me/").status_code == 401


def actor_with_session(staff):
    signed = selectors.signed_in(open_session(staff).pk)
    assert signed is not None
    return signed.actor


def test_a_lent_token_is_lent_in_the_portal_only():
    with pytest.raises(Refused):
        lending.lend_token(by=of_client_actor())
    actor = actor_with_session(make_staff(Role.BRANCH_DOCTOR))
    lending.lend_token(by=actor)
    assert audit_trail()[-1] == (actor.name, "consortium.token_lent")


def of_client_actor():
    from kernel.actor import Actor, Kind  # lazy: one test's own words

    return Actor(kind=Kind.CLIENT, name="client:x", organisation=uuid4())


def test_a_token_of_one_door_opens_no_other():
    client = of_client(make_organisation())
    assert Program("me." + client.token).get("me/").status_code == 401
    person_token = of_staff(make_staff(Role.BRANCH_DOCTOR)).token.removeprefix("me.")
    assert Program(person_token).get("me/").status_code == 401
    other = crypto.token("some-link", {"s": str(uuid4())}, 60)
    assert Program("me." + other).get("me/").status_code == 401


def test_the_portal_hands_the_token_out_to_a_form_only():
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, make_staff(Role.BRANCH_DOCTOR))
    asked = browser.get(reverse("consortium:token"))
    assert "me." not in asked.content.decode()
    assert browser.post(reverse("consortium:token")).status_code == 403
    form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    shown = browser.post(reverse("consortium:token"), form)
    assert (shown.status_code, shown["Cache-Control"]) == (
        200, "max-age=0, no-cache, no-store, must-revalidate, private",
    )  # fmt: skip
    token = shown.context["lent"].access_token
    assert Program(token).get("me/").json()["kind"] == "staff"


def test_a_revoked_client_is_out():
    from consortium.models import ApiClient  # lazy: one test's own words

    place = make_organisation()
    program = of_client(place)
    assert program.get("me/").status_code == 200
    row = ApiClient.objects.get(organisation=place)
    manager = actor_of(make_staff(Role.SYSTEM_MANAGER))
    consortium.revoke_client(by=manager, client_pk=row.pk)
    api_auth.forget_cards()
    assert program.get("me/").json()["code"] == "token_revoked"


# -- how a door refuses -----------------------------------------------------------------------------------------


def test_an_unknown_address_and_method_refuse_in_the_same_form():
    _staff, program = doctor()
    nowhere = program.get("nowhere/")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    wrong = program.client.delete("/api/v1/patients/")
    assert (wrong.status_code, set(wrong.json())) == (405, {"detail", "code", "fields"})
    assert wrong["Allow"] == "GET, HEAD, POST"


def test_the_language_is_the_callers():
    program = doctor()[1]
    words = [
        program.client.get("/api/v1/reports/" + str(uuid4()) + "/", HTTP_ACCEPT_LANGUAGE=language).json()[
            "detail"
        ]
        for language in ("en", "zh-hans", "en")
    ]
    assert words[0] == words[2] != words[1]


def test_a_refusal_is_on_record():
    staff = make_staff(Role.CASHIER)
    assert of_staff(staff).post("exams/", patient_id=uuid4(), item_code="x", fee_state="paid",
                                clinical_question="?").status_code == 403  # fmt: skip
    assert (staff.username, "access.refused") in audit_trail()


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("name", 5, 422),
        ("name", ["a"], 422),
        ("unidentified", "true", 422),
        ("unidentified", 1, 422),
        ("birth_date", "1959-02-30", 422),
        ("sex", "7", 422),
        ("key", "", 422),
        ("key", "k" * 65, 422),
        ("name", None, 422),
    ],
)
def test_types_are_jsons_own(field, value, status):
    answer = doctor()[1].post("patients/", **person(**{field: value}))
    assert (answer.status_code, list(answer.json()["fields"])) == (status, [field])


def test_a_whole_number_may_be_written_with_a_point():
    program = doctor()[1]
    body = b'{"version": 1.0, "key": "k1"}'
    assert program.raw(f"exams/{uuid4()}/register/", body).status_code == 404
    assert program.raw(f"exams/{uuid4()}/register/", body.replace(b"1.0", b"1.5")).status_code == 422


# -- keys -------------------------------------------------------------------------------------------------------


def test_the_same_order_twice_is_done_once_and_answered_alike():
    program, order = doctor()[1], person(key="k-1")
    first, second = program.post("patients/", **order), program.post("patients/", **order)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert Patient.objects.count() == 1


def test_a_key_names_one_order():
    program = doctor()[1]
    assert program.post("patients/", **person(key="k-1")).status_code == 200
    other = program.post("patients/", **person(key="k-1"))
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert Patient.objects.count() == 1


def test_a_key_is_ones_own():
    order = person(key="k-1")
    place = make_organisation()
    first = of_staff(make_staff(Role.BRANCH_DOCTOR, place)).post("patients/", **order)
    again = of_staff(make_staff(Role.BRANCH_DOCTOR, place)).post("patients/", **person(key="k-1"))
    assert first.json()["id"] != again.json()["id"]


def test_a_refused_order_leaves_its_key_free():
    program, order = doctor()[1], person(key="k-1", id_number="990124195903120001")
    assert program.post("patients/", **order).status_code == 422
    assert not IdempotencyKey.objects.filter(key="k-1").exists()
    assert program.post("patients/", **person(key="k-1")).status_code == 200
