"""Workflow API of capacity: wards and their beds, free or not."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from emr.capacity import selectors
from emr.capacity.choices import Use
from kernel.drf import Api, ApiRequest, In


class WardsIn(In):
    """Whose wards; the acting institution's unless another is named."""

    organisation_id = serializers.UUIDField(required=False)


class BedOut(serializers.Serializer[Any]):
    """A bed. `use` is empty when it is free; who lies in it is not said here."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    room = serializers.CharField()
    kind = serializers.CharField()
    use = serializers.ChoiceField(choices=[("", ""), *Use.choices])
    until = serializers.DateTimeField(allow_null=True)


class WardOut(serializers.Serializer[Any]):
    """A department with its beds; counts by use."""

    department_id = serializers.UUIDField()
    name = serializers.CharField()
    organisation_id = serializers.UUIDField()
    free = serializers.IntegerField()
    held = serializers.IntegerField()
    total = serializers.IntegerField()
    beds = BedOut(many=True)


class Wards(Api):
    """The capacity board of one institution."""

    @extend_schema(parameters=[WardsIn], responses=WardOut(many=True))
    def get(self, request: ApiRequest) -> Response:
        place = WardsIn.asked(request).get("organisation_id")
        return Response(WardOut(selectors.wards(by=request.actor, organisation_id=place), many=True).data)
