"""Every write of the repository. Other rooms call `publish` inside their own transaction."""

from emr.repository.services import gates, messages, store
from emr.repository.services.bundles import Reply, transact
from emr.repository.services.checks import NotFhir
from emr.repository.services.labelling import ask_sweep, sweep
from emr.repository.services.messages import process, turned_away
from emr.repository.services.openings import looked_through, opened
from emr.repository.services.publishing import Outgoing, Stored, publish
from emr.repository.services.writing import Written, create, delete, update, update_where

__all__ = [
    "NotFhir",
    "Outgoing",
    "Reply",
    "Stored",
    "Written",
    "ask_sweep",
    "create",
    "delete",
    "gates",
    "looked_through",
    "messages",
    "opened",
    "process",
    "publish",
    "store",
    "sweep",
    "transact",
    "turned_away",
    "update",
    "update_where",
]
