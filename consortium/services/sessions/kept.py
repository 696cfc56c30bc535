"""What was typed when a session was over: kept sealed for its owner, offered again, then wiped."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import QuerySet

from consortium.models import KeptForm
from kernel import audit, clock, crypto
from kernel.actor import Actor
from kernel.errors import OutOfReach

CONTEXT: Final = "consortium_keptform.sealed"
KEPT_FOR: Final = timedelta(hours=24)
AT_MOST: Final = 20
"""Forms kept for one person; the oldest go first."""

Fields = Mapping[str, Sequence[str]]

CODED: Final = re.compile(r"[a-z]+(_[a-z]+)*|[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
"""What a page sends by itself: the word of a choice in code, a UUID, a key."""


@dataclass(frozen=True)
class Kept:
    """A form as it was sent: its address, its fields, and the page a part of which sent it ("" = the whole)."""

    id: UUID
    path: str
    kept_at: datetime
    page: str
    fields: dict[str, list[str]]
    files: list[str]
    others: list[KeptForm]
    """What else is kept for this person, newest first: a page may hold several forms."""

    @property
    def told(self) -> list[tuple[str, list[str]]]:
        """The fields a person wrote something into, for reading; ids, versions and keys left out."""
        return [
            (name, said)
            for name in self.fields
            if (said := [text for text in self.fields[name] if _written(text)])
        ]


@transaction.atomic
def keep_form(
    *, by: Actor, staff_id: UUID, path: str, fields: Fields, page: str = "", files: Sequence[str] = ()
) -> KeptForm:
    """Keep the fields of a form that arrived after the session had ended. Only `staff_id` gets them back.

    `page` is the page a part of which sent it, "" when it was sent whole; `files` names fields whose files
    could not be kept.
    """
    form = KeptForm(staff_id=staff_id, path=path)
    content = {"page": page, "fields": {name: list(fields[name]) for name in fields}, "files": list(files)}
    form.sealed = crypto.seal_bytes(CONTEXT, form.pk, orjson.dumps(content))
    form.save(force_insert=True)
    _forget_old(staff_id)
    audit.record(by=by, action="consortium.form_kept", subject=form, detail={"staff": str(staff_id)})
    return form


@transaction.atomic
def open_kept(*, by: Actor, form_id: UUID) -> Kept:
    """What was kept, for its owner alone. Raises OutOfReach for anybody else, or when it is gone."""
    form = _own(by, form_id)
    content = orjson.loads(crypto.unseal_bytes(CONTEXT, form.pk, bytes(form.sealed)))
    audit.record(by=by, action="consortium.kept_form_opened", subject=form)
    others = list(_waiting(by).exclude(pk=form.pk).order_by("-kept_at", "-pk"))
    words = (content["page"], content["fields"], content["files"])
    return Kept(form.pk, form.path, form.kept_at, *words, others)


@transaction.atomic
def settle_kept(*, by: Actor, form_id: UUID) -> KeptForm:
    """The owner has sent the form again or does not want it: wipe what was kept."""
    form = _own(by, form_id)
    form.settled_at, form.sealed = clock.now(), b""
    form.save(update_fields=["settled_at", "sealed"])
    audit.record(by=by, action="consortium.kept_form_settled", subject=form)
    return form


def _written(text: str) -> bool:
    """Whether a person rather than the page wrote this: not empty, no UUID, no key and no coded choice."""
    return bool(text.strip()) and not CODED.fullmatch(text)


def _waiting(by: Actor) -> QuerySet[KeptForm]:
    return KeptForm.objects.filter(staff=by.id, settled_at__isnull=True, kept_at__gt=clock.now() - KEPT_FOR)


def _own(by: Actor, form_id: UUID) -> KeptForm:
    form = _waiting(by).select_for_update().filter(pk=form_id).first()
    if form is None:
        raise OutOfReach(detail={"model": "consortium.keptform", "pk": str(form_id)})
    return form


def _forget_old(staff_id: UUID) -> None:
    """Wipe what is too old or beyond the last AT_MOST, so that nothing typed stays for ever."""
    rows = KeptForm.objects.filter(staff=staff_id, settled_at__isnull=True)
    newest = rows.order_by("-kept_at", "-pk").values_list("pk", flat=True)[:AT_MOST]
    stale = rows.exclude(pk__in=list(newest)) | rows.filter(kept_at__lt=clock.now() - KEPT_FOR)
    stale.update(settled_at=clock.now(), sealed=b"")
