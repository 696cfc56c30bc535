"""Organisations, people and posts for tests."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.test import Client
from psycopg.types.range import DateRange

from consortium import selectors
from consortium.choices import CLEARANCE, BedKind, Duty, Licence, OrganisationKind, Role, Title
from consortium.models import (
    ApplicationEntity,
    Bed,
    Department,
    DutyShift,
    Organisation,
    Post,
    Staff,
    StaffSession,
)
from kernel import clock
from kernel.actor import Actor

_number = count(1)

SESSION_KEY = "consortium_session"


def make_organisation(kind: str = OrganisationKind.BRANCH, name: str = "", **fields: Any) -> Organisation:
    """One organisation; `head_hospital` exists once, so a second call returns the first."""
    if kind == OrganisationKind.HEAD_HOSPITAL and not name:
        existing = Organisation.objects.filter(kind=kind, active=True).first()
        if existing:
            return existing
    number = next(_number)
    name = name or f"测试机构{number}"
    values = {"short_name": name[:40], "region_code": "990124", "sequence": number, **fields}
    return Organisation.objects.create(kind=kind, name=name, **values)


def make_department(organisation: Organisation | None = None, name: str = "", **fields: Any) -> Department:
    number = next(_number)
    values = {"code": f"D{number}", "name": name or f"科室{number}", **fields}
    return Department.objects.create(organisation=organisation or make_organisation(), **values)


def make_bed(department: Department | None = None, code: str = "", **fields: Any) -> Bed:
    values = {"kind": BedKind.GENERAL, **fields}
    return Bed.objects.create(
        department=department or make_department(), code=code or f"{next(_number)}", **values
    )


def make_post(
    staff: Staff,
    role: str,
    organisation: Organisation,
    *,
    department: Department | None = None,
    since: date | None = None,
    until: date | None = None,
    **fields: Any,
) -> Post:
    """A post that runs from `since` (default a year ago) up to and without `until` (default open)."""
    start = since or clock.today() - timedelta(days=365)
    values = {"clearance": CLEARANCE[role], "given_by": "system:tests", **fields}
    return Post.objects.create(
        staff=staff,
        role=role,
        organisation=organisation,
        department=department,
        period=DateRange(start, until, "[)"),
        **values,
    )


def make_staff(
    role: str | None = Role.BRANCH_DOCTOR,
    organisation: Organisation | None = None,
    *,
    department: Department | None = None,
    title: str = Title.ATTENDING,
    licence: str = Licence.PHYSICIAN,
    password: str = "",
    clearance: int | None = None,
    below: bool = False,
    **fields: Any,
) -> Staff:
    """Somebody with one post (`role=None` for none). `password` is hashed only when given."""
    number = next(_number)
    values = {"username": f"staff{number}", "name": f"职员{number}", "must_change_password": False, **fields}
    staff = Staff(title=title, licence=licence, **values)
    if password:
        staff.set_password(password)
    else:
        staff.set_unusable_password()
    staff.save()
    if role is not None:
        place = organisation or (department.organisation if department else make_organisation())
        level = CLEARANCE[role] if clearance is None else clearance
        make_post(staff, role, place, department=department, clearance=level, below=below)
    return staff


def make_duty(
    staff: Staff, organisation: Organisation, duty: str = Duty.FIRST_LINE, **fields: Any
) -> DutyShift:
    now = clock.now()
    values = {
        "telephone": "10055550001",
        "starts_at": now - timedelta(hours=1),
        "ends_at": now + timedelta(hours=7),
        **fields,
    }
    return DutyShift.objects.create(staff=staff, organisation=organisation, duty=duty, **values)


def make_entity(title: str, organisation: Organisation, **fields: Any) -> ApplicationEntity:
    return ApplicationEntity.objects.create(title=title, name=title, organisation=organisation, **fields)


def actor_of(staff: Staff, role: str | None = None) -> Actor:
    """The actor in the person's first post, or in the post with `role`, proved just now. Without any post: no roles."""
    posts = [post for post in selectors.posts_of(staff.pk) if role in (None, post.role)]
    if posts:
        actor = selectors.actor_of(posts[0], session="test", address="127.0.0.1")
        return replace(actor, proved_at=clock.now())
    return selectors.actor_without_post(staff)


def make_actor(role: str, organisation: Organisation | None = None, **fields: Any) -> Actor:
    """Somebody new in `role`, as an actor."""
    return actor_of(make_staff(role, organisation, **fields))


def open_session(staff: Staff, role: str | None = None, **fields: Any) -> StaffSession:
    posts = [post for post in selectors.posts_of(staff.pk) if role in (None, post.role)]
    now = clock.now()
    values = {"seen_at": now, "proved_at": now, "post": posts[0] if posts else None, "address": "127.0.0.1"}
    values |= fields
    return StaffSession.objects.create(staff=staff, **values)


def sign_in(client: Client, staff: Staff, role: str | None = None) -> UUID:
    """Signs the test client in past both factors, acting in the first post (or the one with `role`)."""
    opened = open_session(staff, role)
    session = client.session
    session[SESSION_KEY] = str(opened.pk)
    session.save()
    client.cookies["lianyi_session"] = session.session_key or ""
    return opened.pk
