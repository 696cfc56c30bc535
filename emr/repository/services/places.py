"""An institution that a resource names must be one of the county's directory, or stored here itself."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from emr.repository import sql
from emr.repository.services.drafts import Draft
from kernel.errors import Invalid

STORED: Final = "SELECT id FROM emr_resource WHERE kind = 'Organization' AND id = ANY(%s) AND NOT deleted"

_known: Final[set[str]] = set()
"""Ids of the directory's institutions met so far; none is ever taken out of it."""


def demand_places(drafts: Iterable[Draft]) -> None:
    """Raise Invalid (422) for an institution nobody knows. At most two statements, mostly none.

    Runs after the drafts were written, in the same transaction: they know by then what they refer to.
    """
    named = {id_ for draft in drafts for kind, id_ in draft.values.references if kind == "Organization"}
    unsure = named - _known
    if not unsure:
        return
    listed = {str(pk) for pk in consortium.organisations(_uuids(unsure))}
    rest = unsure - listed
    stored: list[tuple[Any, ...]] = sql.rows(STORED, [list(rest)]) if rest else []
    if missing := rest - {row[0] for row in stored}:
        raise _unknown(min(missing))
    transaction.on_commit(lambda: _known.update(listed), robust=True)


def _uuids(texts: Iterable[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _unknown(id_: str) -> Invalid:
    reference = f"Organization/{id_[:64]}"
    return Invalid(
        _("%(reference)s is no institution known here.") % {"reference": reference},
        code="unknown_organisation",
        detail={"reference": reference},
    )
