"""Rows that decide who may do what carry a MAC (GB/T 39786 8.4 b, c): whoever changes them past us is found.

The MAC covers table, key and the columns a model names in `guarded`. It proves that a row was written by the
house; that a row was taken away altogether is told by the audit chain, not by a MAC.
"""

import hmac
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

import orjson
from django.apps import apps
from django.core import checks
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import Range
from django.utils.translation import gettext_lazy as _

from kernel import alarms, audit
from kernel.actor import Actor
from kernel.chain import appending
from kernel.crypto.provider import provider
from kernel.errors import Unavailable

READER: Final = Actor.system("kernel")
COLUMN: Final = "row_mac"
DAY: Final = timedelta(days=1)

Row = TypeVar("Row", bound=models.Model)


class Damaged(Unavailable):
    """A row that decides over rights is not as the house wrote it (503, code `row_damaged`)."""

    code = "row_damaged"
    message = _("An entry that decides over rights was changed from outside. Please call the help desk.")


class GuardedQuerySet(models.QuerySet[Row]):
    """Bulk writes stamp their rows; a bare UPDATE of a guarded column is refused, it would leave an old MAC."""

    def bulk_create(self, objs: Iterable[Row], *args: Any, **more: Any) -> list[Row]:
        return super().bulk_create(stamp(list(objs)), *args, **more)

    def bulk_update(self, objs: Iterable[Row], fields: Iterable[str], *args: Any, **more: Any) -> int:
        rows, names = list(objs), set(fields)
        if names & set(_guarded_names(self.model)):
            _held(self.model, [row.pk for row in rows])
            stamp(rows)
            names.add(COLUMN)
        return super().bulk_update(rows, sorted(names), *args, **more)

    def update(self, **values: Any) -> int:
        names = {self.model._meta.get_field(name).name for name in values if name != "pk"}
        if names & set(_guarded_names(self.model)) and COLUMN not in names:
            raise TypeError(
                f"{self.model.__name__}: guarded columns are written by save(), never by update()"
            )
        return super().update(**values)


class Guarded(models.Model):
    """A row with a MAC over the columns named in `guarded`; table and key are always under it.

    Times that the database or `auto_now` fill in cannot be guarded: they are not known when the MAC is made.
    """

    guarded: ClassVar[tuple[str, ...]] = ()
    row_mac = models.BinaryField(max_length=33, default=b"", editable=False)
    """Key number (1 byte), HMAC-SM3 (32 bytes); empty until the row is written."""

    objects: ClassVar[models.Manager[Any]] = models.Manager.from_queryset(GuardedQuerySet)()

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **more: Any) -> None:
        """Stamp and save. Raises Damaged when the row it would write over was changed past the house."""
        names = None if update_fields is None else set(update_fields)
        if names is None or names & set(_guarded_names(type(self))):
            if not self._state.adding:
                _held(type(self), [self.pk])
            stamp([self])
            names = names and names | {COLUMN}
        super().save(*args, update_fields=names, **more)

    @classmethod
    def check(cls, **options: Any) -> list[checks.CheckMessage]:
        """`guarded` names columns of this table whose value is known before it is written."""
        return [
            *super().check(**options),
            *(_unfit(cls, name) for name in cls.guarded if not _fits(cls, name)),
        ]


def stamp(rows: Sequence[Row], guarded: tuple[str, ...] = ()) -> list[Row]:
    """Set the MAC of rows about to be written in bulk; `guarded` names the columns where a migration asks."""
    for row in rows:
        number = provider().current()
        setattr(row, COLUMN, bytes([number]) + _mac(row, number, guarded))
    return list(rows)


def intact(row: models.Model) -> bool:
    """Whether the row is as the house wrote it, under a key it still has."""
    given = bytes(getattr(row, COLUMN))
    try:
        return len(given) == 33 and hmac.compare_digest(given[1:], _mac(row, given[0]))
    except LookupError:
        return False


def verified(row: Row) -> Row:
    """The row itself. Raises Damaged, after the alarm, when it was changed past the house."""
    if not intact(row):
        raise _damaged(row)
    return row


def check(rows: Iterable[Row]) -> list[Damaged]:
    """One Damaged, with the alarm, for each row that was changed past the house."""
    return [_damaged(row) for row in rows if not intact(row)]


def tables() -> list[type[Guarded]]:
    """Every model whose rows carry a MAC."""
    found = [model for model in apps.get_models() if issubclass(model, Guarded)]
    return sorted(found, key=lambda model: model._meta.label_lower)


def walk() -> tuple[int, list[Damaged]]:
    """Every row of every guarded table: how many there are, and those that were changed past the house."""
    rows, damaged = 0, list[Damaged]()
    for model in tables():
        for row in model._base_manager.order_by("pk").iterator(chunk_size=1000):
            rows += 1
            damaged += check([row])
    return rows, damaged


def numbers(model: type[Guarded]) -> dict[int, int]:
    """How many rows of a table carry a MAC under which key."""
    found: Counter[int] = Counter()
    for mac in model._base_manager.values_list(COLUMN, flat=True).iterator(chunk_size=5000):
        found.update(bytes(mac[:1]))
    return dict(found)


def restamp(model: type[Guarded]) -> tuple[int, int]:
    """Give rows under an older key a MAC under today's: how many, and how many are not as the house wrote them.

    A row that somebody writes meanwhile keeps what she gave it.
    """
    done = broken = 0
    for row in model._base_manager.order_by("pk").iterator(chunk_size=1000):
        old = bytes(row.row_mac)
        if old[:1] == bytes([provider().current()]):
            continue
        if check([row]):
            broken += 1
            continue
        stamp([row])
        same = model._base_manager.filter(pk=row.pk, row_mac=old)
        done += same.update(row_mac=row.row_mac)
    return done, broken


def _held(model: type[models.Model], pks: Sequence[Any]) -> None:
    """What stands in the table now is ours: a new MAC must not make somebody else's change look like one."""
    for row in model._base_manager.filter(pk__in=pks):
        verified(row)


def _damaged(row: models.Model) -> Damaged:
    alarms.alarm("kernel.row_damaged", subject=row, level=3)
    error = Damaged(detail={"model": row._meta.label_lower, "pk": str(row.pk)})
    if not connection.in_atomic_block:
        audit.record_refusal(by=READER, action="row.damaged", detail=error.detail)
    return error


def _mac(row: models.Model, number: int, guarded: tuple[str, ...] = ()) -> bytes:
    names = guarded or _guarded_names(type(row))
    fields: list[Any] = [row._meta.pk, *(row._meta.get_field(name) for name in names)]
    values = [_plain(field.to_python(getattr(row, field.attname))) for field in fields]
    plain = orjson.dumps([row._meta.db_table, list(names), values], option=OPTIONS)
    return provider().mac(f"row/{row._meta.db_table}", plain, number)


OPTIONS: Final = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


@cache
def _guarded_names(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(getattr(model, "guarded", ()))


def _plain(value: Any) -> Any:
    """A value the same before it is written and after it is read."""
    if isinstance(value, datetime):
        return (value - appending.EPOCH) // appending.MICROSECOND
    if isinstance(value, Range):
        return _plain_range(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value) if isinstance(value, date | UUID | Decimal | str) else value


def _plain_range(value: Any) -> Any:
    """PostgreSQL writes ranges of days as `[)`; ranges of moments keep their bounds."""
    if value.isempty:
        return "empty"
    lower, upper = value.lower, value.upper
    if isinstance(lower or upper, datetime):
        return [_plain(lower), _plain(upper), value.lower_inc, value.upper_inc]
    lower = lower + DAY if lower is not None and not value.lower_inc else lower
    upper = upper + DAY if upper is not None and value.upper_inc else upper
    return [_plain(lower), _plain(upper)]


def _fits(model: type[models.Model], name: str) -> bool:
    field = next((one for one in model._meta.concrete_fields if one.name == name), None)
    if field is None or isinstance(field, models.GeneratedField):
        return False
    return not (getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def _unfit(model: type[models.Model], name: str) -> checks.CheckMessage:
    return checks.Error(f"{name} cannot be under the MAC of its row", obj=model, id="kernel.E001")
