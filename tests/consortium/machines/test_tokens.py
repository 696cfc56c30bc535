"""The token door and the bearer it gives out."""

from base64 import b64encode
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory

from consortium import api_auth, services
from consortium.choices import MAX_FAILURES, Role
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, SignInRequired
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("setup")


@pytest.fixture
def made():
    return services.register_client(
        by=HOUSE,
        client_id="liuxi-his",
        name="柳溪 HIS",
        organisation_id=make.make_organisation().pk,
        scopes=["system/Patient.read", "system/Patient.write"],
    )


def ask(client_id, secret, **more):
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, **more}
    return Client().post("/oauth/token", form)


def bearer(token):
    return RequestFactory().get("/fhir/Patient", headers={"Authorization": f"Bearer {token}"})


def test_a_client_gets_a_token_and_acts_with_its_scopes(made):
    answer = ask("liuxi-his", made.secret)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    body = answer.json()
    assert (body["token_type"], body["scope"]) == ("Bearer", "system/Patient.read system/Patient.write")
    actor = api_auth.actor_of_bearer(bearer(body["access_token"]))
    assert actor.roles == {"api_client", "system/Patient.read", "system/Patient.write"}
    assert actor.organisation == made.client.organisation_id
    assert actor.name == "client:liuxi-his"


def test_basic_credentials_and_fewer_scopes(made):
    basic = b64encode(f"liuxi-his:{made.secret}".encode()).decode()
    answer = Client().post(
        "/oauth/token",
        {"grant_type": "client_credentials", "scope": "system/Patient.read"},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert answer.json()["scope"] == "system/Patient.read"


def test_errors_are_those_of_rfc_6749(made):
    answers = {
        "secret": ask("liuxi-his", "wrong"),
        "client": ask("nobody", "wrong"),
        "scope": ask("liuxi-his", made.secret, scope="system/*.*"),
        "grant": ask("liuxi-his", made.secret, grant_type="password"),
        "basic": Client().post(
            "/oauth/token", {"grant_type": "client_credentials"}, headers={"Authorization": "Basic ???"}
        ),
    }
    assert {name: (one.status_code, one.json()["error"]) for name, one in answers.items()} == {
        "secret": (401, "invalid_client"),
        "client": (401, "invalid_client"),
        "scope": (400, "invalid_scope"),
        "grant": (400, "unsupported_grant_type"),
        "basic": (401, "invalid_client"),
    }
    assert answers["secret"]["WWW-Authenticate"].startswith("Basic")


def test_guessing_a_secret_locks_the_client_for_a_while(made):
    for _ in range(MAX_FAILURES):
        ask("liuxi-his", "wrong")
    assert ask("liuxi-his", made.secret).status_code == 429


def test_a_revoked_client_ends_every_token_and_a_closed_one_gets_none(made):
    token = ask("liuxi-his", made.secret).json()["access_token"]
    guard = make.make_actor(Role.SECURITY_MANAGER)
    services.revoke_client(by=guard, client_pk=made.client.pk, close=True)
    api_auth.forget_cards()
    with pytest.raises(SignInRequired):
        api_auth.actor_of_bearer(bearer(token))
    assert ask("liuxi-his", made.secret).status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer not.a-token", "Token abc"])
def test_what_is_no_token_is_asked_to_sign_in(header):
    request = RequestFactory().get("/fhir/Patient", headers={"Authorization": header})
    with pytest.raises(SignInRequired):
        api_auth.actor_of_bearer(request)


def test_a_token_ends_with_its_time_although_it_was_proved_a_moment_before(made, monkeypatch):
    token = ask("liuxi-his", made.secret).json()
    api_auth.actor_of_bearer(bearer(token["access_token"]))
    over = clock.now() + timedelta(seconds=token["expires_in"])
    monkeypatch.setattr(clock, "now", lambda: over)
    with pytest.raises(SignInRequired):
        api_auth.actor_of_bearer(bearer(token["access_token"]))


def test_what_was_read_of_a_client_is_trusted_five_seconds_whatever_was_proved_meanwhile(made, monkeypatch):
    token, moment = ask("liuxi-his", made.secret).json()["access_token"], [1000.0]
    monkeypatch.setattr(api_auth, "monotonic", lambda: moment[0])
    api_auth.forget_cards()
    api_auth.actor_of_bearer(bearer(ask("liuxi-his", made.secret).json()["access_token"]))
    services.revoke_client(by=make.make_actor(Role.SECURITY_MANAGER), client_pk=made.client.pk, close=True)
    moment[0] += 4.9
    api_auth.actor_of_bearer(bearer(token))
    moment[0] += 0.2
    with pytest.raises(SignInRequired):
        api_auth.actor_of_bearer(bearer(token))


def test_a_bearer_costs_no_statement_once_the_client_is_known(made, django_assert_num_queries):
    request = bearer(ask("liuxi-his", made.secret).json()["access_token"])
    api_auth.actor_of_bearer(request)
    with django_assert_num_queries(0):
        api_auth.actor_of_bearer(request)


@pytest.mark.parametrize("scope", ["system", "security_manager", "system/Patient", "everything/*.*"])
def test_a_scope_can_never_be_taken_for_a_role(scope):
    with pytest.raises(Invalid):
        services.register_client(
            by=HOUSE, client_id="x", name="x", organisation_id=make.make_organisation().pk, scopes=[scope]
        )


def test_a_client_exists_once_and_is_out_of_other_posts_reach(made):
    with pytest.raises(Conflict):
        services.register_client(
            by=HOUSE,
            client_id="liuxi-his",
            name="x",
            organisation_id=made.client.organisation_id,
            scopes=["system/*.read"],
        )
    with pytest.raises(OutOfReach):
        services.revoke_client(by=make.make_actor(Role.SYSTEM_MANAGER), client_pk=make.make_organisation().pk)


def test_the_portals_session_opens_the_machine_doors_too():
    doctor, client = make.make_staff(Role.SPECIALIST), Client()
    make.sign_in(client, doctor)
    request = RequestFactory().get("/dicomweb/studies")
    request.COOKIES["lianyi_session"] = client.cookies["lianyi_session"].value
    assert api_auth.actor_of(request).id == doctor.pk
    with pytest.raises(SignInRequired):
        api_auth.actor_of(RequestFactory().get("/dicomweb/studies"))
