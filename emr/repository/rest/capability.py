"""What this server can: CapabilityStatement, SMART configuration, $validate. The first two are public."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from emr.repository import policies
from emr.repository.choices import GATED_KINDS, KINDS, Interaction
from emr.repository.engine import jsonio, validation
from emr.repository.engine.params import DATES, PARAMS, patient_params
from emr.repository.rest.errors import TYPE, answered, found_issue, issue, outcome
from emr.repository.rest.exchange import actor, base, demand_json, known_kind, resource_of
from emr.repository.rest.instances import not_allowed

SINCE = "2026-11-21"
INTERACTIONS = ("read", "vread", "update", "delete", "history-instance", "create", "search-type")
SECURITY = "http://terminology.hl7.org/CodeSystem/restful-security-service"
OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"


def _search_params(kind: str) -> list[dict[str, str]]:
    named = [("_id", "token"), ("_lastUpdated", "date"), ("identifier", "token")]
    named += [(name, "reference") for name in patient_params(kind)]
    named += [(name, "date") for name in DATES.get(kind, ((), ()))[0]]
    named += [(name, param.type) for name, param in PARAMS.get(kind, {}).items()]
    if kind in {"Patient", "Person", "RelatedPerson"}:
        named.append(("birthdate", "date"))
    return [{"name": name, "type": type_} for name, type_ in sorted(set(named))]


def _kind(kind: str) -> dict[str, Any]:
    includes = [name for name, param in PARAMS.get(kind, {}).items() if param.type == "reference"]
    told: dict[str, Any] = {
        "type": kind,
        "interaction": [{"code": code} for code in INTERACTIONS],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": kind not in GATED_KINDS,
        "conditionalCreate": True,
        "conditionalRead": "not-match",
        "conditionalUpdate": True,
        "conditionalDelete": "not-supported",
        "searchParam": _search_params(kind),
    }
    if included := [f"{kind}:{name}" for name in (*patient_params(kind), *includes)]:
        told["searchInclude"] = included
    return told


@cache
def _resources() -> list[dict[str, Any]]:
    return [_kind(kind) for kind in sorted(KINDS)]


def statement(address: str) -> dict[str, Any]:
    """The CapabilityStatement of the server at `address`."""
    token = {"url": "token", "valueUri": f"{address.removesuffix('/fhir')}/oauth/token"}
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": SINCE,
        "kind": "instance",
        "software": {"name": "Lianyi"},
        "implementation": {
            "description": "Lianyi FHIR R4 repository of the county medical consortium",
            "url": address,
        },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "cors": False,
                    "service": [{"coding": [{"system": SECURITY, "code": "SMART-on-FHIR"}]}],
                    "extension": [{"url": OAUTH_URIS, "extension": [token]}],
                },
                "resource": _resources(),
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }


@answered
def metadata(request: HttpRequest) -> HttpResponse:
    """GET /fhir/metadata"""
    if request.method not in {"GET", "HEAD"}:
        return not_allowed("GET")
    demand_json(request)
    return HttpResponse(jsonio.dumps(statement(base(request))), content_type=TYPE)


@answered
def smart(request: HttpRequest) -> HttpResponse:
    """GET /fhir/.well-known/smart-configuration"""
    if request.method not in {"GET", "HEAD"}:
        return not_allowed("GET")
    site = base(request).removesuffix("/fhir")
    return JsonResponse(
        {
            "token_endpoint": f"{site}/oauth/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "grant_types_supported": ["client_credentials"],
            "scopes_supported": ["system/*.read", "system/*.write", "system/*.*", "system/*.cruds"],
            "capabilities": ["client-confidential-symmetric", "permission-v1", "permission-v2"],
        }
    )


@answered
def validate(request: HttpRequest, kind: str) -> HttpResponse:
    """POST /fhir/Type/$validate: our own rules and, as a second opinion, the models of fhir.resources."""
    if request.method != "POST":
        return not_allowed("POST")
    policies.ask(actor(request), Interaction.CREATE, known_kind(kind))
    resource = resource_of(request)
    if resource.get("resourceType") == "Parameters":
        listed = resource.get("parameter")
        named = [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []
        resource = next((part["resource"] for part in named if isinstance(part.get("resource"), dict)), {})
    found = [found_issue(one) for one in validation.issues_of(resource)]
    found = found or second_opinion(resource)
    return outcome(200, *(found or [issue("information", "informational", "valid")]))


def second_opinion(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """What the full models find in a resource our own rules let pass."""
    from fhir.resources.R4B import get_fhir_model_class  # lazy: seconds to import, no part of serving
    from pydantic import ValidationError  # lazy: comes with it

    try:
        get_fhir_model_class(resource["resourceType"]).model_validate_json(jsonio.dumps(resource))
    except ValidationError as error:
        return [
            issue("error", "structure", str(one["msg"]), ".".join(map(str, one["loc"])))
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    return []
