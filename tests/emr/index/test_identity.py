"""Identity numbers after GB 11643."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emr.index.engine import identity

TODAY = date(2026, 11, 21)
GOOD = "990124195903122048"


def with_check(first17: str) -> str:
    return first17 + identity.check_digit(first17)


def test_the_published_example_number_has_its_check_digit():
    assert identity.check_digit("11010519491231002") == "X"


def test_a_number_says_birth_date_and_sex_and_warns_of_an_unknown_region():
    number = with_check("99012419590312204")

    assert identity.parse(number, today=TODAY) == identity.Document(
        number, date(1959, 3, 12), "2", ("region",)
    )


def test_a_known_region_does_not_warn():
    assert identity.parse("11010519491231002X", today=TODAY).warnings == ()


def test_spaces_lower_x_and_full_width_are_read():
    assert identity.parse(" 110105 19491231 002ｘ", today=TODAY).number == "11010519491231002X"


def test_fifteen_digits_are_converted_and_said_so():
    assert identity.parse("110105491231002", today=TODAY) == identity.Document(
        "11010519491231002X", date(1949, 12, 31), "2", ("converted",)
    )


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310", "birth_date"),
        ("1101051949123100", "length"),
        ("11010519491231002A", "characters"),
        (with_check("11010519490231002"), "birth_date"),
        (with_check("11010520991231002"), "birth_date"),
        ("110105194912310021", "check_digit"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(number, code):
    with pytest.raises(identity.Malformed) as wrong:
        identity.parse(number, today=TODAY)

    assert wrong.value.code == code


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_mistyped_digit_is_always_noticed(place, step):
    number = with_check("99012419590312204")
    digit = str((int(number[place]) + step) % 10)
    mistyped = number[:place] + digit + number[place + 1 :]

    with pytest.raises(identity.Malformed):
        identity.parse(mistyped, today=TODAY)


@pytest.mark.parametrize("number", ["G12345678", "EA1234567"])
def test_a_passport_number_passes(number):
    assert identity.parse_passport(number).number == number


def test_an_old_permanent_residence_card_passes():
    assert identity.parse_permanent("abc110101010203", today=TODAY).number == "ABC110101010203"


@pytest.mark.parametrize(
    ("number", "masked"), [(GOOD, "990***********2048"), ("G12345678", "*******78"), ("A1", "A1")]
)
def test_masking_keeps_three_and_four(number, masked):
    assert identity.mask(number) == masked
