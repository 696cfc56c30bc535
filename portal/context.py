"""What the shell around every page shows: who acts, where she can go, what waits."""

import base64
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.http import HttpRequest

from consortium.choices import Role
from consortium.selectors import SignedIn
from diagnostics.choices import Group
from emr.index import selectors as index
from kernel import clock, crypto
from kernel.actor import Actor
from kernel.errors import Refused
from portal import counts, nav, reading, selectors
from portal.house import house
from portal.nav import Entry

THEME_COOKIE: Final = "lianyi_theme"
THEMES: Final = frozenset({"light", "dark"})


@dataclass(frozen=True, slots=True)
class Shell:
    """Fields of the templates base.html and ui/{top,rail,me_menu,critical_bar}.html. `fresh`: the page behind the
    sign-in, which takes no press in its first second."""

    theme: str = "light"
    signed_in: bool = False
    fresh: bool = False
    name: str = ""
    post: str = ""
    place: str = ""
    unread: int = 0
    may_search: bool = False
    may_register: bool = False
    closed: frozenset[str] = frozenset()
    seal: str = ""
    counted: bool = False
    critical: list[selectors.Alert] = field(default_factory=list)
    nav: list[Entry] = field(default_factory=list)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor. A stranger, a locked screen or a broken request gets the plain frame."""
    theme = theme_of(request)
    here: SignedIn | None = getattr(request, "signed_in", None)
    stands = here is not None and here.locked_at is None and here.actor.post is not None
    frame = (
        _signed_in(here, theme, request.path) if here and stands else Shell(theme=theme, place=house().place)
    )
    if getattr(request, "just_entered", False):
        frame = replace(frame, fresh=True)
    return {"shell": frame, "server_now": clock.now()}


def theme_of(request: HttpRequest) -> str:
    """Light or dark, as chosen on this computer."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "light"


def _signed_in(here: SignedIn, theme: str, path: str) -> Shell:
    actor = here.actor
    role = str(Role(next(iter(actor.roles))).label)
    told = counts.known(by=actor)
    return Shell(
        theme=theme,
        signed_in=True,
        name=here.name,
        post=" · ".join(part for part in (here.organisation, here.department or role) if part),
        place=house().place,
        unread=here.unread,
        may_search=actor.roles.isdisjoint(nav.NO_SEARCH),
        may_register=_registers(actor),
        closed=nav.closed(actor.roles),
        seal=base64.b64encode(crypto.mac("portal.draft", here.staff_id.bytes)[:16]).decode(),
        counted=bool(told),
        critical=selectors.alerts(by=actor),
        nav=nav.entries(actor.roles, path, told, centres_of(actor), office=selectors.at_office(by=actor)),
    )


def centres_of(actor: Actor) -> Iterable[Group]:
    """Which centres' worklists stand on the rail: a reader's own; a technologist works for all."""
    return reading.centres(by=actor) if actor.has(*reading.READERS) else tuple(Group)


def _registers(actor: Actor) -> bool:
    """Whether this post registers patients: only then a page offers it."""
    with suppress(Refused):
        index.ask_register(by=actor)
        return True
    return False
