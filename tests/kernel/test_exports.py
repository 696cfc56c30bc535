"""8.1.4.11 b: who takes data out says what for, proves herself and is recorded."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kernel import clock, exports
from kernel.actor import Actor, Kind
from kernel.errors import Invalid, StepUpNeeded
from kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
WHO = Actor(kind=Kind.STAFF, name="liuhuian", display="刘惠安", session="s1")


def test_an_export_is_recorded_and_stamped():
    by = replace(WHO, proved_at=clock.now())
    stamp = exports.begin(by=by, what="audit", purpose="security", place="青禾县总医院", detail={"rows": 3})
    assert str(stamp).startswith("刘惠安 · 青禾县总医院 · 20")
    assert str(stamp).count(" · ") == 3


def test_without_a_purpose_nothing_goes_out():
    by = replace(WHO, proved_at=clock.now())
    for purpose in ("", "curiosity"):
        with pytest.raises(Invalid) as refused:
            exports.begin(by=by, what="audit", purpose=purpose)
        assert "purpose" in refused.value.fields


def test_an_old_proof_is_not_enough():
    for proved in (None, clock.now() - timedelta(minutes=11)):
        with pytest.raises(StepUpNeeded):
            exports.begin(by=replace(WHO, proved_at=proved), what="audit", purpose="security")


def test_the_trace_stands_in_the_chain():
    exports.begin(by=replace(WHO, proved_at=clock.now()), what="record", purpose="patient")
    entries = AuditEntry.objects.filter(action="export.made")
    assert list(entries.values_list("detail", flat=True)) == [{"what": "record", "purpose": "patient"}]
