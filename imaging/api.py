"""Workflow API of imaging: which studies there are. Their pictures are DICOMweb's."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from imaging import selectors, services
from imaging.choices import Status
from kernel.web.drf import WIDEST, Api, ApiRequest, PageIn, VersionIn, once, page_of


class StudiesIn(PageIn):
    request_id = serializers.UUIDField(required=False)


class AssignIn(VersionIn):
    """Which request a study was made for, and how one knows."""

    request_id = serializers.UUIDField()
    reason = serializers.CharField(max_length=WIDEST)


class StudyOut(serializers.Serializer[Any]):
    """One study. Texts are the device's; without `request_id` it waits to be assigned."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    uid = serializers.CharField(help_text="StudyInstanceUID, the study's name at /dicomweb/.")
    status = serializers.ChoiceField(choices=Status.choices)
    patient_id = serializers.UUIDField(allow_null=True)
    request_id = serializers.UUIDField(allow_null=True)
    organisation_id = serializers.UUIDField(source="custodian_id")
    accession_number = serializers.CharField()
    modalities = serializers.ListField(child=serializers.CharField())
    study_date = serializers.CharField(help_text="YYYYMMDD as the device wrote it.")
    description = serializers.CharField()
    series_count = serializers.IntegerField()
    instance_count = serializers.IntegerField()
    received_at = serializers.DateTimeField()


class Studies(Api):
    """Studies the caller may see, newest first."""

    @extend_schema(parameters=[StudiesIn], responses=page_of(StudyOut))
    def get(self, request: ApiRequest) -> Response:
        page = selectors.listed(by=request.actor, **StudiesIn.asked(request))
        return Response(page_of(StudyOut)(page).data)


class Assign(Api):
    """A technologist says which request a study was made for."""

    @extend_schema(request=AssignIn, responses=StudyOut)
    def post(self, request: ApiRequest, study_id: UUID) -> Response:
        said = AssignIn.of(request)
        fields = {name: value for name, value in said.items() if name != "key"}
        study = once(
            request,
            said,
            lambda: services.assign(by=request.actor, study_id=study_id, **fields),
            lambda: selectors.study_of(by=request.actor, study_id=study_id),
        )
        return Response(StudyOut(study).data)
