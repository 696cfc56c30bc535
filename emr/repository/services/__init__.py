"""Every write of the repository. Other rooms call `publish` inside their own transaction."""

from emr.repository.services.publishing import Outgoing, Stored, publish

__all__ = ["Outgoing", "Stored", "publish"]
