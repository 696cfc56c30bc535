"""Two managers at the same moment: one is heard, the other told, and the database stays whole."""

from functools import partial

from consortium import services
from consortium.choices import Role
from consortium.engine.codes import uscc_check
from consortium.models import ApplicationEntity, Bed, Department, OrganisationIdentifier, Post
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict
from tests.factories import consortium as make

HOUSE = Actor.system("tests")


def refused(results):
    """Codes of the refusals; anything else that was raised fails."""
    assert [one for one in results if isinstance(one, Exception) and not isinstance(one, Conflict)] == []
    return [one.code for one in results if isinstance(one, Conflict)]


def test_what_is_registered_twice_at_once_is_there_once(race_db):
    place, other = make.make_organisation(), make.make_organisation()
    ward = make.make_department(place)
    body = "12990124400199900"
    code = {"by": HOUSE, "system": "uscc", "value": body + uscc_check(body)}
    device = {"by": HOUSE, "title": "CT1", "name": "CT", "organisation_id": place.pk}
    room = {"by": HOUSE, "organisation_id": place.pk, "code": "er", "name": "急诊科"}
    pairs = [
        [partial(services.register_entity, **device)] * 2,
        [partial(services.register_department, **room)] * 2,
        [partial(services.register_beds, by=HOUSE, department_id=ward.pk, first="1", last="9")] * 2,
        [partial(services.give_identifier, organisation_id=one.pk, **code) for one in (place, other)],
        [partial(services.change_department, by=HOUSE, department_id=ward.pk, version=1, code="a", name=name)
         for name in ("甲科", "乙科")],
    ]  # fmt: skip

    told = [refused(race_db.at_once(pair)) for pair in pairs]

    assert told == [
        ["entity_exists"], ["department_exists"], ["bed_exists"], ["identifier_in_use"], ["version_conflict"],
    ]  # fmt: skip
    assert (ApplicationEntity.objects.count(), Bed.objects.count(), Department.objects.count()) == (1, 9, 2)
    assert OrganisationIdentifier.objects.count() == 1


def test_nothing_comes_into_a_department_while_it_closes(race_db):
    place = make.make_organisation()
    person = make.make_staff(None)
    for number in range(4):
        ward = make.make_department(place)
        coming = (
            partial(services.register_beds, by=HOUSE, department_id=ward.pk, first="1")
            if number % 2
            else partial(make.make_post, person, Role.BED_DESK, place, department=ward)
        )
        closing = partial(
            services.close_department, by=HOUSE, department_id=ward.pk, version=1, day=clock.today()
        )

        results = race_db.at_once([closing, coming])

        inside = Bed.objects.filter(department=ward).exists() or Post.objects.filter(department=ward).exists()
        ward.refresh_from_db()
        assert ward.active is inside, results
        assert sum(isinstance(one, Exception) for one in results) == 1, results
