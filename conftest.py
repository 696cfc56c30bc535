"""Databases of the tests: `db` works as usual under the app's user; `race_db` commits for real."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from tests import databases
from tests.plugin import WORKER


def _point_to(name: str) -> str:
    """Let every alias, in every thread, connect to the database `name`; returns the former name."""
    former = ""
    for alias in connections:
        connections[alias].close()
        former = connections[alias].settings_dict["NAME"]
        connections.settings[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name
    return former


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """This worker's clone of the migrated template."""
    name = f"lianyi_{WORKER}"
    databases.ensure_template()
    databases.clone(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    databases.drop(name)


@pytest.fixture(autouse=True)
def _no_language_outlives_its_test() -> Iterator[None]:
    """A request leaves its reader's language active in the thread; the next request of a server sets its own."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _no_alarm_outlives_its_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """An alarm raised inside a verb is committed apart and stands although the test's transaction rolls back."""
    yield
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        databases.forget_alarms(f"lianyi_{WORKER}")


class RaceDatabase:
    """A database of one test alone, where every transaction really commits."""

    def __init__(self, name: str) -> None:
        self.name = name

    def at_once(self, calls: Sequence[Callable[[], Any]]) -> list[Any]:
        """Run all calls at the same moment, each in a thread with connections of its own.

        Returns, in order, what each returned or the exception it raised.
        """
        start = threading.Barrier(len(calls))
        results: list[Any] = [None] * len(calls)

        def run(place: int, call: Callable[[], Any]) -> None:
            try:
                start.wait(10)
                results[place] = call()
            except Exception as error:
                results[place] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return results


@pytest.fixture
def race_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[RaceDatabase]:
    """A fresh clone with real commits, for tests with several threads; dropped afterwards."""
    name = f"lianyi_{WORKER}_{uuid4().hex[:8]}"
    databases.clone(name)
    with django_db_blocker.unblock():
        former = _point_to(name)
        try:
            yield RaceDatabase(name)
        finally:
            _point_to(former)
            databases.drop(name)
