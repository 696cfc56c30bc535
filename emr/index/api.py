"""Workflow API of patients: find, register, look at the card. Lists are masked, and nothing unmasks here."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from emr.access import services as access
from emr.access.choices import Basis
from emr.index import selectors, services
from emr.index.choices import IdKind, NoIdReason, Sex
from emr.index.engine import names
from emr.index.engine.query import Shape
from kernel.dated import Day
from kernel.web.drf import WIDEST, Api, ApiRequest, In, KeyIn, once, page_of


class PatientsIn(In):
    """Which of the institution's patients: seen today, seen by me, or all."""

    view = serializers.ChoiceField(choices=["today", "mine", "all"], default="all", required=False)
    after = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=80, help_text="`next` of the page before."
    )


class PatientIn(KeyIn):
    """A registration. Birth date and sex follow from a resident identity number."""

    name = serializers.CharField(max_length=60)
    id_kind = serializers.ChoiceField(choices=IdKind.choices, default=IdKind.RESIDENT, required=False)
    id_number = serializers.CharField(max_length=24, required=False, allow_blank=True)
    sex = serializers.ChoiceField(choices=Sex.choices, default=Sex.UNKNOWN, required=False)
    birth_date = Day(required=False)
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True)
    address = serializers.CharField(max_length=120, required=False, allow_blank=True)
    no_id_reason = serializers.ChoiceField(choices=NoIdReason.choices, required=False, allow_blank=True)
    mother_id_number = serializers.CharField(max_length=24, required=False, allow_blank=True)
    unidentified = serializers.BooleanField(required=False)
    confirm_name = serializers.BooleanField(
        required=False, help_text="Card and person were compared: the document belongs to both names."
    )
    reason = serializers.CharField(max_length=WIDEST, required=False, allow_blank=True)


class SearchIn(In):
    """What a person would type: a name, pinyin, an identity number, a telephone, a patient number."""

    text = serializers.CharField(max_length=100)


class AdoptIn(KeyIn):
    """The number read off the card of the person who stands here; not needed where the record is open."""

    id_number = serializers.CharField(max_length=24, required=False, allow_blank=True)


class PatientRowOut(serializers.Serializer[Any]):
    """One line of the institution's own list."""

    id = serializers.UUIDField()
    name = serializers.SerializerMethodField(help_text="Masked.")
    sex = serializers.CharField(source="sex_text")
    age = serializers.CharField(source="age_text")
    id_number = serializers.CharField(source="id_masked", help_text="Masked.")
    local_number = serializers.CharField()
    last_seen_at = serializers.DateTimeField()

    def get_name(self, row: Any) -> str:
        return names.masked(row.name)


class HitOut(serializers.Serializer[Any]):
    """One patient found. `open`: whether this caller may open the record."""

    id = serializers.UUIDField()
    name = serializers.SerializerMethodField(help_text="Masked.")
    sex = serializers.CharField(source="sex_text")
    age = serializers.CharField(source="age_text")
    id_number = serializers.CharField(source="id_masked", help_text="Masked.")
    organisation_id = serializers.UUIDField()
    organisation_name = serializers.CharField()
    open = serializers.BooleanField()

    def get_name(self, hit: Any) -> str:
        return names.masked(hit.name) if hit.open else str(hit.name)


class FoundOut(serializers.Serializer[Any]):
    """`shape`: what the text was taken for. `more`: type more."""

    shape = serializers.ChoiceField(choices=[shape.value for shape in Shape])
    county = serializers.BooleanField(help_text="Whether the whole county was asked.")
    more = serializers.BooleanField()
    hits = HitOut(many=True)


class CardOut(serializers.Serializer[Any]):
    """Who this is. Numbers are masked; the portal unmasks one at a time, on record."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    sex = serializers.ChoiceField(choices=Sex.choices)
    birth_date = serializers.DateField(allow_null=True)
    age = serializers.CharField(source="age_text")
    id_number = serializers.CharField(source="id_masked", help_text="Masked.")
    phone = serializers.CharField(source="phone_masked", help_text="Masked.")
    local_number = serializers.CharField()
    organisation_id = serializers.UUIDField()
    organisation_name = serializers.CharField()
    basis = serializers.ChoiceField(choices=Basis.choices, help_text="On what ground the record is open.")
    allergies = serializers.ListField(child=serializers.CharField())
    allergy_state = serializers.ChoiceField(choices=["", "some", "none", "unasked"])


class RegisteredOut(serializers.Serializer[Any]):
    """The record; the one that was there when this person is known here already."""

    id = serializers.UUIDField()
    local_number = serializers.CharField()
    version = serializers.IntegerField()


class Patients(Api):
    """Patients of the acting institution."""

    @extend_schema(parameters=[PatientsIn], responses=page_of(PatientRowOut))
    def get(self, request: ApiRequest) -> Response:
        page = selectors.patient_page(by=request.actor, **PatientsIn.asked(request))
        return Response(page_of(PatientRowOut)({"items": page.rows, "next": page.after}).data)

    @extend_schema(request=PatientIn, responses=RegisteredOut)
    def post(self, request: ApiRequest) -> Response:
        """Register a patient with the acting institution. Who is there already is answered, not doubled."""
        said = {"sex": Sex.UNKNOWN, **PatientIn.of(request)}
        patient = once(request, said, lambda: services.register(by=request.actor, **said))
        return Response(RegisteredOut(patient).data)


class Search(Api):
    """Find patients: a body, so that what identifies a person never stands in an address."""

    @extend_schema(request=SearchIn, responses=FoundOut)
    def post(self, request: ApiRequest) -> Response:
        found = services.search(by=request.actor, text=SearchIn.of(request)["text"])
        return Response(FoundOut(found).data)


class Patient(Api):
    """The card of one patient whose record is open to the caller; looking opens the record, on record."""

    @extend_schema(responses=CardOut)
    def get(self, request: ApiRequest, patient_id: UUID) -> Response:
        access.open_record(by=request.actor, patient_id=patient_id)
        return Response(CardOut(selectors.card(by=request.actor, patient_id=patient_id)).data)
