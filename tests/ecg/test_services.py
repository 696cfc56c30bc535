"""A recording arrives, finds its request or waits, and nothing half-written stays."""

import io

import pytest

from consortium.models import Notification
from diagnostics import services as diagnostics
from diagnostics.choices import Status
from diagnostics.models import ExamRequest, Material
from ecg import selectors, services
from ecg.choices import Queue
from ecg.models import Recording
from emr.repository import selectors as repository
from fixtures.ecg import files
from fixtures.ecg.synthetic import Heart, draw
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused, TooLarge, UnsupportedContent
from kernel.models import StoredFile
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.diagnostics import make_draft, make_request, make_scene
from tests.factories.ecg import ecg_file, make_recording

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return make_scene()


def test_a_recording_for_a_request_makes_it_examined_and_is_published(scene):
    request = make_request(scene)

    recording = make_recording(scene.by("technologist"), request_id=request.pk)

    request.refresh_from_db()
    assert (request.status, recording.patient_id) == (Status.EXAMINED, scene.patient_id)
    assert recording.measured["rate"] == 72
    found = repository.read(by=scene.by("doctor"), kind="Observation", id=str(recording.pk))
    assert found["code"]["coding"][0]["code"] == "131328"
    assert found["component"][0]["valueSampledData"]["factor"] == 2.5
    assert found["component"][12]["valueQuantity"]["value"] == 72


def test_the_accession_number_in_the_file_finds_the_request(scene):
    request = make_request(scene)
    recording = make_recording(scene.by("technologist"), ecg_file(accession_number=request.accession_number))
    assert recording.request_id == request.pk


def test_a_recording_of_an_unknown_patient_is_kept_and_alarms_when_critical(scene):
    data = ecg_file("avb3", 30, patient_name="测试^某某", patient_id="X1")

    recording = make_recording(scene.by("technologist"), data)

    assert (recording.request_id, recording.patient_id, recording.queue) == (None, None, Queue.RED)
    told = Notification.objects.filter(key__startswith="ecg-red:")
    assert {row.url for row in told} == {f"/ecg/unmatched/{recording.pk}/"}
    assert selectors.unmatched(by=scene.by("reader")) == [recording]
    page = services.open_unmatched(by=scene.by("reader"), recording_id=recording.pk)
    assert (page.said.name, page.said.patient_id) == ("测试 某某", "X1")


def test_an_unmatched_recording_is_matched_by_number_once(scene):
    request = make_request(scene)
    recording = make_recording(scene.by("technologist"))
    number = {"version": 1, "accession_number": request.accession_number}

    matched = services.match(by=scene.by("reader"), recording_id=recording.pk, **number)

    assert (matched.request_id, selectors.unmatched(by=scene.by("reader"))) == (request.pk, [])
    with pytest.raises(Conflict):
        services.match(by=scene.by("reader"), recording_id=recording.pk, **number)


def test_an_unknown_number_matches_nothing(scene):
    recording = make_recording(scene.by("technologist"))
    with pytest.raises(Invalid) as error:
        services.match(
            by=scene.by("reader"), recording_id=recording.pk, version=1, accession_number="EC0000000000"
        )
    assert set(error.value.fields) == {"accession_number"}


def test_a_ct_request_takes_no_ecg(scene):
    request = make_request(scene, "CT")
    with pytest.raises(Invalid):
        make_recording(scene.by("technologist"), request_id=request.pk)
    assert (Recording.objects.count(), Material.objects.count()) == (0, 0)


def test_the_same_bytes_are_one_recording(scene):
    request = make_request(scene)
    first = make_recording(scene.by("technologist"))
    again = make_recording(scene.by("technologist"), request_id=request.pk)
    assert (first.pk, again.request_id) == (again.pk, request.pk)
    assert (Recording.objects.count(), StoredFile.objects.count()) == (1, 1)
    with pytest.raises(Conflict):
        make_recording(scene.by("technologist"), request_id=make_request(scene).pk)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"not a heart\n" * 100, UnsupportedContent),
        (ecg_file()[:9000], Invalid),
        (files.dicom(draw(Heart(seconds=1))), Invalid),
        (b"\0" * (20 * 1024 * 1024 + 1), TooLarge),
    ],
)
def test_nothing_of_a_bad_file_is_kept(scene, data, error):
    with pytest.raises(error):
        make_recording(scene.by("technologist"), data, request_id=make_request(scene).pk)
    assert (Recording.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert ExamRequest.objects.get().status == Status.REQUESTED


def test_an_endless_stream_is_cut_off(scene):
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            Endless.given += size
            return b"x" * size

    with pytest.raises(TooLarge):
        services.receive(by=scene.by("technologist"), stream=Endless(), name="x", content_type="")
    assert Endless.given <= 21 * 1024 * 1024


def test_strangers_see_no_recording(scene):
    recording = make_recording(scene.by("technologist"), request_id=make_request(scene).pk)
    stranger = make_actor("branch_doctor", make_organisation())
    with pytest.raises(OutOfReach):
        services.open_samples(by=stranger, recording_id=recording.pk)
    with pytest.raises(Refused):
        services.open_samples(by=make_actor("cashier", scene.branch), recording_id=recording.pk)


def test_the_red_queue_comes_first(scene):
    calm, red = make_request(scene), make_request(scene)
    make_recording(scene.by("technologist"), ecg_file(seed=5), request_id=calm.pk)
    make_recording(scene.by("technologist"), ecg_file("pause", 70), request_id=red.pk)
    listed = selectors.worklist(by=scene.by("reader"))
    assert [one.case.request.pk for one in listed.entries] == [red.pk, calm.pk]
    assert listed.entries[0].warnings[0].code == "PAUSE"


def test_the_page_compares_with_the_recording_before(scene):
    first, second = make_request(scene), make_request(scene)
    make_recording(scene.by("technologist"), ecg_file(rate=60), request_id=first.pk)
    make_recording(scene.by("technologist"), ecg_file(rate=90), request_id=second.pk)
    page = services.open_page(by=scene.by("reader"), request_id=second.pk)
    rate = page.shown.rows[0]
    assert (rate.ours, rate.before, rate.change) == (90, 60, 30)


def test_a_withdrawn_recording_stands_behind_the_new_one(scene):
    request = make_request(scene)
    make_recording(scene.by("technologist"), request_id=request.pk)
    diagnostics.claim(by=scene.by("reader"), request_id=request.pk)
    diagnostics.retake(by=scene.by("reader"), request_id=request.pk, reason="干扰")
    new = make_recording(scene.by("technologist"), ecg_file(seed=9), request_id=request.pk)
    make_draft(scene, request)
    page = services.open_page(by=scene.by("reader"), request_id=request.pk)
    assert (page.shown.recording.pk, len(page.others)) == (new.pk, 1)


def test_thresholds_are_data_with_a_version(scene):
    services.set_thresholds(by=Actor.system("tests"), version="qinghe/2", thresholds={"brady": 75})
    recording = make_recording(scene.by("technologist"))
    assert (recording.queue, recording.rule_version) == (Queue.RED, "qinghe/2")
    with pytest.raises(Invalid):
        services.set_thresholds(by=Actor.system("tests"), version="qinghe/3", thresholds={"speed": 1})


def test_a_recording_given_to_the_wrong_person_is_taken_back_and_given_to_the_right_one(scene):
    wrong, right = make_request(scene), make_request(scene)
    recording = make_recording(scene.by("technologist"), ecg_file("avb3", 30), request_id=wrong.pk)
    make_draft(scene, wrong, impression="Ⅲ度房室传导阻滞")
    where = {"recording_id": recording.pk, "request_id": wrong.pk}

    services.take_back(by=scene.by("technologist"), **where, reason="腕带姓名不同")

    recording.refresh_from_db()
    wrong.refresh_from_db()
    assert (recording.request_id, recording.patient_id) == (None, None)
    assert (wrong.status, wrong.returned_reason, wrong.due_at) == (Status.REGISTERED, "腕带姓名不同", None)
    assert (wrong.draft.impression, wrong.draft.outcome) == ("", "")
    published = repository.read(by=Actor.system("tests"), kind="Observation", id=str(recording.pk))
    assert published["status"] == "entered-in-error"
    writer = Notification.objects.get(key__startswith="exam-taken-back:").recipients.get()
    assert writer.staff_id == scene.reader.pk
    told = Notification.objects.filter(key__startswith="ecg-red:", url=f"/ecg/unmatched/{recording.pk}/")
    assert told.count() == 2
    with pytest.raises(Conflict):
        services.take_back(by=scene.by("technologist"), **where, reason="再按一次")

    services.match(
        by=scene.by("reader"),
        recording_id=recording.pk,
        version=recording.version,
        accession_number=right.accession_number,
    )
    published = repository.read(by=scene.by("doctor"), kind="Observation", id=str(recording.pk))
    assert (published["status"], published["basedOn"][0]["reference"]) == (
        "preliminary",
        f"ServiceRequest/{right.pk}",
    )


def test_a_recording_under_a_signed_report_is_taken_back_once_its_correction_has_begun(scene):
    request = make_request(scene)
    recording = make_recording(scene.by("technologist"), request_id=request.pk)
    make_draft(scene, request)
    diagnostics.sign(by=scene.by("reader"), request_id=request.pk)
    order = {"recording_id": recording.pk, "request_id": request.pk, "reason": "不是同一个人"}

    with pytest.raises(Conflict):
        services.take_back(by=scene.by("reader"), **order)
    diagnostics.amend(by=scene.by("reviewer"), request_id=request.pk, version=None, reason="患者错误")
    with pytest.raises(Invalid):
        services.take_back(by=scene.by("reviewer"), **{**order, "reason": " "})
    with pytest.raises(OutOfReach):
        services.take_back(by=make_actor("technologist"), **order)
    with pytest.raises(Refused):
        services.take_back(by=make_actor("cashier", scene.branch), **order)
    services.take_back(by=scene.by("reviewer"), **order)

    request.refresh_from_db()
    assert (request.status, request.reports.count()) == (Status.REGISTERED, 1)
    with pytest.raises(Conflict) as kept:  # withdrawn now, its report would stand for good
        diagnostics.cancel(by=scene.by("doctor"), request_id=request.pk, version=None, reason="不做了")
    assert kept.value.code == "reported"
