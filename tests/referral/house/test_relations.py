"""Who may refer to whom: kept by the consortium office, held against every form."""

from datetime import timedelta

import pytest

from consortium.choices import OrganisationKind, Role
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from referral import services
from referral.choices import Status
from referral.models import Relation
from referral.selectors import work
from referral.selectors.house import directory as listing
from referral.selectors.house.relations import lines, page, towards_closed
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.referral import County, make_county, make_draft, make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> County:
    return make_county()


@pytest.fixture
def office():
    place = make_organisation(OrganisationKind.CONSORTIUM_OFFICE)
    return make_actor(Role.STATISTICIAN, place)


def relate(office, source, target, **said):
    return services.relate(by=office, source_id=source.pk, target_id=target.pk, kind="level", **said)


def test_before_the_first_relation_everybody_refers_to_everybody(county):
    assert make_draft(county).target_id == county.hospital.pk


def test_an_unrelated_target_is_refused_in_a_sentence_and_not_listed(county, office):
    relate(office, make_organisation(), county.hospital)

    with pytest.raises(Invalid) as wrong:
        make_draft(county)

    assert set(wrong.value.fields) == {"target"}
    assert county.branch.short_name in str(wrong.value.fields["target"])
    assert listing.directory(by=county.doctor) == []


def test_related_institutions_refer_to_one_another_both_ways(county, office):
    relate(office, county.hospital, county.branch)

    assert make_draft(county).unrelated is False
    assert {one.organisation_id for one in listing.directory(by=county.doctor)} == {county.hospital.pk}


def test_an_emergency_goes_all_the_same_and_is_marked(county, office):
    relate(office, make_organisation(), county.hospital)
    leg = make_draft(county, priority="emergency")
    sent = services.emergency_send(
        by=county.doctor, referral_id=leg.pk, version=leg.version, key="", eta_minutes=30
    )

    assert (sent.status, sent.unrelated) == (Status.IN_TRANSIT, True)


def test_a_relation_that_ended_before_the_submission_holds_the_form_back(county, office):
    row = relate(office, county.branch, county.hospital)
    leg = make_draft(county)
    services.end_relation(by=office, relation_id=row.pk)

    with pytest.raises(Invalid):
        services.submit(by=county.doctor, referral_id=leg.pk, version=leg.version, key="")
    assert lines(by=office, ended=True)[0].until == clock.today()


def test_a_leg_is_passed_on_to_who_is_related_to_either_side(county, office):
    near, far = make_organisation(), make_organisation()
    relate(office, county.branch, county.hospital)
    relate(office, county.hospital, near)
    leg = make_submitted(county)
    said = {
        "by": county.coordinator,
        "referral_id": leg.pk,
        "version": leg.version,
        "key": "",
        "text": "专科在那里",
    }

    with pytest.raises(Invalid):
        services.redirect(target_id=far.pk, **said)
    leg.refresh_from_db()
    assert leg.status == Status.SUBMITTED
    assert services.redirect(target_id=near.pk, **said).target_id == near.pk


def test_a_closed_institution_is_no_target_even_in_an_emergency(county):
    county.hospital.active = False
    county.hospital.save()

    with pytest.raises(Invalid) as wrong:
        make_draft(county, priority="emergency")

    assert set(wrong.value.fields) == {"target"}


def test_legs_towards_a_closed_institution_are_a_task_of_the_office_without_a_name(county, office):
    make_submitted(county)
    county.hospital.active = False
    county.hospital.save()

    (closed,) = towards_closed(by=office)
    (task,) = work(by=office).waiting
    assert (closed.legs, task.url, task.patient_id) == (1, "/referrals/relations/", None)


@pytest.mark.parametrize("said", [{"kind": "cousins"}, {"until": clock.today() - timedelta(days=1)}])
def test_a_relation_that_says_nothing_is_refused(county, office, said):
    with pytest.raises(Invalid):
        services.relate(
            by=office,
            **{"source_id": county.branch.pk, "target_id": county.hospital.pk, "kind": "level", **said},
        )


def test_the_same_two_are_related_once_at_a_time(county, office):
    relate(office, county.branch, county.hospital)

    with pytest.raises(Conflict):
        relate(office, county.branch, county.hospital)
    with pytest.raises(Invalid):
        relate(office, county.branch, county.branch)


def test_a_relation_ends_once(county, office):
    row = relate(office, county.branch, county.hospital)
    services.end_relation(by=office, relation_id=row.pk)

    with pytest.raises(Conflict):
        services.end_relation(by=office, relation_id=row.pk)


@pytest.mark.parametrize(
    "role", [Role.SYSTEM_MANAGER, Role.SECURITY_MANAGER, Role.AUDIT_MANAGER, Role.COORDINATOR]
)
def test_managers_and_desks_keep_no_relations(county, office, role):
    with pytest.raises(Refused):
        relate(make_actor(role, make_organisation()), county.branch, county.hospital)


def test_a_statistician_elsewhere_sees_and_changes_none(county, office):
    elsewhere = make_actor(Role.STATISTICIAN, county.hospital)
    row = relate(office, county.branch, county.hospital)

    with pytest.raises(Refused):
        relate(elsewhere, county.branch, county.hospital)
    with pytest.raises((Refused, OutOfReach)):
        services.end_relation(by=elsewhere, relation_id=row.pk)
    assert page(by=elsewhere).lines == []


def test_the_tree_relates_every_institution(county):
    village = make_organisation(OrganisationKind.VILLAGE_CLINIC, parent=county.branch)
    outside = make_organisation(OrganisationKind.OUTSIDE)
    house = Actor.system("tests")
    made = (services.relate_tree(by=house), services.relate_tree(by=house))

    pairs = set(Relation.objects.values_list("source", "target", "kind"))
    assert (made[0], made[1]) == (len(pairs), 0)
    assert {(village.pk, county.branch.pk, "level"), (county.hospital.pk, outside.pk, "outside")} <= pairs


def test_a_relation_without_an_end_is_listed_and_counted_at_both_sides(county, office):
    relate(office, county.branch, county.hospital)

    whole, one = page(by=office), page(by=office, place=str(county.branch.pk))
    assert {(group.name, group.relations) for group in whole.groups} == {
        (county.branch.short_name, 1),
        (county.hospital.short_name, 1),
    }
    assert [(line.source, line.target, line.until) for line in one.lines] == [
        (county.branch.short_name, county.hospital.short_name, None)
    ]


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_of_relations_takes_the_same_statements(county, office, many, django_assert_num_queries):
    for _each in range(many):
        relate(office, make_organisation(), county.hospital)

    with django_assert_num_queries(13):
        shown = page(by=office, place=str(county.hospital.pk))
    assert len(shown.lines) == many
