"""The invented people are valid, unique, and nobody."""

from datetime import date

from emr.index.engine import identity
from fixtures.people import people

TODAY = date(2026, 11, 21)


def test_the_same_seed_makes_the_same_people():
    assert list(people(50, today=TODAY)) == list(people(50, today=TODAY))


def test_every_number_holds_belongs_to_region_99_and_is_nobody_elses():
    made = [one for one in people(5000, today=TODAY, visits=False) if one.id_kind == "resident"]
    papers = [identity.parse(one.id_number, today=TODAY) for one in made]

    assert {paper.warnings for paper in papers} == {("region",)}
    assert [(paper.birth_date, paper.sex) for paper in papers] == [(one.birth_date, one.sex) for one in made]
    assert len({one.id_number for one in made}) == len(made)


def test_telephones_begin_with_100_and_are_unique():
    phones = [one.phone for one in people(2000, today=TODAY, visits=False) if one.phone]

    assert (all(phone.startswith("100") for phone in phones), len(set(phones))) == (True, len(phones))


def test_there_are_rare_characters_and_long_names():
    names = {one.name for one in people(5000, today=TODAY, visits=False)}

    assert [any(part in name for name in names) for part in ("𠮷", "㛃", "龑", "·")] == [True] * 4


def test_histories_are_recordable_values():
    visits = [visit for one in people(300, today=TODAY) for visit in one.visits]

    assert (len(visits) > 200, all(visit.at.date() < TODAY for visit in visits)) == (True, True)
