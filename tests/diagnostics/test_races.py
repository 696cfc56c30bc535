"""Many at once, on a database where everything really commits."""

from diagnostics import services
from diagnostics.models import ExamRequest
from tests.factories.consortium import make_actor
from tests.factories.diagnostics import make_examined, make_item, make_request, make_scene


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
