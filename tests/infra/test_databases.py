"""The tests' own ground: who connects, what commits, what a race test sees."""

import pytest
from django.db import ProgrammingError, connection, connections


@pytest.mark.django_db
def test_tests_work_as_the_app_user_who_cannot_create_a_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("lianyi_app",)
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("CREATE TABLE anything (id int)")


def test_a_race_database_commits_for_real_and_each_thread_has_its_connection(race_db):
    def backend() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), current_database()")
            pid, name = cursor.fetchone()
        assert name == race_db.name
        return pid

    assert len(set(race_db.at_once([backend] * 4))) == 4


@pytest.mark.django_db(databases=["owner", "audit"])
def test_owner_and_audit_are_users_of_the_same_database():
    seen = []
    for alias in ("owner", "audit"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_user, current_database()")
            seen.append(cursor.fetchone())
    assert [user for user, _ in seen] == ["lianyi_owner", "lianyi_audit"]
    assert len({name for _, name in seen}) == 1
