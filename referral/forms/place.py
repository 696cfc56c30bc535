"""Input of places: numbers of beds, weekly slots, relations, questions to a ward."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from emr.capacity.choices import COUNTED_BEDS, DAYS_MOST, MOST, Part, PoolKind
from kernel import days
from kernel.web.forms import OrderForm, offer
from referral.choices import RelationKind, WardAnswer

WEEKDAYS = [
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")),
    (5, _("Saturday")), (6, _("Sunday")),
]  # fmt: skip


def _day(label: Any, *, required: bool = False) -> forms.DateField:
    return days.DayField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}))


class TellForm(OrderForm):
    """How many places of one kind a ward has empty, or a clinic gives for a half day."""

    department_id = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=PoolKind.choices, widget=forms.HiddenInput)
    places = forms.IntegerField(min_value=0, max_value=MOST)
    day_date = _day(_("Day"))
    part = forms.ChoiceField(choices=[("", "—"), *Part.choices], required=False)


class TellWardForm(OrderForm):
    """All numbers of a ward at once; what is left empty is not told."""

    department_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in COUNTED_BEDS:
            self.fields[kind.value] = forms.IntegerField(
                label=kind.label, required=False, min_value=0, max_value=MOST
            )

    def order(self) -> dict[str, Any]:
        said = super().order()
        beds = {kind.value: said[kind.value] for kind in COUNTED_BEDS if said[kind.value] is not None}
        return {"department_id": said["department_id"], "beds": beds}


class QuotaForm(OrderForm):
    """Slots of one half day of every week."""

    department_id = forms.ChoiceField(label=pgettext_lazy("referral places", "Clinic"), choices=[])
    weekday = forms.TypedChoiceField(label=_("Weekday"), choices=WEEKDAYS, coerce=int)
    part = forms.ChoiceField(label=_("Half day"), choices=Part.choices)
    places = forms.IntegerField(label=_("Slots"), min_value=0, max_value=MOST)
    opens_days = forms.IntegerField(
        label=_("Opened so many days ahead"), min_value=1, max_value=DAYS_MOST, initial=7
    )
    returns_days = forms.IntegerField(
        label=_("What is left goes back so many days ahead"), min_value=0, max_value=DAYS_MOST, initial=1
    )

    def __init__(self, *args: Any, clinics: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "department_id", clinics)


class RelationForm(OrderForm):
    """Two institutions that refer to one another."""

    source = forms.ChoiceField(label=pgettext_lazy("referral relation", "From"), choices=[])
    target = forms.ChoiceField(label=pgettext_lazy("referral relation", "To"), choices=[])
    kind = forms.ChoiceField(
        label=pgettext_lazy("referral relation", "How they stand"), choices=RelationKind.choices
    )
    since = _day(pgettext_lazy("referral relation", "Since"))
    until = _day(pgettext_lazy("referral relation", "Until, without this day"))
    note = forms.CharField(label=pgettext_lazy("referral relation", "Note"), max_length=200, required=False)

    def __init__(self, *args: Any, places: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            offer(self, name, [("", "—"), *places])


class CloseForm(OrderForm):
    """An institution that closes, from which day, why."""

    place = forms.ChoiceField(label=pgettext_lazy("referral relation", "Institution"), choices=[])
    day = _day(pgettext_lazy("referral relation", "Closed from"), required=True)
    reason = forms.CharField(label=pgettext_lazy("referral relation", "Why it closes"), max_length=200)

    def __init__(self, *args: Any, closable: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", [("", "—"), *closable])


class StayForm(OrderForm):
    """An announced closing that is taken back: of which institution, for which day, why."""

    place = forms.UUIDField(widget=forms.HiddenInput)
    day = days.DayField(widget=forms.HiddenInput)
    reason = forms.CharField(label=pgettext_lazy("referral relation", "Why it stays open"), max_length=200)


class AskForm(OrderForm):
    """ "Is there a bed?", to one ward."""

    department_id = forms.ChoiceField(label=pgettext_lazy("referral places", "Ward"), choices=[])
    wanted_date = _day(pgettext_lazy("referral places", "For the day"))
    words = forms.CharField(
        label=pgettext_lazy("referral places", "A word to the ward"), max_length=99, required=False
    )

    def __init__(self, *args: Any, wards: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "department_id", wards)


class AnswerForm(OrderForm):
    """The ward's one tap; a word may go with it."""

    answer = forms.ChoiceField(choices=WardAnswer.choices)
    words = forms.CharField(
        label=pgettext_lazy("referral places", "A word beside"), max_length=120, required=False
    )
