"""The kinds of changes to posts: given, ended, another clearance. Each is proposed by one and decided by another."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from consortium import selectors
from consortium.choices import CLEARANCE, MANAGERS, Role
from consortium.kinds import SECURITY, Line, Payload, change_kind
from consortium.models import Post
from consortium.services.people.posts import clear_post, end_post, give_post
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Invalid, Refused, Text

HOUSE = Actor.system("consortium")
"""Two people have agreed; the house does it."""
ASKING = SECURITY | {str(Role.MEDICAL_AFFAIRS), str(Role.RECEPTION)}
"""Posts that may ask for a post: a branch only for its own people at its own place."""


def give(by: Actor, payload: Payload) -> Post:
    """The approved post begins today."""
    not_own(by, UUID(payload["staff"]))
    return give_post(
        by=HOUSE,
        staff_id=UUID(payload["staff"]),
        role=payload["role"],
        organisation_id=UUID(payload["organisation"]),
        department_id=UUID(payload["department"]) if payload["department"] else None,
        until=date.fromisoformat(payload["until"]) if payload["until"] else None,
        clearance=payload["clearance"],
        below=payload["below"],
        given_by=by.name,
    )


def may_ask(by: Actor, payload: Payload) -> None:
    """A branch asks for its own people, no manager's post, nothing above the usual clearance."""
    not_own(by, UUID(payload["staff"]))
    selectors.staff(payload["staff"])
    role, until = payload["role"], payload["until"]
    if until and date.fromisoformat(until) <= clock.today():
        raise Invalid(fields={"until": _("A post ends after it begins.")}, code="bad_period")
    if role in MANAGERS and payload["clearance"] > CLEARANCE[role]:
        raise Invalid(fields={"clearance": _("A manager reads nothing clinical.")}, code="bad_clearance")
    if by.has(Role.SECURITY_MANAGER) or by.id is None:
        return
    beyond = role in MANAGERS or payload["clearance"] > CLEARANCE[role] or payload["below"]
    if beyond or UUID(payload["organisation"]) not in by.organisations:
        raise Refused(_("A branch asks for posts of its own place only."), code="not_this_place")


def not_own(by: Actor, staff_id: UUID) -> None:
    """Raise Refused when somebody would change her own rights."""
    if by.id == staff_id:
        raise Refused(_("Nobody gives a post to the own account."), code="own_account")


def words_of_given(payload: Payload) -> Text:
    return said("%(who)s becomes %(post)s at %(place)s") % _names(payload)


def lines_of_given(payload: Payload) -> list[Line]:
    names = _names(payload)
    return [
        (_("Who"), names["who"], names["who"]),
        (_("Post"), "", names["post"]),
        (_("Place"), "", names["place"]),
        (_("Reads up to level"), "", str(payload["clearance"])),
        (_("Also for everything below this place"), "", said("yes") if payload["below"] else said("no")),
        (_("Until (not included)"), "", payload["until"] or said("without an end")),
    ]


def end(by: Actor, payload: Payload) -> Post:
    """The approved post ends today; sessions in it can do nothing from now on."""
    not_own(by, _post(payload).staff_id)
    return end_post(by=HOUSE, post_id=UUID(payload["post"]), ended_by=by.name)


def clear(by: Actor, payload: Payload) -> Post:
    """The post reads up to another level from now on."""
    not_own(by, _post(payload).staff_id)
    return clear_post(
        by=HOUSE, post_id=UUID(payload["post"]), clearance=payload["clearance"], given_by=by.name
    )


def may_change(by: Actor, payload: Payload) -> None:
    """The post is there, runs, and is somebody else's."""
    post = _post(payload)
    not_own(by, post.staff_id)
    level = payload.get("clearance", 0)
    if not 0 <= level <= 5 or (post.role in MANAGERS and level > CLEARANCE[post.role]):
        raise Invalid(fields={"clearance": _("A manager reads nothing clinical.")}, code="bad_clearance")


def words_of_ended(payload: Payload) -> Text:
    return said("%(who)s is no longer %(post)s at %(place)s") % _names_of(_post(payload))


def lines_of_ended(payload: Payload) -> list[Line]:
    names = _names_of(_post(payload))
    return [
        (_("Who"), names["who"], names["who"]),
        (_("Post"), f"{names['post']} · {names['place']}", said("ends today")),
    ]


def words_of_cleared(payload: Payload) -> Text:
    names = {**_names_of(_post(payload)), "level": payload["clearance"]}
    return said("%(who)s reads up to level %(level)s as %(post)s at %(place)s") % names


def lines_of_cleared(payload: Payload) -> list[Line]:
    post = _post(payload)
    names = _names_of(post)
    return [
        (_("Who"), names["who"], names["who"]),
        (_("Post"), names["post"], names["post"]),
        (_("Place"), names["place"], names["place"]),
        (_("Reads up to level"), str(payload.get("was", post.clearance)), str(payload["clearance"])),
    ]


def _post(payload: Payload) -> Post:
    return selectors.post(UUID(payload["post"]))


def _names(payload: Payload) -> dict[str, str]:
    place = selectors.organisation_name(UUID(payload["organisation"]))
    department = selectors.department_name(UUID(payload["department"])) if payload["department"] else ""
    return {
        "who": selectors.staff_name(UUID(payload["staff"])),
        "post": str(Role(payload["role"]).label),
        "place": f"{place} {department}".strip(),
    }


def _names_of(post: Post) -> dict[str, str]:
    department = post.department.name if post.department else ""
    return {
        "who": post.staff.name,
        "post": str(Role(post.role).label),
        "place": f"{post.organisation.short_name} {department}".strip(),
    }


change_kind(
    "post.give",
    label=_("Give a post"),
    apply=give,
    describe=words_of_given,
    check=may_ask,
    compare=lines_of_given,
    proposers=ASKING,
)
change_kind(
    "post.end",
    label=_("End a post"),
    apply=end,
    describe=words_of_ended,
    check=may_change,
    compare=lines_of_ended,
)
change_kind(
    "post.clear",
    label=_("Another clearance"),
    apply=clear,
    describe=words_of_cleared,
    check=may_change,
    compare=lines_of_cleared,
)
