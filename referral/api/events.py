"""The events of a leg as orders of one door, read from the machine: an event of the table with a service of its name
is offered, and takes what the service takes. A new event needs no line here."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, get_type_hints
from uuid import UUID

from rest_framework import serializers

from kernel.drf import LARGEST_NUMBER, In, VersionIn
from referral import services
from referral.api.shapes import AttachmentIn
from referral.choices import Event, Priority, RejectCode
from referral.models import Handover, PlanItem, Referral

GIVEN: Final = frozenset({"by", "referral_id", "version", "key"})
"""What the door itself knows."""
WIDTHS: Final[Mapping[str, int]] = {
    "complaint": 200,
    "medicines": 500,
    "text": 200,
    "result": 300,
    "transport": 60,
}
"""Characters of words whose column has another name."""
CHOICES: Final[Mapping[str, Any]] = {"code": RejectCode.choices, "priority": Priority.choices}
COLUMNS: Final = (*Referral._meta.fields, *PlanItem._meta.fields, *Handover._meta.fields)
PLAN_MOST: Final = 30
ITEMS_MOST: Final = 8

Services = Mapping[Event, Callable[..., Any]]


def offered(events: type[Event], room: Any) -> Services:
    """Each event and the service that carries it out; the house's own events (a clock's) have none."""
    return {event: getattr(room, event.value) for event in events if hasattr(room, event.value)}


class PlanLineIn(In):
    """A line of the down leg's plan."""

    text = serializers.CharField(max_length=200)
    due_date = serializers.DateField()


def _words(name: str, **said: Any) -> serializers.Field[Any, Any, Any, Any]:
    if name in CHOICES:
        return serializers.ChoiceField(choices=CHOICES[name], **said)
    column = next((f for f in COLUMNS if f.name == name), None)
    width = WIDTHS.get(name) or getattr(column, "max_length", None) or 200
    return serializers.CharField(max_length=width, allow_blank=not said["required"], **said)


def _plan(name: str, **said: Any) -> serializers.Field[Any, Any, Any, Any]:
    return serializers.ListField(child=PlanLineIn(), max_length=PLAN_MOST, **said)


def _items(name: str, **said: Any) -> serializers.Field[Any, Any, Any, Any]:
    return serializers.ListField(child=serializers.CharField(max_length=120), max_length=ITEMS_MOST, **said)


def _references(name: str, **said: Any) -> serializers.Field[Any, Any, Any, Any]:
    return serializers.ListField(child=AttachmentIn(), max_length=PLAN_MOST, **said)


FIELDS: Final[Mapping[Any, Callable[..., Any]]] = {
    str: _words,
    UUID: lambda name, **said: serializers.UUIDField(**said),
    bool: lambda name, **said: serializers.BooleanField(**said),
    int: lambda name, **said: serializers.IntegerField(
        min_value=-LARGEST_NUMBER, max_value=LARGEST_NUMBER, **said
    ),
    date: lambda name, **said: serializers.DateField(**said),
    datetime: lambda name, **said: serializers.DateTimeField(**said),
    Sequence[str]: _items,
    Sequence[tuple[str, str]]: _references,
    Sequence[tuple[str, date]]: _plan,
}
"""A service's type and the field it is asked with."""


def field(name: str, hint: Any, *, required: bool) -> serializers.Field[Any, Any, Any, Any]:
    """The field of one parameter. Raises LookupError for a type this page has no field for."""
    for plain, make in FIELDS.items():
        if hint in (plain, plain | None if isinstance(plain, type) else plain):
            made: serializers.Field[Any, Any, Any, Any] = make(name, required=required)
            return made
    raise LookupError(f"{name}: {hint}")


def shape(event: Event, service: Callable[..., Any]) -> type[VersionIn]:
    """What the order of one event holds: event, version, key, and what its service takes."""
    hints = get_type_hints(service)
    own = {
        name: field(name, hints[name], required=parameter.default is inspect.Parameter.empty)
        for name, parameter in inspect.signature(service).parameters.items()
        if name not in GIVEN
    }
    name = "".join(part.title() for part in event.value.split("_"))
    words = (inspect.getdoc(service) or "").partition("\n")[0]
    named = serializers.ChoiceField(choices=[event.value])
    return type(f"{name}EventIn", (VersionIn,), {"__doc__": words, "event": named, **own})


SERVICES: Final[Services] = offered(Event, services)
SHAPES: Final[Mapping[str, type[VersionIn]]] = {
    event.value: shape(event, service) for event, service in SERVICES.items()
}


def arguments(said: Mapping[str, Any], referral_id: UUID) -> dict[str, Any]:
    """The order as its service takes it. A step of one plan item names the item in the place of the leg."""
    given = {name: value for name, value in said.items() if name != "event"}
    if "attachments" in given:
        given["attachments"] = [(one["kind"], one["id"]) for one in given["attachments"]]
    if "plan" in given:
        given["plan"] = [(line["text"], line["due_date"]) for line in given["plan"]]
    return given if "item_id" in given else {**given, "referral_id": referral_id}
