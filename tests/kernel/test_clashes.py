"""What the database refuses is told by the name of the constraint, and by no other one's."""

import ast

import pytest
from django.db import IntegrityError, connection

from kernel import clock, ids
from kernel.database.clashes import told_as
from kernel.errors import Conflict
from kernel.models import IdempotencyKey
from tests import code

pytestmark = pytest.mark.django_db


def use(key):
    IdempotencyKey.objects.create(actor="a", verb="v", key=key, subject=ids.uuid7(), used_at=clock.now())


def test_who_is_second_reads_the_sentence_and_the_transaction_goes_on():
    use("k")

    with pytest.raises(Conflict) as refused, told_as(Conflict(code="used"), "idempotency_key_once"):
        use("k")

    assert refused.value.code == "used"
    assert IdempotencyKey.objects.count() == 1


def test_what_another_constraint_refuses_is_not_told_as_this_ones():
    use("k")

    with pytest.raises(IntegrityError), told_as(Conflict(code="used"), "another_one"):
        use("k")
    with pytest.raises(IntegrityError), told_as(Conflict(code="used"), "idempotency_key_once"):
        use(None)


def test_every_constraint_that_is_named_stands_in_the_database():
    calls = [
        node
        for path in code.files("**/*.py")
        for node in ast.walk(code.tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "told_as"
    ]
    named = {one.value for call in calls for one in call.args[1:] if isinstance(one, ast.Constant)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'"
        )
        known = {name for (name,) in cursor.fetchall()}

    assert len(calls) > 9
    assert named - known == set()
