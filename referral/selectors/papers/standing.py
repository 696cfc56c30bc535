"""What stands now under the code on a printed referral form."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from emr.index.selectors.naming import masked_name
from kernel import papers
from kernel.papers import Standing
from referral.choices import PAPER, Status
from referral.fhir import form_bytes
from referral.models import Referral

TAKEN_BACK = (Status.CANCELLED, Status.ENTERED_IN_ERROR)


def standing(referral_id: UUID, version: int) -> Standing | None:
    """The form of a leg, for whoever holds the paper: no diagnosis, no reason."""
    referral = Referral.objects.filter(pk=referral_id).first()
    if referral is None:
        return None
    newest = papers.latest(PAPER, referral_id) == version
    return Standing(
        # The return form is the same row with more words: of an earlier signature only the digest is left.
        data=form_bytes(referral, referral.attachments.all()) if newest else None,
        newest=newest and referral.status not in TAKEN_BACK,
        title=_("Referral form"),
        place=consortium.organisation_names([referral.source_id]).get(referral.source_id, ""),
        patient=masked_name(referral.patient_id),
    )
