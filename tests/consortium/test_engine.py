"""Codes, one-time codes and password rules, held against published examples."""

from base64 import b32encode

import pytest

from consortium.engine import codes, passwords, totp
from consortium.engine.passwords import Weakness

RFC_SECRET = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000802100433B"])
def test_known_credit_codes_are_valid(code):
    assert codes.uscc_valid(code)


def test_a_credit_code_with_one_wrong_character_is_refused():
    right = "12990124" + "400100038"
    right += codes.uscc_check(right)
    wrong = [
        right[:place] + ("0" if right[place] != "0" else "1") + right[place + 1 :] for place in range(18)
    ]
    assert codes.uscc_valid(right)
    assert [text for text in wrong if codes.uscc_valid(text)] == []


@pytest.mark.parametrize("text", ["", "9135010", "91350100I000100Y43", "91350100m000100y43"])
def test_shapes_that_are_no_credit_code(text):
    assert not codes.uscc_valid(text)


def test_the_other_institution_codes_have_a_shape():
    assert codes.insurance_valid("H99012400001")
    assert not codes.insurance_valid("X99012400001")
    assert not codes.insurance_valid("H9901240000")
    assert codes.institution_valid("4001000389901241100A10"[:22])
    assert not codes.institution_valid("40010003")


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("990124197605200011", True),
        ("990124197605200012", False),
        ("990124197602300011", False),
        ("99012419760520001", False),
        ("99012419760520001①", False),
    ],
)
def test_id_numbers_need_a_real_day_and_the_check_character(text, valid):
    assert codes.id_number_valid(text) == valid


@pytest.mark.parametrize(
    ("moment", "digits"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238(moment, digits):
    assert totp.code_at(RFC_SECRET, moment) == digits


def test_a_code_fits_one_step_early_or_late_and_never_again():
    moment = 1111111109
    step = moment // 30
    digits = totp.code_at(RFC_SECRET, moment)
    assert totp.matching_step(RFC_SECRET, digits, moment + 30, after=0) == step
    assert totp.matching_step(RFC_SECRET, digits, moment - 30, after=0) == step
    assert totp.matching_step(RFC_SECRET, digits, moment + 61, after=0) is None
    assert totp.matching_step(RFC_SECRET, digits, moment, after=step) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_fits_nothing(typed):
    assert totp.matching_step(RFC_SECRET, typed, 0, after=0) is None


def test_a_broken_secret_fits_nothing():
    assert totp.matching_step("not base 32!", "123456", 0, after=0) is None


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("Summer-rain-2026", []),
        ("Ab1!", [Weakness.SHORT, Weakness.REPEATS]),
        ("onlysmallletters", [Weakness.CLASSES]),
        ("Wanglihua-2026", [Weakness.NAME]),
        ("Aa1Aa1Aa1Aa1", [Weakness.REPEATS]),
    ],
)
def test_why_a_password_is_weak(text, reasons):
    assert passwords.weaknesses(text, "wanglihua", "王丽华") == reasons


def test_random_passwords_are_strong_and_differ():
    made = {passwords.random_password() for _ in range(50)}
    assert len(made) == 50
    assert [text for text in made if passwords.weaknesses(text)] == []
