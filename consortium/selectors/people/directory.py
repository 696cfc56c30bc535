"""Who works here, what for, and whom to call."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from consortium.choices import REVIEWING_TITLES, Duty, Licence, OrganisationKind, Role
from consortium.models import DutyShift, Organisation, Post, Staff
from kernel import clock, crypto, guarded
from kernel.actor import Actor
from kernel.database import prepared, rows
from kernel.errors import OutOfReach

SEALED_AS: Final = "consortium_staff"
"""What sealed columns of a person are sealed as."""


def staff(pk: UUID | str) -> Staff:
    """One person. Raises OutOfReach (404) when there is none."""
    found = Staff.objects.filter(pk=pk).first()
    if found is None:
        raise OutOfReach(detail={"model": "consortium.staff", "pk": str(pk)})
    return found


def own_telephone(actor: Actor) -> str:
    """The actor's own telephone, "" where none is known."""
    found = Staff.objects.filter(pk=actor.id).values_list("pk", "phone_sealed").first() if actor.id else None
    if found is None or found[1] is None:
        return ""
    return crypto.unseal(f"{SEALED_AS}.phone", found[0], bytes(found[1]))


def current_posts() -> QuerySet[Post]:
    """Posts that run today, of people who still work here."""
    today = clock.today()
    return Post.objects.filter(period__contains=today, staff__is_active=True)


def post(pk: UUID) -> Post:
    """One post with its person and place. Raises OutOfReach (404) when there is none."""
    found = Post.objects.filter(pk=pk).select_related("staff", "organisation", "department").first()
    if found is None:
        raise OutOfReach(detail={"model": "consortium.post", "pk": str(pk)})
    return found


def posts_of(staff_id: UUID) -> list[Post]:
    """The posts somebody may act in today, with organisation and department; none that was changed past the house."""
    rows = current_posts().filter(staff=staff_id).select_related("organisation", "department", "staff")
    found = rows.order_by("organisation__sequence", "role", "pk")
    return [post for post in found if not guarded.check([post])]


def holders(role: Role | str, organisation: UUID) -> list[UUID]:
    """Ids of the people who hold a post of `role` at `organisation` today, each once."""
    rows = current_posts().filter(role=role, organisation=organisation).order_by("staff_id")
    return list(dict.fromkeys(rows.values_list("staff_id", flat=True)))


def at_desks(desks: Iterable[tuple[Role | str, UUID]]) -> QuerySet[Post, UUID]:
    """Ids of the people who hold a post of any of these roles at its organisation today, for use inside a statement."""
    there = (Q(role=role, organisation=organisation) for role, organisation in desks)
    return current_posts().filter(reduce(or_, there)).values_list("staff_id", flat=True)


class Placed(NamedTuple):
    """Who holds a post in which department, both by name."""

    department_id: UUID
    department: str
    staff_id: UUID
    name: str


POSTS_WITH: Final = """
SELECT d.id, d.name, s.id, s.name FROM consortium_post p
JOIN consortium_staff s ON s.id = p.staff_id JOIN consortium_department d ON d.id = p.department_id
WHERE p.role = %s AND p.organisation_id = %s AND p.period @> %s::date AND s.is_active
ORDER BY d.sequence, d.id, s.pinyin, p.id
"""


def posts_with(*, role: Role | str, organisation_id: UUID) -> list[Placed]:
    """Posts of `role` in the departments of an institution today, in the order of the departments, then by pinyin."""
    with prepared.cursor() as cursor:
        cursor.execute(POSTS_WITH, [str(role), organisation_id, clock.today()])
        return [Placed(*row) for row in cursor.fetchall()]


def cleared(*, roles: Iterable[Role | str], organisation_id: UUID, label: int) -> bool:
    """Whether somebody who holds one of `roles` at the institution today may read `label`."""
    rows = current_posts().filter(role__in=list(roles), organisation=organisation_id, clearance__gte=label)
    return rows.exists()


def everywhere(role: Role | str) -> list[UUID]:
    """Ids of the people who hold a post of `role` anywhere in the county today, each once."""
    rows = current_posts().filter(role=role).order_by("staff_id")
    return list(dict.fromkeys(rows.values_list("staff_id", flat=True)))


def colleagues(role: Role | str, organisation: UUID, department: UUID | None = None) -> list[Staff]:
    """People who hold `role` at `organisation` (and in `department` when given), by pinyin."""
    rows = current_posts().filter(role=role, organisation=organisation)
    if department:
        rows = rows.filter(department=department)
    return list(Staff.objects.filter(pk__in=rows.values("staff_id")).order_by("pinyin", "pk"))


def on_duty(*, organisation: UUID, at: datetime | None = None, duty: str = "") -> list[DutyShift]:
    """Shifts running at `at` (default now), each with its `staff` and `telephone`."""
    moment = at or clock.now()
    running = "t0.organisation_id = %s AND t0.starts_at <= %s AND t0.ends_at > %s"
    asked: list[object] = [organisation, moment, moment]
    if duty:
        running += " AND t0.duty = %s"
        asked.append(str(duty))
    order = " ORDER BY t0.duty, t0.starts_at, t0.id"
    return rows.every(DutyShift, running + order, asked, related=("staff", "department"))


def rosters(organisations: Iterable[UUID], at: datetime | None = None) -> dict[UUID, list[DutyShift]]:
    """Who is on duty at each of these institutions at `at` (default now), one statement."""
    moment, wanted = at or clock.now(), set(organisations)
    found: dict[UUID, list[DutyShift]] = {place: [] for place in wanted}
    rows = DutyShift.objects.filter(organisation__in=wanted, starts_at__lte=moment, ends_at__gt=moment)
    for shift in rows.select_related("staff", "organisation").order_by("duty", "starts_at", "pk"):
        found[shift.organisation_id].append(shift)
    return found


def may_review(actor: Actor) -> bool:
    """Whether the person holds a title of 主治 or above, as a second signature needs."""
    if actor.id is None:
        return False
    return Staff.objects.filter(pk=actor.id, title__in=REVIEWING_TITLES, is_active=True).exists()


def licence(actor: Actor) -> str:
    """The medical licence of the person who acts (Licence); "none" for a machine or who has left."""
    rows = Staff.objects.filter(pk=actor.id, is_active=True) if actor.id else Staff.objects.none()
    return rows.values_list("licence", flat=True).first() or Licence.NONE


def help_desk() -> str:
    """Telephone of the help desk on duty; the head hospital's own number, or nothing, when nobody is."""
    now = clock.now()
    shift = (
        DutyShift.objects.filter(duty=Duty.HELP_DESK, starts_at__lte=now, ends_at__gt=now)
        .order_by("pk")
        .first()
    )
    if shift:
        return shift.telephone
    head = Organisation.objects.filter(kind=OrganisationKind.HEAD_HOSPITAL, active=True).first()
    return head.telephone if head else ""
