"""Rows of a model by statements that are prepared on the server: read, inserted, updated.

What Django's own `first()`, `list()`, `save(force_insert=True)` and `save(update_fields=…)` do, for the verbs and pages
that are asked for all day: there the making of a statement costs several times what it costs to run. Constraints and
types of the fields count as always; nobody here listens to signals of models.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.models import AutoField, Field, Manager, Model

from kernel.database import prepared

M = TypeVar("M", bound=Model)
SIZE: Final = 256


@lru_cache(SIZE)
def plain(model: type[Model]) -> bool:
    """Whether a row of the model is what the driver gives and what its manager gives: it may be read here."""
    foreign = any(hasattr(field, "from_db_value") for field in model._meta.concrete_fields)
    return not foreign and type(model._default_manager) is Manager


class _Reading:
    """How rows of a model are read, each with the rows some of its keys point to."""

    def __init__(self, model: type[Model], where: str, related: Sequence[str]) -> None:
        keys: list[Any] = [model._meta.get_field(name) for name in related]
        models: list[type[Model]] = [model, *(key.related_model for key in keys)]
        columns = ", ".join(
            f't{at}."{field.column}"' for at, one in enumerate(models) for field in _fields(one)
        )
        joins = " ".join(
            f'LEFT JOIN "{one._meta.db_table}" t{at} ON t{at}."{one._meta.pk.column}" = t0."{key.column}"'
            for at, (key, one) in enumerate(zip(keys, models[1:], strict=True), start=1)
        )
        table = model._meta.db_table
        self.statement = f'SELECT {columns} FROM "{table}" t0 {joins} WHERE {where}'  # noqa: S608  # constants only
        self.model, self.names = model, tuple(field.attname for field in _fields(model))
        names = [tuple(field.attname for field in _fields(one)) for one in models[1:]]
        self.related = list(zip(keys, models[1:], names, strict=True))

    def row(self, values: Sequence[Any]) -> Any:
        """One row, with those it points to; a key that points nowhere says None."""
        at = len(self.names)
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, values[:at])
        for key, model, names in self.related:
            there = getattr(made, key.attname) is not None
            other = model.from_db(DEFAULT_DB_ALIAS, names, values[at : at + len(names)]) if there else None
            key.set_cached_value(made, other)
            at += len(names)
        return made


def _fields(model: type[Model]) -> Sequence["Field[Any, Any]"]:
    fields = model._meta.concrete_fields
    if foreign := [field.name for field in fields if hasattr(field, "from_db_value")]:
        raise TypeError(f"{model._meta.label}: {', '.join(foreign)} is read by Django alone")
    return fields


@lru_cache(SIZE)
def _reading(model: type[Model], where: str, related: tuple[str, ...]) -> _Reading:
    return _Reading(model, where, related)


def first(
    model: type[M], where: str, parameters: Sequence[Any], *, related: tuple[str, ...] = ()
) -> M | None:
    """The first row for a constant `where` (order and lock included); None when there is none.

    `related`: foreign keys whose rows come with it (`select_related`). In `where` the model's own columns are `t0`'s.
    """
    reading = _reading(model, where, related)
    with prepared.cursor() as cursor:
        cursor.execute(reading.statement, parameters)
        found = cursor.fetchone()
    return reading.row(found) if found else None


def every(
    model: type[M], where: str, parameters: Sequence[Any] = (), *, related: tuple[str, ...] = ()
) -> list[M]:
    """All rows for a constant `where` (order and limit included); the rest as `first`."""
    reading = _reading(model, where, related)
    with prepared.cursor() as cursor:
        cursor.execute(reading.statement, parameters)
        return [reading.row(row) for row in cursor.fetchall()]


@lru_cache(SIZE)
def _insert(model: type[Model]) -> tuple[str, tuple["Field[Any, Any]", ...]]:
    fields = tuple(field for field in model._meta.concrete_fields if not field.generated)
    if any(isinstance(field, AutoField) for field in fields):
        raise TypeError(f"{model._meta.label}: the database gives the key")
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places})', fields  # noqa: S608  # as above


def insert(row: Model) -> None:
    """Store a new row. Raises IntegrityError as `save` does."""
    statement, fields = _insert(type(row))
    _run(statement, row, fields, adding=True)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@lru_cache(SIZE)
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[str, tuple["Field[Any, Any]", ...]]:
    known = {field.name: field for field in model._meta.concrete_fields}
    key, fields = model._meta.pk, [known[name] for name in names]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)
    table = model._meta.db_table
    return f'UPDATE "{table}" SET {sets} WHERE "{key.column}" = %s', (*fields, key)  # noqa: S608  # as above


def update(row: Model, names: Iterable[str]) -> None:
    """Store these fields of a row. Raises IntegrityError as `save` does, DatabaseError when the row is gone."""
    statement, fields = _update(type(row), tuple(sorted(names)))
    if _run(statement, row, fields, adding=False) != 1:
        raise DatabaseError(f"{row._meta.label} {row.pk} is gone")


def _run(statement: str, row: Model, fields: Sequence["Field[Any, Any]"], *, adding: bool) -> int:
    connection = connections[DEFAULT_DB_ALIAS]
    values = [field.get_db_prep_save(field.pre_save(row, adding), connection) for field in fields]
    with prepared.cursor() as cursor:
        cursor.execute(statement, values)
        changed: int = cursor.rowcount
    return changed
