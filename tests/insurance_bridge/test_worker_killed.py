"""The worker is killed at each of the three steps; the next one finishes, once."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest
from django.conf import settings
from django.db import connection

from config.local.places import ROOT
from insurance_bridge import services
from insurance_bridge.choices import SettlementStatus
from insurance_bridge.models import LedgerEntry
from tests.factories.insurance import Centre
from tests.insurance_bridge.test_services import charge, make_desk, work

WORKER = textwrap.dedent(
    """
    import os, signal, sys
    import django
    django.setup()
    from django.conf import settings
    settings.INSURANCE_URL, settings.INSURANCE_SECRET, settings.INSURANCE_LATE_COMMIT = sys.argv[2], sys.argv[3], 0
    from insurance_bridge.adapters import centre
    from insurance_bridge.services import exchange, messages
    from insurance_bridge.models import Message
    from kernel.actor import Actor

    def die(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGKILL)

    send, deadly = exchange.send, sys.argv[1]

    def watched(*, by, message):
        if message.infno != "2304":
            return send(by=by, message=message)
        if deadly == "before_sending":
            die()
        if deadly == "before_storing":
            exchange.receive = die
        if deadly == "before_posting":
            exchange.post = die
        return send(by=by, message=message)

    exchange.send = watched
    for _ in range(20):
        Message.objects.filter(posted_at__isnull=True).update(lease_until=None)
        exchange.advance_due(by=Actor.system("insurance_bridge"))
    """
)


@pytest.mark.parametrize("moment", ["before_sending", "before_storing", "before_posting"])
def test_a_killed_worker_loses_and_doubles_nothing(centre: Centre, race_db: object, moment: str) -> None:
    desk = make_desk(centre)
    services.check_eligibility(by=desk.cashier, visit_id=desk.visit.pk)
    work()
    charge(desk, "STENT", "1")
    settlement = services.request_settlement(by=desk.cashier, key="k", visit_id=desk.visit.pk)

    ended = _run(moment, centre)
    work()

    settlement.refresh_from_db()
    assert ended == -signal.SIGKILL
    assert settlement.status == SettlementStatus.SETTLED
    at_centre = [row for row in centre.settlements() if row["chrg_bchno"] == settlement.batch]
    assert [row["setl_id"] for row in at_centre] == [settlement.setl_id]
    assert LedgerEntry.objects.filter(settlement=settlement, account="hospital").count() == 1


def _run(moment: str, centre: Centre) -> int:
    """A worker process on the test's database that dies at `moment`."""
    database = settings.DATABASES["default"]
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{_name()}?host={database['HOST']}"
    env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", WORKER, moment, centre.url, centre.secret("secret")]
    return subprocess.run(command, env=env, cwd=ROOT, timeout=60, check=False).returncode


def _name() -> str:

    return str(connection.settings_dict["NAME"])
