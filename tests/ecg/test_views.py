"""Pages of the ECG centre: right status, a sentence, nothing half-written."""

import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ecg.engine import compact
from ecg.models import Recording
from kernel.models import AuditEntry
from tests.factories.consortium import make_organisation, make_staff, sign_in
from tests.factories.diagnostics import make_request, make_scene
from tests.factories.ecg import ecg_file, make_recording

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return make_scene()


def signed_in(staff):
    client = Client(headers={"accept-language": "zh-hans"})
    sign_in(client, staff)
    return client


def upload(client, *files, request=None):
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    data = {"recordings": sent, "request_id": str(request.pk) if request else ""}
    return client.post(reverse("ecg:upload"), data)


@pytest.mark.parametrize(
    ("name", "data", "status", "words"),
    [
        ("text.dcm", b"not a heart\n" * 50, 415, "无法识别"),
        ("cut.dcm", ecg_file()[:9000], 422, "不完整或已损坏"),
        ("big.dcm", b"\0" * (20 * 1024 * 1024 + 1), 413, "文件过大"),
    ],
)
def test_a_bad_file_gets_its_status_and_a_sentence(scene, name, data, status, words):
    answer = upload(signed_in(scene.technologist), (name, data), request=make_request(scene))
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert Recording.objects.count() == 0


def test_two_gigabytes_are_refused_before_a_byte_is_read(scene):
    class Unread:
        def read(self, size=-1):
            raise AssertionError("the body was read")

        readline = read

    client = signed_in(scene.technologist)
    answer = client.generic(
        "POST",
        reverse("ecg:upload"),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(2 * 1024**3),
        **{"wsgi.input": Unread()},
    )
    assert answer.status_code == 413
    assert "文件过大" in answer.content.decode()


def test_each_of_several_files_gets_its_own_answer(scene):
    request = make_request(scene)
    answer = upload(
        signed_in(scene.technologist),
        ("empty.dcm", b""),
        ("a.dcm", ecg_file()),
        ("b.dcm", b"nothing"),
        request=request,
    )
    assert (answer.status_code, "<strong>empty.dcm</strong> 这是一个空文件" in answer.content.decode()) == (
        422,
        True,
    )
    assert Recording.objects.get().request_id == request.pk


def test_an_upload_without_a_file_says_so(scene):
    answer = signed_in(scene.technologist).post(reverse("ecg:upload"), {})
    assert answer.status_code == 422


def test_the_form_token_is_still_asked_for(scene):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, scene.technologist)
    assert client.post(reverse("ecg:upload"), {}).status_code == 403


def test_samples_are_served_packed_and_their_opening_is_audited(scene):
    recording = make_recording(scene.by("technologist"), request_id=make_request(scene).pk)
    answer = signed_in(scene.reader).get(reverse("ecg:samples", args=[recording.pk]))
    assert (answer.status_code, answer["Content-Encoding"]) == (200, "gzip")
    assert "private" in answer["Cache-Control"]
    assert gzip.decompress(answer.content)[:4] == b"LYE1"
    assert compact.unpack(answer.content)[0] == tuple(recording.leads)
    opened = AuditEntry.objects.filter(patient=scene.patient_id, actor_name=scene.reader.username)
    assert opened.exists()


def test_a_stranger_gets_nothing(scene):
    recording = make_recording(scene.by("technologist"), request_id=make_request(scene).pk)
    stranger = signed_in(make_staff("branch_doctor", make_organisation()))
    assert stranger.get(reverse("ecg:samples", args=[recording.pk])).status_code == 404
    assert stranger.get(reverse("ecg:read", args=[recording.request_id])).status_code == 404
    leader = signed_in(make_staff("leader", scene.centre))
    assert leader.get(reverse("ecg:worklist")).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_worklist_asks_a_fixed_number_of_questions(scene, rows, django_assert_max_num_queries):
    for seed in range(rows):
        make_recording(scene.by("technologist"), ecg_file(seed=seed + 1), request_id=make_request(scene).pk)
    client = signed_in(scene.reader)
    with django_assert_max_num_queries(34):
        answer = client.get(reverse("ecg:worklist"))
    assert answer.content.decode().count('id="r-') == rows


def test_pages_open(scene):
    recording = make_recording(scene.by("technologist"))
    client = signed_in(scene.reader)
    for address in (
        reverse("ecg:worklist") + "?tab=done",
        reverse("ecg:unmatched"),
        reverse("ecg:unmatched_recording", args=[recording.pk]),
        reverse("ecg:upload"),
        reverse("ecg:read", args=[make_request(scene).pk]),
    ):
        assert client.get(address).status_code == 200, address


def test_a_recording_of_another_person_is_taken_back_on_its_page_and_matched_there(scene):
    request = make_request(scene)
    recording = make_recording(scene.by("technologist"), request_id=request.pk)
    client, page = signed_in(scene.reader), reverse("ecg:read", args=[request.pk])
    wrong = reverse("ecg:take_back", args=[request.pk, recording.pk])
    waiting = reverse("ecg:unmatched_recording", args=[recording.pk])
    assert wrong in client.get(page).content.decode()
    assert client.get(waiting).headers["Location"] == page

    assert client.post(wrong, {"reason": ""}).status_code == 422
    assert client.post(wrong, {"reason": "腕带姓名不同"}).headers["Location"] == waiting
    again = client.post(wrong, {"reason": "腕带姓名不同"})

    assert (again.status_code, "已不在这张申请单名下" in again.content.decode()) == (409, True)
    assert client.get(waiting).status_code == 200


def test_an_unmatched_recording_is_compared_with_the_request_before_it_is_given(scene):
    request = make_request(scene)
    said = {"patient_name": "Wang^Wu=王^五", "patient_id": "X1"}
    recording = make_recording(scene.by("technologist"), ecg_file(**said))
    client, page = signed_in(scene.reader), reverse("ecg:unmatched_recording", args=[recording.pk])

    listed = client.get(page).content.decode()
    beside = client.get(page, {"number": request.accession_number.lower()}).content.decode()
    unknown = client.get(page, {"number": "EC0000"}).content.decode()

    assert f'href="?number={request.accession_number}"' in listed
    assert ("归属给" in beside, "先向采集机构核实" in beside, beside.count('class="is-other"')) == (
        True,
        True,
        2,
    )
    assert ("没有这个单号的心电申请" in unknown, "归属给" in unknown) == (True, False)


def test_a_file_that_names_another_person_says_so_when_it_is_sent_and_when_it_is_read(scene):
    request = make_request(scene)
    data = ecg_file(patient_name="Wang^Wu=王^五")

    sent = upload(signed_in(scene.technologist), ("a.dcm", data), request=request).content.decode()
    read = signed_in(scene.reader).get(reverse("ecg:read", args=[request.pk])).content.decode()

    assert ("文件里写的是另一个人" in sent, "文件里写的是另一个人" in read) == (True, True)
