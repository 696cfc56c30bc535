"""Accounts, posts and sessions as the managers' consoles and their owners see them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.choices import LONGEST, Role
from consortium.models import ApiClient, Post, Staff, StaffSession, Throttle
from consortium.policies import CLIENT, POST, SESSION, STAFF
from consortium.selectors.people.directory import post
from kernel import clock, crypto
from kernel.actor import Actor
from kernel.errors import Invalid

PAGE = 20
"""Lines on one page of people, posts or sessions: what a telephone shows in three screens; a search finds the rest."""


@dataclass(frozen=True)
class Account:
    """One line of the accounts list: the person, whether the second factor stands, until when it is locked."""

    staff: Staff
    has_factor: bool
    locked_until: datetime | None


def accounts(*, by: Actor, text: str = "", show: str = "", page: int = 1) -> tuple[list[Account], bool]:
    """A page of accounts by name, initials or user name, and whether more follow.

    `show`: "locked", "new" (no second factor yet), "closed", or everybody.
    """
    rows = STAFF.rows(by, "view").select_related("totp")
    if show == "new":
        rows = rows.filter(is_active=True, totp__isnull=True)
    elif show == "closed":
        rows = rows.filter(is_active=False)
    elif show == "locked":
        rows = rows.filter(pk__in=_locked_staff())
    if text := text.strip():
        rows = rows.filter(
            Q(username__startswith=text.lower())
            | Q(name__contains=text)
            | Q(initials__startswith=text.lower())
        )
    start = (page - 1) * PAGE
    found = list(rows.order_by("pinyin", "pk")[start : start + PAGE + 1])
    locks = _locks([person.username for person in found])
    listed = [_account(person, locks) for person in found[:PAGE]]
    return listed, len(found) > PAGE


def may_open_accounts(*, by: Actor) -> None:
    """Raise Refused (403) unless the actor may open accounts: an empty form asks before it is shown."""
    STAFF.ask(by, "create")


def account(*, by: Actor, staff_id: UUID) -> Account:
    """One account. 404 when there is none."""
    person = STAFF.fetch(by, "view", staff_id)
    return _account(person, _locks([person.username]))


def post_rows(*, by: Actor, text: str = "", role: str = "", page: int = 1) -> tuple[list[Post], bool]:
    """A page of the posts that run or will run, by person, and whether more follow."""
    rows = POST.rows(by, "view").select_related("staff", "organisation", "department")
    rows = rows.exclude(period__fully_lt=(clock.today(), None))
    if role:
        rows = rows.filter(role=role)
    if text := text.strip():
        rows = rows.filter(
            Q(staff__name__contains=text)
            | Q(staff__username__startswith=text.lower())
            | Q(organisation__name__contains=text)
        )
    start = (page - 1) * PAGE
    found = list(rows.order_by("staff__pinyin", "staff_id", "pk")[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def posts_of_person(*, by: Actor, staff_id: UUID) -> list[Post]:
    """All posts of one person, the running ones first."""
    rows = POST.rows(by, "view").filter(staff=staff_id).select_related("organisation", "department")
    return sorted(rows.order_by("pk"), key=lambda post: not post.runs)


def shown_post(*, by: Actor, post_id: UUID) -> Post:
    """One post with its person and place. 404 when there is none."""
    POST.fetch(by, "view", post_id)
    return post(post_id)


def staff_by_account(username: str) -> UUID:
    """Whose account this is. Raises Invalid at the field when nobody's."""
    found = Staff.objects.filter(username=username.strip().lower(), is_active=True).first()
    if found is None:
        raise Invalid(fields={"account": _("There is no such account.")}, code="no_account")
    return found.pk


def clients(*, by: Actor) -> list[ApiClient]:
    """Every system that calls the interfaces, by name."""
    rows = CLIENT.rows(by, "view").select_related("organisation")
    return list(rows.order_by("-is_active", "client_id"))


def role_links(current: str) -> list[dict[str, object]]:
    """Roles as links of a filter, the chosen one marked."""
    every = [{"url": "?", "label": _("all"), "current": not current}]
    return every + [
        {"url": f"?role={value}", "label": label, "current": value == current}
        for value, label in Role.choices
    ]


def sessions_of(*, by: Actor) -> list[StaffSession]:
    """The open sessions of the person who asks, newest first."""
    rows = SESSION.rows(by, "view").filter(ended_at__isnull=True)
    rows = rows.filter(started_at__gt=clock.now() - LONGEST)
    return list(rows.select_related("post", "post__organisation").order_by("-started_at", "-pk"))


def everybodys_sessions(*, by: Actor, text: str = "", page: int = 1) -> tuple[list[StaffSession], bool]:
    """A page of all open sessions for the security manager, the last seen first, and whether more follow."""
    rows = SESSION.rows(by, "view_all").filter(ended_at__isnull=True)
    rows = rows.filter(started_at__gt=clock.now() - LONGEST)
    if text := text.strip():
        rows = rows.filter(Q(staff__name__contains=text) | Q(staff__username__startswith=text.lower()))
    rows = rows.select_related("staff", "post", "post__organisation").order_by("-seen_at", "-pk")
    start = (page - 1) * PAGE
    found = list(rows[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def client(*, by: Actor, client_id: str) -> ApiClient | None:
    """An API client as the consoles see it."""
    return CLIENT.rows(by, "revoke").filter(client_id=client_id).first()


def _account(person: Staff, locks: dict[bytes, datetime]) -> Account:
    return Account(
        person,
        hasattr(person, "totp"),
        locks.get(crypto.blind("consortium_throttle.account", person.username)),
    )


def _locked_staff() -> list[UUID]:
    """Ids of accounts locked now. The table of failures names nobody, so the names are held against it."""
    locked = {
        bytes(row.index) for row in Throttle.objects.filter(kind="account", locked_until__gt=clock.now())
    }
    if not locked:
        return []
    names = Staff.objects.values_list("pk", "username")
    return [pk for pk, name in names if crypto.blind("consortium_throttle.account", name) in locked]


def _locks(usernames: list[str]) -> dict[bytes, datetime]:
    indexes = [crypto.blind("consortium_throttle.account", name) for name in usernames]
    rows = Throttle.objects.filter(kind="account", index__in=indexes, locked_until__gt=clock.now())
    return {bytes(row.index): row.locked_until for row in rows if row.locked_until}
