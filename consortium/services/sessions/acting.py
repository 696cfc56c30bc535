"""Sessions: the acting post, locking, ending, and the hour somebody was last seen."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors
from consortium.choices import Ending
from consortium.models import StaffSession
from consortium.policies import SESSION
from consortium.services.sessions import endings
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
    endings.end(StaffSession.objects.filter(pk=session.pk), Ending.SIGNED_OUT)
    audit.record(by=by, action="consortium.signed_out", subject=session)
    return session


@transaction.atomic
def lock(*, by: Actor) -> StaffSession:
    """Lock the page now; password or key reopens it."""
    session = _own_session(by)
    session.locked_at = clock.now()
    session.save(update_fields=["locked_at"])
    audit.record(by=by, action="consortium.session_locked", subject=session)
    return session


@transaction.atomic
def end_session(*, by: Actor, session_id: UUID) -> StaffSession:
    """End one of the own sessions, on another device for example."""
    session = SESSION.fetch(by, "end", session_id)
    endings.end(StaffSession.objects.filter(pk=session.pk), Ending.ENDED_BY_OWNER)
    audit.record(by=by, action="consortium.session_ended", subject=session)
    return session


@transaction.atomic
def end_other_sessions(*, by: Actor) -> int:
    """End every session of the own account but this one; how many there were."""
    rows = SESSION.rows(by, "end").exclude(pk=_own_session(by).pk)
    ended = endings.end(rows, Ending.ENDED_BY_OWNER)
    audit.record(by=by, action="consortium.other_sessions_ended", detail={"sessions": ended})
    return ended


@transaction.atomic
def end_any_session(*, by: Actor, session_id: UUID) -> StaffSession:
    """End somebody's session from the security manager's console; its next request is nobody's."""
    session = SESSION.fetch(by, "end_any", session_id)
    endings.end(StaffSession.objects.filter(pk=session.pk), Ending.ENDED_BY_MANAGER)
    detail = {"staff": str(session.staff_id)}
    audit.record(by=by, action="consortium.session_ended_by_manager", subject=session, detail=detail)
    return session


@transaction.atomic
def replace_session(*, by: Actor, session_id: UUID) -> None:
    """The person has signed in anew in the browser where this session of hers waited locked."""
    endings.end(StaffSession.objects.filter(pk=session_id), Ending.REPLACED)
    audit.record(by=by, action="consortium.session_replaced", detail={"session": str(session_id)})


@transaction.atomic
def seen(*, by: Actor) -> None:
    """Somebody is at the keyboard: the idle clock starts again. One statement, no audit row of its own."""
    StaffSession.objects.filter(pk=by.session, ended_at__isnull=True).update(seen_at=clock.now())


@transaction.atomic
def note_browser(*, by: Actor, session_id: UUID, browser: str) -> None:
    """Note under which key the browser's own session is stored, so that ending wipes that too."""
    StaffSession.objects.filter(pk=session_id, ended_at__isnull=True).update(browser=browser)


def _own_session(by: Actor) -> StaffSession:
    if not by.session:
        raise Refused(_("This is only possible in the portal."), code="no_session")
    session = StaffSession.objects.select_for_update().filter(pk=by.session, staff=by.id).first()
    if session is None:
        raise OutOfReach(detail={"model": "consortium.staffsession"})
    return session
