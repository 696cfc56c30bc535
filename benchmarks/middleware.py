"""What the road to a view costs: CPU of one process, of its database and statements, with and without the road.

    LIANYI_DATA=… .venv/bin/python benchmarks/middleware.py [--batches 30]

Runs on the demo county (`script/server` must be up, or DATABASE_URL and REDIS_URL name one). Portal: a page that only
says yes, behind the whole list of middleware (session, person, post, label, pace, audit of refusals) and without it.
Machines: the same view behind MACHINE_MIDDLEWARE, bearer token checked. Least of many batches: what others do on the
machine only adds. Prints JSON.
"""

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path

from config.machines import Entry
from consortium import api_auth, services
from consortium.choices import Role
from consortium.models import ApiClient, Post
from kernel import clock, crypto
from tests.factories.consortium import SESSION_KEY, open_session

BATCH = 50


def yes(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"yes")


def yes_to_machines(request: HttpRequest) -> HttpResponse:
    api_auth.actor_of(request)
    return HttpResponse(b"yes")


urlpatterns = [
    path("probe", yes),
    path("fhir/probe", yes_to_machines),
    path("dicomweb/probe", yes_to_machines),
]


def environ(address: str, **headers: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET", "PATH_INFO": address, "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "HTTP_ACCEPT": "text/html",
        "HTTP_USER_AGENT": "benchmark", "HTTP_ACCEPT_LANGUAGE": "zh-CN,zh;q=0.9", **headers,
    }  # fmt: skip


def bare(asked: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """The view as a WSGI application, with nothing before or behind it."""
    response = yes(WSGIRequest(asked))
    start(f"{response.status_code} OK", list(response.items()))
    return [response.content]


def through(app: Callable[..., Any], address: str, headers: dict[str, str]) -> None:
    """One request as a server makes it."""
    told: list[str] = []
    body = app(environ(address, **headers), lambda status, headers: told.append(status))
    b"".join(body)
    if hasattr(body, "close"):
        body.close()
    if not told[0].startswith("200"):
        raise SystemExit(f"{address} answered {told[0]}")


def doctors_cookie() -> str:
    """A browser's session past both factors, in a post."""
    post = Post.objects.filter(role=Role.BRANCH_DOCTOR).select_related("staff").order_by("pk")[0]
    browser = SessionStore()
    browser[SESSION_KEY] = str(open_session(post.staff, Role.BRANCH_DOCTOR).pk)
    browser.save()
    return f"{settings.SESSION_COOKIE_NAME}={browser.session_key}"


def clients_token() -> str:
    """A bearer token of the hospital's own system, as its door gives it."""
    card = ApiClient.objects.filter(is_active=True, client_id="head-his").order_by("pk")[0]
    told = {"c": str(card.pk), "g": card.generation, "s": "system/*.read"}
    return crypto.token(services.TOKEN, told, 3600)


def backend_cpu(pid: int) -> float:
    """Milliseconds of CPU the connection's process has used."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def measured(calls: dict[str, Callable[[], None]], batches: int) -> dict[str, dict[str, float]]:
    """The least and the middle CPU per call of each, in turn batch by batch, so that all meet the same machine."""
    for call in calls.values():
        for _ in range(20):
            call()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    own: dict[str, list[float]] = {name: [] for name in calls}
    base: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(batches):
        for name, call in calls.items():
            before, at = backend_cpu(backend), time.process_time()
            for _ in range(BATCH):
                call()
            own[name].append((time.process_time() - at) * 1000 / BATCH)
            base[name].append((backend_cpu(backend) - before) / BATCH)
    return {
        name: {
            "server_ms": round(min(own[name]), 3),
            "server_ms_middle": round(sorted(own[name])[batches // 2], 3),
            "database_ms": round(min(base[name]), 3),
        }
        for name in calls
    }


def statements(call: Callable[[], None]) -> int:
    with CaptureQueriesContext(connection) as asked:
        call()
    return len(asked)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--batches", type=int, default=30)
    batches = words.parse_args().batches
    settings.ROOT_URLCONF = __name__
    # The pace is counted as ever and refuses nobody: a benchmark asks more often than any person.
    settings.RATE_SOURCE = settings.RATE_ACCOUNT = settings.RATE_CLIENT = settings.RATE_MACHINES = 10_000_000
    portal, cookie = WSGIHandler(), {"HTTP_COOKIE": doctors_cookie()}
    road, token = Entry(portal), {"HTTP_AUTHORIZATION": f"Bearer {clients_token()}"}
    calls = {
        "view": lambda: through(bare, "/probe", {}),
        "portal": lambda: through(portal, "/probe", cookie),
        "fhir": lambda: through(road, "/fhir/probe", token),
        "dicomweb": lambda: through(road, "/dicomweb/probe", token),
    }
    told: dict[str, Any] = measured(calls, batches)
    for name in calls:
        told[name]["statements"] = statements(calls[name])
        costs = [told[one]["server_ms"] + told[one]["database_ms"] for one in (name, "view")]
        told[name]["above_the_view_ms"] = round(costs[0] - costs[1], 3)
    answer = {"at": clock.now().isoformat(timespec="seconds"), "load": os.getloadavg(), "measured": told}
    print(json.dumps(answer, indent=1))


if __name__ == "__main__":
    main()
