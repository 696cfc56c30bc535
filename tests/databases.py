"""Clones of one migrated template: one per worker, one more per race test."""

import atexit
import fcntl
import functools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import transaction
from psycopg import sql

from config.local import addresses
from config.local.places import ROOT, Places
from config.local.roles import bootstrap
from tests.controls import off
from tests.plugin import STAND

TEMPLATE = "lianyi_template"


class TemplateBroken(Exception):
    """The migrations do not run; the message is what `manage.py migrate` said."""


def room() -> Path:
    return Path(os.environ[STAND])


def places() -> Places:
    return Places(room() / "data")


def sockets() -> str:
    return str(addresses.socket_folder(places(), "postgres"))


def superuser(name: str = "postgres") -> psycopg.Connection:
    password = places().secret("database-superuser")
    return psycopg.connect(
        host=sockets(), user=addresses.SUPERUSER, password=password, dbname=name, autocommit=True
    )


def exists(name: str) -> bool:
    with superuser() as connection:
        return (
            connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None
        )


def drop(name: str) -> None:
    with superuser() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (room() / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrate(name: str) -> None:
    """Run every migration as the owner, in a process of its own, on the database `name`."""
    env = os.environ | addresses.database_variables(places(), name)
    command = [sys.executable, "-W", "ignore", str(ROOT / "manage.py"), "migrate", "--skip-checks", "-v0"]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TemplateBroken(done.stdout[-2000:] + done.stderr[-4000:])


def ensure_template() -> None:
    """The migrated template exists; the first caller of a run builds it, a failure is told to the others."""
    failure = room() / "template-broken"
    with _one_at_a_time():
        if failure.exists():
            raise TemplateBroken(failure.read_text())
        if exists(TEMPLATE):
            return
        draft = f"{TEMPLATE}_draft"
        drop(draft)
        bootstrap(places(), sockets(), draft)
        try:
            _migrate(draft)
        except TemplateBroken as broken:
            failure.write_text(str(broken))
            raise
        with superuser() as connection:
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(draft), sql.Identifier(TEMPLATE)
                )
            )
        (room() / "template-built").touch()


def clone(name: str) -> None:
    """A new database with the template's tables and rows; one that a killed run left behind goes first."""
    with (
        _one_at_a_time(),
        superuser() as connection,
    ):  # PostgreSQL copies a template only while nobody uses it
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        order = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
        owner = addresses.USERS["owner"]
        connection.execute(order.format(*map(sql.Identifier, (name, TEMPLATE, owner))))
    if statements := off.statements():
        with superuser(name) as connection:
            connection.execute(statements)


def unseen() -> transaction.Atomic:
    """A transaction to be rolled back that counts for none, as the one a test case stands in."""
    block = transaction.atomic()
    block._from_testcase = True
    return block


@functools.cache
def _sweeper(name: str) -> psycopg.Connection:
    own = superuser(name)
    atexit.register(own.close)
    return own


def forget_alarms(name: str) -> None:
    """Remove what was committed apart from a test's transaction."""
    own = _sweeper(name)
    if own.execute("SELECT 1 FROM kernel_alarm LIMIT 1").fetchone():
        own.execute("DELETE FROM kernel_alarm")
        own.execute("DELETE FROM kernel_outboxevent WHERE topic = 'kernel.alarm_raised'")
