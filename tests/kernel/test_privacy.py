"""8.1.4.11: no field about a person without a purpose, a level and a retention."""

import pytest

from kernel import privacy

REGISTERS = list(privacy.registers())


def words(lines):
    return {field for line in lines for field in line.split()}


@pytest.mark.parametrize(
    ("config", "personal", "plain"), REGISTERS, ids=lambda one: getattr(one, "label", "")
)
def test_every_free_field_is_declared_once(config, personal, plain):
    held = {
        (table, field) for table, lines in personal.items() for field in words(one.fields for one in lines)
    }
    empty = {(table, field) for table, fields in plain.items() for field in fields.split()}
    assert held & empty == set()
    assert sorted(privacy.free_fields(config) - held - empty) == []


@pytest.mark.parametrize(
    ("config", "personal", "plain"), REGISTERS, ids=lambda one: getattr(one, "label", "")
)
def test_every_declared_field_exists(config, personal, plain):
    names = {
        (model.__name__, field.name) for model in config.get_models() for field in model._meta.concrete_fields
    }
    held = {
        (table, field) for table, lines in personal.items() for field in words(one.fields for one in lines)
    }
    empty = {(table, field) for table, fields in plain.items() for field in fields.split()}
    assert sorted((held | empty) - names) == []


def test_what_identifies_directly_is_sealed_keyed_or_hashed():
    readable = {
        f"{entry.table}.{entry.field}"
        for entry in privacy.entries()
        if entry.held.label >= 4 and entry.held.kept is privacy.Kept.PLAIN
    }
    assert readable == set()


def test_every_app_with_tables_has_a_register():
    from django.apps import apps

    ours = {
        config.name
        for config in apps.get_app_configs()
        if "site-packages" not in config.path and list(config.get_models())
    }
    assert ours == {config.name for config, _, _ in REGISTERS}
