"""Text messages go to a real gateway over HTTP; one that is down delays them and nothing else; each goes once."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from consortium import services
from consortium.choices import TextState
from consortium.gateways import Console, gateway
from consortium.models import TextMessage
from consortium.services.news import texting
from kernel import clock
from kernel.actor import Actor
from kernel.models import AuditEntry
from tests.consortium.news import gateway as script

HOUSE = Actor.system("consortium")
PHONE = "10059031200"


@contextmanager
def running(mood: str, book: Path, settings) -> Iterator[None]:
    """The gateway as a process of its own, and this house told where it is."""
    process = subprocess.Popen(
        [sys.executable, script.__file__, mood, str(book)], stdout=subprocess.PIPE, text=True
    )
    with process:
        settings.SMS_URL = f"http://127.0.0.1:{process.stdout.readline().strip()}/send"
        settings.SMS_SECRET, settings.SMS_SIGN = "of-the-test", "青禾县医共体"
        try:
            yield
        finally:
            process.terminate()


def queue(key: str = "referral:1:2", telephone: str = PHONE) -> bool:
    services.text_kind("test.words", lambda values: f"请到{values['hospital']}")
    return services.text(
        by=HOUSE,
        key=key,
        telephone=telephone,
        template="test.words",
        values={"hospital": "总院"},
        patient_id=None,
    )


@pytest.mark.django_db
def test_a_message_is_handed_over_with_the_secret_and_kept_as_sent(tmp_path, settings):
    book = tmp_path / "book"
    queue()
    with running("taking", book, settings):
        assert services.send_texts(by=HOUSE) == 1
        assert services.send_texts(by=HOUSE) == 0
    row = TextMessage.objects.get()
    (told,) = [json.loads(line) for line in book.read_text().splitlines()]
    assert told == {
        "id": str(row.pk),
        "telephone": PHONE,
        "text": "请到总院",
        "sign": "青禾县医共体",
        "proof": "Bearer of-the-test",
    }
    assert (row.state, row.attempts, row.answer) == (TextState.SENT, 1, f"G-{str(row.pk)[:8]}")


@pytest.mark.django_db
def test_the_telephone_is_sealed_and_never_in_the_record():
    queue()
    row = TextMessage.objects.get()
    assert PHONE.encode() not in bytes(row.telephone_sealed) + bytes(row.telephone_key)
    assert PHONE not in json.dumps(list(AuditEntry.objects.values_list("detail", flat=True)), default=str)


@pytest.mark.django_db
def test_once_per_event_and_telephone():
    assert [queue(), queue(), queue(telephone="10059031299"), queue(key="referral:1:3")] == [
        True, False, True, True,
    ]  # fmt: skip


def test_four_workers_at_once_queue_one(race_db):
    told = race_db.at_once([queue] * 4)
    assert sorted(told) == [False, False, False, True]
    assert TextMessage.objects.count() == 1


def test_four_workers_at_once_send_one(race_db, tmp_path, settings):
    book = tmp_path / "book"
    queue()
    with running("taking", book, settings):
        race_db.at_once([lambda: services.send_texts(by=HOUSE)] * 4)
    assert len(book.read_text().splitlines()) == 1


@pytest.mark.django_db
def test_a_gateway_that_is_down_is_asked_again_ever_more_slowly(tmp_path, settings):
    queue()
    waits = []
    with running("down", tmp_path / "book", settings):
        for _try in range(3):
            TextMessage.objects.update(due_at=clock.now())
            assert services.send_texts(by=HOUSE) == 0
            row = TextMessage.objects.get()
            waits.append(round((row.due_at - clock.now()).total_seconds()))
    assert (row.state, row.attempts, row.problem) == (TextState.DUE, 3, "status 503")
    assert waits == [10, 20, 40]
    with running("taking", tmp_path / "book", settings):
        TextMessage.objects.update(due_at=clock.now())
        assert services.send_texts(by=HOUSE) == 1


@pytest.mark.django_db
def test_nobody_listening_and_nobody_answering_are_waited_out(tmp_path, settings):
    queue()
    settings.SMS_URL, settings.SMS_TIMEOUT = "http://127.0.0.1:9/send", 1
    services.send_texts(by=HOUSE)
    first = TextMessage.objects.get().problem
    TextMessage.objects.update(due_at=clock.now())
    with running("silent", tmp_path / "book", settings):
        services.send_texts(by=HOUSE)
    assert (first, TextMessage.objects.get().problem) == ("ConnectionRefusedError", "TimeoutError")


@pytest.mark.django_db
def test_a_number_nobody_has_is_given_up_at_once(tmp_path, settings):
    queue()
    with running("refusing", tmp_path / "book", settings):
        services.send_texts(by=HOUSE)
    row = TextMessage.objects.get()
    assert (row.state, row.problem, row.due_at) == (TextState.FAILED, "refused: 空号", None)


@pytest.mark.django_db
def test_stale_news_is_given_up(settings):
    queue()
    settings.SMS_URL = "http://127.0.0.1:9/send"
    TextMessage.objects.update(created_at=clock.now() - texting.STALE - timedelta(minutes=1))
    services.send_texts(by=HOUSE)
    assert TextMessage.objects.get().state == TextState.FAILED


@pytest.mark.django_db
def test_without_a_gateway_nothing_is_tried(settings):
    settings.DEMO = False
    queue()
    assert (services.send_texts(by=HOUSE), TextMessage.objects.get().attempts) == (0, 0)


@pytest.mark.django_db
def test_the_demonstration_shows_what_would_be_sent(settings):
    settings.DEMO = True
    queue()
    assert isinstance(gateway(), Console)
    assert services.send_texts(by=HOUSE) == 1
