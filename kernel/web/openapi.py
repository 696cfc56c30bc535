"""The workflow API's schema (OpenAPI 3.1), generated from the doors themselves and served to anybody."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import orjson
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

MEDIA_TYPE: Final = "application/vnd.oai.openapi+json"
PREFIX: Final = "/api/v1/"

SECURITY: Final[dict[str, dict[str, Any]]] = {
    "client": {
        "type": "oauth2",
        "description": "A hospital's system: client credentials at /oauth/token.",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}},
    },
    "person": {
        "type": "http",
        "scheme": "bearer",
        "description": "A member of staff: the token of /me/token/, worth as much as her session at the portal.",
    },
}

REFUSALS: Final[dict[str, str]] = {
    "400": "What was sent is not JSON.",
    "401": "No token, or one that is over or revoked.",
    "403": "The post or the client may not do this.",
    "404": "There is no such row, or it is out of reach: the two cannot be told apart.",
    "409": "Somebody was faster, the state does not allow it, or the key named another order.",
    "413": "More bytes than this door takes.",
    "415": "Another content type, or content that is not what it says.",
    "422": "Understood and wrong; `fields` names what.",
    "429": "Too many requests.",
    "503": "A part that is needed does not answer.",
}
ERROR: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Every refusal: a sentence for people, a code for programs, a sentence for each wrong field.",
    "properties": {
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["detail", "code", "fields"],
    "additionalProperties": False,
}


class Schema(AutoSchema):
    """Every door opens to a bearer token, whoever it belongs to."""

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{name: []} for name in SECURITY]

    def get_operation_id(self) -> str:
        """`get_patients`, `get_patients_one`, `post_referrals_one_events`: method and address."""
        words = self.path.removeprefix(PREFIX).strip("/").replace("-", "_").split("/")
        return "_".join([self.method.lower(), *("one" if "{" in word else word for word in words)])


Endpoint = tuple[str, str, str, Any]


def ours(endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    """PREPROCESSING_HOOKS: the workflow API alone; FHIR and DICOMweb have schemas of their own kind."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(PREFIX)]


def complete(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """POSTPROCESSING_HOOKS: refusals at every door, unknown fields named as refused, the ways to sign in."""
    parts = result.setdefault("components", {})
    parts["securitySchemes"] = SECURITY
    parts["responses"] = {f"E{status}": _refusal(words) for status, words in REFUSALS.items()}
    for name, schema in parts.setdefault("schemas", {}).items():
        if name.endswith("In"):
            schema["additionalProperties"] = False
    parts["schemas"]["Error"] = ERROR
    for path in result["paths"].values():
        for operation in path.values():
            _refusing(operation["responses"])
    return result


def _refusal(words: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {"description": words, "content": content}


def _refusing(responses: dict[str, Any]) -> None:
    for status in REFUSALS:
        responses.setdefault(status, {"$ref": f"#/components/responses/E{status}"})


@cache
def described() -> Mapping[str, Any]:
    """The schema, generated once per process."""
    with translation.override("en"):
        generator: Any = SchemaGenerator  # untyped
        made: Mapping[str, Any] = generator().get_schema(request=None, public=True)
    return made


@cache
def _document() -> bytes:
    return orjson.dumps(described(), default=str)


@login_not_required
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """`/api/schema/`: what can be asked is no secret, what is answered is."""
    return HttpResponse(
        _document(), content_type=MEDIA_TYPE, headers={"Cache-Control": "public, max-age=300"}
    )
