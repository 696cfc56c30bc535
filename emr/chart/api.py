"""Workflow API of the chart: an own record for somebody known elsewhere, encounters."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from emr.access import services as access
from emr.chart import selectors, services
from emr.chart.choices import VITALS, Certainty, EncounterKind
from emr.index.api import AdoptIn, RegisteredOut
from kernel.dated import Moment
from kernel.web.drf import WIDEST, Api, ApiRequest, In, KeyIn, once

LONG = 2000


class DiagnosisIn(In):
    """With an ICD-10 code, or in own words that are coded later."""

    code = serializers.CharField(max_length=20, required=False, allow_null=True)
    text = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    certainty = serializers.ChoiceField(
        choices=Certainty.choices, default=Certainty.PROVISIONAL, required=False
    )


class MedicineIn(In):
    name = serializers.CharField(max_length=WIDEST)
    directions = serializers.CharField(max_length=WIDEST, required=False, allow_blank=True, default="")


def _vital(name: str) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=6,
        decimal_places=1,
        required=False,
        help_text=f"{VITALS[name].label} ({VITALS[name].unit})",
    )


VitalsIn: type[In] = type(
    "VitalsIn", (In,), {"__doc__": "Vital signs, by name.", **{name: _vital(name) for name in VITALS}}
)


class EncounterIn(KeyIn):
    """One visit, as it is written and signed."""

    patient_id = serializers.UUIDField()
    kind = serializers.ChoiceField(
        choices=EncounterKind.choices, default=EncounterKind.AMBULATORY, required=False
    )
    at = Moment(required=False, help_text="Now, unless said otherwise; never ahead.")
    complaint = serializers.CharField(max_length=WIDEST)
    history = serializers.CharField(max_length=LONG, required=False, allow_blank=True)
    plan = serializers.CharField(max_length=LONG, required=False, allow_blank=True)
    vitals = VitalsIn(required=False)
    diagnoses = serializers.ListField(child=DiagnosisIn(), min_length=1, max_length=20)
    allergies = serializers.ListField(
        child=serializers.CharField(max_length=WIDEST),
        max_length=20,
        required=False,
        help_text="Missing: nothing new. Empty: asked, none known.",
    )
    medicines = serializers.ListField(child=MedicineIn(), max_length=30, required=False)

    @classmethod
    def note(cls, said: dict[str, Any]) -> dict[str, Any]:
        """The fields as `services.record_encounter` takes them."""
        diagnoses = [(one.get("code") or None, one["text"], one["certainty"]) for one in said["diagnoses"]]
        medicines = [(one["name"], one["directions"]) for one in said.get("medicines", [])]
        return {**said, "diagnoses": diagnoses, "medicines": medicines}


class EncountersIn(In):
    patient_id = serializers.UUIDField()


class EncounterOut(serializers.Serializer[Any]):
    """The id is the FHIR id of the Encounter."""

    id = serializers.CharField()


class EncounterRowOut(serializers.Serializer[Any]):
    """One visit in a list."""

    id = serializers.CharField()
    patient_id = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    kind = serializers.CharField()
    organisation = serializers.CharField()
    doctor = serializers.CharField()
    complaint = serializers.CharField()
    diagnoses = serializers.ListField(child=serializers.CharField())


class Encounters(Api):
    """Visits of one patient, as far as they are open to the caller; looking opens the record, on record."""

    @extend_schema(parameters=[EncountersIn], responses=EncounterRowOut(many=True))
    def get(self, request: ApiRequest) -> Response:
        patient_id = EncountersIn.asked(request)["patient_id"]
        access.open_record(by=request.actor, patient_id=patient_id)
        rows = selectors.encounters(by=request.actor, patient_id=patient_id)
        return Response(EncounterRowOut(rows, many=True).data)

    @extend_schema(request=EncounterIn, responses=EncounterOut)
    def post(self, request: ApiRequest) -> Response:
        """Record and sign an encounter in the acting institution's own record of the patient."""
        said = EncounterIn.of(request)
        note = EncounterIn.note(said)
        made = once(request, said, lambda: services.record_encounter(by=request.actor, **note))
        return Response(EncounterOut({"id": made}).data)


class Adopt(Api):
    """A patient another hospital knows stands here: the acting institution's own record of her."""

    @extend_schema(request=AdoptIn, responses=RegisteredOut)
    def post(self, request: ApiRequest, patient_id: UUID) -> Response:
        said = AdoptIn.of(request)
        own = once(request, said, lambda: services.adopt(by=request.actor, patient_id=patient_id, **said))
        return Response(RegisteredOut(own).data)
