"""The portal's pages as their posts see them."""

import pytest

from consortium.choices import Role
from tests.factories.consortium import make_staff, sign_in

pytestmark = pytest.mark.django_db

MANAGERS = {Role.SYSTEM_MANAGER: "/ops/", Role.SECURITY_MANAGER: "/security/", Role.AUDIT_MANAGER: "/audit/"}


@pytest.mark.parametrize("role", [role for role in Role if role not in MANAGERS])
def test_every_post_has_a_home_that_stands(client, role):
    sign_in(client, make_staff(role))

    answer = client.get("/")

    assert (answer.status_code, answer.templates[0].name) == (200, "portal/home.html")


@pytest.mark.parametrize(("role", "home"), MANAGERS.items())
def test_managers_begin_in_their_console(client, role, home):
    sign_in(client, make_staff(role))

    assert client.get("/").headers["Location"] == home
