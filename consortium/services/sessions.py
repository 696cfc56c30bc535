"""Sessions: the acting post, locking, ending, and the hour somebody was last seen."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors
from consortium.choices import Ending
from consortium.models import StaffSession
from consortium.policies import SESSION
from kernel import audit, clock
from kernel.actor import Actor
from kernel.errors import OutOfReach, Refused


@transaction.atomic
def choose_post(*, by: Actor, post_id: UUID) -> StaffSession:
    """Act in another of the own posts from now on. Raises OutOfReach for a post that is not hers today."""
    session = _own_session(by)
    post = next((one for one in selectors.posts_of(session.staff_id) if one.pk == post_id), None)
    if post is None:
        raise OutOfReach(detail={"model": "consortium.post", "pk": str(post_id)})
    session.post = post
    session.save(update_fields=["post"])
    actor = selectors.actor_of(post, session=by.session, address=by.address)
    audit.record(by=actor, action="consortium.post_chosen", subject=post, detail={"role": post.role})
    return session


@transaction.atomic
def sign_out(*, by: Actor) -> StaffSession:
    """End the session one is in."""
    session = _own_session(by)
    _end(session, Ending.SIGNED_OUT)
    audit.record(by=by, action="consortium.signed_out", subject=session)
    return session


@transaction.atomic
def lock(*, by: Actor) -> StaffSession:
    """Lock the page now; the password reopens it."""
    session = _own_session(by)
    session.locked_at = clock.now()
    session.save(update_fields=["locked_at"])
    audit.record(by=by, action="consortium.session_locked", subject=session)
    return session


@transaction.atomic
def end_session(*, by: Actor, session_id: UUID) -> StaffSession:
    """End one of the own sessions, on another device for example."""
    session = SESSION.fetch(by, "end", session_id, lock=True)
    _end(session, Ending.ENDED_BY_OWNER)
    audit.record(by=by, action="consortium.session_ended", subject=session)
    return session


@transaction.atomic
def end_other_sessions(*, by: Actor) -> int:
    """End every session of the own account but this one; how many there were."""
    rows = SESSION.rows(by, "end").filter(ended_at__isnull=True).exclude(pk=_own_session(by).pk)
    ended = rows.update(ended_at=clock.now(), ending=Ending.ENDED_BY_OWNER)
    audit.record(by=by, action="consortium.other_sessions_ended", detail={"sessions": ended})
    return ended


@transaction.atomic
def seen(*, by: Actor) -> None:
    """Somebody is at the keyboard: the idle clock starts again. One statement, no audit row of its own."""
    StaffSession.objects.filter(pk=by.session, ended_at__isnull=True).update(seen_at=clock.now())


def _own_session(by: Actor) -> StaffSession:
    if not by.session:
        raise Refused(_("This is only possible in the portal."), code="no_session")
    session = StaffSession.objects.select_for_update().filter(pk=by.session, staff=by.id).first()
    if session is None:
        raise OutOfReach(detail={"model": "consortium.staffsession"})
    return session


def _end(session: StaffSession, ending: Ending) -> None:
    if session.ended_at is None:
        session.ended_at, session.ending = clock.now(), ending
        session.save(update_fields=["ended_at", "ending"])
