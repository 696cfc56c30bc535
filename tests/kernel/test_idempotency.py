"""A verb ordered twice happens once."""

import threading
from uuid import uuid4

import pytest
from django.db import transaction

from kernel import idempotency
from kernel.models import IdempotencyKey
from tests.factories.kernel import make_actor


def test_the_second_order_gets_the_first_subject(db):
    by, one, two = make_actor(), uuid4(), uuid4()
    assert idempotency.first(by=by, verb="referral.submit", key="k", subject=one) is None
    assert idempotency.first(by=by, verb="referral.submit", key="k", subject=two) == one


def test_keys_are_apart_by_actor_verb_and_key(db):
    by = make_actor()
    assert idempotency.first(by=by, verb="a", key="k", subject=uuid4()) is None
    assert idempotency.first(by=by, verb="b", key="k", subject=uuid4()) is None
    assert idempotency.first(by=by, verb="a", key="l", subject=uuid4()) is None
    assert idempotency.first(by=make_actor(), verb="a", key="k", subject=uuid4()) is None


def test_no_key_is_no_protection(db):
    by = make_actor()
    assert idempotency.first(by=by, verb="a", key="", subject=uuid4()) is None
    assert idempotency.first(by=by, verb="a", key="", subject=uuid4()) is None
    assert IdempotencyKey.objects.count() == 0


def test_a_verb_that_fails_leaves_its_key_free(race_db):
    by, subject = make_actor(), uuid4()

    @transaction.atomic
    def fail():
        idempotency.first(by=by, verb="a", key="k", subject=uuid4())
        raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert idempotency.first(by=by, verb="a", key="k", subject=subject) is None


def test_eight_at_once_one_is_first(race_db):
    by = make_actor()
    subjects = [uuid4() for _ in range(8)]

    def order(subject):
        with transaction.atomic():
            return idempotency.first(by=by, verb="a", key="k", subject=subject)

    answers = race_db.at_once([lambda subject=subject: order(subject) for subject in subjects])
    assert answers.count(None) == 1
    winner = subjects[answers.index(None)]
    assert [answer for answer in answers if answer is not None] == [winner] * 7


def test_the_second_waits_for_the_first_to_end(race_db):
    by, held, end = make_actor(), threading.Event(), threading.Event()

    def failing():
        with transaction.atomic():
            idempotency.first(by=by, verb="a", key="k", subject=uuid4())
            held.set()
            end.wait(10)
            raise KeyError

    def second():
        held.wait(10)
        threading.Timer(0.2, end.set).start()
        return idempotency.first(by=by, verb="a", key="k", subject=uuid4())

    answers = race_db.at_once([failing, second])
    assert isinstance(answers[0], KeyError)
    assert answers[1] is None
