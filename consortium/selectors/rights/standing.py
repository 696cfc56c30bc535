"""Whether a post is as the house wrote it, and what narrowings take from it: asked whenever an actor is made."""

from uuid import UUID

from django.db.models import Q

from consortium.models import Narrowing, Post
from kernel import clock, guarded


def standing(post: Post) -> frozenset[str] | None:
    """What is taken from this post now; None when the post, or a narrowing of it, was changed past the house.

    Raises the alarm then: rights that cannot be trusted are no rights.
    """
    return None if guarded.check([post]) else taken_from(post)


def taken_from(post: Post) -> frozenset[str] | None:
    """`standing` of a post that is known to be intact."""
    rows = _concerning(post.role, post.organisation_id, post.department_id, post.staff_id)
    if guarded.check(rows):
        return None
    return frozenset(f"{row.model}.{row.action}" for row in rows)


def _concerning(role: str, organisation: UUID, department: UUID | None, staff: UUID) -> list[Narrowing]:
    rows = Narrowing.objects.filter(
        Q(role="") | Q(role=role),
        Q(organisation__isnull=True) | Q(organisation=organisation),
        Q(department__isnull=True) | Q(department=department),
        Q(staff__isnull=True) | Q(staff=staff),
        period__contains=clock.today(),
    )
    return list(rows)
