"""The audit manager's console, on a database with real commits: it reads as the audit user."""

from django.db import connections
from django.test import Client

from consortium import services
from consortium.choices import Role
from kernel import clock
from kernel.models import AuditEntry
from tests.factories import consortium as make


def test_the_audit_manager_searches_and_verifies(race_db):
    manager, browser = make.make_staff(Role.AUDIT_MANAGER), Client()
    make.sign_in(browser, manager)
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    services.close_account(by=make.make_actor(Role.SYSTEM_MANAGER), staff_id=doctor.pk)

    question = {"action": "consortium.account_closed", "since": clock.today().isoformat()}
    hit = browser.post("/audit/", question).content.decode()
    assert (hit.count("consortium.account_closed"), doctor.name in hit) == (2, False)
    assert browser.get("/audit/").status_code == 200
    assert browser.post("/audit/", {"patient": "nonsense"}).status_code == 200
    before = AuditEntry.objects.order_by("-id").first().pk
    assert "consortium.account_closed" in browser.post("/audit/", {"before": before}).content.decode()
    assert browser.get("/audit/verify/").status_code == 200
    assert "is-ok" in browser.post("/audit/verify/").content.decode()
    assert {
        path: browser.get(path, headers={"Accept": "text/html"}).status_code
        for path in ("/ops/", "/security/")
    } == {"/ops/": 403, "/security/": 403}


def test_a_chain_somebody_bent_is_shown_as_broken(race_db):
    manager, browser = make.make_staff(Role.AUDIT_MANAGER), Client()
    make.sign_in(browser, manager)
    services.close_account(by=make.make_actor(Role.SYSTEM_MANAGER), staff_id=make.make_staff(None).pk)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_auditentry DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE kernel_auditentry SET outcome = 'refused' WHERE action = 'consortium.account_closed'"
        )
        cursor.execute("ALTER TABLE kernel_auditentry ENABLE TRIGGER USER")
    page = browser.post("/audit/verify/").content.decode()
    assert ("is-danger" in page, "changed" in page) == (True, True)
