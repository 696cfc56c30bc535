"""What a cart wrote about the person, held against the record."""

from datetime import date

import pytest

from ecg.engine.identity import differences


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ({"patient_name": "Zhou^Guifang=周^桂芳", "birth_date": "19590312", "sex": "F"}, set()),
        ({"patient_name": "GUIFANG ZHOU", "birth_date": "1959-03-12", "sex": "女"}, set()),
        ({"patient_name": "", "birth_date": "", "sex": ""}, set()),
        ({"patient_name": "周桂芬"}, {"patient_name"}),
        ({"patient_name": "Zhou^Guifen"}, {"patient_name"}),
        ({"patient_name": "周桂芳", "birth_date": "19580312", "sex": "M"}, {"birth_date", "sex"}),
    ],
)
def test_what_disagrees_is_named_and_what_is_left_out_is_not(said, other):
    whole = {"patient_name": "", "birth_date": "", "sex": "", **said}
    assert differences(whole, name="周桂芳", birth_date=date(1959, 3, 12), sex="2") == other
