"""Workflow API of the ECG room: a cart's program sends a recording, somebody says whose it is."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from ecg import selectors, services
from ecg.choices import Format, Queue
from kernel.web.drf import Api, ApiRequest, In, PageIn, StrictJson, VersionIn, once, page_of


class RecordingsIn(PageIn):
    unmatched = serializers.BooleanField(default=False, required=False)


class RecordingIn(In):
    """One file of any cart (DICOM, SCP-ECG, HL7 aECG, MUSE, Philips, Contec). The same bytes are the same recording."""

    recording = serializers.FileField(allow_empty_file=True)
    request_id = serializers.UUIDField(
        required=False, help_text="Without it the accession number in the file names the request."
    )


class MatchIn(VersionIn):
    """Which request a recording belongs to."""

    accession_number = serializers.CharField(max_length=16)


class RecordingOut(serializers.Serializer[Any]):
    """One recording. Without `request_id` it waits to be matched."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    request_id = serializers.UUIDField(allow_null=True)
    patient_id = serializers.UUIDField(allow_null=True)
    organisation_id = serializers.UUIDField()
    format = serializers.ChoiceField(choices=Format.choices)
    queue = serializers.ChoiceField(
        choices=Queue.choices, help_text="0 normal, 1 look soon, 2 critical warning."
    )
    leads = serializers.ListField(child=serializers.CharField())
    rate = serializers.IntegerField(help_text="Hz")
    seconds = serializers.FloatField()
    recorded_at = serializers.DateTimeField(allow_null=True)
    received_at = serializers.DateTimeField()


class Recordings(Api):
    """Recordings the caller may see, newest first."""

    parser_classes = [MultiPartParser, StrictJson]

    @extend_schema(parameters=[RecordingsIn], responses=page_of(RecordingOut))
    def get(self, request: ApiRequest) -> Response:
        page = selectors.listed(by=request.actor, **RecordingsIn.asked(request))
        return Response(page_of(RecordingOut)(page).data)

    @extend_schema(request={"multipart/form-data": RecordingIn}, responses=RecordingOut)
    def post(self, request: ApiRequest) -> Response:
        """Send one file. It is judged by its content, never by its name."""
        said = RecordingIn.of(request)
        file = said["recording"]
        kept = services.receive(
            by=request.actor,
            stream=file,
            name=file.name or "",
            content_type=file.content_type or "",
            request_id=said.get("request_id"),
        )
        return Response(RecordingOut(kept).data)


class Match(Api):
    """Say which request an unmatched recording belongs to."""

    @extend_schema(request=MatchIn, responses=RecordingOut)
    def post(self, request: ApiRequest, recording_id: UUID) -> Response:
        said = MatchIn.of(request)
        row = once(
            request,
            said,
            lambda: services.match(
                by=request.actor,
                recording_id=recording_id,
                version=said["version"],
                accession_number=said["accession_number"],
            ),
            lambda: selectors.recording(by=request.actor, recording_id=recording_id),
        )
        return Response(RecordingOut(row).data)
