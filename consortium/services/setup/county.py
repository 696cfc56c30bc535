"""Loading a whole county from readable tables: the demo's organisations, people, rosters and clients."""

from collections.abc import Iterable
from csv import DictReader
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import DateRange

from consortium import events
from consortium.choices import CLEARANCE
from consortium.engine import holidays, passwords, totp
from consortium.hashers import RandomPasswordArgon2
from consortium.models import (
    ApplicationEntity,
    Bed,
    Department,
    DutyShift,
    Organisation,
    OrganisationIdentifier,
    Post,
    Staff,
    TotpDevice,
)
from consortium.policies import ORGANISATION
from consortium.services.identity import factors
from consortium.services.machines import clients
from consortium.services.people.accounts import draft
from consortium.services.places import worktime
from consortium.services.places.identifying import VALID
from kernel import audit, clock, crypto, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from kernel.pinyin import pinyin_of

Row = dict[str, str]
Place = tuple[str, str]
"""An organisation's code in the tables, and a department's code in it ("" for none)."""

ROSTER_DAYS: Final = 30


@dataclass(frozen=True)
class Credentials:
    """What the demo shows so that people can sign in: plain passwords, secrets and keys. Never of a real county."""

    staff: list[dict[str, Any]] = field(default_factory=list)
    clients: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class _County:
    """What is known while the tables are read: rows by their code in the tables."""

    today: date
    organisations: dict[str, Organisation] = field(default_factory=dict)
    departments: dict[Place, Department] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    credentials: Credentials = field(default_factory=Credentials)

    @property
    def since(self) -> DateRange:
        """Everything has stood for two years, without an end."""
        return DateRange(self.today - timedelta(days=730), None, "[)")


@transaction.atomic
def load_county(*, by: Actor, source: Path) -> Credentials:
    """Load the tables of `source` into an empty consortium; the new credentials.

    Passwords are random (16 characters, 90 bits), so they are hashed with the quick parameters and again in full
    at the first sign-in. Raises Conflict when an organisation is there already, Invalid for a wrong code.
    """
    ORGANISATION.ask(by, "register")
    if Organisation.objects.exists():
        raise Conflict(_("There are organisations already: a county is loaded into an empty platform."))
    county = _County(today=clock.today())
    _organisations(county, _rows(source, "organisations"))
    _departments(county, _rows(source, "departments"))
    _beds(county, _rows(source, "beds"))
    _staff(county, _rows(source, "staff"))
    _posts(by, county, _rows(source, "staff"))
    _roster(county, _rows(source, "duty"))
    _entities(county, _rows(source, "entities"))
    _clients(by, county, _rows(source, "clients"))
    for year, table in holidays.PUBLISHED.items():
        worktime.set_holidays(by=by, year=year, text=table)
    _announce(county)
    audit.record(by=by, action="consortium.county_loaded", detail={"staff": len(county.staff)})
    return county.credentials


def _rows(source: Path, table: str) -> list[Row]:
    with (source / f"{table}.tsv").open(encoding="utf-8", newline="") as lines:
        return list(DictReader(lines, delimiter="\t"))


def _organisations(county: _County, rows: Iterable[Row]) -> None:
    identifiers: list[OrganisationIdentifier] = []
    for number, row in enumerate(rows, start=1):
        organisation = Organisation(
            kind=row["kind"],
            name=row["name"],
            short_name=row["short_name"],
            pinyin=pinyin_of(row["short_name"])[0],
            parent=county.organisations[row["parent"]] if row["parent"] else None,
            region_code=row["region_code"],
            address=row["address"],
            telephone=row["telephone"],
            sequence=number,
        )
        county.organisations[row["code"]] = organisation
        for system, valid in VALID.items():
            if not (value := row[system]):
                continue
            if not valid(value):
                raise Invalid(code="bad_identifier", detail={"organisation": row["code"], "system": system})
            identifiers.append(
                OrganisationIdentifier(
                    organisation=organisation, system=system, value=value, period=county.since
                )
            )
    Organisation.objects.bulk_create(county.organisations.values())
    OrganisationIdentifier.objects.bulk_create(identifiers)


def _departments(county: _County, rows: Iterable[Row]) -> None:
    for number, row in enumerate(rows, start=1):
        county.departments[row["organisation"], row["code"]] = Department(
            organisation=county.organisations[row["organisation"]],
            code=row["code"],
            name=row["name"],
            specialty=row["specialty"],
            telephone=row["telephone"],
            services=row["services"],
            sequence=number,
        )
    Department.objects.bulk_create(county.departments.values())


def _beds(county: _County, rows: Iterable[Row]) -> None:
    """One line is a run of beds: `prefix` with the numbers `first` to `last`."""
    Bed.objects.bulk_create(
        Bed(
            department=county.departments[row["organisation"], row["department"]],
            code=f"{row['prefix']}{number:02d}",
            room=row["room"],
            kind=row["kind"],
        )
        for row in rows
        for number in range(int(row["first"]), int(row["last"]) + 1)
    )


def _staff(county: _County, rows: Iterable[Row]) -> None:
    hasher, devices = RandomPasswordArgon2(), []
    for row in rows:
        staff = draft(
            username=row["username"],
            name=row["name"],
            id_number=row["id_number"],
            phone=row["phone"],
            licence=row["licence"],
            licence_number=row["licence_number"],
            title=row["title"],
        )
        password, secret = passwords.random_password(), totp.new_secret()
        staff.password = hasher.encode(password, hasher.salt())
        staff.must_change_password, staff.password_changed_at = False, clock.now()
        devices.append(TotpDevice(staff=staff, secret_sealed=crypto.seal(factors.CONTEXT, staff.pk, secret)))
        county.staff[staff.username] = staff
        county.credentials.staff.append(
            {"username": staff.username, "password": password, "totp_secret": secret, "name": staff.name}
        )
    Staff.objects.bulk_create(county.staff.values())
    TotpDevice.objects.bulk_create(devices)


def _posts(by: Actor, county: _County, rows: Iterable[Row]) -> None:
    """`posts` reads `role@organisation/department`, several with ";", a "+" behind one reaches below."""
    posts: list[Post] = []
    for row, known in zip(rows, county.credentials.staff, strict=True):
        own = [_post(by, county, row["username"], text) for text in row["posts"].split(";")]
        posts += own
        known["role"], known["organisation"] = own[0].role, own[0].organisation.name
        known["roles"] = [post.role for post in own]
    Post.objects.bulk_create(posts)


def _post(by: Actor, county: _County, username: str, text: str) -> Post:
    role, _at, place = text.rstrip("+").partition("@")
    organisation, _slash, department = place.partition("/")
    return Post(
        staff=county.staff[username],
        role=role,
        organisation=county.organisations[organisation],
        department=county.departments[organisation, department] if department else None,
        below=text.endswith("+"),
        clearance=CLEARANCE[role],
        period=county.since,
        given_by=by.name,
    )


def _roster(county: _County, rows: Iterable[Row]) -> None:
    """Each line is one duty; the people named take turns by day, from yesterday on for ROSTER_DAYS days."""
    shifts: list[DutyShift] = []
    for row in rows:
        people = row["staff"].split(",")
        for offset in range(-1, ROSTER_DAYS):
            starts = datetime.combine(
                county.today + timedelta(days=offset), time(int(row["from_hour"])), clock.COUNTY
            )
            place = (row["organisation"], row["department"])
            shifts.append(
                DutyShift(
                    organisation=county.organisations[row["organisation"]],
                    department=county.departments[place] if row["department"] else None,
                    duty=row["duty"],
                    staff=county.staff[people[offset % len(people)]],
                    telephone=row["telephone"],
                    starts_at=starts,
                    ends_at=starts + timedelta(hours=int(row["hours"])),
                )
            )
    DutyShift.objects.bulk_create(shifts)


def _entities(county: _County, rows: Iterable[Row]) -> None:
    ApplicationEntity.objects.bulk_create(
        ApplicationEntity(
            title=row["title"],
            name=row["name"],
            organisation=county.organisations[row["organisation"]],
            department=county.departments[row["organisation"], row["department"]]
            if row["department"]
            else None,
            host=row["host"],
            port=int(row["port"]) if row["port"] else None,
        )
        for row in rows
    )


def _clients(by: Actor, county: _County, rows: Iterable[Row]) -> None:
    for row in rows:
        organisation = county.organisations[row["organisation"]]
        made = clients.register_client(
            by=by,
            client_id=row["client_id"],
            name=row["name"],
            organisation_id=organisation.pk,
            scopes=row["scopes"].split(),
            below=row["below"] == "1",
            clearance=int(row["clearance"]),
        )
        county.credentials.clients.append(
            {
                "client_id": made.client.client_id,
                "client_secret": made.secret,
                "signing_key": made.signing_key,
                "scopes": made.client.scopes,
                "organisation": organisation.name,
            }
        )


def _announce(county: _County) -> None:
    ids: list[UUID] = [organisation.pk for organisation in county.organisations.values()]
    for pk in ids:
        outbox.emit(events.OrganisationChanged(organisation_id=str(pk)))
    for department in county.departments.values():
        outbox.emit(events.DepartmentChanged(department_id=str(department.pk)))
    for staff in county.staff.values():
        outbox.emit(events.StaffChanged(staff_id=str(staff.pk)))
