"""What rang every minute, in two lines."""

from referral.engine.folding import folded


def rings(row):
    return "ring" if row.startswith("ring") else None


def test_a_long_run_is_its_first_and_its_last_with_how_many():
    rows = ["sent", "ring 1", "ring 2", "ring 3", "ring 4", "ready", "ring 5"]
    assert list(folded(rows, rings)) == [
        ("sent", 1),
        ("ring 1", 1),
        ("ring 4", 3),
        ("ready", 1),
        ("ring 5", 1),
    ]


def test_two_stay_two_and_what_does_not_ring_is_never_folded():
    assert list(folded(["ring 1", "ring 2"], rings)) == [("ring 1", 1), ("ring 2", 1)]
    assert list(folded(["said", "said", "said"], rings)) == [("said", 1)] * 3
