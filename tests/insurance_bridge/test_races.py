"""Money that two windows want at the same moment moves once."""

from insurance_bridge import selectors
from tests.factories.insurance import Centre
from tests.insurance_bridge.test_deposits import give_back, take
from tests.insurance_bridge.test_services import make_desk


def test_four_windows_give_the_rest_of_a_deposit_back_once(centre: Centre, race_db) -> None:  # type: ignore[no-untyped-def]  # the fixture's own type
    desk = make_desk(centre)
    take(desk, 30000)

    answers = race_db.at_once([lambda key=key: give_back(desk, key=key) for key in "abcd"])

    assert sorted(type(one).__name__ for one in answers) == ["Conflict"] * 3 + ["NoneType"]
    assert selectors.deposit_left(desk.visit.receipts.all()) == 0
