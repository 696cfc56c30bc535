"""A resource that is not FHIR R4 is refused in words a sender can act on."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from emr.repository.engine import validation
from kernel.errors import Invalid


class NotFhir(Invalid):
    """The resource is not valid FHIR R4 (422). `issues` say what and where."""

    code = "fhir_invalid"
    message = _("This is not a valid FHIR R4 resource.")

    def __init__(self, issues: list[validation.Issue]) -> None:
        self.issues = issues
        words = {issue.path: str(issue) for issue in issues}
        super().__init__(detail={"issues": words})


def demand(resource: Mapping[str, Any]) -> None:
    """Raise NotFhir unless `resource` is valid and stored here."""
    if issues := validation.issues_of(resource):
        raise NotFhir(issues)
