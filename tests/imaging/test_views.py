"""Pages of imaging: who sees which, what they hold, how many statements they take."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.choices import Role
from diagnostics import services as diagnostics
from imaging import services
from imaging.choices import Way
from imaging.models import Quarantined, Study
from imaging.services.arrivals import examine
from kernel.actor import Actor
from tests.factories.consortium import actor_of, make_organisation, make_staff, sign_in
from tests.factories.imaging import make_arrival, make_device, make_file, make_request

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("imaging")


def study_of(tmp_path, request, **values) -> Study:
    arrival = make_arrival(tmp_path, **{"AccessionNumber": request.accession_number, **values})
    outcome = services.receive(by=make_device(request.source), arrivals=[arrival])[0]
    return services.settle(by=HOUSE, study_id=outcome.study_id)


def test_the_worklist_shows_the_case_to_its_readers(client, tmp_path):
    request = make_request(priority="urgent")
    study_of(tmp_path, request)
    sign_in(client, make_staff(Role.READER, request.centre))

    page = client.get(reverse("imaging:worklist")).content.decode()

    assert "周桂芳" in page
    assert request.accession_number in page


def test_the_worklist_takes_the_same_statements_for_one_and_three(client, tmp_path):
    request = make_request()
    study_of(tmp_path, request)
    sign_in(client, make_staff(Role.READER, request.centre))
    counts = []
    for _round in range(2):
        client.get(reverse("imaging:worklist"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("imaging:worklist"))
        counts.append(len(queries))
        for _more in range(2):
            study_of(tmp_path, make_request(request.source, name="周桂芳"))

    assert counts[0] == counts[1]


def test_the_reading_page_names_the_picture_and_opens_the_record_once(client, tmp_path):
    from kernel.models import AuditEntry

    request = make_request()
    study = study_of(tmp_path, request)
    sign_in(client, make_staff(Role.READER, request.centre))

    for _look in range(2):
        page = client.get(reverse("imaging:read", args=[request.pk])).content.decode()

    assert f"/dicomweb/studies/{study.uid}/series/" in page
    assert "data-viewer" in page
    opened = AuditEntry.objects.filter(
        action="access.record_opened", patient=study.patient_id, roles="reader"
    )
    assert opened.count() == 1


def test_a_case_without_images_says_so(client):
    request = make_request()
    sign_in(client, make_staff(Role.READER, request.centre))

    page = client.get(reverse("imaging:read", args=[request.pk]))

    assert (page.status_code, b"data-frame" in page.content) == (200, False)


def test_strangers_find_nothing(client, tmp_path):
    request = make_request()
    study_of(tmp_path, request)
    sign_in(client, make_staff(Role.READER))

    assert client.get(reverse("imaging:read", args=[request.pk])).status_code == 404


def test_the_shelves_belong_to_technologists_and_doctors_of_the_place(client, tmp_path):
    request = make_request()
    study = study_of(tmp_path, request, AccessionNumber="")
    held = reverse("imaging:held", args=[study.pk])
    statuses = {}
    for role, place in (
        (Role.TECHNOLOGIST, request.source),
        (Role.TECHNOLOGIST, make_organisation()),
        (Role.BRANCH_DOCTOR, request.source),
        (Role.BRANCH_DOCTOR, make_organisation()),
        (Role.READER, request.centre),
    ):
        sign_in(client, make_staff(role, place))
        statuses[role, place == request.source] = [
            client.get(address).status_code
            for address in (reverse("imaging:unmatched"), held, reverse("imaging:quarantine"))
        ]

    assert statuses[Role.TECHNOLOGIST, True] == [200, 200, 200]
    assert statuses[Role.TECHNOLOGIST, False] == [200, 404, 200]
    assert statuses[Role.BRANCH_DOCTOR, True] == [200, 200, 403]
    assert statuses[Role.BRANCH_DOCTOR, False] == [200, 404, 403]
    assert statuses[Role.READER, False] == [403, 403, 403]


def test_assigning_without_a_reason_keeps_the_page(client, tmp_path):
    request = make_request()
    study = study_of(tmp_path, request, AccessionNumber="")
    sign_in(client, make_staff(Role.TECHNOLOGIST, request.source))
    order = {"version": study.version, "request_id": request.pk, "reason": ""}

    page = client.post(reverse("imaging:assign", args=[study.pk]), order)

    assert (page.status_code, Study.objects.get().request_id) == (422, None)
    assert request.accession_number in page.content.decode()


def test_two_technologists_assign_one_study(client, tmp_path):
    request = make_request()
    study = study_of(tmp_path, request, AccessionNumber="")
    sign_in(client, make_staff(Role.TECHNOLOGIST, request.source))
    order = {"version": study.version, "request_id": request.pk, "reason": "腕带核对"}

    first = client.post(reverse("imaging:assign", args=[study.pk]), order)
    second = client.post(reverse("imaging:assign", args=[study.pk]), order)

    assert (first.status_code, second.status_code) == (302, 404)
    assert Study.objects.get().assigned_reason == "腕带核对"


def test_an_object_put_aside_is_dealt_with_on_its_page(client, tmp_path):
    place = make_organisation()
    arrival = examine(make_file(tmp_path, b"Dear colleague"), way=Way.STOW, source="test")
    services.receive(by=make_device(place), arrivals=[arrival])
    row = Quarantined.objects.get()
    sign_in(client, make_staff(Role.TECHNOLOGIST, place))

    client.post(reverse("imaging:close", args=[row.pk]), {"version": 1, "reason": "已请设备科重发"})

    row.refresh_from_db()
    assert row.closed_reason == "已请设备科重发"


def test_images_of_another_person_are_taken_back_on_the_reading_page(client, tmp_path):
    request = make_request()
    study = study_of(tmp_path, request)
    sign_in(client, make_staff(Role.READER, request.centre))
    page, wrong = (
        reverse("imaging:read", args=[request.pk]),
        reverse("imaging:take_back", args=[request.pk, study.pk]),
    )
    assert wrong in client.get(page).content.decode()

    assert client.post(wrong, {"reason": ""}).status_code == 422
    assert client.post(wrong, {"reason": "胸片是男性，申请是女性"}).headers["Location"] == page

    assert wrong not in client.get(page).content.decode()
    assert client.post(wrong, {"reason": "再按一次"}).status_code == 404


def test_images_that_were_made_again_stand_before_those_that_were_returned(client, tmp_path):
    request = make_request()
    old, reader = study_of(tmp_path, request), make_staff(Role.READER, request.centre)
    diagnostics.retake(by=actor_of(reader), request_id=request.pk, reason="呼吸伪影")
    new = study_of(tmp_path, request)
    sign_in(client, reader)

    page = client.get(reverse("imaging:read", args=[request.pk])).content.decode()

    assert page.index(f'data-study="{new.uid}"') < page.index(f'data-study="{old.uid}"')
    assert (page.count("已退回</strong>"), "不作为报告依据" in page) == (1, False)
