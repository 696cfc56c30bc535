"""Workflow API of capacity: wards, clinics and their places, free or not; a hospital's system tells its numbers."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from emr.capacity import selectors, services
from emr.capacity.choices import MOST, Part, PoolKind, Use
from kernel.dated import Day
from kernel.web.drf import Api, ApiRequest, In, KeyIn, once


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


class ToldOut(serializers.Serializer[Any]):
    """Places known by number: `places` told, `held` of them kept, `free` what can still be kept."""

    id = serializers.UUIDField(help_text="The pool_id a referral keeps a place of.")
    kind = serializers.ChoiceField(choices=PoolKind.choices)
    day_date = serializers.DateField(allow_null=True)
    part = serializers.ChoiceField(choices=[("", ""), *Part.choices])
    places = serializers.IntegerField()
    held = serializers.IntegerField()
    free = serializers.IntegerField()
    told_at = serializers.DateTimeField()


class WardOut(serializers.Serializer[Any]):
    """A department with its places; counts by use. `stale`: a told number is older than 12 hours."""

    department_id = serializers.UUIDField()
    name = serializers.CharField()
    organisation_id = serializers.UUIDField()
    free = serializers.IntegerField()
    held = serializers.IntegerField()
    total = serializers.IntegerField()
    stale = serializers.BooleanField()
    beds = BedOut(many=True)
    counts = ToldOut(many=True, help_text="Beds of a ward that tells numbers only.")
    slots = ToldOut(many=True, help_text="Clinic slots for the branches.")


class TellIn(KeyIn):
    """How many beds of a kind are empty, the kept ones included; or how many slots a clinic gives for a half day."""

    department_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=PoolKind.choices)
    places = serializers.IntegerField(min_value=0, max_value=MOST)
    day_date = Day(required=False)
    part = serializers.ChoiceField(choices=Part.choices, required=False)


class Wards(Api):
    """The capacity board of one institution."""

    @extend_schema(parameters=[WardsIn], responses=WardOut(many=True))
    def get(self, request: ApiRequest) -> Response:
        place = WardsIn.asked(request).get("organisation_id")
        return Response(WardOut(selectors.wards(by=request.actor, organisation_id=place), many=True).data)


class Numbers(Api):
    """The numbers of beds and slots a hospital's own system knows."""

    @extend_schema(request=TellIn, responses=ToldOut)
    def post(self, request: ApiRequest) -> Response:
        """Tell one number; the newest word stands."""
        said = TellIn.of(request)
        told = {name: value for name, value in said.items() if name != "key"}
        once(request, said, lambda: services.tell(by=request.actor, **told), lambda: None)
        told.pop("places")
        return Response(ToldOut(selectors.told(**told)).data)
