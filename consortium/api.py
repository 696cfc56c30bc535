"""Workflow API of consortium: who I am, what the house told me, the directory."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from consortium import selectors, services
from consortium.choices import NoticeLevel, OrganisationKind
from kernel.actor import Kind
from kernel.web.drf import Api, ApiRequest, KeyIn, PageIn, once, page_of


class MeOut(serializers.Serializer[Any]):
    """Who acts: `kind` staff or client, the acting post's institution, roles (a client's scopes among them)."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    name = serializers.CharField(help_text="Account name of a person, name of a client.")
    display = serializers.CharField()
    organisation_id = serializers.UUIDField(source="organisation", allow_null=True)
    department_id = serializers.UUIDField(source="department", allow_null=True)
    roles = serializers.SerializerMethodField()
    clearance = serializers.IntegerField()

    def get_roles(self, actor: Any) -> list[str]:
        return sorted(actor.roles)


class NoticeOut(serializers.Serializer[Any]):
    """One line of the bell. `patient_id` names the patient it concerns; a name never stands in the words."""

    id = serializers.UUIDField()
    level = serializers.ChoiceField(choices=NoticeLevel.choices)
    title = serializers.CharField()
    body = serializers.CharField()
    url = serializers.CharField(help_text="A page of the portal, or empty.")
    patient_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    times = serializers.IntegerField(
        help_text="How often the matter was told; of one matter the newest line stands."
    )


class ReadOut(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="The page of the portal the notice opens, or empty.")


class DepartmentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()


class OrganisationOut(serializers.Serializer[Any]):
    """An institution of the consortium."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=OrganisationKind.choices)
    name = serializers.CharField()
    short_name = serializers.CharField()
    parent_id = serializers.UUIDField(allow_null=True)
    telephone = serializers.CharField()


class PlaceOut(OrganisationOut):
    """An institution with its departments."""

    departments = DepartmentOut(many=True)


class Me(Api):
    """Who acts with this token."""

    @extend_schema(responses=MeOut)
    def get(self, request: ApiRequest) -> Response:
        return Response(MeOut(request.actor).data)


class Notices(Api):
    """What the house told me, newest first."""

    @extend_schema(parameters=[PageIn], responses=page_of(NoticeOut))
    def get(self, request: ApiRequest) -> Response:
        after = PageIn.asked(request).get("after")
        found = selectors.notices(by=request.actor, before=after)
        more = str(found[-1].id) if len(found) == selectors.NOTICES else ""
        return Response(page_of(NoticeOut)({"items": found, "next": more}).data)


class ReadNotice(Api):
    """The notice counts as read."""

    @extend_schema(request=KeyIn, responses=ReadOut)
    def post(self, request: ApiRequest, notice_id: UUID) -> Response:
        said = KeyIn.of(request)
        url = once(request, said, lambda: services.read_notice(by=request.actor, notice_id=notice_id))
        return Response(ReadOut({"url": url}).data)


class Organisations(Api):
    """The directory: every institution of the consortium, then the hospitals outside that patients are referred to."""

    @extend_schema(responses=OrganisationOut(many=True))
    def get(self, request: ApiRequest) -> Response:
        places = [*selectors.all_organisations(), *selectors.outside_organisations()]
        return Response(OrganisationOut(places, many=True).data)


class Organisation(Api):
    """One institution with its departments."""

    @extend_schema(responses=PlaceOut)
    def get(self, request: ApiRequest, organisation_id: UUID) -> Response:
        row = selectors.organisation(organisation_id)
        departments = selectors.departments_of(organisation_id)
        return Response(
            {**OrganisationOut(row).data, "departments": DepartmentOut(departments, many=True).data}
        )
