"""Many at once, on a database where everything really commits."""

from consortium.models import NotificationRecipient
from diagnostics import services
from diagnostics.models import CriticalCall, CriticalValue, ExamRequest
from kernel import clock
from kernel.actor import Actor
from tests.factories.consortium import make_actor, make_staff
from tests.factories.diagnostics import make_draft, make_examined, make_item, make_request, make_scene


def test_of_eight_readers_one_gets_the_case(race_db):
    scene = make_scene()
    request = make_examined(scene)
    readers = [make_actor("reader", scene.centre) for _turn in range(8)]
    calls = [lambda by=by: services.claim(by=by, request_id=request.pk) for by in readers]
    answers = race_db.at_once(calls)
    assert sum(isinstance(answer, ExamRequest) for answer in answers) == 1
    assert {getattr(answer, "code", "") for answer in answers if isinstance(answer, Exception)} == {
        "claimed_by_another"
    }


def test_numbers_given_at_once_are_all_different(race_db):
    scene = make_scene()
    make_item("ITEM-ECG")
    made = race_db.at_once([lambda: make_request(scene).accession_number for _turn in range(8)])
    assert len({answer for answer in made if isinstance(answer, str)}) == 8


def test_a_read_back_and_the_clock_at_once_leave_nobody_called_afterwards(race_db):
    scene = make_scene()
    request = make_draft(scene, make_examined(scene), outcome="critical", critical_text="室颤")
    critical = services.sign(by=scene.by("reader"), request_id=request.pk).critical
    make_staff("branch_reviewer", scene.branch)
    CriticalValue.objects.update(due_at=clock.now())
    house = Actor.system("diagnostics")
    said = {"critical_id": critical.pk, "version": 1, "read_back": "室颤", "action": "treated"}
    calls = [lambda: services.pass_up(by=house, critical_id=critical.pk) for _clock in range(4)]
    race_db.at_once([*calls, lambda: services.acknowledge(by=scene.by("doctor"), **said)])

    critical.refresh_from_db()
    assert critical.acknowledged_at is not None
    assert CriticalCall.objects.count() == critical.escalations <= 1
    assert not CriticalCall.objects.filter(called_at__gt=critical.acknowledged_at).exists()
    assert not NotificationRecipient.objects.filter(
        read_at__isnull=True, notification__key__startswith="critical:"
    ).exists()
