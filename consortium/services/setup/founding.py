"""The beginning of a platform in production: its first organisation and its first three managers."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.choices import MANAGERS, OrganisationKind, Role
from consortium.models import Organisation, Post
from consortium.policies import ORGANISATION
from consortium.services.people.accounts import NewAccount, create_staff
from consortium.services.people.posts import give_post
from consortium.services.places.registering import register_organisation
from kernel import audit
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid

FIRST = (Role.SYSTEM_MANAGER, Role.SECURITY_MANAGER, Role.AUDIT_MANAGER)
"""The order in which the three are named."""
SECOND = "second_security_manager"
"""The other security manager: without one no change of rights finds its second person (but a signed staff list)."""


@transaction.atomic
def create_managers(
    *, by: Actor, people: dict[str, tuple[str, str, str]], hospital: str = "", region_code: str = ""
) -> dict[str, NewAccount]:
    """Open the first three accounts: role → (user name, name, ID number), for each of the three managers.

    Registers the head hospital `hospital` when there is no organisation yet. Raises Conflict when there is a
    manager already (from then on accounts and posts are given on the consoles), Invalid when one is missing.
    """
    ORGANISATION.ask(by, "register")
    if Post.objects.filter(role__in=sorted(MANAGERS)).exists():
        raise Conflict(
            _("There are managers already: they open accounts and give posts."), code="managers_exist"
        )
    if set(people) - {SECOND} != set(FIRST):
        raise Invalid(
            _("Name a system, a security and an audit manager: three people."), code="three_managers"
        )
    place = Organisation.objects.filter(kind=OrganisationKind.HEAD_HOSPITAL, active=True).first()
    if place is None:
        if not hospital or not region_code:
            raise Invalid(_("Name the head hospital and its region code."), code="hospital_missing")
        place = register_organisation(
            by=by, kind=OrganisationKind.HEAD_HOSPITAL, name=hospital, region_code=region_code
        )
    made: dict[str, NewAccount] = {}
    for key in [one for one in (*FIRST, SECOND) if one in people]:
        username, name, id_number = people[key]
        made[key] = create_staff(by=by, username=username, name=name, id_number=id_number)
        role = Role.SECURITY_MANAGER if key == SECOND else Role(key)
        give_post(by=by, staff_id=made[key].staff.pk, role=role, organisation_id=place.pk)
    audit.record(by=by, action="consortium.managers_created")
    return made
