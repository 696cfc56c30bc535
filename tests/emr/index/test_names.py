"""Pieces of names."""

from datetime import date

import pytest

from emr.index.engine import names, places, query
from emr.index.engine.ages import age
from emr.index.engine.query import Query, Shape


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("周桂芳", "周*芳"),
        ("王伟", "王*"),
        ("欧阳㛃㛃", "欧**㛃"),
        ("𠮷田", "𠮷*"),
        ("买买提·吐尔逊", "买****逊"),
        ("李", "*"),
    ],
)
def test_masking_a_name(name, masked):
    assert names.masked(name) == masked


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("周桂芳", "周桂"),
        ("周桂芳", "桂芳"),
        ("周桂芳", "zgf"),
        ("周桂芳", "zhougui"),
        ("周桂芳", "ZhouGuiFang"),
        ("单雄信", "sxx"),
        ("𠮷㛃", "jj"),
        ("龑镕", "yanrong"),
        ("买买提·吐尔逊", "买买提吐"),
        ("买买提·吐尔逊", "mmtt"),
    ],
)
def test_a_name_is_found_by_its_parts(name, typed):
    pieces, together = names.wanted(typed)
    have = names.pieces(name)

    assert (have.issuperset(pieces) if together else not have.isdisjoint(pieces)) is True


def test_a_long_name_of_many_sounds_keeps_few_tokens():
    assert len(names.pieces("阿卜杜热合曼·阿卜杜外力江买买提")) < 120


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("周桂芳", ("周", "桂芳")),
        ("欧阳娜娜", ("欧阳", "娜娜")),
        ("欧阳", ("欧", "阳")),
        ("买买提·吐尔逊", ("买买提·吐尔逊", "")),
    ],
)
def test_family_and_given_name(name, parts):
    assert names.split(name) == parts


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("99012419590312204X", Query(Shape.ID_NUMBER, "99012419590312204X")),
        ("990124 19590312 204x", Query(Shape.ID_NUMBER, "99012419590312204X")),
        ("110105491231002", Query(Shape.ID_NUMBER, "110105491231002")),
        ("100 1234 5678", Query(Shape.PHONE, "10012345678")),
        ("+86 10012345678", Query(Shape.PHONE, "10012345678")),
        ("周桂芳", Query(Shape.NAME, "周桂芳")),
        ("周桂芳 1959", Query(Shape.NAME, "周桂芳", 1959)),
        ("周桂芳1959", Query(Shape.NAME, "周桂芳", 1959)),
        ("周", Query(Shape.SHORT, "周")),
        ("zgf", Query(Shape.LETTERS, "zgf")),
        ("G12345678", Query(Shape.ID_NUMBER, "G12345678")),
        ("00000123", Query(Shape.NUMBER, "00000123")),
        ("  ", Query(Shape.NOTHING, "")),
    ],
)
def test_what_was_typed_is_known_by_its_shape(typed, read):
    assert query.read(typed) == read


@pytest.mark.parametrize(
    ("address", "village"),
    [
        ("青禾县柳溪镇杨家湾村12号", "柳溪镇杨家湾村"),
        ("云岭省青禾县石桥镇", "石桥镇"),
        ("", ""),
    ],
)
def test_the_village_of_an_address(address, village):
    assert places.village(address) == village


def test_ages_are_days_then_months_then_years():
    today = date(2026, 11, 21)

    assert [age(date(2026, 11, 1), today), age(date(2025, 1, 22), today), age(date(1959, 3, 12), today)] == [
        (20, "days"),
        (21, "months"),
        (67, "years"),
    ]
