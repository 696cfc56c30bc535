"""The tests' own ground: who connects, what commits, what a race test sees."""

import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections

from config.local import addresses
from config.local.places import Places
from config.local.postgres import Cluster


@pytest.mark.django_db
def test_tests_work_as_the_app_user_who_cannot_create_a_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("lianyi_app",)
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("CREATE TABLE anything (id int)")


def test_a_race_database_commits_for_real_and_each_thread_has_its_connection(race_db):
    def backend() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), current_database()")
            pid, name = cursor.fetchone()
        assert name == race_db.name
        return pid

    assert len(set(race_db.at_once([backend] * 4))) == 4


@pytest.mark.django_db(databases=["owner", "audit"])
def test_owner_and_audit_are_users_of_the_same_database():
    seen = []
    for alias in ("owner", "audit"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_user, current_database()")
            seen.append(cursor.fetchone())
    assert [user for user, _ in seen] == ["lianyi_owner", "lianyi_audit"]
    assert len({name for _, name in seen}) == 1


def test_the_embedded_database_listens_on_no_port():
    room = Path(tempfile.mkdtemp(prefix="lianyi-port-"))
    room.chmod(0o711)  # the database runs as nobody when this process is root
    places = Places(room / "data")
    places.made()
    sockets, password = addresses.socket_folder(places, "postgres"), places.secret("database-superuser")
    cluster = Cluster(places.data / "postgres", sockets, room / "postgres.log", fast=True)
    try:
        cluster.create(password)
        cluster.start()
        said = {"host": str(sockets), "user": addresses.SUPERUSER, "password": password, "dbname": "postgres"}
        with psycopg.connect(**said) as own:
            assert own.execute("SHOW listen_addresses").fetchone() == ("",)
    finally:
        cluster.stop()
        shutil.rmtree(room, ignore_errors=True)
