"""From a post, or from a session, to the Actor every service is given."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from consortium.choices import LONGEST, PASSWORD_LASTS
from consortium.models import Post, Staff
from consortium.selectors.people.directory import posts_of
from consortium.selectors.rights import standing as rights
from kernel import clock, guarded
from kernel.actor import Actor, Kind
from kernel.errors import Refused

_BELOW = """
    WITH RECURSIVE below(id) AS (
        SELECT {start}::uuid
        UNION
        SELECT o.id FROM consortium_organisation o JOIN below ON o.parent_id = below.id
    ) SELECT array_agg(id) FROM below"""

_SIGNED_IN = f"""
    SELECT s.staff_id, s.started_at, s.seen_at, s.locked_at, s.ended_at, s.address,
           st.username, st.name, st.is_active,
           st.must_change_password, COALESCE(st.password_changed_at, st.created_at) < %s,
           p.id, p.role, p.organisation_id, p.department_id, p.clearance,
           CASE WHEN p.below THEN ({_BELOW.format(start="p.organisation_id")}) ELSE ARRAY[p.organisation_id] END,
           o.short_name, d.name,
           (SELECT count(*) FROM consortium_notificationrecipient n WHERE n.staff_id = st.id AND n.read_at IS NULL),
           s.proved_at, LEAST(s.until_at, s.started_at + make_interval(secs => %s)), s.ending,
           p.below, p.period, p.given_by, p.ended_by, p.row_mac,
           EXISTS (SELECT 1 FROM consortium_narrowing w WHERE w.period @> %s::date)
      FROM consortium_staffsession s
      JOIN consortium_staff st ON st.id = s.staff_id
      LEFT JOIN consortium_post p ON p.id = s.post_id AND p.staff_id = st.id AND p.period @> %s::date
      LEFT JOIN consortium_organisation o ON o.id = p.organisation_id
      LEFT JOIN consortium_department d ON d.id = p.department_id
     WHERE s.id = %s"""  # noqa: S608  # constants only


_POST = (
    "id", "role", "organisation_id", "department_id", "clearance", "staff_id", "below", "period", "given_by",
    "ended_by", "row_mac",
)  # fmt: skip


@dataclass(frozen=True)
class SignedIn:
    """A session as one request sees it. `actor` has no roles while no post is chosen or the post has ended."""

    session_id: UUID
    staff_id: UUID
    started_at: datetime
    seen_at: datetime
    locked_at: datetime | None
    ended_at: datetime | None
    username: str
    name: str
    active: bool
    one_time_password: bool
    old_password: bool
    until_at: datetime
    ending: str
    actor: Actor
    organisation: str
    department: str
    unread: int

    @property
    def must_change_password(self) -> bool:
        """Whether a new password is due before anything else: after a one-time one, and after ninety days."""
        return self.one_time_password or self.old_password

    @property
    def over(self) -> bool:
        """Whether this session opens nothing any more."""
        return self.ended_at is not None or not self.active or self.until_at < clock.now()


def reach_below(organisation_id: UUID) -> frozenset[UUID]:
    """The organisation and everything below it in the tree."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW.format(start="%s"), [organisation_id])
        row = cursor.fetchone()
    return frozenset(row[0] if row else ())


def actor_of(post: Post, *, session: str = "", address: str = "") -> Actor:
    """The actor somebody is in `post`. Loads the person and, where the post reaches below, the tree.

    Raises Refused (403) when the post's rights cannot be trusted.
    """
    person: Staff = post.staff
    taken = rights.standing(post)
    if taken is None:
        raise Refused(detail={"model": "consortium.post", "pk": str(post.pk)})
    places = reach_below(post.organisation_id) if post.below else frozenset({post.organisation_id})
    return Actor(
        kind=Kind.STAFF,
        name=person.username,
        id=person.pk,
        display=person.name,
        post=post.pk,
        organisation=post.organisation_id,
        department=post.department_id,
        organisations=places,
        roles=frozenset({post.role}),
        clearance=post.clearance,
        session=session,
        address=address,
        taken=taken,
    )


def actor_without_post(person: Staff, *, session: str = "", address: str = "") -> Actor:
    """Somebody who proved who she is and holds no post (yet): every policy refuses her."""
    return Actor(
        kind=Kind.STAFF,
        name=person.username,
        id=person.pk,
        display=person.name,
        session=session,
        address=address,
    )


def actor_of_staff(staff_id: UUID) -> Actor:
    """The actor in the first post somebody holds today. Raises Refused (403) when there is none."""
    posts = posts_of(staff_id)
    if not posts:
        raise Refused(detail={"staff": str(staff_id)})
    return actor_of(posts[0])


def signed_in(session_id: UUID, *, address: str = "") -> SignedIn | None:
    """A session with its person, acting post, places and unread notices: one statement. None when unknown."""
    with connection.cursor() as cursor:
        now = clock.now()
        today = clock.day_of(now)
        cursor.execute(_SIGNED_IN, [now - PASSWORD_LASTS, LONGEST.total_seconds(), today, today, session_id])
        row = cursor.fetchone()
    return _from_row(session_id, row, address) if row else None


def _from_row(session_id: UUID, row: tuple[Any, ...], address: str) -> SignedIn:
    staff_id, started_at, seen_at, locked_at, ended_at, at, username, name, active, one_time, old = row[:11]
    organisation, department, unread, proved_at, until_at, ending = row[17:23]
    acting = _acting(session_id, staff_id, username, name, row[11:17], address or at)
    taken = _taken(staff_id, row[11:16], row[23:])
    acting = replace(acting, proved_at=proved_at, taken=taken or frozenset())
    return SignedIn(
        session_id=session_id,
        staff_id=staff_id,
        started_at=started_at,
        seen_at=seen_at,
        locked_at=locked_at,
        ended_at=ended_at,
        username=username,
        name=name,
        active=active,
        one_time_password=one_time,
        old_password=old,
        until_at=until_at,
        ending=ending,
        actor=acting if taken is not None else nothing_yet(acting),
        organisation=organisation or "",
        department=department or "",
        unread=unread,
    )


def _taken(staff_id: UUID, post: tuple[Any, ...], more: tuple[Any, ...]) -> frozenset[str] | None:
    """What narrowings take from the acting post; None when there is no post whose rights can be trusted."""
    if post[0] is None:
        return frozenset()
    *columns, narrowed = more
    row = Post(**dict(zip(_POST, (*post, staff_id, *columns), strict=True)))
    if not narrowed:
        return None if guarded.check([row]) else frozenset()
    return rights.standing(row)


def nothing_yet(actor: Actor) -> Actor:
    """Somebody known who acts in no post: with a one-time password, or with a post that cannot be trusted."""
    return replace(
        actor,
        post=None,
        organisation=None,
        department=None,
        organisations=frozenset(),
        roles=frozenset(),
        clearance=0,
    )


def _acting(
    session_id: UUID, staff_id: UUID, username: str, name: str, post: tuple[Any, ...], address: str
) -> Actor:
    pk, role, organisation, department, clearance, places = post
    return Actor(
        kind=Kind.STAFF,
        name=username,
        id=staff_id,
        display=name,
        post=pk,
        organisation=organisation,
        department=department,
        organisations=frozenset(places) if pk else frozenset(),
        roles=frozenset({role}) if pk else frozenset(),
        clearance=clearance or 0,
        session=str(session_id),
        address=address,
    )
