"""Everything sealed is sealed anew under today's key while the platform runs; then an old key can be destroyed.

Each app names its sealed columns in `<app>/sealed.py`. Rows are walked page by page of the table, in short
transactions, and replaced only while they still hold what was read: whoever writes meanwhile wins, and the next
round sees to her row. The owner of the tables does it, also in append-only ones: the words stay, the key changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from django.apps import apps
from django.db import connections, transaction

from kernel import alarms, guarded
from kernel.crypto import Unsealable, sealing
from kernel.crypto.provider import provider
from kernel.files import resealing as files

OWNER: Final = "owner"
PAGES: Final = 256
"""Pages of 8 KiB that are walked in one transaction."""
ROUNDS: Final = 20


@dataclass(frozen=True, slots=True)
class Column:
    """A sealed column. `owner` is SQL for what it was sealed to; `where` for the rows that are sealed at all."""

    table: str
    column: str
    context: str
    owner: str = "id::text"
    where: str = "true"


@dataclass(slots=True)
class Resealed:
    """What one run did: values sealed anew, values nobody can open, by table and column."""

    done: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)

    def count(self, place: str, done: int, broken: int = 0) -> None:
        self.done[place] = self.done.get(place, 0) + done
        self.broken[place] = max(self.broken.get(place, 0), broken)


def columns() -> list[Column]:
    """Every sealed column of every app."""
    return [column for app in apps.get_app_configs() for column in _of(app.name)]


def _of(app: str) -> tuple[Column, ...]:
    if "." in app or find_spec(f"{app}.sealed") is None:
        return ()
    named: tuple[Column, ...] = import_module(f"{app}.sealed").COLUMNS
    return named


def reseal() -> Resealed:
    """Seal everything anew that stands under an older key than today's."""
    result = Resealed()
    for column in columns():
        place = f"{column.table}.{column.column}"
        for _round in range(ROUNDS):
            done, broken = _walk(column)
            result.count(place, done, broken)
            if not done:
                break
    for model in guarded.tables():
        result.count(f"{model._meta.db_table}.{guarded.COLUMN}", *guarded.restamp(model))
    result.count("files", *files.reseal_all())
    if words := {place: number for place, number in result.broken.items() if number}:
        alarms.alarm("kernel.seal_broken", level=3, detail=words)
    return result


def standing() -> dict[int, dict[str, int]]:
    """How many values stand under which key: number -> place -> values."""
    found: dict[int, dict[str, int]] = {}
    for column in columns():
        order = f"SELECT get_byte({column.column}, 1), count(*) FROM {column.table} WHERE {_sealed(column)} GROUP BY 1"  # noqa: S608 - names from code
        with connections[OWNER].cursor() as cursor:
            cursor.execute(order)
            for number, rows in cursor.fetchall():
                found.setdefault(number, {})[f"{column.table}.{column.column}"] = rows
    for model in guarded.tables():
        for number, rows in guarded.numbers(model).items():
            found.setdefault(number, {})[f"{model._meta.db_table}.{guarded.COLUMN}"] = rows
    for number, rows in files.numbers().items():
        found.setdefault(number, {})["files"] = rows
    return found


def _sealed(column: Column) -> str:
    return f"({column.where}) AND octet_length({column.column}) >= {sealing.OVERHEAD}"


def _walk(column: Column) -> tuple[int, int]:
    """One walk along the table: values sealed anew, and those that open under no key."""
    done = broken = 0
    for leaf, pages in _leaves(column.table):
        for first in range(0, pages, PAGES):
            new, bad = _batch(column, leaf, first)
            done, broken = done + new, broken + bad
    return done, broken


def _leaves(table: str) -> Iterator[tuple[str, int]]:
    """The table, or its partitions, with the number of their pages."""
    order = """
        SELECT relid::regclass::text, pg_relation_size(relid) / current_setting('block_size')::int
        FROM (SELECT relid FROM pg_partition_tree(%s::regclass) WHERE isleaf
              UNION SELECT %s::regclass WHERE NOT EXISTS (SELECT FROM pg_partition_tree(%s::regclass))) AS leaves
    """
    with connections[OWNER].cursor() as cursor:
        cursor.execute(order, [table] * 3)
        yield from cursor.fetchall()


def _batch(column: Column, leaf: str, first: int) -> tuple[int, int]:
    name, number = column.column, provider().current()
    read = (
        f"SELECT ctid::text, {column.owner}, {name} FROM {leaf} WHERE ctid >= %s::tid AND ctid < %s::tid"  # noqa: S608 - names from code
        f" AND {_sealed(column)} AND get_byte({name}, 1) <> %s"
    )
    write = f"UPDATE {leaf} SET {name} = %s WHERE ctid = %s::tid AND {name} = %s"  # noqa: S608 - names from code
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT set_config('lianyi.resealing', %s, true)", [leaf])
        cursor.execute(read, [f"({first},0)", f"({first + PAGES},0)", number])
        orders, broken = _anew(column, cursor.fetchall())
        done = 0
        for order in orders:
            cursor.execute(write, order)
            done += cursor.rowcount
    return done, broken


def _anew(column: Column, rows: list[tuple[Any, ...]]) -> tuple[list[tuple[bytes, str, bytes]], int]:
    orders, broken = [], 0
    for place, owner, old in rows:
        try:
            plain = sealing.unseal_bytes(column.context, owner, old)
        except Unsealable:
            broken += 1
            continue
        orders.append((sealing.seal_bytes(column.context, owner, plain), place, bytes(old)))
    return orders, broken
