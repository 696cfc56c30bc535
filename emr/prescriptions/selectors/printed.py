"""A prescription as boxes of a sheet (处方笺, A5): the page and the PDF are both drawn of it."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium.templatetags import spoken
from emr.prescriptions.choices import Kind, Status
from emr.prescriptions.engine.words import amount, directions, medicine
from emr.prescriptions.selectors.sheets import Paper, Row
from kernel import clock, countersign, papers
from kernel.actor import Actor
from kernel.models import PaperSeal
from kernel.sheets.shapes import Box, Grid, Sheet, Sign


def sheet(*, by: Actor, paper: Paper, site: str) -> Sheet:
    """The sheet. `site`: beginning of this platform's addresses."""
    row = paper.row
    return Sheet(
        title=_title(row),
        number=row.number,
        heading=f"{row.number}\n{row.kind_text}\n{spoken.full_day(row.valid_date)}",
        address=f"{site}{papers.PATH}{paper.newest.token}" if paper.newest else "",
        rows=_rows(paper),
        grids=[_medicines(paper)],
        signs=_signs(paper),
        notes=_notes(paper),
        stub_title="",
        stub=[],
        foot=_foot(by),
        identity=f"{row.number} · {paper.card.name} · {paper.card.sex_text} {paper.card.age_text}",
        missing=_("Characters the printing font lacks, to be written in by hand:"),
        size="A5",
    )


def _title(row: Row) -> str:
    words = f"{row.organisation} {_('prescription sheet')}"
    return words if row.status == Status.SIGNED else f"{words}（{row.word}）"


def _rows(paper: Paper) -> list[list[Box]]:
    card, content = paper.card, paper.content
    told = "；".join(f"{one.code} {one.text}".strip() for one in content.diagnoses)
    rows = [
        [Box(_("Name"), card.name, 1.1), Box(_("Sex, age"), f"{card.sex_text} {card.age_text}")],
        [
            Box(pgettext("prescription", "Record number"), card.local_number, 1.1),
            Box(_("Telephone"), card.phone_masked),
        ],
        [Box(_("Diagnosis"), told)],
    ]
    if not (paper.row.is_void or paper.row.is_refused):
        rows.append([Box(pgettext("prescription", "Valid"), _validity(paper.row))])
    if card.allergies:
        rows.append([Box(_("Allergies"), "、".join(card.allergies))])
    if content.kind == Kind.LONG:
        rows.append([Box(pgettext("prescription", "Why so long"), content.long_reason)])
    return rows


def _validity(row: Row) -> str:
    """From when to when, and why longer than its day: as its prescriber notes it (处方管理办法 art. 18)."""
    if row.valid_days == 1:
        return pgettext("prescription", "%(day)s, that day alone") % {"day": row.valid_date.isoformat()}
    words = {
        "first": row.valid_date.isoformat(),
        "last": row.valid_until.isoformat(),
        "days": row.valid_days,
        "why": row.valid_reason,
    }
    return pgettext("prescription", "%(first)s to %(last)s, %(days)s days: %(why)s") % words


def _medicines(paper: Paper) -> Grid:
    head = ["Rp.", pgettext("prescription", "How to take it"), pgettext("prescription", "Amount")]
    rows = [
        [f"{number}. {medicine(line)}", directions(line), amount(line)]
        for number, line in enumerate(paper.content.lines, 1)
    ]
    return Grid(pgettext("prescription", "Medicines"), head, (44, 58, 22), rows)


def _signs(paper: Paper) -> list[Sign]:
    """The doctor with the kind of key, who countersigned; lines for the pharmacists' own hands."""
    row = paper.row
    second = [
        _sign(pgettext("prescription", "Countersigned by"), row.second, paper.second_seal, row.second_at)
        for _once in range(paper.prescription.needs_second and not row.is_refused)
    ]
    return [
        _sign(pgettext("prescription", "Doctor"), row.doctor, paper.seal, row.signed_at),
        *second,
        Sign(pgettext("prescription", "Reviewed by pharmacist"), "", ""),
        Sign(pgettext("prescription", "Dispensed and checked"), "", ""),
    ]


def _sign(role: str, name: str, seal: PaperSeal | None, at: datetime | None) -> Sign:
    if seal is None or at is None:
        return Sign(role, name, _("not signed yet"))
    return Sign(
        role,
        name,
        countersign.kind_of(seal),
        spoken.exact_time(at),
        _("code %(code)s") % {"code": seal.token},
    )


def _notes(paper: Paper) -> list[str]:
    told = []
    if paper.content.warnings:
        about = "；".join(f"{one.name}：{one.about}" for one in paper.content.warnings)
        words = {"about": about, "why": paper.content.override}
        told.append(_("Known and prescribed all the same: %(about)s. Reason: %(why)s") % words)
    told.append(_stands(paper))
    if paper.seal:
        fits = (
            _("The electronic signature fits this sheet.")
            if paper.genuine
            else _("The electronic signature does not fit this sheet.")
        )
        told.append(f"{fits} {paper.seal.algorithm} · {paper.seal.key_id}")
    return told


def _stands(paper: Paper) -> str:
    """Whether it may be dispensed, and if not, why not."""
    row = paper.row
    if row.is_void:
        at = spoken.exact_time(paper.prescription.voided_at)
        words = {"who": paper.voided_by, "at": at, "why": row.void_text}
        return _("VOID: by %(who)s, %(at)s, %(why)s. Not to be dispensed.") % words
    if row.is_refused:
        words = {"who": row.second, "at": spoken.exact_time(row.second_at), "why": row.second_words}
        return _("NOT VALID: %(who)s did not countersign it, %(at)s, %(why)s.") % words
    if row.lapsed:
        return _("NOT VALID: no physician of this house countersigned it in time.")
    if row.waits:
        return _("Not valid, not to be dispensed before a physician of this house has countersigned it.")
    if row.over:
        return _("Its validity is over: not to be dispensed any more.")
    return _("Not to be dispensed after %(day)s.") % {"day": row.valid_until.isoformat()}


def _foot(by: Actor) -> str:
    who = " · ".join(part for part in (by.display or by.name, by.address) if part)
    return _("printed by %(who)s at %(at)s") % {"who": who, "at": spoken.exact_time(clock.now())}
