"""The paper of a leg as boxes of a sheet: from the same data as the page."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium.templatetags import spoken
from kernel import clock, papers
from kernel.actor import Actor
from kernel.models import PaperSeal
from referral.choices import PAPER, Direction
from referral.engine.form_pdf import Box, Sheet
from referral.models import Handover
from referral.selectors.paper import Paper

TALL = 16.0


def sheet(*, by: Actor, paper: Paper, site: str) -> Sheet:
    """Transfer form with its stub, or return form. `site`: beginning of this platform's addresses."""
    leg, card = paper.referral, paper.card
    seal = papers.of(PAPER, leg.pk, papers.latest(PAPER, leg.pk))
    up = leg.direction != Direction.DOWN
    printed = spoken.exact_time(clock.now())
    return Sheet(
        title=_("Two-way referral: transfer form") if up else _("Two-way referral: return form"),
        number=leg.number,
        heading=f"{leg.number}\n{leg.get_priority_display()} · v{leg.version}",
        address=f"{site}{papers.PATH}{seal.token}" if seal else "",
        rows=[*_person(paper), *_content(paper), *_way(paper)],
        signs=_signs(paper),
        notes=_notes(paper, seal),
        stub_title=_("stub, stays with the sender"),
        stub=_stub(paper) if up else [],
        foot=_("printed by %(who)s at %(at)s") % {"who": by.display or by.name, "at": printed},
        identity=f"{leg.number} · {card.name} · {card.sex_text} {card.age_text}",
        missing=_("Characters the printing font lacks, to be written in by hand:"),
    )


def _person(paper: Paper) -> list[list[Box]]:
    leg, card, row = paper.referral, paper.card, paper.row
    born = f"{card.birth_date:%Y-%m-%d}" if card.birth_date else ""
    return [
        [
            Box(_("Name"), card.name, 1.2),
            Box(_("Sex, age"), f"{card.sex_text} {card.age_text} {born}".strip()),
        ],
        [Box(_("Identity number"), card.id_masked, 1.2), Box(_("Telephone"), card.phone_masked)],
        [Box(pgettext("referral", "Home"), card.address_masked)],
        [Box(pgettext("referral", "From"), row.source, 1.2), Box(_("Referring doctor"), paper.doctor)],
        [
            Box(_("To"), f"{row.target} {row.department}".strip(), 1.2),
            Box(_("Receiving doctor"), paper.receiving_doctor),
        ],
        [Box(_("Diagnosis"), f"{leg.diagnosis_code} {leg.diagnosis}".strip())],
    ]


def _content(paper: Paper) -> list[list[Box]]:
    leg = paper.referral
    boxes = [
        Box(_("Reason"), leg.reason, least=TALL),
        Box(pgettext("referral", "History"), leg.history, least=TALL),
        Box(_("Treatment"), leg.treatment, least=TALL),
    ]
    boxes += [Box(pgettext("referral paper", "Criteria"), paper.criteria)] if paper.criteria else []
    reply = [
        (_("record number"), leg.record_number),
        (_("Diagnosis and course"), leg.outcome),
        (_("main results"), leg.results),
        (pgettext("referral", "treatment"), leg.course),
        (_("Next steps"), leg.advice if leg.outcome else ""),
        (pgettext("referral", "rehabilitation"), leg.rehabilitation),
    ]
    boxes += [Box(label, text) for label, text in reply if text]
    for item in paper.plan:
        done = f" · {item.get_state_display()} {item.result}".rstrip()
        boxes.append(
            Box(f"{_('Plan')} {item.place}", f"{item.text} · {spoken.full_day(item.due_date)}{done}")
        )
    along = "；".join(f"{one.get_kind_display()} {one.title}" for one in paper.attachments)
    boxes.append(Box(_("Goes along"), along))
    return [
        *([box] for box in boxes),
        [
            Box(_("Consent"), leg.get_consent_display()),
            Box(pgettext("referral", "Submitted"), spoken.exact_time(leg.submitted_at)),
        ],
    ]


def _way(paper: Paper) -> list[list[Box]]:
    """The hand-over sheet (转运交接单), where the leg has one."""
    given = Handover.objects.filter(referral=paper.referral).first()
    if given is None:
        return []
    words = [given.vehicle, given.escort, given.condition, given.running, given.watch]
    return [[Box(_("Hand-over"), "；".join(word for word in words if word), least=TALL)]]


def _signs(paper: Paper) -> list[str]:
    """Who signed, and with which seal: the sender's is the first, the receiver's that of the reply."""
    leg = paper.referral
    first = papers.of(PAPER, leg.pk, 1)
    last = papers.of(PAPER, leg.pk, papers.latest(PAPER, leg.pk)) if leg.outcome else None
    return [
        f"{_('Referring doctor')}: {paper.doctor}\n{_signed(first)}",
        f"{_('Receiving doctor')}: {paper.receiving_doctor}\n{_signed(last)}",
    ]


def _signed(seal: PaperSeal | None) -> str:
    return f"{seal.token[:12]} · {spoken.exact_time(seal.signed_at)}" if seal else ""


def _notes(paper: Paper, seal: PaperSeal | None) -> list[str]:
    if seal is None:
        return []
    told = (
        _("The electronic signature fits this form.")
        if paper.genuine
        else _("The electronic signature does not fit this form.")
    )
    code = _("verification code %(code)s") % {"code": seal.token}
    return [f"{told} {code} · {seal.algorithm} · {seal.provider} · {seal.key_id}"]


def _stub(paper: Paper) -> list[list[Box]]:
    leg, card, row = paper.referral, paper.card, paper.row
    return [
        [
            Box(pgettext("referral", "number"), leg.number),
            Box(_("Name"), f"{card.name} {card.sex_text} {card.age_text}"),
        ],
        [
            Box(_("To"), f"{row.target} {row.department}".strip()),
            Box(pgettext("referral", "Submitted"), spoken.exact_time(leg.submitted_at)),
        ],
        [Box(_("Reason"), leg.reason)],
    ]
