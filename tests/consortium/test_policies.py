"""The whole matrix of consortium, nothing implied."""

import pytest

from consortium import policies
from consortium.choices import Role
from kernel.actor import Actor, Kind

SYSTEM_MANAGER = {
    "ORGANISATION": {"view", "register", "change"},
    "DEPARTMENT": {"view", "register", "change", "close", "reopen"},
    "BED": {"view", "register", "change", "close", "reopen"},
    "DELIVERY": {"view", "retry"},
    "DUTY": {"roster"},
    "STAFF": {"view", "create", "unlock", "close", "reopen", "reset_password"},
    "SESSION": {"view", "end"},
    "PASSKEY": {"view", "remove"},
    "CERTIFICATE": {"view", "revoke"},
    "CLIENT": {"view", "renew", "revoke"},
    "ENTITY": {"view", "register", "change", "close", "reopen"},
    "NOTICE": {"view", "read"},
    "RUNNING": {"view"},
    "CHANGE": {"view", "propose", "decide", "withdraw"},
}
SECURITY_MANAGER = {
    "STAFF": {"view", "reset_factor"},
    "POST": {"view"},
    "NARROWING": {"view"},
    "SESSION": {"view", "end", "view_all", "end_any"},
    "PASSKEY": {"view", "remove"},
    "CERTIFICATE": {"view", "bind", "revoke"},
    "CLIENT": {"view", "revoke"},
    "CHANGE": {"view", "propose", "decide", "withdraw"},
    "ALARM": {"view", "take", "close"},
    "RULE": {"change"},
    "NOTICE": {"view", "read"},
}
AUDIT_MANAGER = {
    "SESSION": {"view", "end"},
    "PASSKEY": {"view", "remove"},
    "CERTIFICATE": {"view"},
    "NOTICE": {"view", "read"},
    "AUDIT": {"search", "verify", "export", "report"},
}
ANYBODY = {
    "SESSION": {"view", "end"},
    "PASSKEY": {"view", "remove"},
    "CERTIFICATE": {"view"},
    "NOTICE": {"view", "read"},
}
ASKING = {**ANYBODY, "CHANGE": {"view", "propose", "withdraw"}}
MEDICAL_AFFAIRS = {**ASKING, "DUTY": {"roster"}, "CALENDAR": {"set"}, "HOURS": {"set"}}
LEADER = {**ANYBODY, "ORGANISATION": {"close"}, "CERTIFICATE": {"view", "bind"}, "CHANGE": {"view", "decide"}}
HOUSE = {
    "CALENDAR": {"set"},
    "HOURS": {"set"},
    "ORGANISATION": {"register", "change", "close"},
    "DEPARTMENT": {"register", "change", "close", "reopen"},
    "BED": {"register", "change", "close", "reopen"},
    "DUTY": {"roster"},
    "STAFF": {"create", "close_idle"},
    "POST": {"give", "clear", "end"},
    "NARROWING": {"set", "end"},
    "CLIENT": {"register"},
    "CHANGE": {"propose"},
    "AUDIT": {"report", "verify"},
    "ENTITY": {"register", "change", "close", "reopen"},
}
MATRIX = {
    **dict.fromkeys(Role.values, ANYBODY),
    Role.SYSTEM_MANAGER: SYSTEM_MANAGER,
    Role.SECURITY_MANAGER: SECURITY_MANAGER,
    Role.AUDIT_MANAGER: AUDIT_MANAGER,
    Role.MEDICAL_AFFAIRS: MEDICAL_AFFAIRS,
    Role.RECEPTION: ASKING,
    Role.LEADER: LEADER,
}
TABLES = {name: table for name, table in vars(policies).items() if isinstance(table, policies.Policy)}


def allowed(actor):
    found = {name: {a for a in table.table if table.allows(actor, a)} for name, table in TABLES.items()}
    return {name: actions for name, actions in found.items() if actions}


@pytest.mark.parametrize("role", Role.values)
def test_what_a_post_may_do(role):
    assert allowed(Actor(kind=Kind.STAFF, name="somebody", roles=frozenset({role}))) == MATRIX[role]


def test_what_the_house_may_do():
    assert allowed(Actor.system("setup")) == HOUSE


def test_a_client_and_somebody_without_a_post_may_do_nothing():
    assert (
        allowed(Actor(kind=Kind.CLIENT, name="client:his", roles=frozenset({"api_client", "system/*.*"})))
        == {}
    )
    assert allowed(Actor(kind=Kind.STAFF, name="somebody")) == {}
