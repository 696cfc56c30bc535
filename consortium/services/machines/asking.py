"""What a branch asks for and what a manager asks another one for: accounts and API clients."""

from uuid import UUID

from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from consortium import payloads, selectors
from consortium.choices import Licence, Role, Title
from consortium.kinds import Line, Payload, change_kind
from consortium.models import ApiClient, Staff
from consortium.services.machines.clients import NewClient, register_client
from consortium.services.people.accounts import create_staff
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, Text

HOUSE = Actor.system("consortium")
SYSTEM = frozenset({str(Role.SYSTEM_MANAGER)})


def may_ask_account(by: Actor, payload: Payload) -> None:
    """The user name is free; whether the person has an account already is not told to a branch."""
    if Staff.objects.filter(username=payload["username"]).exists():
        raise Conflict(_("This user name is taken."), code="username_taken")


def open_account(by: Actor, payload: Payload) -> Staff:
    """Open the account; the system manager then hands over a one-time password."""
    made = create_staff(
        by=by,
        username=payload["username"],
        name=payload["name"],
        id_number=payloads.opened("id_number", payload),
        phone=payloads.opened("phone", payload),
        licence=payload["licence"],
        licence_number=payload["licence_number"],
        title=payload["title"],
    )
    return made.staff


def words_of_account(payload: Payload) -> Text:
    return said("An account for %(name)s (%(username)s)") % {
        "name": payload["name"],
        "username": payload["username"],
    }


def lines_of_account(payload: Payload) -> list[Line]:
    return [
        (_("Name"), "", payload["name"]),
        (_("Account"), "", payload["username"]),
        (_("Licence"), "", f"{Licence(payload['licence']).label} {payload['licence_number']}".strip()),
        (_("Title"), "", str(Title(payload["title"]).label)),
    ]


def open_client(by: Actor, payload: Payload) -> ApiClient:
    """Register the client; its secret is made when the system manager fetches it."""
    made: NewClient = register_client(
        by=HOUSE,
        client_id=payload["client_id"],
        name=payload["name"],
        organisation_id=UUID(payload["organisation"]),
        scopes=payload["scopes"],
        below=payload["below"],
        clearance=payload["clearance"],
    )
    return made.client


def may_ask_client(by: Actor, payload: Payload) -> None:
    if not 0 <= payload["clearance"] <= 5:
        raise Invalid(fields={"clearance": _("Levels are 0 to 5.")}, code="bad_clearance")
    if ApiClient.objects.filter(client_id=payload["client_id"]).exists():
        raise Conflict(_("This client is already registered."), code="client_exists")


def words_of_client(payload: Payload) -> Text:
    return said("%(name)s may call the interfaces") % {"name": payload["name"]}


def lines_of_client(payload: Payload) -> list[Line]:
    return [
        (_("Client"), "", payload["client_id"]),
        (_("Name"), "", payload["name"]),
        (_("Place"), "", selectors.organisation_name(UUID(payload["organisation"]))),
        (_("Scopes"), "", " ".join(payload["scopes"])),
        (_("Also for everything below this place"), "", said("yes") if payload["below"] else said("no")),
        (_("Reads up to level"), "", str(payload["clearance"])),
    ]


change_kind(
    "account.open",
    label=_("Open an account"),
    apply=open_account,
    describe=words_of_account,
    check=may_ask_account,
    compare=lines_of_account,
    proposers=frozenset({str(Role.MEDICAL_AFFAIRS), str(Role.RECEPTION)}),
    deciders=SYSTEM,
)
change_kind(
    "client.register",
    label=_("Register an API client"),
    apply=open_client,
    describe=words_of_client,
    check=may_ask_client,
    compare=lines_of_client,
    proposers=SYSTEM,
)
