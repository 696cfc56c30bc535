"""What may go wrong, each with its HTTP status and a sentence for the person in front of the screen."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text: TypeAlias = str | Promise


class DomainError(Exception):
    """A refusal the user can read. `code` is stable for machines, `message` is translated at the edge."""

    status = 400
    code = "bad_request"
    message: Text = _("This request cannot be understood.")

    def __init__(
        self,
        message: Text | None = None,
        *,
        code: str | None = None,
        fields: Mapping[str, Text] | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.fields = dict(fields or {})
        self.detail = dict(detail or {})
        super().__init__(str(self.message))


class SignInRequired(DomainError):
    """Nobody is signed in, or the session ended (401)."""

    status, code, message = 401, "sign_in_required", _("Please sign in.")


class Refused(DomainError):
    """The acting post lacks the role (403). The edge records it in the audit chain."""

    status, code, message = 403, "refused", _("Your post does not allow this.")


class StepUpNeeded(DomainError):
    """The post allows it, but the last proof of who sits there is too old for something this heavy (403)."""

    status, code, message = 403, "step_up", _("Please confirm once more that it is you.")


class OutOfReach(DomainError):
    """The row does not exist for this actor (404): existence is not leaked."""

    status, code, message = (
        404,
        "not_found",
        _("Nothing is found here, or it is not open to your post."),
    )


class NotThisWay(DomainError):
    """The address is there and does not take this method (405): a form's address was opened as a page."""

    status, code, message = (
        405,
        "method_not_allowed",
        _("This address takes a form and is no page of its own. Go back and press the button there."),
    )


class Conflict(DomainError):
    """Somebody was faster, or the state does not allow it (409)."""

    status, code, message = (
        409,
        "conflict",
        _("Somebody else has changed this in the meantime."),
    )


class Gone(DomainError):
    """It was there and is deleted (410)."""

    status, code, message = 410, "gone", _("This has been deleted.")


class PreconditionFailed(DomainError):
    """The version named in If-Match is not the current one (412)."""

    status, code, message = 412, "precondition_failed", _("A newer version exists.")


class TooLarge(DomainError):
    """More bytes than this door takes (413)."""

    status, code, message = 413, "too_large", _("This file is too large.")


class UnsupportedContent(DomainError):
    """The content is not what its name says, or no reader knows it (415)."""

    status, code, message = (
        415,
        "unsupported_content",
        _("This kind of file cannot be read."),
    )


class Invalid(DomainError):
    """The input is understood and wrong (422). `fields` maps a field to its sentence."""

    status, code, message = 422, "invalid", _("Please correct the marked fields.")


class TooMany(DomainError):
    """Too many requests from one account or source (429)."""

    status, code, message = (
        429,
        "too_many",
        _("Too many requests. Please wait a moment."),
    )


class Unavailable(DomainError):
    """A part that is needed does not answer (503)."""

    status, code, message = (
        503,
        "unavailable",
        _("This part of the platform does not answer right now."),
    )
