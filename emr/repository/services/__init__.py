"""Every write of the repository. Other rooms call `publish` inside their own transaction."""

from emr.repository.services import store
from emr.repository.services.checks import NotFhir
from emr.repository.services.publishing import Outgoing, Stored, publish

__all__ = ["NotFhir", "Outgoing", "Stored", "publish", "store"]
