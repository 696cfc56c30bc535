"""WebAuthn (passkeys): what a browser is asked, and whether its answer is genuine. User verification is a must, so
that one passkey is two factors: the key somebody has, and the finger, face or PIN that opens it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import orjson
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

LONGEST: Final = 20_000
"""Characters of an answer; real ones have about a thousand."""
VERIFY: Final = UserVerificationRequirement.REQUIRED
# What a stranger may send in place of an answer: everything that is not one reads the same.
NO_ANSWER: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class Site:
    """Where a ceremony takes place: the name of the host, the origin a browser says, the challenge it answers."""

    host: str
    origin: str
    challenge: bytes


@dataclass(frozen=True)
class Registered:
    """A new credential."""

    credential: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool
    transports: str


def to_register(site: Site, *, staff: bytes, account: str, name: str, known: Iterable[bytes]) -> str:
    """What the browser is asked so that it makes a key pair, as JSON."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name="Lianyi",
        user_id=staff,
        user_name=account,
        user_display_name=name,
        challenge=site.challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFY
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return options_to_json(options)


def to_answer(site: Site, *, known: Iterable[bytes] = ()) -> str:
    """What the browser is asked so that it signs the challenge, as JSON; `known` keys only, or any of this site."""
    allowed = [PublicKeyCredentialDescriptor(id=one) for one in known]
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=site.challenge,
        allow_credentials=allowed or None,
        user_verification=VERIFY,
    )
    return options_to_json(options)


def registered(site: Site, said: str) -> Registered | None:
    """The credential a browser made for this challenge at this site; None when the answer is not genuine."""
    try:
        answer = _read(said)
        found = verify_registration_response(
            credential=answer,
            expected_challenge=site.challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
        transports = answer.get("response", {}).get("transports") or []
    except NO_ANSWER:
        return None
    return Registered(
        credential=found.credential_id,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        backed_up=found.credential_backed_up,
        transports=" ".join(str(one) for one in transports)[:100],
    )


def credential_of(said: str) -> bytes:
    """Which credential an answer names; nothing when it is no answer."""
    try:
        return base64url_to_bytes(_read(said)["id"])
    except NO_ANSWER:
        return b""


def count_after(site: Site, said: str, *, public_key: bytes, count: int) -> int | None:
    """The key's counter after a genuine answer; None when the answer is not genuine, or the key was copied."""
    try:
        found = verify_authentication_response(
            credential=_read(said),
            expected_challenge=site.challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=count,
            require_user_verification=True,
        )
    except NO_ANSWER:
        return None
    return found.new_sign_count


def _read(said: str) -> dict[str, Any]:
    if len(said) > LONGEST:
        raise ValueError
    answer = orjson.loads(said)
    if not isinstance(answer, dict):
        raise ValueError
    return answer
