"""Chart links of a branch's own system: signed, sixty seconds, once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from consortium import selectors as consortium
from consortium.choices import Role
from consortium.engine import totp
from consortium.models import ApiClient
from emr.chart import services
from emr.chart.engine import links
from kernel import clock, crypto
from kernel.errors import Gone, Invalid, Refused
from tests.factories.consortium import actor_of, make_actor, make_organisation, make_staff, sign_in
from tests.factories.emr import make_patient
from tests.live import PASSWORD, enrolled

pytestmark = pytest.mark.django_db
NUMBER = "a1b2c3d4e5f6a7b8"


@pytest.fixture
def place():
    return make_organisation()


@pytest.fixture
def client_id(place):
    row = ApiClient(
        client_id="township-his", name="his", organisation=place, scopes=["launch"], secret_hash=b"0" * 32
    )
    row.signing_key_sealed = crypto.seal("consortium_apiclient.signing_key", row.pk, "ab" * 32)
    row.save()
    return row.client_id


@pytest.fixture
def doctor(place):
    return make_actor(Role.BRANCH_DOCTOR, place)


@pytest.fixture
def patient(place):
    return make_patient(place)


def token(client_id, patient, *, at=None, number=NUMBER, key=None):
    found = consortium.signing_key(client_id)
    return links.make(key or found[1], client_id, patient.pk, at or clock.now(), number)


def test_a_link_opens_the_chart_once(doctor, client_id, patient):
    made = token(client_id, patient)

    assert services.launch(by=doctor, patient_id=patient.pk, token=made).pk == patient.pk
    with pytest.raises(Gone) as used:
        services.launch(by=doctor, patient_id=patient.pk, token=made)
    assert used.value.code == "link_used"


def test_a_link_lasts_sixty_seconds(doctor, client_id, patient):
    made = token(client_id, patient, at=clock.now() - timedelta(seconds=61))

    with pytest.raises(Gone) as expired:
        services.launch(by=doctor, patient_id=patient.pk, token=made)
    assert expired.value.code == "link_expired"


@pytest.mark.parametrize(("minutes", "answers"), [(3, 200), (11, 410)])
def test_a_link_pressed_in_time_waits_for_the_sign_in_and_not_for_the_night(
    client, place, client_id, patient, monkeypatch, minutes, answers
):
    staff, pressed = make_staff(Role.BRANCH_DOCTOR, place), clock.now()
    secret = enrolled(staff)
    link = reverse("emr:launch", args=[patient.pk]) + "?token=" + token(client_id, patient)

    client.get(client.get(link).url)
    monkeypatch.setattr(clock, "now", lambda: pressed + timedelta(minutes=minutes))
    client.post(reverse("consortium:sign_in"), {"username": staff.username, "password": PASSWORD})
    code = totp.code_at(secret, clock.now().timestamp())
    answer = client.post(reverse("consortium:second"), {"code": code})
    shown = client.get(answer.url)

    assert answer.url == link
    if answers == 200:
        assert shown.url == reverse("emr:chart", args=[patient.pk])
    else:
        assert shown.status_code == answers


def test_a_link_signed_with_another_key_is_refused(doctor, client_id, patient):
    with pytest.raises(Invalid):
        services.launch(by=doctor, patient_id=patient.pk, token=token(client_id, patient, key=b"another"))


def test_a_client_that_writes_the_id_in_capitals_signs_what_it_writes(doctor, client_id, patient):
    body = f"{client_id}.{str(patient.pk).upper()}.{int(clock.now().timestamp())}.{NUMBER}"
    made = f"{body}.{links.signature(consortium.signing_key(client_id)[1], body)}"

    assert services.launch(by=doctor, patient_id=patient.pk, token=made).pk == patient.pk


def test_a_link_for_another_patient_is_refused(doctor, client_id, patient):
    with pytest.raises(Invalid):
        services.launch(by=doctor, patient_id=make_patient().pk, token=token(client_id, patient))


@pytest.mark.parametrize("made", ["", "x", "a.b.c.d.e", "a.b.1763700000.a1b2c3d4e5f6a7b8.ff"])
def test_what_is_no_link_is_refused(doctor, patient, made):
    with pytest.raises(Invalid):
        services.launch(by=doctor, patient_id=patient.pk, token=made)


def test_a_doctor_of_another_institution_cannot_use_it(client_id, patient):
    with pytest.raises(Refused) as elsewhere:
        services.launch(
            by=make_actor(Role.BRANCH_DOCTOR), patient_id=patient.pk, token=token(client_id, patient)
        )
    assert elsewhere.value.code == "link_elsewhere"


def test_the_page_leaves_the_link_behind_for_the_signed_in_doctor(client, place, client_id, patient):
    staff = make_staff(Role.BRANCH_DOCTOR, place)
    address = reverse("emr:launch", args=[patient.pk]) + "?token=" + token(client_id, patient)

    stranger = client.get(address)
    sign_in(client, staff)
    answer = client.get(address)

    assert (stranger.status_code, "/signin/" in stranger.url) == (302, True)
    assert (answer.status_code, answer.url) == (302, reverse("emr:chart", args=[patient.pk]))
    assert actor_of(staff).organisation == place.pk
