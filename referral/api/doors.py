"""Lists, one leg, its events, its history, and the machine itself."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.response import Response

from kernel.actor import Actor
from kernel.errors import Invalid, OutOfReach
from kernel.web.drf import Api, ApiRequest, once, page_of
from referral import selectors, services
from referral.api.events import CLOCKS, SERVICES, SHAPES, arguments
from referral.api.shapes import (
    ClockIn,
    CommentIn,
    EditIn,
    EntryOut,
    ReadIn,
    ReferralIn,
    ReferralOut,
    ReferralRowOut,
    ReferralsIn,
    StepOut,
    TalkOut,
)
from referral.choices import TRANSITIONS

EventIn = PolymorphicProxySerializer(
    component_name="EventIn", serializers=dict(SHAPES), resource_type_field_name="event"
)


def shown(by: Actor, referral_id: UUID) -> Response:
    """The leg as it stands now."""
    return Response(ReferralOut(selectors.detail(by=by, referral_id=referral_id)).data)


class Referrals(Api):
    """Legs of the caller's side, newest first."""

    @extend_schema(parameters=[ReferralsIn], responses=page_of(ReferralRowOut))
    def get(self, request: ApiRequest) -> Response:
        page = selectors.listed(by=request.actor, **ReferralsIn.asked(request))
        return Response(page_of(ReferralRowOut)(page).data)

    @extend_schema(request=ReferralIn, responses=ReferralOut)
    def post(self, request: ApiRequest) -> Response:
        """Write the form of an up leg as a draft; the event `submit` sends it."""
        said = ReferralIn.of(request)
        content = ReferralIn.content(said) | {"encounter_id": str(said.get("encounter_id", ""))}
        made = once(request, said, lambda: services.draft(by=request.actor, **content))
        return shown(request.actor, made.pk)


class Referral(Api):
    """One leg."""

    @extend_schema(responses=ReferralOut)
    def get(self, request: ApiRequest, referral_id: UUID) -> Response:
        return shown(request.actor, referral_id)

    @extend_schema(request=EditIn, responses=ReferralOut)
    def put(self, request: ApiRequest, referral_id: UUID) -> Response:
        """Write a draft again. Attachments only grow."""
        said = EditIn.of(request)
        content = {name: value for name, value in EditIn.content(said).items() if name != "key"}
        once(
            request,
            said,
            lambda: services.edit(by=request.actor, referral_id=referral_id, **content),
            lambda: None,
        )
        return shown(request.actor, referral_id)


def event_of(request: ApiRequest) -> str:
    """Which event is ordered. Raises Invalid (422) for one the machine does not know."""
    data = request.data
    named = data.get("event") if isinstance(data, Mapping) else None
    if not isinstance(named, str) or named not in SHAPES.keys() | CLOCKS:
        raise Invalid(fields={"event": _("There is no such event.")})
    return named


def carry_out(by: Actor, referral_id: UUID, event: str, said: Mapping[str, Any]) -> None:
    """Hand the order to the service of its event. Raises OutOfReach (404) for an item of another leg, Conflict (409)
    or Refused (403) for an event of the clock."""
    if event in CLOCKS:
        selectors.leave_to_the_clock(by=by, referral_id=referral_id, event=event)
    given = arguments(said, referral_id)
    if item := given.get("item_id"):
        plan = selectors.detail(by=by, referral_id=referral_id).plan
        if item not in {row.pk for row in plan}:
            raise OutOfReach(detail={"model": "referral.planitem", "pk": str(item)})
    SERVICES[event](by=by, **given)


class Events(Api):
    """Cause an event of the machine, or write down what stands beside it (urgency, papers of an emergency, a call):
    `event`, `version`, `key`, and what the event takes."""

    @extend_schema(request=EventIn, responses=ReferralOut)
    def post(self, request: ApiRequest, referral_id: UUID) -> Response:
        event = event_of(request)
        said = SHAPES.get(event, ClockIn).of(request)
        by = request.actor
        once(request, said, lambda: carry_out(by, referral_id, event, said), lambda: None)
        return shown(by, referral_id)


class History(Api):
    """Every event of one leg, in order."""

    @extend_schema(responses=EntryOut(many=True))
    def get(self, request: ApiRequest, referral_id: UUID) -> Response:
        rows = selectors.history(by=request.actor, referral_id=referral_id)
        return Response(EntryOut(rows, many=True).data)


class Comments(Api):
    """What the doctors of both sides say to each other about one leg."""

    @extend_schema(responses=TalkOut)
    def get(self, request: ApiRequest, referral_id: UUID) -> Response:
        """Reading here marks nothing as read: `comments/read/` does."""
        return Response(TalkOut(selectors.words(by=request.actor, referral_id=referral_id)).data)

    @extend_schema(request=CommentIn, responses=TalkOut)
    def post(self, request: ApiRequest, referral_id: UUID) -> Response:
        """Say something to the other side; its doctor is told. What the other side wrote counts as read."""
        said = CommentIn.of(request)
        by = request.actor
        once(
            request,
            said,
            lambda: services.comment(by=by, referral_id=referral_id, key=said["key"], text=said["text"]),
            lambda: None,
        )
        return Response(TalkOut(selectors.words(by=by, referral_id=referral_id)).data)


class ReadComments(Api):
    """What the other side wrote has been read."""

    @extend_schema(request=ReadIn, responses=TalkOut)
    def post(self, request: ApiRequest, referral_id: UUID) -> Response:
        """The caller has seen everything said so far; the other side sees that."""
        said = ReadIn.of(request)
        by = request.actor
        once(request, said, lambda: services.read_comments(by=by, referral_id=referral_id))
        return Response(TalkOut(selectors.words(by=request.actor, referral_id=referral_id)).data)


class Machine(Api):
    """The table of the machine: states, events, who may cause them."""

    @extend_schema(responses=StepOut(many=True))
    def get(self, request: ApiRequest) -> Response:
        return Response(StepOut(table(), many=True).data)


def table() -> list[dict[str, Any]]:
    """The rows of the machine's table, with what each event takes."""
    return [
        {
            "status": status,
            "event": event,
            "to": step.to,
            "side": step.side,
            "roles": list(step.roles),
            "fields": sorted(SHAPES[event.value]().fields) if event.value in SHAPES else [],
        }
        for (status, event), step in TRANSITIONS.items()
    ]
