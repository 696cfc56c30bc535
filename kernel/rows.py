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

from kernel import prepared

M = TypeVar("M", bound=Model)
SIZE: Final = 256


@lru_cache(SIZE)
def plain(model: type[Model]) -> bool:
    """Whether a row of the model is what the driver gives and what its manager gives: it may be read here."""
    foreign = any(hasattr(field, "from_db_value") for field in model._meta.concrete_fields)
    return not foreign and type(model._default_manager) is Manager


@lru_cache(SIZE)
def _select(model: type[Model], where: str) -> tuple[str, tuple[str, ...]]:
    fields = model._meta.concrete_fields
    if foreign := [field.name for field in fields if hasattr(field, "from_db_value")]:
        raise TypeError(f"{model._meta.label}: {', '.join(foreign)} is read by Django alone")
    columns = ", ".join(f'"{field.column}"' for field in fields)
    statement = f'SELECT {columns} FROM "{model._meta.db_table}" WHERE {where}'  # noqa: S608  # constants only
    return statement, tuple(field.attname for field in fields)


def first(model: type[M], where: str, parameters: Sequence[Any]) -> M | None:
    """The first row for a constant `where` (order and lock included); None when there is none."""
    statement, names = _select(model, where)
    with prepared.cursor() as cursor:
        cursor.execute(statement, parameters)
        found = cursor.fetchone()
    return model.from_db(DEFAULT_DB_ALIAS, names, found) if found else None


def every(model: type[M], where: str, parameters: Sequence[Any] = ()) -> list[M]:
    """All rows for a constant `where` (order and limit included)."""
    statement, names = _select(model, where)
    with prepared.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [model.from_db(DEFAULT_DB_ALIAS, names, row) for row in cursor.fetchall()]


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
