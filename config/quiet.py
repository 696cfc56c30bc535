"""Pages that show nothing about a person but the reader: no entry of the audit record is owed for them.

Every other page leaves one (`kernel.web.shown`); tests/access holds each address against this list.
"""

from typing import Final

AUDIT_QUIET: Final = frozenset(
    {
        # one's own account
        "consortium:again", "consortium:here", "consortium:me", "consortium:passkey", "consortium:passkeys",
        "consortium:add_passkey", "consortium:password", "consortium:posts", "consortium:recovery",
        "consortium:sessions", "consortium:token",
        # nobody's data: code lists, counts, components, looks
        "emr:icd10", "emr:check_id", "portal:beds", "portal:gallery", "portal:rail", "portal:set_language",
        "portal:theme", "portal:wards", "ecg:upload",
        "api_docs", "api_schema", "api:me", "api:items", "api:organisation", "api:organisations",
        "api:referral_machine", "check_paper", "healthz", "metrics", "readyz",
    }
)  # fmt: skip
