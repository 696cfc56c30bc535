"""Identifiers sort by time of birth."""

import time

from kernel.ids import uuid7


def test_ids_of_one_process_ascend_and_carry_their_time():
    ids = [uuid7() for _ in range(20_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 20_000
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}
    assert abs((ids[-1].int >> 80) - time.time() * 1000) < 5000
