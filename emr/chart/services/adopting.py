"""A patient known elsewhere stands at the desk: her own record here, nothing typed twice."""

from uuid import UUID

from django.utils.translation import gettext as _

from emr.access import selectors as access
from emr.index import services as index
from emr.index import vault
from emr.index.engine.identity import clean
from emr.index.models import Patient
from emr.index.policies import PATIENT
from kernel import audit
from kernel.actor import Actor
from kernel.database import rows
from kernel.database.joining import joined
from kernel.errors import Invalid, OutOfReach


@joined
def adopt(*, by: Actor, key: str, patient_id: UUID, id_number: str = "") -> Patient:
    """Make this institution's own record of a person another hospital knows.

    Either a basis to open that record exists, or the identity number is read off the card of the person who
    stands here. Raises Invalid (422) when the number is another's. Opens nothing: the encounter does.
    """
    PATIENT.ask(by, "register")
    known = rows.first(Patient, "id = %s", [patient_id])
    if known is None:
        raise OutOfReach(detail={"model": "emr.patient", "pk": str(patient_id)})
    if access.basis(by=by, patient_id=patient_id) is None:
        person = known.person
        given = vault.id_key(person.id_kind, clean(id_number))
        if not person.id_key or bytes(person.id_key) != given:
            raise Invalid(fields={"id_number": _("This is not the number of this patient's document.")})
    own = index.enrol(by=by, key=key, person_id=known.person_id)
    audit.record(by=by, action="emr.patient_adopted", subject=own, patient=own.pk)
    return own
