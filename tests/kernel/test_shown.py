"""Whatever a page shows leaves an entry before its first byte, lists included."""

import pytest

from consortium.choices import Role
from kernel.models import AuditEntry
from kernel.web import shown
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _anew():
    shown.forget()


def entries():
    return list(AuditEntry.objects.filter(action="page.shown").values_list("actor_name", "subject_kind"))


def test_a_list_is_recorded_once_a_session_and_window(client):
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    make.sign_in(client, doctor)
    assert [client.get("/referrals/").status_code for _time in range(3)] == [200] * 3
    assert entries() == [(doctor.username, "referral:board")]
    make.sign_in(client, doctor)
    client.get("/referrals/")
    assert entries() == [(doctor.username, "referral:board")] * 2


def test_ones_own_account_and_code_lists_are_nobodys_data(client):
    make.sign_in(client, make.make_staff(Role.BRANCH_DOCTOR))
    assert [client.get(path).status_code for path in ("/me/", "/ui/")] == [200, 200]
    assert entries() == []
