"""The browser's session: read by the short way, the same as Django's own in every other respect."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore as DjangoStore
from django.contrib.sessions.models import Session

from kernel import clock
from kernel.web.browser_sessions import SessionStore

pytestmark = pytest.mark.django_db


def saved(**values):
    store = SessionStore()
    store.update(values)
    store.save()
    return store.session_key


def test_what_was_saved_is_read_and_django_reads_the_same():
    key = saved(name="文", number=3)

    assert SessionStore(key).load() == {"name": "文", "number": 3} == DjangoStore(key).load()


@pytest.mark.parametrize("key", ["", "short", "a" * 32, "'; DROP TABLE django_session; --"])
def test_a_key_nobody_gave_is_nobodys(key):
    store = SessionStore(key)

    assert store.get("anything") is None
    assert store.session_key is None


def test_an_ended_session_is_nobodys():
    key = saved(name="x")
    Session.objects.update(expire_date=clock.now() - timedelta(seconds=1))

    store = SessionStore(key)
    assert store.get("name") is None
    assert store.session_key is None


def test_one_that_was_tampered_with_is_empty():
    key = saved(name="x")
    Session.objects.update(session_data="tampered")

    assert SessionStore(key).get("name") is None


def test_reading_is_one_statement(django_assert_num_queries):
    key = saved(name="x")

    with django_assert_num_queries(1):
        assert SessionStore(key)["name"] == "x"


def test_a_flushed_session_is_gone():
    key = saved(name="x")
    SessionStore(key).flush()

    assert SessionStore(key).get("name") is None
