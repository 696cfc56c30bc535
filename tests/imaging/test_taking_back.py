"""A study that was given to the wrong request is taken back, and stays where people put it."""

import pytest

from consortium.choices import Role
from diagnostics.choices import Status as RequestStatus
from emr.repository import selectors as repository
from imaging import services
from imaging.choices import Doubt, Status
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import AuditEntry
from tests.factories.consortium import make_actor
from tests.factories.imaging import make_arrival, make_dataset, make_device, make_request

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("imaging")


def test_a_study_given_to_the_wrong_request_is_taken_back_and_stays_where_people_put_it(tmp_path):
    request = make_request()
    device, dataset = make_device(request.source), make_dataset(AccessionNumber=request.accession_number)
    outcome = services.receive(by=device, arrivals=[make_arrival(tmp_path, dataset)])[0]
    study = services.settle(by=HOUSE, study_id=outcome.study_id)
    technologist = make_actor(Role.TECHNOLOGIST, request.source)
    order = {"study_id": study.pk, "request_id": request.pk, "reason": "拍的是下一位患者"}

    with pytest.raises(Invalid):
        services.take_back(by=technologist, **{**order, "reason": " "})
    with pytest.raises(OutOfReach):
        services.take_back(by=make_actor(Role.TECHNOLOGIST), **order)
    with pytest.raises(Refused):
        services.take_back(by=make_actor(Role.CASHIER, request.source), **order)
    taken = services.take_back(by=technologist, **order)

    request.refresh_from_db()
    published = repository.read(by=HOUSE, kind="ImagingStudy", id=str(study.pk))
    assert (taken.status, taken.doubt, taken.patient_id) == (Status.UNMATCHED, Doubt.TAKEN_BACK, None)
    assert (request.status, published["status"]) == (RequestStatus.REGISTERED, "entered-in-error")
    entry = AuditEntry.objects.get(action="imaging.study_taken_back")
    assert entry.actor_name == technologist.name
    with pytest.raises(Conflict):
        services.take_back(by=technologist, **order)
    late = make_dataset(
        AccessionNumber=request.accession_number, StudyInstanceUID=study.uid, InstanceNumber=2
    )
    services.receive(by=device, arrivals=[make_arrival(tmp_path, late)])
    assert services.settle(by=HOUSE, study_id=study.pk).status == Status.UNMATCHED
