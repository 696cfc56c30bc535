"""A licensed CA signs what the platform signed: over HTTP, outside every transaction, and only what verifies counts."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from kernel import clock, countersign, papers
from kernel.actor import Actor
from kernel.crypto import sm2
from kernel.models import AuditEntry, PaperSeal
from tests.factories.ca import ask, running

BY = Actor.system("kernel")


@pytest.fixture(scope="module")
def ca(tmp_path_factory):
    with running(tmp_path_factory.mktemp("ca")) as folder:
        yield folder


@pytest.fixture
def asked(db, ca, settings):
    ask(settings, ca)
    return ca


def paper():
    return papers.seal(kind="tests.paper", subject=uuid4(), version=1, data=b"words")


def again(row):
    """The row as it stands, due at once."""
    PaperSeal.objects.filter(pk=row.pk, ca_state="due").update(ca_due_at=clock.now() - timedelta(seconds=1))
    return PaperSeal.objects.get(pk=row.pk)


def test_a_paper_gets_the_ca_s_signature_with_its_time(asked):
    row = paper()
    assert row.ca_state == "due"
    assert countersign.exchange(by=BY) == 1
    row = again(row)
    assert (row.ca_state, row.ca_answer["algorithm"]) == ("done", "SM2-SM3")
    assert row.ca_answer["certificate"] == "CN=Simulated CA, serial 0001"
    assert countersign.genuine(row)
    assert AuditEntry.objects.get(action="paper.countersigned").subject_id == str(row.pk)
    assert countersign.exchange(by=BY) == 0


@pytest.mark.parametrize("field", ["value", "at", "certificate"])
def test_a_bent_answer_does_not_verify(asked, field):
    row = paper()
    countersign.exchange(by=BY)
    row = again(row)
    row.ca_answer = {**row.ca_answer, field: "2020-01-01T00:00:00+00:00"}
    assert countersign.genuine(row) == (field == "certificate")


@pytest.mark.parametrize("mood", ["wrong", "busy", "silent"])
def test_what_does_not_verify_does_not_count_and_is_asked_again(asked, mood, settings):
    row = paper()
    (asked / "mood").write_text(mood)
    settings.CA_TIMEOUT = 1 if mood == "silent" else settings.CA_TIMEOUT
    assert countersign.exchange(by=BY) == 0
    waiting = PaperSeal.objects.get(pk=row.pk)
    assert (waiting.ca_state, waiting.ca_attempts, waiting.ca_answer) == ("due", 1, None)
    assert waiting.ca_due_at > clock.now()
    ask(settings, asked)
    again(row)
    assert countersign.exchange(by=BY) == 1


def test_a_ca_that_is_not_there_is_given_up_at_last_and_the_paper_stands(asked, settings):
    settings.CA_URL = "http://127.0.0.1:1"
    row = paper()
    PaperSeal.objects.filter(pk=row.pk).update(ca_attempts=countersign.TRIES - 1)
    countersign.exchange(by=BY)
    row = again(row)
    assert row.ca_state == "failed"
    assert papers.holds(row, b"words")


def test_another_ca_s_answer_does_not_count(asked, settings, tmp_path):
    (tmp_path / "other.pem").write_bytes(sm2.Key.generate().public_pem())
    settings.CA_PUBLIC_KEY = str(tmp_path / "other.pem")
    paper()
    assert countersign.exchange(by=BY) == 0


def test_no_transaction_is_open_while_the_ca_is_asked(race_db, ca, settings, monkeypatch):
    settings.CA_URL = "http://ca.invalid"
    seen = []

    class Watched:
        def sign(self, digest, request):
            seen.append(connection.in_atomic_block)
            raise countersign.Unanswered("not today")

    monkeypatch.setattr(countersign, "HttpCa", Watched)
    paper()
    countersign.exchange(by=BY)
    assert seen == [False]


def test_without_a_ca_nobody_waits(db, settings):
    settings.CA_URL = ""
    assert paper().ca_state == "none"
    assert countersign.exchange(by=BY) == 0
