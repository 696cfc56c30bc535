"""The events of a leg as orders of one door, read from the machine: an event of the table with a service of its name
is offered, and takes what the service takes. A new event needs no line here."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, get_type_hints
from uuid import UUID

from rest_framework import serializers

from emr.chart.choices import VITALS
from kernel.dated import Day, Moment
from kernel.web.drf import LARGEST_NUMBER, In, VersionIn
from referral import services
from referral.api.shapes import AttachmentIn
from referral.choices import (
    LONGEST_STEP,
    MOST_ITEMS,
    ConsentBasis,
    Drug,
    Event,
    FollowUp,
    ItemKind,
    NoPlan,
    PlanLine,
    Priority,
    RejectCode,
    Way,
)
from referral.models import Handover, PlanItem, Referral

GIVEN: Final = frozenset({"by", "referral_id", "version", "key"})
"""What the door itself knows."""
WIDTHS: Final[Mapping[str, int]] = {"complaint": 200, "text": 200, "result": 300, "transport": 60}
"""Characters of words whose column has another name."""
CHOICES: Final[Mapping[str, Any]] = {
    "code": RejectCode.choices,
    "consent": ConsentBasis.choices,
    "follow_up": FollowUp.choices,
    "no_plan": NoPlan.choices,
    "priority": Priority.choices,
    "way": Way.choices,
}
COLUMNS: Final = (*Referral._meta.fields, *PlanItem._meta.fields, *Handover._meta.fields)
PLAN_MOST: Final = 30
ITEMS_MOST: Final = 8

Services = Mapping[str, Callable[..., Any]]
BESIDE: Final = ("prioritise", "expect", "complete_form", "complete_record", "log_call", "discharge")
"""What is written down beside the table: the leg stays in its state, its version counts on."""


def offered(events: type[Event], room: Any) -> Services:
    """Each event and the service that carries it out; the house's own events (a clock's) have none."""
    return {event.value: getattr(room, event.value) for event in events if hasattr(room, event.value)}


class PlanLineIn(In):
    """A line of the down leg's plan, on a day or several times each so many days."""

    text = serializers.CharField(max_length=200)
    due_date = Day()
    kind = serializers.ChoiceField(choices=ItemKind.choices, required=False)
    every_days = serializers.IntegerField(min_value=1, max_value=LONGEST_STEP, required=False)
    times = serializers.IntegerField(min_value=1, max_value=MOST_ITEMS, required=False)


class DrugIn(In):
    """A line of the medication list."""

    name = serializers.CharField(max_length=80)
    dose = serializers.CharField(max_length=40, required=False, allow_blank=True)
    often = serializers.CharField(max_length=40, required=False, allow_blank=True)
    long = serializers.CharField(max_length=40, required=False, allow_blank=True)


def _words(name: str, **said: Any) -> serializers.Field[Any, Any, Any, Any]:
    if name in CHOICES:
        return serializers.ChoiceField(choices=CHOICES[name], allow_blank=not said["required"], **said)
    column = next((f for f in COLUMNS if f.name == name), None)
    width = WIDTHS.get(name) or getattr(column, "max_length", None) or 200
    return serializers.CharField(max_length=width, allow_blank=not said["required"], **said)


def _plan(name: str, **said: Any) -> serializers.Field[Any, Any, Any, Any]:
    return serializers.ListField(child=PlanLineIn(), max_length=PLAN_MOST, **said)


def _items(name: str, **said: Any) -> serializers.Field[Any, Any, Any, Any]:
    return serializers.ListField(child=serializers.CharField(max_length=120), max_length=ITEMS_MOST, **said)


def _references(name: str, **said: Any) -> serializers.Field[Any, Any, Any, Any]:
    return serializers.ListField(child=AttachmentIn(), max_length=PLAN_MOST, **said)


def _drugs(name: str, **said: Any) -> serializers.Field[Any, Any, Any, Any]:
    return serializers.ListField(child=DrugIn(), max_length=PLAN_MOST, **said)


def _readings(name: str, **said: Any) -> serializers.Field[Any, Any, Any, Any]:
    number = serializers.DecimalField(max_digits=6, decimal_places=1)
    return serializers.DictField(child=number, help_text=f"By name: {', '.join(VITALS)}.", **said)


def _answers(name: str, **said: Any) -> serializers.Field[Any, Any, Any, Any]:
    child = serializers.CharField(max_length=40, allow_blank=True)
    hint = "Answers to the criteria by the names of the table's facts; a tick is `on`."
    return serializers.DictField(child=child, help_text=hint, **said)


FIELDS: Final[Mapping[Any, Callable[..., Any]]] = {
    str: _words,
    UUID: lambda name, **said: serializers.UUIDField(**said),
    bool: lambda name, **said: serializers.BooleanField(**said),
    int: lambda name, **said: serializers.IntegerField(
        min_value=-LARGEST_NUMBER, max_value=LARGEST_NUMBER, **said
    ),
    date: lambda name, **said: Day(**said),
    datetime: lambda name, **said: Moment(**said),
    Sequence[str]: _items,
    Sequence[tuple[str, str]]: _references,
    Sequence[PlanLine]: _plan,
    Sequence[Drug]: _drugs,
    Mapping[str, Decimal]: _readings,
    Mapping[str, str] | None: _answers,
}
"""A service's type and the field it is asked with."""


def field(name: str, hint: Any, *, required: bool) -> serializers.Field[Any, Any, Any, Any]:
    """The field of one parameter. Raises LookupError for a type this page has no field for."""
    for plain, make in FIELDS.items():
        if hint in (plain, plain | None if isinstance(plain, type) else plain):
            made: serializers.Field[Any, Any, Any, Any] = make(name, required=required)
            return made
    raise LookupError(f"{name}: {hint}")


def shape(event: str, service: Callable[..., Any]) -> type[VersionIn]:
    """What the order of one event holds: event, version, key, and what its service takes."""
    hints = get_type_hints(service)
    own = {
        name: field(name, hints[name], required=parameter.default is inspect.Parameter.empty)
        for name, parameter in inspect.signature(service).parameters.items()
        if name not in GIVEN
    }
    name = "".join(part.title() for part in event.split("_"))
    words = (inspect.getdoc(service) or "").partition("\n")[0]
    named = serializers.ChoiceField(choices=[event])
    return type(f"{name}EventIn", (VersionIn,), {"__doc__": words, "event": named, **own})


SERVICES: Final[Services] = {
    **offered(Event, services),
    **{name: getattr(services, name) for name in BESIDE},
}
SHAPES: Final[Mapping[str, type[VersionIn]]] = {
    event: shape(event, service) for event, service in SERVICES.items()
}
CLOCKS: Final = frozenset(event.value for event in Event) - SERVICES.keys()
"""Events of the table that only the clock causes: known here, and nobody's to order."""


def arguments(said: Mapping[str, Any], referral_id: UUID) -> dict[str, Any]:
    """The order as its service takes it. A step of one plan item names the item in the place of the leg."""
    given = {name: value for name, value in said.items() if name != "event"}
    if "attachments" in given:
        given["attachments"] = [(one["kind"], one["id"]) for one in given["attachments"]]
    if "plan" in given:
        given["plan"] = [PlanLine(**line) for line in given["plan"]]
    if "medicines" in given:
        given["medicines"] = [Drug(**line) for line in given["medicines"]]
    return given if "item_id" in given else {**given, "referral_id": referral_id}
