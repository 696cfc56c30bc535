"""POST /oauth/token: client credentials in, bearer token out (RFC 6749 §4.4, errors as §5.2)."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from urllib.parse import unquote_plus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from consortium import doors, services
from kernel.errors import Invalid, SignInRequired, TooMany

ERRORS = {401: "invalid_client", 422: "invalid_scope", 429: "temporarily_unavailable"}


@csrf_exempt
@login_not_required
@require_POST
def token(request: HttpRequest) -> JsonResponse:
    """A token for the client named in the form or in the Basic header."""
    if request.POST.get("grant_type") != "client_credentials":
        return _answer(400, {"error": "unsupported_grant_type"})
    client_id, secret = _credentials(request)
    try:
        return _given(
            services.issue_token(
                by=doors.stranger(request),
                client_id=client_id,
                secret=secret,
                scope=request.POST.get("scope", ""),
            )
        )
    except (SignInRequired, Invalid, TooMany) as refusal:
        return _refusal(refusal)


def _given(token: services.Token) -> JsonResponse:
    body = {"access_token": token.access_token, "token_type": "Bearer", "expires_in": token.expires_in}
    return _answer(200, {**body, "scope": token.scope})


def _refusal(refusal: SignInRequired | Invalid | TooMany) -> JsonResponse:
    status = 400 if refusal.status == 422 else refusal.status
    answer = _answer(status, {"error": ERRORS[refusal.status], "error_description": str(refusal.message)})
    if status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="Lianyi"'
    return answer


def _answer(status: int, body: Mapping[str, object]) -> JsonResponse:
    return JsonResponse(
        dict(body), status=status, headers={"Cache-Control": "no-store", "Pragma": "no-cache"}
    )


def _credentials(request: HttpRequest) -> tuple[str, str]:
    """Client id and secret; both empty when none were sent in a readable way."""
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    try:
        client_id, _colon, secret = b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(client_id), unquote_plus(secret)
