"""The paper of a leg as boxes of a sheet: the page and the PDF are both drawn of it."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium.templatetags import spoken
from kernel import clock, papers
from kernel.actor import Actor
from kernel.sheets.shapes import Box, Grid, Sheet, Sign
from referral.choices import Direction, ItemState
from referral.selectors.papers.paper import Paper

TALL = 16.0
BLANK = "　"
"""An empty cell to write in by hand."""


def sheet(*, by: Actor, paper: Paper, site: str) -> Sheet:
    """Transfer form with its stub, or return form. `site`: beginning of this platform's addresses."""
    leg = paper.referral
    up = leg.direction != Direction.DOWN
    rows = [*_person(paper), *_sides(paper), *_content(paper, up=up), *_reply(paper), *_way(paper)]
    return Sheet(
        title=_("Two-way referral: transfer form") if up else _("Two-way referral: return form"),
        number=leg.number,
        heading=_heading(paper),
        address=f"{site}{papers.PATH}{paper.seal.token}" if paper.seal else "",
        rows=[*rows, *_consent(paper)],
        grids=_grids(paper),
        signs=paper.signs or _unsigned(paper),
        notes=_notes(paper),
        stub_title=_("stub, stays with the sender"),
        stub=_stub(paper) if up else [],
        foot=_foot(by),
        identity=_identity(paper),
        missing=_("Characters the printing font lacks, to be written in by hand:"),
    )


def plan_sheet(*, by: Actor, paper: Paper, site: str) -> Sheet:
    """The plan for the patient to take home (康复随访单): medicines, what is due when, room for what was found."""
    return Sheet(
        title=_("Plan of medicines and follow-up"),
        number=paper.referral.number,
        heading=_heading(paper),
        address=f"{site}{papers.PATH}{paper.seal.token}" if paper.seal else "",
        rows=[*_person(paper)[:1], *_watched(paper)],
        grids=_grids(paper, by_hand=True),
        signs=[],
        notes=[],
        stub_title="",
        stub=[],
        foot=_foot(by),
        identity=_identity(paper),
        missing=_("Characters the printing font lacks, to be written in by hand:"),
    )


def _watched(paper: Paper) -> list[list[Box]]:
    """Why, by whom, and what to do when it gets worse."""
    leg, row = paper.referral, paper.row
    told = [
        (_("Diagnosis"), f"{leg.diagnosis_code} {leg.diagnosis}".strip()),
        (pgettext("referral", "From"), row.source),
        (_("Followed up by"), " ".join(part for part in (row.target, leg.team) if part)),
        (_("Responsible doctor"), paper.receiving_doctor),
        (_("Next steps"), leg.reason),
        (pgettext("referral", "rehabilitation"), leg.rehabilitation),
        (_("To be minded"), _("Getting worse before the next day? Go to the branch at once, or call 120.")),
    ]
    return [[Box(label, text)] for label, text in told if text]


def _heading(paper: Paper) -> str:
    leg = paper.referral
    version = _("version %(n)s") % {"n": leg.version}
    return f"{leg.number}\n{leg.get_priority_display()} · {version}"


def _identity(paper: Paper) -> str:
    card = paper.card
    return f"{paper.referral.number} · {card.name} · {card.sex_text} {card.age_text}"


def _foot(by: Actor) -> str:
    who = " · ".join(part for part in (by.display or by.name, by.address) if part)
    at = spoken.exact_time(clock.now())
    return _("printed by %(who)s at %(at)s") % {"who": who, "at": at}


def _person(paper: Paper) -> list[list[Box]]:
    card, whole = paper.card, paper.whole
    born = f"{card.birth_date:%Y-%m-%d}" if card.birth_date else ""
    number = whole.id_number if whole else card.id_masked
    return [
        [
            Box(_("Name"), card.name, 1.2),
            Box(_("Sex, age"), f"{card.sex_text} {card.age_text} {born}".strip()),
        ],
        [
            Box(_("Identity number"), number, 1.2),
            Box(_("Telephone"), whole.phone if whole else card.phone_masked),
        ],
        [Box(pgettext("referral", "Home"), whole.address if whole else card.address_masked)],
    ]


def _sides(paper: Paper) -> list[list[Box]]:
    leg, row = paper.referral, paper.row
    ward = leg.source_department.name if leg.source_department else ""
    return [
        [
            Box(pgettext("referral", "From"), f"{row.source} {ward}".strip(), 1.2),
            Box(_("Referring doctor"), f"{paper.doctor} {leg.source.telephone}".strip()),
        ],
        [
            Box(_("To"), f"{row.target} {row.department}".strip(), 1.2),
            Box(_("Receiving doctor"), paper.receiving_doctor),
        ],
        [Box(_("Diagnosis"), f"{leg.diagnosis_code} {leg.diagnosis}".strip())],
    ]


def _content(paper: Paper, *, up: bool) -> list[list[Box]]:
    """What the sender wrote. A down leg's medicines stand in a table of their own."""
    leg = paper.referral
    boxes = [
        Box(_("Reason") if up else _("Next steps"), leg.reason, least=TALL),
        *([Box(_("Present illness"), leg.illness)] if leg.illness else []),
        Box(pgettext("referral", "History") if up else _("Diagnosis and course"), leg.history, least=TALL),
    ]
    if up or not paper.medicines:
        boxes.append(Box(_("Treatment"), leg.treatment, least=TALL))
    if leg.precautions:
        boxes.append(Box(_("To be minded"), leg.precautions))
    if paper.criteria:
        boxes.append(Box(pgettext("referral paper", "Criteria"), paper.criteria))
    if leg.supply:
        boxes.append(Box(_("How to get them"), leg.supply))
    return [[box] for box in boxes]


def _reply(paper: Paper) -> list[list[Box]]:
    """What the receiving hospital wrote back, or carries down."""
    leg = paper.referral
    reply = [
        (_("record number"), leg.record_number),
        (_("Diagnosis and course"), leg.outcome),
        (_("main results"), leg.results),
        (pgettext("referral", "treatment"), leg.course),
        (_("Next steps"), leg.advice if leg.outcome else ""),
        (pgettext("referral", "rehabilitation"), leg.rehabilitation),
        (_("Why no plan"), f"{leg.get_no_plan_display()} {leg.no_plan_words}".strip() if leg.no_plan else ""),
    ]
    return [[Box(label, text)] for label, text in reply if text]


def _way(paper: Paper) -> list[list[Box]]:
    """The hand-over sheet (转运交接单), where the leg has one."""
    given = paper.handover
    if given is None:
        return []
    words = [given.vehicle, given.escort, given.condition, given.running, given.watch]
    return [[Box(_("Hand-over"), "；".join(word for word in words if word), least=TALL)]]


def _consent(paper: Paper) -> list[list[Box]]:
    leg = paper.referral
    along = "；".join(f"{one.get_kind_display()} {one.title}" for one in paper.attachments)
    signer = f"{leg.signer}（{leg.get_relation_display()}）" if leg.signer else ""
    agreed = [leg.get_consent_display(), signer, leg.get_consent_way_display() if leg.consent_way else ""]
    return [
        *([[Box(_("Goes along"), along)]] if along else []),
        [
            Box(_("Consent"), " ".join(part for part in agreed if part), picture=paper.drawn),
            Box(pgettext("referral", "Submitted"), spoken.exact_time(leg.submitted_at)),
        ],
    ]


def _grids(paper: Paper, *, by_hand: bool = False) -> list[Grid]:
    """Medicines and plan of a down leg; `by_hand`: with empty cells for what was found and who saw it."""
    found = []
    if paper.medicines:
        head = [_("Drug"), _("Dose"), _("How often"), _("How long"), _("The branch")]
        rows = [
            [one.name, one.dose, one.often, one.long, str(stock.state.label) if stock else ""]
            for one, stock in paper.medicines
        ]
        found.append(Grid(_("Medicines to go on with"), head, (34, 16, 22, 16, 12), rows))
    if paper.plan:
        head = [_("Day"), _("Kind"), _("What is to be done"), _("What came of it")]
        rows = [
            [
                spoken.full_day(one.due_date),
                str(one.get_kind_display()),
                _turn(one.text, one.turn, one.turns),
                _came(one.state, one.get_state_display(), one.result, by_hand=by_hand),
            ]
            for one in paper.plan
        ]
        found.append(Grid(_("The plan"), head, (22, 10, 40, 28), rows))
    return found


def _turn(text: str, turn: int, turns: int) -> str:
    return f"{text}（{turn}/{turns}）" if turns > 1 else text


def _came(state: str, words: str, result: str, *, by_hand: bool) -> str:
    if state == ItemState.DUE:
        return BLANK if by_hand else words
    return f"{words} {result}".strip()


def _unsigned(paper: Paper) -> list[Sign]:
    """A draft has doctors, and no signature yet."""
    return [
        Sign(_("Referring doctor"), paper.doctor, _("not signed yet")),
        Sign(_("Receiving doctor"), paper.receiving_doctor, ""),
    ]


def _notes(paper: Paper) -> list[str]:
    if paper.seal is None:
        return []
    told = (
        _("The electronic signature fits this form.")
        if paper.genuine
        else _("The electronic signature does not fit this form.")
    )
    return [f"{told} {paper.seal.algorithm} · {paper.seal.key_id}"]


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
        [Box(_("File number"), card.local_number), Box(_("Receiving doctor"), paper.receiving_doctor)],
        [Box(_("Reason"), leg.reason)],
    ]
