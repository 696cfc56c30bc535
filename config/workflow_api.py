"""Settings of the workflow API: Django REST framework parses and answers, drf-spectacular describes."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    # A bearer token alone says who acts: no cookie, so nothing to forge.
    "DEFAULT_AUTHENTICATION_CLASSES": ["consortium.api_auth.BearerAuthentication"],
    "EXCEPTION_HANDLER": "kernel.web.http.api_exception_handler",
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "kernel.web.openapi.Schema",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Lianyi 联医",
    "DESCRIPTION": "Workflow API of the county medical consortium platform. `docs/api.md` has examples.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": False,
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "SORT_OPERATIONS": False,
    "PREPROCESSING_HOOKS": ["kernel.web.openapi.ours"],
    "POSTPROCESSING_HOOKS": ["kernel.web.openapi.complete"],
}
