"""What monitors see: well, unwell, and who may read the figures."""

import pytest
from django.core.cache import cache
from django.test import Client

from config import heartbeat

pytestmark = pytest.mark.django_db


def test_healthz_is_well_when_every_component_is():
    heartbeat.seen()

    answer = Client().get("/healthz")

    statuses = {name: part["status"] for name, part in answer.json()["components"].items()}
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert statuses == {"database": "ok", "redis": "ok", "outbox": "ok", "worker": "ok"}


def test_healthz_is_unwell_without_a_worker_and_readyz_does_not_mind():
    cache.delete(heartbeat.KEY)

    assert Client().get("/healthz").status_code == 503
    assert Client().get("/readyz").status_code == 200


def test_a_dead_redis_makes_the_process_unready_and_the_answer_names_no_secret(settings):
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/valkey.sock?db=0"},
    }

    answer = Client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["components"]["redis"] == {"status": "down", "error": "ConnectionError"}


def test_metrics_are_for_this_machine_alone():
    heartbeat.seen()

    own = Client().get("/metrics")
    assert 'lianyi_component_up{component="database"} 1' in own.content.decode().splitlines()
    assert Client(REMOTE_ADDR="10.1.2.3").get("/metrics").status_code == 403
    assert Client().get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 403
