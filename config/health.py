"""Is the platform well? For load balancers (/readyz), people and monitors (/healthz), Prometheus (/metrics)."""

import ipaddress
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.http import require_safe

from config import heartbeat
from kernel import delivery

WORKER_LATE = 60.0
"""Seconds without a sign of life after which the worker counts as down."""

Check = Callable[[], Mapping[str, Any]]


def database() -> Mapping[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True}


def redis() -> Mapping[str, Any]:
    cache.set("health", time.time(), 10)
    return {"ok": True}


def backlog() -> Mapping[str, Any]:
    stuck = delivery.stuck()
    return {"ok": stuck == 0, "waiting": delivery.unfanned() + delivery.waiting(), "stuck": stuck}


def worker() -> Mapping[str, Any]:
    age = heartbeat.age()
    return {
        "ok": age is not None and age < WORKER_LATE,
        "seen_seconds_ago": None if age is None else round(age),
    }


READY: Mapping[str, Check] = {"database": database, "redis": redis}
HEALTH: Mapping[str, Check] = {**READY, "outbox": backlog, "worker": worker}


def _asked(checks: Mapping[str, Check]) -> dict[str, dict[str, Any]]:
    """Every component's answer; one that raises is down and says which kind of error, never its text."""
    answers: dict[str, dict[str, Any]] = {}
    for name, check in checks.items():
        try:
            answers[name] = dict(check())
        except Exception as error:
            # Whatever a broken component raises: the report is the point of this page.
            answers[name] = {"ok": False, "error": type(error).__name__}
    return answers


def _report(checks: Mapping[str, Check]) -> JsonResponse:
    answers = _asked(checks)
    well = all(answer["ok"] for answer in answers.values())
    components = {
        name: {**answer, "status": "ok" if answer["ok"] else "down"} for name, answer in answers.items()
    }
    for component in components.values():
        del component["ok"]
    body = {"status": "ok" if well else "down", "components": components}
    return JsonResponse(body, status=200 if well else 503, headers={"Cache-Control": "no-store"})


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when every component is well, 503 otherwise."""
    return _report(HEALTH)


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when this process can serve: database and Redis answer."""
    return _report(READY)


def _from_this_machine(request: HttpRequest) -> bool:
    """Straight from the loopback; behind a proxy every request comes from there, so a forwarded one does not count."""
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return address.is_loopback and not forwarded


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for a scraper on this machine alone."""
    if not _from_this_machine(request):
        return HttpResponseForbidden()
    answers = _asked(HEALTH)
    lines = ["# TYPE lianyi_component_up gauge"]
    lines += [
        f'lianyi_component_up{{component="{name}"}} {int(answer["ok"])}' for name, answer in answers.items()
    ]
    for name, component, key in (
        ("lianyi_outbox_waiting", "outbox", "waiting"),
        ("lianyi_outbox_stuck", "outbox", "stuck"),
        ("lianyi_worker_seen_seconds", "worker", "seen_seconds_ago"),
    ):
        value = answers[component].get(key)
        lines += [f"# TYPE {name} gauge", f"{name} {value}"] if value is not None else []
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
