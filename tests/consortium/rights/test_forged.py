"""Rows of rights changed beside the application, as the owner of the tables: no rights, and the alarm."""

import pytest
from django.db import connections

from consortium import payloads, policies, selectors, services
from consortium.choices import Role
from consortium.models import Post
from kernel.actor import Actor
from kernel.errors import Refused, SignInRequired
from kernel.models import Alarm
from tests.factories import consortium as make

HOUSE = Actor.system("setup")


def roster(by):
    return policies.DUTY.allows(by, "roster")


FORGED = [
    "UPDATE consortium_post SET role = 'leader' WHERE id = %s",
    "UPDATE consortium_post SET clearance = 5 WHERE id = %s",
    "UPDATE consortium_post SET below = true WHERE id = %s",
    "UPDATE consortium_post SET period = '[2020-01-01,2099-01-01)' WHERE id = %s",
    "UPDATE consortium_post SET row_mac = '' WHERE id = %s",
]


def forge(statement, pk):
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, [pk])


@pytest.mark.parametrize("statement", FORGED)
def test_a_post_changed_in_the_database_gives_no_rights_and_alarms(race_db, statement):
    person = make.make_staff(Role.BRANCH_DOCTOR)
    session, post = make.open_session(person), Post.objects.get(staff=person)
    assert selectors.signed_in(session.pk).actor.roles == {Role.BRANCH_DOCTOR}
    forge(statement, post.pk)
    actor = selectors.signed_in(session.pk).actor
    assert (actor.post, actor.roles, actor.clearance, actor.organisations) == (None, set(), 0, set())
    assert selectors.posts_of(person.pk) == []
    with pytest.raises(Refused):
        selectors.actor_of(Post.objects.get(pk=post.pk))
    alarm = Alarm.objects.get()
    assert (alarm.code, alarm.subject_id) == ("kernel.row_damaged", str(post.pk))


def test_a_narrowing_changed_in_the_database_takes_everything(race_db):
    person = make.make_staff(Role.MEDICAL_AFFAIRS)
    session = make.open_session(person)
    payload = payloads.narrowing_payload(
        model="consortium.dutyshift", action="roster", role=Role.MEDICAL_AFFAIRS
    )
    row = services.narrow(by=HOUSE, payload=payload)
    actor = selectors.signed_in(session.pk).actor
    assert (actor.taken, roster(actor)) == ({"consortium.dutyshift.roster"}, False)
    forge("UPDATE consortium_narrowing SET action = 'nothing' WHERE id = %s", row.pk)
    assert selectors.signed_in(session.pk).actor.roles == set()
    assert Alarm.objects.get().subject_id == str(row.pk)


def test_a_client_changed_in_the_database_gets_no_token(race_db):
    made = services.register_client(
        by=HOUSE,
        client_id="his",
        name="HIS",
        organisation_id=make.make_organisation().pk,
        scopes=["system/Patient.read"],
    )
    assert services.issue_token(by=HOUSE, client_id="his", secret=made.secret).scope
    forge("UPDATE consortium_apiclient SET scopes = '{system/*.*}' WHERE id = %s", made.client.pk)
    with pytest.raises(SignInRequired):
        services.issue_token(by=HOUSE, client_id="his", secret=made.secret)
    assert Alarm.objects.get().subject_id == str(made.client.pk)
