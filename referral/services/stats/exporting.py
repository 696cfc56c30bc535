"""Numbers taken out of the house: with a purpose, a fresh proof and a trace."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium import selectors as consortium
from kernel import audit, exports
from kernel.actor import Actor
from kernel.errors import Invalid
from referral import selectors
from referral.choices import INDICATORS, Unit
from referral.engine.sheets import WRITERS, Cell, Table, Taken
from referral.policies import FIGURES


@transaction.atomic
def export_statistics(*, by: Actor, asked: selectors.Asked, purpose: str, form: str) -> Taken:
    """The numbers of the page without a name, as tables; the taking out stands in the audit record first.

    Raises Refused (403) for who does not count the county, StepUpNeeded when the last proof is too old, Invalid
    (422) without a purpose or for an unknown form.
    """
    FIGURES.ask(by, "export")
    if form not in WRITERS:
        raise Invalid(fields={"form": _("Choose a form.")}, code="unknown_form")
    detail: dict[str, str | int | bool] = {"form": form, "span": str(asked.span), "group": asked.group.value}
    place = consortium.organisation_name(by.organisation)
    stamp = exports.begin(by=by, what="statistics", purpose=purpose, place=place, detail=detail)
    audit.record(by=by, action="referral.statistics_exported", detail={**detail, "purpose": purpose})
    told = selectors.statistics(by=by, asked=asked)
    title = _("Referral statistics %(span)s") % {"span": asked.span}
    return Taken(title, [_numbers(told), _beside(told), _meanings()], str(stamp))


def minutes(value: selectors.Value) -> tuple[float | None, float | None]:
    """Middle and slow end of a span in minutes."""
    told = [
        round(one.total_seconds() / 60, 1) if one is not None else None for one in (value.middle, value.slow)
    ]
    return told[0], told[1]


def _share(value: selectors.Value) -> float | None:
    return round(value.share, 2) if value.share is not None and value.indicator.whole else None


def _numbers(told: selectors.Statistics) -> Table:
    head = [
        _("Indicator"), pgettext("indicator", "Number"), _("Of"), _("Per cent"), _("Goal"),
        _("Middle (min)"), _("P90 (min)"), _("Span before: number"), _("Span before: per cent"),
        _("Span before: middle (min)"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            str(tile.indicator.label), tile.value.part, tile.value.whole if tile.indicator.whole else None,
            _share(tile.value), tile.indicator.goal, *minutes(tile.value),
            tile.before.part, _share(tile.before), minutes(tile.before)[0],
        ]
        for tile in told.tiles
    ]  # fmt: skip
    return Table(_("Numbers"), head, rows)


def _beside(told: selectors.Statistics) -> Table:
    shown = [told.known[code] for code in told.shown]
    head, rows = [str(told.asked.group.label)], []
    for one in shown:
        unit = {Unit.SHARE: _("per cent"), Unit.SPAN: _("middle, min"), Unit.COUNT: ""}[one.unit]
        head.append(f"{one.label} ({unit})" if unit else str(one.label))
    for side in told.sides:
        cells: list[Cell] = [side.name]
        for one in shown:
            value = side.values[one.code]
            cells.append(
                {Unit.SHARE: _share(value), Unit.SPAN: minutes(value)[0], Unit.COUNT: value.part}[one.unit]
            )
        rows.append(cells)
    return Table(pgettext("indicator", "Side by side"), head, rows)


def _meanings() -> Table:
    head = [_("Indicator"), pgettext("indicator", "Counted"), _("Out of"), _("Counted on"), _("Unit")]
    rows: list[list[Cell]] = [
        [str(one.label), str(one.counts), str(one.out_of), str(one.basis.label), str(one.unit.label)]
        for one in INDICATORS.values()
    ]
    return Table(_("Definitions"), head, rows, widths=(28, 60, 60, 40, 30))
