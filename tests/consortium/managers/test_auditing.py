"""The audit manager's console, on a database with real commits: it reads as the audit user."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client

from consortium import services
from consortium.choices import Role
from consortium.models import StaffSession
from consortium.tasks import check_chain, verify_chain, weekly_report
from kernel import audit, clock, pseudonyms
from kernel.actor import Actor
from kernel.chain import verifying
from kernel.models import Alarm, AuditCheck, AuditEntry, AuditReport
from tests.factories import consortium as make
from tests.factories.kernel import audit_trail, make_actor

HOUSE = Actor.system("audit")


@pytest.fixture
def console(race_db, settings, tmp_path):
    """The audit manager at a browser."""
    settings.DATA_DIR = tmp_path
    manager, browser = make.make_staff(Role.AUDIT_MANAGER), Client(headers={"Accept-Language": "en"})
    make.sign_in(browser, manager)
    return manager, browser


def bend(order):
    with connections["owner"].cursor() as cursor:
        names = (
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'kernel_auditentry'::regclass"
        )
        cursor.execute(names)
        tables = ["kernel_auditentry", *(name for (name,) in cursor.fetchall())]
        for name in tables:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER append_only")
        cursor.execute(order)
        for name in tables:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER append_only")


def test_the_audit_manager_searches_and_verifies(console):
    manager, browser = console
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    services.close_account(by=make.make_actor(Role.SYSTEM_MANAGER), staff_id=doctor.pk)

    question = {"action": "consortium.account_closed", "since": clock.today().isoformat()}
    hit = browser.post("/audit/", question).content.decode()
    assert (hit.count(">consortium.account_closed<"), doctor.name in hit) == (1, False)
    searches = AuditEntry.objects.filter(action="consortium.audit_searched", actor_name=manager.username)
    assert [one.detail["action"] for one in searches] == ["consortium.account_closed"]
    assert browser.get("/audit/").status_code == 200
    assert browser.post("/audit/", {"patient": "nonsense"}).status_code == 200
    before = AuditEntry.objects.order_by("-id").first().pk
    assert "consortium.account_closed" in browser.post("/audit/", {"before": before}).content.decode()
    assert browser.get("/audit/verify/").status_code == 200
    assert "is-ok" in browser.post("/audit/verify/", follow=True).content.decode()
    assert {
        path: browser.get(path, headers={"Accept": "text/html"}).status_code
        for path in ("/ops/", "/security/", "/security/alarms/")
    } == {"/ops/": 403, "/security/": 403, "/security/alarms/": 403}


def test_patients_bear_another_name_and_are_found_by_it(console):
    _manager, browser = console
    place, patient, other = make.make_organisation(name="柳溪镇分院"), uuid4(), uuid4()
    audit.record(by=make_actor("reader", organisation=place.pk), action="test.opened", patient=patient)
    audit.record(
        by=make_actor("reader", name="li", address="198.51.100.7"), action="test.opened", patient=other
    )
    page = browser.post("/audit/", {"action": "test.opened"}).content.decode()
    assert (str(patient) in page, str(patient)[-8:] in page) == (False, False)
    assert (pseudonyms.of(patient) in page, pseudonyms.of(other) in page) == (True, True)

    def found(**words):
        shown = browser.post("/audit/", {"action": "test.opened", **words}).content.decode()
        return [pseudonyms.of(one) in shown for one in (patient, other)]

    assert found(patient=pseudonyms.of(patient)) == [True, False]
    assert found(patient=pseudonyms.of(uuid4())) == [False, False]
    assert found(organisation=str(place.pk)) == [True, False]
    assert found(address="198.51.100.7") == [False, True]
    assert found(actor="li") == [False, True]


def test_a_chain_somebody_bent_is_shown_as_broken_and_alarms(console):
    _manager, browser = console
    services.close_account(by=make.make_actor(Role.SYSTEM_MANAGER), staff_id=make.make_staff(None).pk)
    bend("UPDATE kernel_auditentry SET outcome = 'refused' WHERE action = 'consortium.account_closed'")
    chinese = {"accept-language": "zh-hans"}
    page = browser.post("/audit/verify/", follow=True, headers=chinese).content.decode()
    assert ("is-danger" in page, "记录内容被改动" in page) == (True, True)
    alarms = Alarm.objects.filter(code="kernel.chain_broken")
    assert [(alarm.level, alarm.detail["kind"]) for alarm in alarms] == [(3, "changed")]


def test_the_chain_is_verified_each_night(console):
    audit.record(by=HOUSE, action="test.done")
    verify_chain()
    assert AuditCheck.objects.get().sound is True
    assert Alarm.objects.count() == 0
    bend("UPDATE kernel_auditentry SET address = 'elsewhere' WHERE action = 'test.done'")
    verify_chain()
    assert Alarm.objects.get().code == "kernel.chain_broken"


def test_a_long_chain_is_verified_by_the_worker_and_the_page_follows(console, monkeypatch):
    _manager, browser = console
    monkeypatch.setattr(verifying, "expected", lambda: 60_000)
    page = browser.post("/audit/verify/", follow=True).content.decode()
    assert ("0 of about 60000 rows" in page, 'hx-trigger="every 2s"' in page) == (True, True)
    monkeypatch.undo()
    assert (check_chain(), check_chain()) == (1, 0)
    part = browser.get("/audit/verify/", headers={"HX-Request": "true"}).content.decode()
    assert ("is-ok" in part, "hx-trigger" in part, "<html" in part) == (True, False, False)
    check = AuditCheck.objects.get()
    assert (check.sound, check.rows > 0, check.findings) == (True, True, [])


def taken(browser, **words):
    answer = browser.post("/audit/export/", {"purpose": "supervision", "form": "jsonl", **words})
    body = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    return answer, body


def test_entries_are_taken_out_as_json_lines_and_that_is_recorded(console):
    manager, browser = console
    patient = uuid4()
    audit.record(by=make_actor("reader"), action="test.opened", patient=patient, detail={"pages": 2})
    answer, body = taken(browser, action="test.opened")
    (line,) = [json.loads(one) for one in body.splitlines()]
    assert (line["action"], line["patient"], line["detail"]) == (
        "test.opened",
        pseudonyms.of(patient),
        {"pages": 2},
    )
    assert (str(patient) in body, len(line["mac"]), line["sequence"] > 0) == (False, 64, True)
    assert answer["Content-Disposition"] == 'attachment; filename="audit.jsonl"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    trail = [action for who, action in audit_trail() if who == manager.username]
    assert trail[-2:] == ["export.made", "consortium.audit_exported"]


def test_entries_are_taken_out_for_a_log_collector(console):
    _manager, browser = console
    by = make_actor("reader", name='a"]b')
    audit.record_refusal(by=by, action="test.refused", detail={"wanted": "view"})
    _answer, body = taken(browser, action="test.refused", form="syslog")
    assert body.startswith("<108>1 20")  # facility 13 (log audit), severity 4
    assert ' test.refused [lianyi@32473 lane="' in body
    assert 'actor_name="a\\"\\]b"' in body
    assert body.endswith('\ufeff{"wanted":"view"}\n')


def test_taking_out_needs_a_purpose_and_a_fresh_proof(console):
    _manager, browser = console
    assert taken(browser, purpose="")[0].status_code == 422
    assert taken(browser, form="exe")[0].status_code == 422
    StaffSession.objects.update(proved_at=clock.now() - timedelta(minutes=11))
    assert taken(browser)[0].status_code in {302, 403}
    assert AuditEntry.objects.filter(action="consortium.audit_exported").count() == 0


def test_only_the_audit_manager_gets_there(race_db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    browser = Client()
    make.sign_in(browser, make.make_staff(Role.SECURITY_MANAGER))
    gets = ["/audit/", "/audit/verify/", "/audit/reports/", "/audit/reports/2026-11-16/"]
    posts = ["/audit/", "/audit/verify/", "/audit/export/", "/audit/reports/make/"]
    assert [browser.get(path).status_code for path in gets] == [403] * 4
    words = {"purpose": "supervision", "form": "jsonl"}
    assert [browser.post(path, words).status_code for path in posts] == [403] * 4


def test_the_week_is_reported_once_and_kept(console, monkeypatch):
    _manager, browser = console
    services.close_account(by=make.make_actor(Role.SYSTEM_MANAGER), staff_id=make.make_staff(None).pk)
    by = make_actor("reader", name="zhao")
    for _number in range(3):
        audit.record(by=by, action="access.record_opened", patient=uuid4())
        audit.record_refusal(by=by, action="access.refused")
    monday = clock.monday(clock.today())
    made = services.write_report(by=HOUSE, week=monday)
    assert (made.week_date, made.body["refused"], made.body["failing"]) == (monday, 3, [["zhao", 3]])
    assert made.body["readers"] == [["zhao", 3]]
    assert ["access.record_opened", 3] in made.body["named"]
    assert made.body["entries"] == sum(number for _room, number in made.body["rooms"])
    assert services.write_report(by=HOUSE, week=monday).pk == made.pk
    with pytest.raises(Exception, match=r"append-only|permission"):
        AuditReport.objects.all().delete()
    page = browser.get(f"/audit/reports/{monday}/").content.decode()
    assert ("zhao" in page, browser.get("/audit/reports/2020-01-06/").status_code) == (True, 404)
    assert str(monday) in browser.get("/audit/reports/").content.decode()


def test_the_house_makes_last_weeks_report_on_monday(console, monkeypatch):
    _manager, browser = console
    moment = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)  # Monday half past one in the county
    monkeypatch.setattr(clock, "now", lambda: moment)
    weekly_report()
    assert str(AuditReport.objects.get().week_date) == "2026-11-16"
    monkeypatch.undo()
    assert browser.post("/audit/reports/make/").status_code == 302
