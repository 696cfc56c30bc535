"""Codes are found as doctors type them."""

import csv
from pathlib import Path

import pytest

from consortium.choices import Role
from emr.terminology import selectors, services
from emr.terminology.engine.initials import initials
from kernel.errors import Refused
from tests.factories.consortium import make_actor
from tests.factories.emr import HOUSE

pytestmark = pytest.mark.django_db
CATALOGUE = Path(__file__).parents[3] / "fixtures" / "catalogue" / "icd10.tsv"


@pytest.fixture
def codes():
    with CATALOGUE.open(encoding="utf-8") as file:
        rows = [(row["code"], row["display"]) for row in csv.DictReader(file, delimiter="\t")]
    return services.load(by=HOUSE, system="icd10", concepts=rows)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("I10", "I10"),
        ("i44.2", "I44.2"),
        ("wqxfs", "I44.2"),
        ("完全性房室", "I44.2"),
        ("房室传导阻滞 完全性"[:6], "I44.2"),
        ("yfxgxy", "I10"),
        ("高血压", "I10"),
        ("E11.9", "E11.9"),
        ("2型糖尿病", "E11.9"),
    ],
)
def test_a_code_is_found(codes, typed, code):
    assert code in [one.code for one in selectors.search("icd10", typed)]


def test_the_exact_code_stands_first(codes):
    assert selectors.search("icd10", "I48")[0].code == "I48"


def test_the_catalogue_holds_hundreds_of_codes_each_once(codes):
    assert codes > 500


def test_a_code_that_is_gone_is_not_offered_but_keeps_its_name(codes):
    services.load(by=HOUSE, system="icd10", concepts=[("I10", "原发性高血压")])

    assert (selectors.search("icd10", "E11.9"), selectors.display("icd10", "E11.9")) == ([], "2型糖尿病")


def test_nothing_typed_finds_nothing(codes):
    assert selectors.search("icd10", " ") == []


def test_initials_of_a_term():
    assert (initials("急性上呼吸道感染"), initials("2型糖尿病")) == ("jxshxdgr", "2xtnb")


def test_only_the_system_manager_loads_codes():
    with pytest.raises(Refused):
        services.load(by=make_actor(Role.BRANCH_DOCTOR), system="icd10", concepts=[])
