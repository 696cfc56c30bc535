"""What a hospital outside says by telephone, as orders of one door: the steps of its side, who told it and when."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from kernel.dated import Moment
from kernel.web.drf import Api, ApiRequest, VersionIn, once
from referral import selectors, services
from referral.api.doors import shown
from referral.api.events import arguments, shape
from referral.api.shapes import ReferralOut
from referral.choices import TELEPHONED, Event

LEFT_OUT: Final = (
    "department_id",
    "bed_id",
    "pool_id",
    "attachments",
    "follow_up",
    "no_plan",
    "no_plan_words",
)
"""What a step here takes and a hospital outside has no word for: its places are its own."""


def told_shape(event: Event) -> type[VersionIn]:
    """What is written down of one step: the step's own fields, then who told it, when, and what else was said."""
    step = shape(event, services.VERBS[event])
    fields: dict[str, Any] = {name: None for name in LEFT_OUT if name in step().fields}
    fields |= {
        "told_by": serializers.CharField(
            max_length=120, help_text="Who there said it: department, name, post."
        ),
        "told_at": Moment(required=False, help_text="When; now where it is left out."),
        "note": serializers.CharField(max_length=500, required=False, allow_blank=True),
    }
    return type(step.__name__.replace("EventIn", "ToldIn"), (step,), {"__doc__": step.__doc__, **fields})


SHAPES: Final[Mapping[str, type[VersionIn]]] = {event.value: told_shape(event) for event in TELEPHONED}
ToldIn = PolymorphicProxySerializer(
    component_name="ToldIn", serializers=dict(SHAPES), resource_type_field_name="event"
)


class Told(Api):
    """Write down what a hospital outside has said by telephone; the answer is the leg as it stands then."""

    @extend_schema(request=ToldIn, responses=ReferralOut)
    def post(self, request: ApiRequest, referral_id: UUID) -> Response:
        data = request.data
        event = selectors.telephoned_event(str(data.get("event", "")) if isinstance(data, Mapping) else "")
        said = SHAPES[event].of(request)
        once(request, said, lambda: write_down(request, referral_id, event, said), lambda: None)
        return shown(request.actor, referral_id)


def write_down(request: ApiRequest, referral_id: UUID, event: Event, said: Mapping[str, Any]) -> None:
    """Hand the order on: what was told by whom apart from what the step takes."""
    given = arguments(said, referral_id)
    version, key = given.pop("version"), given.pop("key")
    told = {
        "told_by": given.pop("told_by"),
        "told_at": given.pop("told_at", None),
        "words": given.pop("note", ""),
    }
    del given["referral_id"]
    services.telephoned(
        by=request.actor, referral_id=referral_id, event=event, version=version, key=key, said=given, **told
    )
