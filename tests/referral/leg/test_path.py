"""The stepper shows the way a leg really goes."""

import pytest

from kernel import clock
from referral.choices import Direction, Status
from referral.models import HistoryEntry, Referral
from referral.selectors.leg.path import steps

HOUSE = ["已到诊", "诊疗中", "待反馈确认", "结案"]


@pytest.mark.parametrize(
    ("way", "shown", "current"),
    [
        (["submitted"], ["待接收", "床位已留", *HOUSE], "待接收"),
        (
            ["submitted", "accepted", "waitlisted"],
            ["待接收", "同意接收", "候床", "床位已留", *HOUSE],
            "候床",
        ),
        (["submitted", "accepted", "scheduled"], ["待接收", "床位已留", *HOUSE], "床位已留"),
        (["in_transit"], ["转运中", *HOUSE], "转运中"),
        (["submitted", "accepted", "in_transit", "arrived"], ["待接收", "转运中", *HOUSE], "已到诊"),
        (["submitted", "arrived"], ["待接收", *HOUSE], "已到诊"),
    ],
)
def test_a_leg_stands_where_it_is(way, shown, current):
    leg = Referral(direction=Direction.UP, status=way[-1])
    entries = [HistoryEntry(after=Status(one), happened_at=clock.now()) for one in way]

    told = steps(leg, entries)

    assert [str(one["label"]) for one in told] == shown
    assert [str(one["label"]) for one in told if one["state"] == "current"] == [current]
