"""Derives `structure.json` from the R4B models of fhir.resources. Run through `manage.py fhir_structure`, never served.

R4B differs from R4 only in types this server does not store, so the elements of the stored kinds are R4's.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

TRUNCATED: Final = {
    (
        "Observation",
        "status",
    ): "registered preliminary final amended corrected cancelled entered-in-error unknown",
    (
        "DiagnosticReport",
        "status",
    ): "registered partial preliminary final amended corrected appended cancelled entered-in-error unknown",
    (
        "Encounter",
        "status",
    ): "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown",
    ("EncounterStatusHistory", "status"): "planned arrived triaged in-progress onleave finished cancelled "
    "entered-in-error unknown",
    (
        "Task",
        "status",
    ): "draft requested received accepted rejected ready cancelled in-progress on-hold failed completed "
    "entered-in-error",
    (
        "Task",
        "intent",
    ): "unknown proposal plan order original-order reflex-order filler-order instance-order option",
    ("ServiceRequest", "intent"): "proposal plan directive order original-order reflex-order filler-order "
    "instance-order option",
}
"""Required bindings that the models' metadata cut off with `+`."""

_PRIMITIVE: Final = re.compile(r"Annotated\[.*?, (\w+)\(")
_COMPLEX: Final = re.compile(r"abc\.(\w+)Type\b")
_NAMES: Final = {"EncodedBytes": "base64Binary", "UuidVersion": "uuid", "DateTime": "dateTime"}


def _type_name(annotation: str) -> str:
    if found := _COMPLEX.search(annotation):
        return found[1]
    if found := _PRIMITIVE.search(annotation):
        name = found[1]
        return _NAMES.get(name, name[0].lower() + name[1:])
    return "boolean" if "bool" in annotation else "string"


def _element(owner: str, name: str, field: Any) -> dict[str, Any]:
    annotation = repr(field.annotation)
    extra = field.json_schema_extra or {}
    element: dict[str, Any] = {"t": _type_name(annotation)}
    if "List[" in annotation:
        element["n"] = 1
    if element["t"] == "code" and (codes := TRUNCATED.get((owner, name), extra.get("enum_values"))):
        codes = codes.split() if isinstance(codes, str) else codes
        if not {"+", "etc."} & set(codes):
            element["v"] = codes
    targets = extra.get("enum_reference_types") or ["Resource"]
    if element["t"] == "Reference" and "Resource" not in targets:
        element["r"] = targets
    return element


def _required(model: Any, groups: dict[str, list[str]]) -> list[str]:
    names = [f.alias or n for n, f in model.model_fields.items() if f.is_required()]
    names += [
        f.alias or n
        for n, f in model.model_fields.items()
        if (f.json_schema_extra or {}).get("element_required")
        and not (f.json_schema_extra or {}).get("one_of_many")
    ]
    return sorted(set(names) - {"resourceType"} - {name for group in groups.values() for name in group})


def _type(name: str, model: Any) -> dict[str, Any]:
    elements: dict[str, Any] = {}
    groups: dict[str, list[str]] = {}
    demanded: set[str] = set()
    for field_name, field in model.model_fields.items():
        alias, extra = field.alias or field_name, field.json_schema_extra or {}
        if (
            field_name in {"fhir_comments", "resource_type"}
            or alias.startswith("_")
            or field_name.endswith("__ext")
        ):
            continue
        elements[alias] = _element(name, alias, field)
        if choice := extra.get("one_of_many"):
            groups.setdefault(choice, []).append(alias)
            if extra.get("one_of_many_required"):
                demanded.add(choice)
    told: dict[str, Any] = {"e": elements}
    if required := _required(model, groups):
        told["q"] = required
    if groups:
        told["c"] = [[int(choice in demanded), *names] for choice, names in groups.items()]
    return told


def structure(kinds: Iterable[str]) -> dict[str, Any]:
    """Elements, required elements and choices of `kinds` and of every type they use."""
    from fhir.resources.R4B import get_fhir_model_class  # lazy: seconds to import, no part of serving

    told: dict[str, Any] = {}
    waiting = ["Extension", "Bundle", *sorted(kinds)]
    while waiting:
        name = waiting.pop()
        if name in told or name in {"Resource", "FHIRPrimitiveExtension"}:
            continue
        told[name] = _type(name, get_fhir_model_class(name))
        waiting += sorted({element["t"] for element in told[name]["e"].values() if element["t"][0].isupper()})
    return dict(sorted(told.items()))
