"""What managers and those who ask them type: every form ends in a proposal with a reason."""

from typing import Any, Self
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium import payloads, selectors
from consortium.choices import MANAGERS, Role
from consortium.forms.account import AccountForm
from consortium.models import Post
from kernel import days
from kernel.web.forms import OrderForm, offer

LEVELS = [(level, str(level)) for level in range(6)]


class DecisionForm(OrderForm):
    """The second person's word; a reason only where she says no."""

    reason = forms.CharField(
        label=_("Why not"),
        required=False,
        max_length=300,
        help_text=_("The proposer reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AskForm(OrderForm):
    """A proposal that needs nothing but a reason."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("The second person reads it; it stays on record."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])

    def ask(self, *, kind: str, subject: UUID | None) -> dict[str, Any]:
        """Kind, subject and reason, as `propose` takes them."""
        return {"kind": kind, "subject": subject, "reason": self.cleaned_data["reason"]}


class PostForm(AskForm):
    """A post to be asked for. Departments stand under their organisation."""

    role = forms.ChoiceField(label=_("Post"), choices=Role.choices)
    place = forms.ChoiceField(label=_("Place"))
    until = days.DayField(
        label=_("Until (not included)"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    clearance = forms.TypedChoiceField(
        label=_("Reads up to level"),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[("", _("as usual for the post")), *LEVELS[1:]],
    )
    below = forms.BooleanField(label=_("Also for everything below this place"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", selectors.place_choices())

    def proposal(self, staff_id: UUID) -> tuple[dict[str, Any], str]:
        """The post and the reason, as `propose` takes them."""
        given = self.order()
        reason = given.pop("reason")
        organisation, department = _place(given.pop("place"))
        payload = payloads.post_payload(
            staff_id=staff_id, organisation_id=organisation, department_id=department, **given
        )
        return payload, reason


class ClearForm(AskForm):
    """Another clearance for a post."""

    clearance = forms.TypedChoiceField(label=_("Reads up to level"), coerce=int, choices=LEVELS)

    @classmethod
    def of(cls, post: Post) -> Self:
        """The form as the post stands."""
        return cls(initial={"clearance": post.clearance})

    def proposal(self, post: Post) -> tuple[dict[str, Any], str]:
        """The level, the level before, and the reason."""
        level = self.cleaned_data["clearance"]
        payload = {"post": str(post.pk), "clearance": level, "was": post.clearance}
        return payload, self.cleaned_data["reason"]


class NarrowForm(AskForm):
    """What is taken from whom: a role, a place, or one person's account."""

    role = forms.ChoiceField(label=_("Post"), required=False, choices=[("", _("every post")), *Role.choices])
    place = forms.ChoiceField(label=_("Place"), required=False)
    account = forms.CharField(
        label=_("Account"), required=False, max_length=40, help_text=_("Only for one person")
    )
    taken = forms.ChoiceField(label=_("What is taken away"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", [("", _("everywhere")), *selectors.place_choices()])
        offer(self, "taken", selectors.table_choices())

    def proposal(self) -> tuple[dict[str, Any], str]:
        """The narrowing and the reason."""
        given = self.cleaned_data
        model, _dot, action = given["taken"].rpartition(".")
        organisation, department = _place(given["place"]) if given["place"] else (None, None)
        payload = payloads.narrowing_payload(
            model=model,
            action=action,
            role=given["role"],
            organisation_id=organisation,
            department_id=department,
            staff_id=selectors.staff_by_account(given["account"]) if given["account"] else None,
        )
        return payload, given["reason"]


class AccountAskForm(AccountForm, AskForm):
    """An account a branch asks for."""

    def proposal(self) -> tuple[dict[str, Any], str]:
        """The account, sealed where it must be, and the reason."""
        given = self.order()
        reason = given.pop("reason")
        return payloads.account_payload(**given), reason


class PostAskForm(AskForm):
    """A post a branch asks for: one of its people, a working post, its own place."""

    account = forms.CharField(label=_("Account"), max_length=40)
    role = forms.ChoiceField(
        label=_("Post"), choices=[(one.value, one.label) for one in Role if one not in MANAGERS]
    )
    department = forms.ChoiceField(label=_("Department"), required=False)

    def __init__(self, *args: Any, place: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = place
        known = [(str(one.pk), one.name) for one in selectors.departments_of(place)]
        offer(self, "department", [("", _("the whole institution")), *known])

    def proposal(self) -> tuple[dict[str, Any], str]:
        """The post and the reason."""
        given = self.cleaned_data
        payload = payloads.post_payload(
            staff_id=selectors.staff_by_account(given["account"]),
            role=given["role"],
            organisation_id=self.place,
            department_id=UUID(given["department"]) if given["department"] else None,
        )
        return payload, given["reason"]


class ClientForm(AskForm):
    """A system that shall call the interfaces."""

    client_id = forms.RegexField(label=_("Client"), regex=r"^[a-z][a-z0-9-]{2,59}$", max_length=60)
    name = forms.CharField(label=pgettext_lazy("client", "Name"), max_length=120)
    place = forms.ChoiceField(label=_("Place"))
    scopes = forms.CharField(
        label=_("Scopes"), max_length=1000, help_text=_("Separated by blanks, like system/Patient.read")
    )
    below = forms.BooleanField(label=_("Also for everything below this place"), required=False)
    clearance = forms.TypedChoiceField(label=_("Reads up to level"), coerce=int, choices=LEVELS, initial=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", [(str(one.pk), one.short_name) for one in selectors.all_organisations()])

    def proposal(self) -> tuple[dict[str, Any], str]:
        """The client and the reason."""
        given = self.order()
        reason, place, scopes = given.pop("reason"), given.pop("place"), given.pop("scopes").split()
        return payloads.client_payload(organisation_id=UUID(place), scopes=scopes, **given), reason


def _place(text: str) -> tuple[UUID, UUID | None]:
    organisation, _slash, department = text.partition("/")
    return UUID(organisation), UUID(department) if department else None
