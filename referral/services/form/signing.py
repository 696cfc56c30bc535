"""The form as it is signed: its seal, and each signed version kept."""

from kernel import clock, papers
from kernel.actor import Actor
from referral.choices import PAPER
from referral.fhir import CONTENT, MORE, RETURN, form_bytes, written
from referral.models import FormVersion, Referral
from referral.services.leg.standing import attachments_of


def sign(by: Actor, referral: Referral) -> dict[str, str]:
    """SM2 signature over the form's canonical bytes, with the kind of key it was made with."""
    seal = papers.seal(
        kind=PAPER,
        subject=referral.pk,
        version=papers.latest(PAPER, referral.pk) + 1,
        data=form_bytes(referral, attachments_of(referral)),
    )
    return {
        "algorithm": seal.algorithm,
        "key_id": seal.key_id,
        "value": seal.value,
        "provider": seal.provider,
        "by": by.name,
        "at": clock.now().isoformat(timespec="seconds"),
    }


def keep_form(referral: Referral) -> None:
    """The form as it was signed, kept for good."""
    FormVersion.objects.create(
        referral=referral,
        version=referral.version,
        content={name: getattr(referral, name) for name in (*CONTENT, *MORE)}
        | {name: words for name in ("outcome", "advice", *RETURN) if (words := getattr(referral, name))}
        | written(referral),
        signature=referral.signature,
        signed_at=clock.now(),
    )
