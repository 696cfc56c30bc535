"""Receiving, filing, matching: every trace, every refusal, nothing lost."""

import pytest

from consortium.choices import Role
from consortium.models import NotificationRecipient
from diagnostics.choices import Status as RequestStatus
from emr.repository import selectors as repository
from imaging import selectors, services
from imaging.choices import Doubt, Fault, Status
from imaging.models import Instance, Quarantined, Study
from imaging.vault import said_of
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import AuditEntry
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.imaging import (
    file_bytes,
    make_arrival,
    make_dataset,
    make_device,
    make_file,
    make_request,
    uid,
)

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("imaging")


def trail() -> list[tuple[str, str]]:
    rows = AuditEntry.objects.filter(action__startswith="imaging.").order_by("id")
    return [(row.actor_name, row.action) for row in rows]


def test_an_object_is_filed_with_everything_known_of_it(tmp_path):
    place = make_organisation()
    arrival = make_arrival(tmp_path, AccessionNumber="CT1")

    outcome = services.receive(by=make_device(place), arrivals=[arrival])[0]

    study = Study.objects.get(pk=outcome.study_id)
    instance = Instance.objects.get(study=study)
    assert (study.custodian, study.status, study.modalities) == (place, Status.RECEIVED, ["CT"])
    assert (said_of(study).patient_name, study.series_count, study.instance_count) == (
        "Zhou^GuiFang=周^桂芳",
        1,
        1,
    )
    assert said_of(study).forms == "\nzhou^guifang\n周^桂芳\n周桂芳\nzhou^guifang=周^桂芳\nzhouguifang\nzgf\n"
    assert (instance.frame_lengths, instance.fragmented) == ([24 * 32 * 2], False)


def test_the_same_object_again_is_no_second_one(tmp_path):
    device, dataset = make_device(make_organisation()), make_dataset()
    first = make_arrival(tmp_path, dataset)
    services.receive(by=device, arrivals=[first])

    outcome = services.receive(by=device, arrivals=[make_arrival(tmp_path, dataset)])[0]

    assert (outcome.again, outcome.fault, Instance.objects.count()) == (True, None, 1)


def test_other_bytes_under_a_known_identifier_are_put_aside(tmp_path):
    device, dataset = make_device(make_organisation()), make_dataset()
    services.receive(by=device, arrivals=[make_arrival(tmp_path, dataset)])
    dataset.WindowCenter = 50

    outcome = services.receive(by=device, arrivals=[make_arrival(tmp_path, dataset)])[0]

    assert outcome.fault == Fault.DUPLICATE
    assert (Instance.objects.count(), Quarantined.objects.get().fault) == (1, Fault.DUPLICATE)


def test_another_patient_in_a_known_study_is_put_aside(tmp_path):
    device, study = make_device(make_organisation()), uid()
    services.receive(by=device, arrivals=[make_arrival(tmp_path, StudyInstanceUID=study, PatientID="A")])

    outcome = services.receive(
        by=device, arrivals=[make_arrival(tmp_path, StudyInstanceUID=study, PatientID="B")]
    )[0]

    assert outcome.fault == Fault.OTHER_PATIENT


def test_another_institution_cannot_add_to_a_study(tmp_path):
    study = uid()
    first = make_arrival(tmp_path, StudyInstanceUID=study, PatientID="A")
    services.receive(by=make_device(make_organisation()), arrivals=[first])

    second = make_arrival(tmp_path, StudyInstanceUID=study, PatientID="A")
    outcome = services.receive(by=make_device(make_organisation()), arrivals=[second])[0]

    assert outcome.fault == Fault.OTHER_PLACE


@pytest.mark.parametrize(
    "data", [b"Dear colleague, the picture is attached.", b"", b"\0" * 128 + b"DICM" + b"\xff" * 90]
)
def test_what_is_no_dicom_is_kept_aside(tmp_path, data):
    from imaging.choices import Way
    from imaging.services.arrivals import examine

    device = make_device(make_organisation())
    arrival = examine(make_file(tmp_path, data), way=Way.STOW, source="test")

    outcome = services.receive(by=device, arrivals=[arrival])[0]

    row = Quarantined.objects.get()
    assert (outcome.fault, row.size, Study.objects.count()) == (Fault.UNREADABLE, len(data), 0)


def test_a_batch_keeps_its_order_and_its_good_ones(tmp_path):
    device, study = make_device(make_organisation()), uid()
    good = [make_arrival(tmp_path, StudyInstanceUID=study, PatientID="A", InstanceNumber=n) for n in (1, 2)]
    bad = make_arrival(tmp_path, StudyInstanceUID=study, PatientID="B")

    outcomes = services.receive(by=device, arrivals=[good[0], bad, good[1], good[0]])

    assert [outcome.fault for outcome in outcomes] == [None, Fault.OTHER_PATIENT, None, None]
    assert Study.objects.get().instance_count == 2


def test_a_study_goes_to_its_request_by_itself(tmp_path):
    request = make_request()
    arrival = make_arrival(tmp_path, AccessionNumber=request.accession_number)
    outcome = services.receive(by=make_device(request.source), arrivals=[arrival])[0]

    study = services.settle(by=HOUSE, study_id=outcome.study_id)

    request.refresh_from_db()
    assert (study.status, study.patient_id, study.request_id) == (
        Status.MATCHED,
        request.patient_id,
        request.pk,
    )
    assert request.status == RequestStatus.EXAMINED
    published = repository.read(by=HOUSE, kind="ImagingStudy", id=str(study.pk))
    assert published["identifier"][0] == {"system": "urn:dicom:uid", "value": f"urn:oid:{study.uid}"}
    assert (published["numberOfInstances"], published["started"]) == (1, "2026-11-21T10:32:00+08:00")
    assert trail() == [("ae:CT1", "imaging.study_received"), ("system:imaging", "imaging.study_matched")]


def test_what_comes_later_brings_the_published_study_up_to_date(tmp_path):
    request = make_request()
    device, dataset = make_device(request.source), make_dataset(AccessionNumber=request.accession_number)
    outcome = services.receive(by=device, arrivals=[make_arrival(tmp_path, dataset)])[0]
    services.settle(by=HOUSE, study_id=outcome.study_id)
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid()

    services.receive(by=device, arrivals=[make_arrival(tmp_path, dataset)])
    services.settle(by=HOUSE, study_id=outcome.study_id)

    published = repository.read(by=HOUSE, kind="ImagingStudy", id=str(outcome.study_id))
    assert published["numberOfInstances"] == 2


@pytest.mark.parametrize(
    ("values", "doubt"),
    [
        ({"AccessionNumber": ""}, Doubt.NO_ACCESSION),
        ({"AccessionNumber": "CT9999"}, Doubt.UNKNOWN_ACCESSION),
        ({"PatientName": "Li^Ming=李^明"}, Doubt.NAME_DIFFERS),
        ({"PatientName": ""}, Doubt.NAME_DIFFERS),
        ({"PatientBirthDate": "19600312"}, Doubt.BIRTH_DATE_DIFFERS),
        ({"PatientSex": "M"}, Doubt.SEX_DIFFERS),
    ],
)
def test_a_study_that_disagrees_waits_for_a_technologist(tmp_path, values, doubt):
    request = make_request()
    arrival = make_arrival(tmp_path, **{"AccessionNumber": request.accession_number, **values})
    outcome = services.receive(by=make_device(request.source), arrivals=[arrival])[0]

    study = services.settle(by=HOUSE, study_id=outcome.study_id)

    assert (study.status, study.doubt, study.patient_id) == (Status.UNMATCHED, doubt, None)


@pytest.mark.parametrize(
    "name", ["Zhou^Guifang", "GUIFANG^ZHOU", "Zhou Gui Fang", "周桂芳", "ZHOU^GUI FANG=周^桂芳"]
)
def test_the_ways_devices_write_a_name(tmp_path, name):
    request = make_request()
    arrival = make_arrival(tmp_path, AccessionNumber=request.accession_number, PatientName=name)
    outcome = services.receive(by=make_device(request.source), arrivals=[arrival])[0]

    assert services.settle(by=HOUSE, study_id=outcome.study_id).status == Status.MATCHED


def test_a_study_of_a_third_place_is_not_given_away(tmp_path):
    request = make_request()
    arrival = make_arrival(tmp_path, AccessionNumber=request.accession_number)
    outcome = services.receive(by=make_device(make_organisation()), arrivals=[arrival])[0]

    assert services.settle(by=HOUSE, study_id=outcome.study_id).doubt == Doubt.OTHER_PLACE


def held(tmp_path, request, **values):
    arrival = make_arrival(tmp_path, **{"AccessionNumber": "CT0000", **values})
    outcome = services.receive(by=make_device(request.source), arrivals=[arrival])[0]
    return services.settle(by=HOUSE, study_id=outcome.study_id)


def test_where_nobody_else_works_the_machine_its_doctors_are_told_and_see_what_waits(tmp_path):
    request = make_request()
    doctor = make_actor(Role.BRANCH_DOCTOR, request.source)
    study = held(tmp_path, request)
    told = NotificationRecipient.objects.filter(notification__key=f"imaging-held:{study.pk}")

    assert doctor.id in told.values_list("staff", flat=True)
    assert [(one.key, one.number) for one in selectors.work(by=doctor).counts] == [("imaging.unmatched", 1)]
    assert selectors.work(by=make_actor(Role.BRANCH_DOCTOR)).counts == ()
    assert [one.request.pk for one in selectors.held(by=doctor, study_id=study.pk).candidates] == [request.pk]


@pytest.mark.parametrize("role", [Role.TECHNOLOGIST, Role.BRANCH_DOCTOR])
def test_who_works_the_machine_assigns_a_study(tmp_path, role):
    request = make_request()
    study = held(tmp_path, request, PatientName="ZHOU")
    technologist = make_actor(role, request.source)

    done = services.assign(
        by=technologist, study_id=study.pk, version=study.version, request_id=request.pk, reason="腕带核对"
    )

    request.refresh_from_db()
    assert (done.status, done.patient_id, request.status) == (
        Status.MATCHED,
        request.patient_id,
        RequestStatus.EXAMINED,
    )
    assert trail()[-1] == (technologist.name, "imaging.study_matched")


def test_assigning_needs_a_reason_the_seen_version_and_the_place(tmp_path):
    request = make_request()
    study = held(tmp_path, request)
    technologist = make_actor(Role.TECHNOLOGIST, request.source)
    order = {"study_id": study.pk, "version": study.version, "request_id": request.pk, "reason": "腕带核对"}

    with pytest.raises(Invalid):
        services.assign(by=technologist, **{**order, "reason": " "})
    with pytest.raises(Conflict):
        services.assign(by=technologist, **{**order, "version": study.version + 1})
    with pytest.raises(OutOfReach):
        services.assign(by=make_actor(Role.TECHNOLOGIST), **order)
    with pytest.raises(Refused):
        services.assign(by=make_actor(Role.READER, request.source), **order)


def test_what_was_put_aside_is_closed_once_with_a_reason(tmp_path):
    from imaging.choices import Way
    from imaging.services.arrivals import examine

    place = make_organisation()
    services.receive(
        by=make_device(place), arrivals=[examine(make_file(tmp_path, b"x"), way=Way.STOW, source="t")]
    )
    row, technologist = Quarantined.objects.get(), make_actor(Role.TECHNOLOGIST, place)

    services.close_quarantined(by=technologist, quarantined_id=row.pk, version=1, reason="重新发送")

    row.refresh_from_db()
    assert (row.closed_by_id, row.closed_reason) == (technologist.id, "重新发送")
    with pytest.raises(Conflict):
        services.close_quarantined(by=technologist, quarantined_id=row.pk, version=2, reason="again")


def test_a_stored_object_is_the_bytes_that_came(tmp_path):
    from kernel import files

    dataset = make_dataset()
    services.receive(by=make_device(make_organisation()), arrivals=[make_arrival(tmp_path, dataset)])

    assert files.read_verified(Instance.objects.get().file_id) == file_bytes(dataset)
