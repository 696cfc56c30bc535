"""`publish`: versions, owners, history, labels, sealed bytes, traces."""

import pytest
from django.db import DatabaseError, connection, transaction

from emr.repository import selectors, services
from emr.repository.events import ResourceStored
from kernel import crypto, ids, outbox
from kernel.errors import Conflict, OutOfReach
from kernel.models import AuditEntry, OutboxEvent
from tests.emr.repository.rows import make_client, make_patient, make_place, observation

pytestmark = pytest.mark.django_db


def rows(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


@pytest.fixture
def by():
    return make_client(make_place())


def outgoing(patient, **more):
    resource = {**observation(patient.pk), "id": str(ids.uuid7()), **more}
    return services.Outgoing(resource=resource, patient=patient.pk)


def test_each_call_makes_a_new_version_and_keeps_the_old_one(by):
    patient = make_patient(by)
    first = outgoing(patient)

    (one,) = services.publish(by=by, owner="ecg", resources=[first])
    later = services.Outgoing(resource={**first.resource, "status": "amended"})
    (two,) = services.publish(by=by, owner="ecg", resources=[later])

    assert (one.version, two.version, one.reference) == (1, 2, two.reference)
    assert selectors.read(by=by, kind="Observation", id=two.id)["status"] == "amended"
    past = selectors.versions(by=by, kind="Observation", id=two.id)
    assert [row.version for row in past] == [2, 1]
    assert past[0].patient == patient.pk


def test_publish_leaves_one_audit_entry_and_one_event_per_resource(by, monkeypatch):
    patient = make_patient(by)
    before = OutboxEvent.objects.count()
    monkeypatch.setattr(outbox, "HANDLERS", {})
    outbox.on(ResourceStored, name="room.every_reading", kind="Observation")(lambda event, by: None)

    services.publish(by=by, owner="ecg", resources=[outgoing(patient), outgoing(patient)])

    entry = AuditEntry.objects.filter(action="repository.published").order_by("-id").first()
    assert entry is not None
    assert (entry.actor_name, entry.patient, entry.detail["owner"]) == (by.name, patient.pk, "ecg")
    assert entry.detail["resources"] == 2
    assert OutboxEvent.objects.count() == before + 2


def test_another_workflow_cannot_write_a_managed_resource(by):
    patient = make_patient(by)
    mine = outgoing(patient)
    services.publish(by=by, owner="ecg", resources=[mine])

    with pytest.raises(Conflict) as refused:
        services.publish(by=by, owner="imaging", resources=[mine])

    assert refused.value.code == "managed_elsewhere"
    assert refused.value.detail == {"managed_by": "ecg", "api": "/api/v1/ecg/"}


def test_what_is_not_fhir_is_refused_whole(by):
    patient = make_patient(by)
    good, bad = outgoing(patient), outgoing(patient, status="finished")

    with pytest.raises(services.NotFhir) as refused, transaction.atomic():
        services.publish(by=by, owner="ecg", resources=[good, bad])

    assert [issue.path for issue in refused.value.issues] == ["Observation.status"]
    with pytest.raises(OutOfReach):
        selectors.read(by=by, kind="Observation", id=good.resource["id"])


def test_a_label_passes_on_to_what_refers_to_it(by):
    patient = make_patient(by)
    secret = services.Outgoing(
        resource={
            "resourceType": "Encounter",
            "id": str(ids.uuid7()),
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": f"Patient/{patient.pk}"},
        },
        label=5,
    )
    seen = outgoing(patient, encounter={"reference": f"Encounter/{secret.resource['id']}"})
    later = outgoing(patient, encounter={"reference": f"Encounter/{secret.resource['id']}"})

    services.publish(by=by, owner="chart", resources=[seen, secret])
    services.publish(by=by, owner="chart", resources=[later])

    names = [seen.resource["id"], later.resource["id"]]
    assert rows("SELECT label FROM emr_resource WHERE id = ANY(%s)", names) == [(5,), (5,)]


def test_bytes_that_identify_a_person_are_not_in_the_table(by):
    patient = make_patient(by, name="欧阳锋")
    resource = selectors.read(by=by, kind="Patient", id=str(patient.pk))

    ((content, tokens),) = rows("SELECT content, tok FROM emr_resource WHERE id = %s", str(patient.pk))

    assert resource["name"][0]["text"] == "欧阳锋"
    assert "欧阳锋".encode() not in bytes(content)
    assert b"birthDate" not in bytes(content)
    assert len(tokens) > 5


def test_a_row_sealed_for_one_resource_opens_for_no_other(by):
    one, other = make_patient(by), make_patient(by)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE emr_resource SET content = (SELECT content FROM emr_resource WHERE id = %s) WHERE id = %s",
            [str(one.pk), str(other.pk)],
        )

    with pytest.raises(crypto.Unsealable):
        selectors.read(by=by, kind="Patient", id=str(other.pk))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE emr_resource_history SET version = 9",
        "DELETE FROM emr_resource_history",
        "TRUNCATE emr_resource_history",
    ],
)
def test_history_cannot_be_changed_by_the_app(by, change):
    patient = make_patient(by)
    draft = outgoing(patient)
    services.publish(by=by, owner="ecg", resources=[draft])
    services.publish(by=by, owner="ecg", resources=[draft])

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_a_partition_of_the_history_cannot_be_changed_either(by):
    ((name,),) = rows("SELECT 'emr_history_2026_11'")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {name}")


def test_the_number_of_statements_does_not_grow(by, monkeypatch):
    patient = make_patient(by)
    seen = []
    original = services.store.sql.rows
    monkeypatch.setattr(services.store.sql, "rows", lambda *a: (seen.append(a[0][:20]), original(*a))[1])

    services.publish(by=by, owner="ecg", resources=[outgoing(patient) for _ in range(2)])
    few = len(seen)
    services.publish(by=by, owner="ecg", resources=[outgoing(patient) for _ in range(20)])

    assert len(seen) - few == few
