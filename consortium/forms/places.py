"""What the system manager types about institutions, departments, beds and devices."""

from typing import Any, Self
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium import selectors
from consortium.choices import BedKind, IdentifierSystem, OrganisationKind, Specialty
from consortium.models import ApplicationEntity, Bed, Department, Organisation
from kernel import days
from kernel.web.forms import OrderForm, offer

MONO = {"class": "ly-mono", "autocomplete": "off", "spellcheck": "false"}
NOTHING = ("", "–")


def day_input() -> forms.DateInput:
    """A browser's own calendar takes and gives days in this one way."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def seen(row: Any, *names: str) -> dict[str, Any]:
    """A form's initial values as the row stands, with the version that was seen."""
    return {"version": row.version, **{name: getattr(row, name) for name in names}}


class PlaceForm(OrderForm):
    """Facts of an institution."""

    name = forms.CharField(label=pgettext_lazy("institution", "Full name"), max_length=120)
    short_name = forms.CharField(
        label=pgettext_lazy("institution", "Short name"),
        max_length=40,
        required=False,
        help_text=_("As lists and forms show it; without one, the beginning of the full name"),
    )
    parent_id = forms.TypedChoiceField(label=_("Stands under"), required=False, coerce=UUID, empty_value=None)
    region_code = forms.CharField(
        label=_("Region code"),
        max_length=12,
        help_text=_("6, 9 or 12 digits"),
        widget=forms.TextInput(attrs=MONO),
    )
    address = forms.CharField(label=pgettext_lazy("institution", "Address"), max_length=200, required=False)
    telephone = forms.CharField(label=_("Telephone"), max_length=30, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "parent_id", [NOTHING, *selectors.parent_choices()])

    @classmethod
    def of(cls, row: Organisation) -> Self:
        """The form as the institution stands."""
        names = ("name", "short_name", "parent_id", "region_code", "address", "telephone")
        return cls(initial=seen(row, *names))

    def order(self) -> dict[str, Any]:
        given = super().order()
        return {**given, "short_name": given["short_name"] or given["name"][:40]}


class NewPlaceForm(PlaceForm):
    """A new institution with the codes it bears from today."""

    kind = forms.ChoiceField(label=pgettext_lazy("institution", "Kind"), choices=OrganisationKind.choices)
    uscc = forms.CharField(
        label=IdentifierSystem.USCC.label, max_length=18, required=False, widget=forms.TextInput(attrs=MONO)
    )
    institution = forms.CharField(
        label=IdentifierSystem.INSTITUTION.label,
        max_length=22,
        required=False,
        widget=forms.TextInput(attrs=MONO),
    )
    insurance = forms.CharField(
        label=IdentifierSystem.INSURANCE.label,
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs=MONO),
    )

    def order(self) -> dict[str, Any]:
        given = super().order()
        codes = {system.value: given.pop(system.value) for system in IdentifierSystem}
        return {**given, "identifiers": {system: value for system, value in codes.items() if value}}


class CodeForm(OrderForm):
    """Another code of an institution; the one before ends on the day it begins."""

    system = forms.ChoiceField(label=_("Which code"), choices=IdentifierSystem.choices)
    value = forms.CharField(
        label=pgettext_lazy("institution", "Code"), max_length=40, widget=forms.TextInput(attrs=MONO)
    )
    since = days.DayField(
        label=_("Valid from"),
        required=False,
        help_text=_("Empty: today"),
        widget=day_input(),
    )
    until = days.DayField(label=_("Until (not included)"), required=False, widget=day_input())


class DepartmentForm(OrderForm):
    """Facts of a department."""

    name = forms.CharField(label=pgettext_lazy("department", "Name"), max_length=60)
    code = forms.CharField(
        label=pgettext_lazy("department", "Code"),
        max_length=20,
        help_text=_("Once in the institution; the hospital's own system calls it so"),
        widget=forms.TextInput(attrs=MONO),
    )
    specialty = forms.ChoiceField(
        label=_("Specialty"),
        required=False,
        choices=[NOTHING, *Specialty.choices],
        help_text=_("Names a reading centre too: readers of an imaging or ECG centre see that work alone"),
    )
    telephone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    services = forms.CharField(
        label=_("What it offers those who refer"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @classmethod
    def of(cls, row: Department) -> Self:
        """The form as the department stands."""
        return cls(initial=seen(row, "name", "code", "specialty", "telephone", "services"))


class CloseDepartmentForm(OrderForm):
    """From which day on a department is closed."""

    day = days.DayField(label=_("Closed from"), widget=day_input())


class NewBedsForm(OrderForm):
    """One bed, or a run of them."""

    first = forms.CharField(
        label=_("Bed, or the first of several"), max_length=20, widget=forms.TextInput(attrs=MONO)
    )
    last = forms.CharField(
        label=_("Last"),
        max_length=20,
        required=False,
        help_text=_("Empty: one bed. 3-01 to 3-20 are twenty beds"),
        widget=forms.TextInput(attrs=MONO),
    )
    kind = forms.ChoiceField(label=pgettext_lazy("bed", "Kind"), choices=BedKind.choices)
    room = forms.CharField(label=pgettext_lazy("bed", "Room"), max_length=20, required=False)


class BedForm(OrderForm):
    """Kind and room of a bed."""

    kind = forms.ChoiceField(label=pgettext_lazy("bed", "Kind"), choices=BedKind.choices)
    room = forms.CharField(label=pgettext_lazy("bed", "Room"), max_length=20, required=False)

    @classmethod
    def of(cls, row: Bed) -> Self:
        """The form as the bed stands."""
        return cls(initial=seen(row, "kind", "room"))


class BedsForm(OrderForm):
    """Ticked beds that close or open again."""

    bed = forms.TypedMultipleChoiceField(label=_("Beds"), required=False, coerce=UUID)
    verb = forms.ChoiceField(choices=[("close", ""), ("reopen", "")])

    def __init__(self, *args: Any, beds: list[Bed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "bed", [(str(one.pk), one.code) for one in beds])

    @property
    def ticked(self) -> set[UUID]:
        """What was ticked, for the page that comes back."""
        return set(self.cleaned_data.get("bed", ())) if self.is_bound and self.is_valid() else set()


class EntityForm(OrderForm):
    """A DICOM device."""

    title = forms.CharField(
        label=_("AE title"),
        max_length=16,
        help_text=_("As it stands in the device: up to 16 letters, digits and signs; capitals or not is one"),
        widget=forms.TextInput(attrs=MONO),
    )
    name = forms.CharField(
        label=pgettext_lazy("device", "Name"), max_length=120, help_text=_("For example: CT, room 2")
    )
    department_id = forms.TypedChoiceField(
        label=_("Department"), required=False, coerce=UUID, empty_value=None
    )
    host = forms.CharField(
        label=pgettext_lazy("network", "Address"),
        max_length=255,
        required=False,
        widget=forms.TextInput(attrs=MONO),
    )
    port = forms.IntegerField(label=_("Port"), required=False)
    stores = forms.BooleanField(
        label=_("Its images are taken"),
        required=False,
        initial=True,
        help_text=_("Without it the platform answers the test of the connection only (C-ECHO)"),
    )

    def __init__(self, *args: Any, place: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(one.pk), one.name) for one in selectors.departments_of(place)]
        offer(self, "department_id", [("", _("the whole institution")), *known])

    @classmethod
    def of(cls, row: ApplicationEntity) -> Self:
        """The form as the device stands."""
        names = ("title", "name", "department_id", "host", "port", "stores")
        return cls(initial=seen(row, *names), place=row.organisation_id)
