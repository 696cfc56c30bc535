"""Readers of the environment, addresses of the embedded services, the short road, the only beat."""

import stat
from pathlib import Path

import pytest
from celery.beat import Scheduler
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.db import connection, connections
from django.test import Client

from config import env
from config.beat import OnlyBeat
from config.celery import app
from config.local import addresses, welcome
from config.local.places import Places
from config.local.supervisor import House


@pytest.mark.parametrize(("value", "meant"), [("1", True), ("TRUE", True), ("no", False), ("", True)])
def test_a_flag_is_read(monkeypatch, value, meant):
    monkeypatch.setenv("A_FLAG", value)
    assert env.flag("A_FLAG", True) is meant


@pytest.mark.parametrize("reader", [lambda: env.flag("A_FLAG", True), lambda: env.number("A_FLAG", 1)])
def test_what_cannot_be_understood_stops_the_start(monkeypatch, reader):
    monkeypatch.setenv("A_FLAG", "perhaps")
    with pytest.raises(env.Unreadable, match="A_FLAG"):
        reader()


def test_a_database_address_is_read_with_its_socket_and_options():
    read = env.database("postgresql://some%40one:p%2Fw@/county?host=/run/pg&port=5433&sslmode=require")
    assert read == {
        "ENGINE": "kernel.database.postgres",
        "NAME": "county",
        "USER": "some@one",
        "PASSWORD": "p/w",
        "HOST": "/run/pg",
        "PORT": "5433",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize("url", ["mysql://a@b/c", "postgresql://host", "county"])
def test_another_database_is_refused(url):
    with pytest.raises(env.Unreadable):
        env.database(url)


def test_a_deep_data_folder_gets_a_short_socket(tmp_path):
    deep = Places(tmp_path / ("x" * 120))
    assert addresses.socket_folder(Places(Path("/srv/lianyi")), "postgres") == Path(
        "/srv/lianyi/postgres/run"
    )
    assert len(str(addresses.socket_folder(deep, "postgres"))) <= addresses.SOCKET_LIMIT


def test_a_secret_is_made_once_for_this_user_alone(tmp_path):
    places = Places(tmp_path / "var")
    first = places.secret("some-key")
    assert (places.secret("some-key"), len(first)) == (first, 64)
    assert stat.S_IMODE((places.secrets / "some-key").stat().st_mode) == 0o600
    assert [path.name for path in places.secrets.iterdir()] == ["some-key"]


def test_migrate_runs_as_the_owner():
    command = load_command_class(get_commands()["migrate"], "migrate")
    assert command.create_parser("manage.py", "migrate").parse_args([]).database == "owner"


@pytest.mark.django_db
def test_machines_take_the_short_road_and_people_the_long_one():
    machine, person = Client().get("/fhir/metadata"), Client().get("/")
    assert "Content-Language" not in machine.headers
    assert "Content-Language" in person.headers
    assert machine.headers["X-Content-Type-Options"] == person.headers["X-Content-Type-Options"] == "nosniff"
    assert (machine.status_code, person.status_code) == (200, 302)


@pytest.mark.django_db
def test_every_task_of_the_schedule_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} - set(app.tasks) == set()


def test_one_beat_ticks_and_a_second_one_waits(race_db, monkeypatch):
    first, second = OnlyBeat(app, lazy=True), OnlyBeat(app, lazy=True)
    assert first._locked()
    assert race_db.at_once([second._locked]) == [False]

    # The lock belongs to the connection: when that is lost, another beat may tick.
    connection.close()
    assert race_db.at_once([second._locked]) == [True]
    monkeypatch.setattr(Scheduler, "tick", lambda self: 60.0)
    assert first.tick() == 2.0


def test_the_policy_of_the_browser_allows_nothing_inline():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == directives["style-src"] == ["'self'"]


def test_every_alias_is_the_same_database():
    assert len({connections[alias].settings_dict["NAME"] for alias in connections}) == 1


def test_an_installation_of_its_own_services_is_told_which_secrets_are_missing(tmp_path, monkeypatch):
    monkeypatch.delenv("LIANYI_SECRETS", raising=False)
    monkeypatch.setenv("SECRET_KEY", "given")
    places = Places(tmp_path)
    places.secret("master-key")

    assert [file.name for file in places.missing_secrets()] == ["signing-key.pem"]


def test_with_services_of_ones_own_none_is_started_and_no_demo_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://lianyi@database.example/lianyi")
    monkeypatch.setenv("REDIS_URL", "redis://queue.example/0")
    house = House(Places(tmp_path / "var").made(), host="127.0.0.1", port=8000, demo=True)

    house._start_services()

    assert (house.postgres, house.valkey, house.demo) == (None, None, False)
    assert [name for name in house.commands() if name == "insurance"] == []


def test_a_start_without_the_demo_tells_how_the_first_managers_are_made(tmp_path, capsys):
    welcome.print_welcome(Places(tmp_path), "", 8000, demo=False)

    shown = capsys.readouterr().out
    assert shown == f"\n  Lianyi 联医 runs at  http://127.0.0.1:8000/\n\n{welcome.MANAGERS}\n"
    assert [line.strip() for line in shown.splitlines() if "manage.py" in line] == [
        ".venv/bin/python manage.py managers create --second ACCOUNT:NAME:ID"
    ]
