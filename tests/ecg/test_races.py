"""Two people at one recording."""

from diagnostics import services as diagnostics
from diagnostics.choices import Status
from ecg import services
from ecg.models import Recording
from kernel.errors import Conflict, DomainError
from kernel.models import AuditEntry
from tests.factories.diagnostics import make_draft, make_request, make_scene
from tests.factories.ecg import make_recording


def test_of_four_who_take_a_recording_back_one_does(race_db):
    scene = make_scene()
    request = make_request(scene)
    recording = make_recording(scene.by("technologist"), request_id=request.pk)
    order = {"recording_id": recording.pk, "request_id": request.pk, "reason": "腕带姓名不同"}

    answers = race_db.at_once(
        [lambda: services.take_back(by=scene.by("technologist"), **order) for _turn in range(4)]
    )

    assert sorted(type(one).__name__ for one in answers) == ["Conflict", "Conflict", "Conflict", "Recording"]
    assert AuditEntry.objects.filter(action="ecg.taken_back").count() == 1


def test_a_report_is_signed_or_its_recording_taken_back_never_both(race_db):
    scene = make_scene()
    request = make_request(scene)
    recording = make_recording(scene.by("technologist"), request_id=request.pk)
    make_draft(scene, request)

    signed, back = race_db.at_once(
        [
            lambda: diagnostics.sign(by=scene.by("reader"), request_id=request.pk),
            lambda: services.take_back(
                by=scene.by("technologist"),
                recording_id=recording.pk,
                request_id=request.pk,
                reason="腕带姓名不同",
            ),
        ]
    )

    request.refresh_from_db()
    stands = Recording.objects.get().request_id == request.pk
    assert (isinstance(signed, DomainError), isinstance(back, Conflict)) == (not stands, stands)
    assert (request.status == Status.REGISTERED, request.reports.count()) == (not stands, int(stands))
