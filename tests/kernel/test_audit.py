"""The audit record and its chain."""

from uuid import uuid4

import pytest
from django.db import connection

from kernel import audit
from kernel.actor import Actor
from kernel.models import AuditEntry


def test_a_record_is_one_row_of_two_statements(db, django_assert_num_queries):
    patient = uuid4()
    with django_assert_num_queries(2):
        audit.record(by=Actor.system("test"), action="test.done", patient=patient, detail={"a": 1})
    entry = AuditEntry.objects.get()
    assert (entry.actor_name, entry.action, entry.patient, entry.detail) == ("system:test", "test.done", patient, {"a": 1})
