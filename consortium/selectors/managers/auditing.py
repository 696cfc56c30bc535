"""The audit chain as the audit manager's pages show it: patients under another name, places by their short one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from consortium import wording
from consortium.choices import AlarmVerdict
from consortium.policies import AUDIT
from consortium.selectors.known import organisation_names
from kernel import alarms, clock, deeds, pseudonyms
from kernel.actor import Actor
from kernel.chain import checkpoint, closings, second_place
from kernel.chain.lanes import COLUMNS
from kernel.errors import OutOfReach, Text
from kernel.models import AuditCheck, AuditEntry, AuditReport

REPORTS: Final = 60


@dataclass(frozen=True)
class EntryRow:
    """One entry in the words of the page."""

    entry: AuditEntry
    patient: str
    place: str

    @property
    def who(self) -> Text:
        """Whose account it was; what a room of the house did by itself bears the room's name."""
        kind, _colon, room = self.entry.actor_name.partition(":")
        if kind != "system" or not room:
            return self.entry.actor_name
        return _("the platform, %(room)s") % {"room": deeds.room(room)}

    @property
    def what(self) -> Text:
        """What was done."""
        return deeds.name(self.entry.action)

    @property
    def about(self) -> Text:
        """What kind of thing it was done to."""
        return wording.table(self.entry.subject_kind)


def entry_rows(found: Iterable[AuditEntry]) -> list[EntryRow]:
    """Entries with patients under their other name; one statement for the places."""
    rows = list(found)
    places = organisation_names({row.organisation for row in rows})
    return [
        EntryRow(
            row,
            pseudonyms.of(row.patient) if row.patient else "",
            places.get(row.organisation, "") if row.organisation else "",
        )
        for row in rows
    ]


def entry_words(entry: AuditEntry) -> dict[str, Any]:
    """One entry as it leaves the house: every column, the patient under the other name."""
    words = {name: getattr(entry, name) for name in (*COLUMNS, "mac")}
    words["patient"] = pseudonyms.of(entry.patient) if entry.patient else ""
    words["at"] = entry.at.isoformat()
    words |= {name: bytes(words[name]).hex() for name in ("previous", "mac")}
    return {name: str(value) if isinstance(value, UUID) else value for name, value in words.items()}


@dataclass(frozen=True)
class ChainState:
    """How it stands with the chain: checkpoints, the months online, the second place, the last verification."""

    checkpoints: int
    last_at: datetime | None
    second: str
    months: int
    oldest: date | None
    check: AuditCheck | None


def chain_state(*, by: Actor) -> ChainState:
    """For the audit manager's pages."""
    AUDIT.ask(by, "verify")
    number, last = checkpoint.last()
    months = [month for month in closings.months() if month <= clock.today()]
    return ChainState(
        checkpoints=number,
        last_at=datetime.fromisoformat(last) if last else None,
        second=second_place.name(),
        months=len(months),
        oldest=months[0] if months else None,
        check=AuditCheck.objects.order_by("-pk").first(),
    )


def reports(*, by: Actor) -> list[AuditReport]:
    """The weekly reports, newest first."""
    AUDIT.ask(by, "search")
    return list(AuditReport.objects.order_by("-week_date")[:REPORTS])


def report(*, by: Actor, week: date) -> AuditReport:
    """The report of the week that begins on this Monday. Raises OutOfReach (404) when there is none."""
    AUDIT.ask(by, "search")
    found = AuditReport.objects.filter(week_date=week).first()
    if found is None:
        raise OutOfReach(detail={"model": "kernel.auditreport", "pk": week.isoformat()})
    return found


def told(made: AuditReport) -> dict[str, Any]:
    """The body of a report with the names actions, alarms and verdicts bear on the screen."""
    words = {
        "alarms": [
            (alarms.name(code), AlarmVerdict(verdict).label if verdict else "", closed)
            for code, verdict, closed in made.body["alarms"]
        ],
        "named": [(deeds.name(code), code, number) for code, number in made.body["named"]],
        "rooms": [(deeds.room(word), word, number) for word, number in made.body["rooms"]],
    }
    return {**made.body, **words}
