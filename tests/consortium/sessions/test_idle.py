"""Accounts nobody uses are closed; leavers are out the same minute."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from consortium import selectors, services
from consortium.choices import Role
from consortium.models import Staff, StaffSession
from consortium.tasks import close_idle
from kernel import clock
from kernel.models import Alarm
from tests.factories import consortium as make
from tests.factories.kernel import audit_trail

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=91)


def aged(person, days=91):
    Staff.objects.filter(pk=person.pk).update(created_at=clock.now() - timedelta(days=days))
    return person


def active(person):
    return Staff.objects.get(pk=person.pk).is_active


def test_ninety_days_without_a_sign_in_close_an_account():
    idle, young, used = (make.make_staff(Role.CASHIER) for _ in range(3))
    aged(idle), aged(used), aged(young, 89)
    make.open_session(idle, seen_at=clock.now() - LONG_AGO)
    make.open_session(used, seen_at=clock.now() - timedelta(days=89))
    assert close_idle() == 1
    assert [active(one) for one in (idle, young, used)] == [False, True, True]
    assert StaffSession.objects.get(staff=idle).ending == "account_closed"
    assert audit_trail()[-1] == ("system:consortium", "consortium.account_idle")
    out = StringIO()
    call_command("accounts", "idle", stdout=out)
    assert out.getvalue() == "0 accounts closed\n"


def test_an_account_opened_again_has_ninety_days():
    person = aged(make.make_staff(Role.CASHIER))
    close_idle()
    services.reopen_account(by=make.make_actor(Role.SYSTEM_MANAGER), staff_id=person.pk)
    assert (close_idle(), active(person)) == (0, True)


def test_the_only_manager_of_a_kind_stays_with_an_alarm():
    only, first, second = (
        make.make_staff(role) for role in (Role.AUDIT_MANAGER, Role.SECURITY_MANAGER, Role.SECURITY_MANAGER)
    )
    aged(only), aged(first)
    assert close_idle() == 1
    assert [active(one) for one in (only, first, second)] == [True, False, True]
    assert Alarm.objects.filter(code="consortium.manager_idle", subject_id=str(only.pk)).count() == 1


def test_a_leaver_is_out_at_the_next_request():
    person, keeper = make.make_staff(Role.BRANCH_DOCTOR), make.make_actor(Role.SYSTEM_MANAGER)
    client = Client()
    session = make.sign_in(client, person)
    assert client.get("/me/").status_code == 200
    services.close_account(by=keeper, staff_id=person.pk, left=True)
    assert client.get("/me/").status_code == 302
    assert selectors.signed_in(session).over


def test_what_changes_in_a_post_counts_at_the_next_request_of_an_open_session():
    person = make.make_staff(Role.SYSTEM_MANAGER)
    client = Client()
    make.sign_in(client, person)
    assert client.get("/ops/").status_code == 200
    two = [make.make_actor(Role.SECURITY_MANAGER) for _ in range(2)]
    post = selectors.posts_of(person.pk)[0]
    change = services.propose(
        by=two[0], kind="post.end", subject=person.pk, payload={"post": str(post.pk)}, reason="moves on"
    )
    assert client.get("/ops/").status_code == 200
    services.approve(by=two[1], change_id=change.pk, version=1)
    assert client.get("/ops/").headers["Location"] == "/posts/"


def test_a_fresh_platform_has_no_account():
    assert not Staff.objects.exists()


def test_there_is_no_superuser_and_no_admin(settings):
    assert not {"is_superuser", "is_staff"} & {field.name for field in Staff._meta.get_fields()}
    assert not hasattr(Staff, "has_perm")
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
