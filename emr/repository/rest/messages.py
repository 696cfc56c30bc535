"""POST /fhir/$process-message: a Bundle of type message in, the responding message out, once per MessageHeader.id."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from emr.repository import policies, services
from emr.repository.choices import Interaction
from emr.repository.engine import jsonio
from emr.repository.engine.bundle import BadBundle
from emr.repository.rest.errors import TYPE, answered
from emr.repository.rest.exchange import actor, resource_of
from emr.repository.rest.instances import not_allowed
from kernel.errors import DomainError, Invalid, TooLarge

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of one message; a larger record is sent in several."""
DEEPEST: Final = 40


@answered
def process(request: HttpRequest) -> HttpResponse:
    """Refused in sentences: 400 what is no message, 413 too large or deep, 415 no JSON, 422 not R4."""
    if request.method != "POST":
        return not_allowed("POST")
    by = actor(request)
    policies.ask(by, Interaction.CREATE, "MessageHeader")  # before anything of a stranger's is read
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > LARGEST:
        raise TooLarge(_("A message has 4 MB at most; send the record in several."))
    document = resource_of(request)
    if document.get("resourceType") != "Bundle" or document.get("type") != "message":
        raise BadBundle(_("A Bundle of type message is expected."))
    if _depth(document) > DEEPEST:
        raise TooLarge(_("The message is nested too deeply."))
    _demand_valid(document)
    try:
        answer = services.process(by=by, bundle=document)
    except DomainError as why:
        services.turned_away(by=by, bundle=document, why=why)
        raise
    return HttpResponse(jsonio.dumps(answer), content_type=TYPE)


def _depth(document: Any) -> int:
    """How deeply it is nested, level by level, without recursion."""
    level, here = 0, [document]
    while here and level <= DEEPEST:
        level += 1
        values = [v for one in here for v in (one.values() if isinstance(one, dict) else one)]
        here = [one for one in values if isinstance(one, dict | list)]
    return level


def _demand_valid(document: dict[str, Any]) -> None:
    """Raise Invalid (422) naming what is not FHIR R4; the models weigh much and are loaded for messages only."""
    from fhir.resources.R4B.bundle import Bundle  # lazy: 100 MB of models no other door needs
    from pydantic import ValidationError  # lazy: as above

    try:
        Bundle.model_validate(jsonio.plain(jsonio.dumps(document)))
    except ValidationError as problem:
        told = problem.errors(include_url=False, include_context=False, include_input=False)[:10]
        words = {".".join(str(part) for part in one["loc"]): str(one["msg"]) for one in told}
        raise Invalid(
            _("This is not a valid FHIR R4 message."), fields=words, code="fhir_invalid"
        ) from problem
