"""Workflow API of prescriptions: write and sign, read, countersign, void.

A person's token alone: a program prescribes nothing.
"""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from emr.access import services as access
from emr.prescriptions import selectors, services
from emr.prescriptions.choices import (
    CHOSEN,
    LONGEST_REFUSAL,
    LONGEST_VALID_REASON,
    MOST_VALID,
    OFTEN,
    PACKS,
    UNITS,
    Kind,
    Route,
)
from emr.prescriptions.engine.sheet import Line
from emr.prescriptions.models import Prescription as Signed
from kernel.actor import Actor
from kernel.errors import Conflict, Text
from kernel.web.drf import WIDEST, Api, ApiRequest, In, KeyIn, VersionIn, once


class PrescribedIn(In):
    """One medicine."""

    name = serializers.CharField(max_length=80)
    strength = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    dose = serializers.DecimalField(max_digits=9, decimal_places=3, help_text="How much each time.")
    unit = serializers.ChoiceField(choices=list(UNITS))
    often = serializers.ChoiceField(choices=list(OFTEN))
    route = serializers.ChoiceField(choices=Route.choices)
    days = serializers.IntegerField(min_value=1, max_value=84)
    amount = serializers.IntegerField(min_value=1, max_value=999)
    pack = serializers.ChoiceField(choices=list(PACKS))
    note = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class PrescriptionIn(KeyIn):
    """A prescription in a visit of the acting institution."""

    encounter_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Kind.choices, default=Kind.ORDINARY, required=False)
    long_reason = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    valid_days = serializers.IntegerField(
        min_value=1,
        max_value=MOST_VALID,
        default=1,
        required=False,
        help_text="Days it may be dispensed, today counted in.",
    )
    valid_reason = serializers.CharField(
        max_length=LONGEST_VALID_REASON,
        required=False,
        allow_blank=True,
        default="",
        help_text="Special circumstances: needed for more than one day.",
    )
    diagnoses = serializers.ListField(
        child=serializers.CharField(max_length=64),
        min_length=1,
        max_length=20,
        help_text="Ids of Conditions of the visit.",
    )
    lines = serializers.ListField(child=PrescribedIn(), min_length=1, max_length=5)
    seen = serializers.ListField(
        child=serializers.CharField(max_length=WIDEST),
        max_length=20,
        required=False,
        help_text="Keys of the warnings (409 “warned”) that were read.",
    )
    override = serializers.CharField(max_length=WIDEST, required=False, allow_blank=True, default="")
    instead = serializers.UUIDField(
        required=False,
        help_text="A prescription of the caller's that nobody countersigned in time: it becomes void.",
    )

    @classmethod
    def order(cls, said: dict[str, Any]) -> dict[str, Any]:
        """The fields as `services.sign` takes them."""
        return {**said, "lines": [Line(**one) for one in said["lines"]]}


class PrescriptionVoidIn(VersionIn):
    """Why a signed prescription does not count."""

    reason = serializers.ChoiceField(choices=[(one.value, one.label) for one in CHOSEN])
    words = serializers.CharField(max_length=WIDEST, required=False, allow_blank=True, default="")


class RefusedIn(VersionIn):
    """Why an assistant's prescription is not countersigned."""

    words = serializers.CharField(max_length=LONGEST_REFUSAL)


class PrescriptionsIn(In):
    patient_id = serializers.UUIDField()


class PrescribedOut(serializers.Serializer[Any]):
    """One medicine in words."""

    name = serializers.CharField()
    directions = serializers.CharField()


class PrescriptionOut(serializers.Serializer[Any]):
    """A signed prescription; its medicines are the MedicationRequests of the group `number`."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    number = serializers.CharField()
    patient_id = serializers.UUIDField()
    encounter_id = serializers.UUIDField()
    kind = serializers.CharField()
    status = serializers.CharField()
    doctor = serializers.CharField()
    organisation = serializers.CharField()
    second = serializers.CharField(help_text="Who countersigned an assistant's prescription, or refused to.")
    second_at = serializers.DateTimeField(allow_null=True)
    second_words = serializers.CharField(help_text="Why it was not countersigned.")
    signed_at = serializers.DateTimeField()
    valid_date = serializers.DateField(help_text="The first day it may be dispensed.")
    valid_until = serializers.DateField(help_text="The last day it may be dispensed.")
    valid_reason = serializers.CharField(help_text="Why longer than its day.")
    over = serializers.BooleanField(
        help_text="Its validity is over: not to be dispensed, not to be countersigned."
    )
    until_date = serializers.DateField()
    medicines = PrescribedOut(many=True)


def shown(request: ApiRequest, prescription_id: UUID) -> Response:
    """The prescription as it stands now; looking opens the record, on record."""
    row = selectors.row(by=request.actor, prescription_id=prescription_id)
    access.open_record(by=request.actor, patient_id=row.patient_id)
    return Response(PrescriptionOut(row).data)


def signed(by: Actor, order: dict[str, Any]) -> Signed:
    """Sign. A warning not seen yet is answered with its key and its words among `fields` (409, "warned")."""
    try:
        return services.sign(by=by, **order)
    except services.Warned as told:
        fields: dict[str, Text] = {one.key: f"{one.name}：{one.about}" for one in told.warnings}
        raise Conflict(told.message, code=told.code, fields=fields) from told


class Prescriptions(Api):
    """Prescriptions of one patient, newest first, as far as they are open to the caller."""

    @extend_schema(parameters=[PrescriptionsIn], responses=PrescriptionOut(many=True))
    def get(self, request: ApiRequest) -> Response:
        patient_id = PrescriptionsIn.asked(request)["patient_id"]
        access.open_record(by=request.actor, patient_id=patient_id)
        rows = selectors.listed(by=request.actor, patient_id=patient_id)
        return Response(PrescriptionOut(rows, many=True).data)

    @extend_schema(request=PrescriptionIn, responses=PrescriptionOut)
    def post(self, request: ApiRequest) -> Response:
        """Write and sign. 409 “warned” names each warning by its key, until it stands in `seen`."""
        said = PrescriptionIn.of(request)
        order = PrescriptionIn.order(said)
        made = once(request, said, lambda: signed(request.actor, order))
        return shown(request, made.pk)


class Prescription(Api):
    """One prescription."""

    @extend_schema(responses=PrescriptionOut)
    def get(self, request: ApiRequest, prescription_id: UUID) -> Response:
        return shown(request, prescription_id)


class Void(Api):
    """Make a signed prescription void."""

    @extend_schema(request=PrescriptionVoidIn, responses=PrescriptionOut)
    def post(self, request: ApiRequest, prescription_id: UUID) -> Response:
        said = PrescriptionVoidIn.of(request)
        by, version, reason, words = request.actor, said["version"], said["reason"], said["words"]
        once(
            request,
            said,
            lambda: (
                services.void(
                    by=by, prescription_id=prescription_id, version=version, reason=reason, words=words
                ).pk
            ),
            lambda: prescription_id,
        )
        return shown(request, prescription_id)


class Countersign(Api):
    """A physician signs an assistant's prescription too: it is valid."""

    @extend_schema(request=VersionIn, responses=PrescriptionOut)
    def post(self, request: ApiRequest, prescription_id: UUID) -> Response:
        said = VersionIn.of(request)
        order = {"by": request.actor, "prescription_id": prescription_id, "version": said["version"]}
        once(request, said, lambda: services.countersign(**order).pk, lambda: prescription_id)
        return shown(request, prescription_id)


class Refuse(Api):
    """A physician does not sign an assistant's prescription; its writer reads why."""

    @extend_schema(request=RefusedIn, responses=PrescriptionOut)
    def post(self, request: ApiRequest, prescription_id: UUID) -> Response:
        said = RefusedIn.of(request)
        order = {"prescription_id": prescription_id, "version": said["version"], "words": said["words"]}
        once(request, said, lambda: services.refuse(by=request.actor, **order).pk, lambda: prescription_id)
        return shown(request, prescription_id)
