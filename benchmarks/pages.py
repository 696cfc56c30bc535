"""Every page of the portal for every role: milliseconds (p50, p95) and bytes over the wire; and the first visit.

    .venv/bin/python benchmarks/pages.py http://127.0.0.1:8000 [--rounds 20] [--most 40] [--roles reader …]

Runs against a platform that stands with its demo county (`script/server`), whose data folder holds the accounts
(LIANYI_DATA, default `var/`). It signs in with both factors as the first account of each role and opens one page of
each kind, as far as links and the parts that load by themselves lead. Prints JSON. The milliseconds are those of one
caller, from the first byte sent to the last one read.
"""

import argparse
import gzip
import html
import http.client
import json
import os
import platform
import re
import sys
import time
from collections import deque
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from consortium.engine.totp import code_at

PAGE_MS, VISIT_KB = 100, 200
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
POST = re.compile(r'name="post"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="post"')
LINK = re.compile(r'<a\b[^>]*?\shref="([^"#]+)"|hx-get="([^"]+)"[^>]*hx-trigger="[^"]*\bload')
ASSET = re.compile(r'<link\b[^>]*?href="([^"]+)"|<script\b[^>]*?src="([^"]+)"|<use\b[^>]*?href="([^"#]+)')
INSIDE = re.compile(rb"""url\(["']?([^"')]+)["']?\)|from\s*["'](\.[^"']+)["']""")
VARIES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d")
ELSEWHERE = (
    "/signin",
    "/signout",
    "/static/",
    "/api/",
    "/fhir",
    "/dicomweb/",
    "/i18n/",
    "/metrics",
    "/samples/",
)
STATE = re.compile(r"(?:tab|show|view)=[^&]+")
VIEWER = re.compile(r"/(?:imaging|ecg)[.\w]*\.js$")


@dataclass(frozen=True)
class Answer:
    """One answer: its body unpacked, and what came over the wire."""

    status: int
    location: str
    kind: str
    body: bytes
    wire: int
    packed: bool
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


class Visitor:
    """A browser with cookies and one open connection, without a cache."""

    def __init__(self, base: str) -> None:
        place = urlsplit(base)
        self.line = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port or 80, timeout=60)
        self.cookies: dict[str, str] = {}

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_error: object) -> None:
        self.line.close()

    def ask(self, path: str, form: dict[str, str] | None = None) -> Answer:
        headers = {"Accept": "text/html", "Accept-Encoding": "gzip", "Accept-Language": "zh-CN"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form)
        start = time.perf_counter()
        self.line.request("POST" if form is not None else "GET", path, body, headers)
        answer = self.line.getresponse()
        data = answer.read()
        seconds = time.perf_counter() - start
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: one.value for name, one in SimpleCookie(line).items()})
        packed = answer.headers.get("Content-Encoding") == "gzip"
        return Answer(
            answer.status,
            answer.headers.get("Location", ""),
            answer.headers.get("Content-Type", ""),
            gzip.decompress(data) if packed else data,
            len(data) + len(bytes(answer.headers)),
            packed,
            seconds,
        )

    def land(self, path: str) -> tuple[str, Answer]:
        """Follow redirects; the last address and its answer."""
        answer = self.ask(path)
        for _hop in range(5):
            if not answer.location:
                break
            path = urljoin(path, answer.location)
            answer = self.ask(path)
        return path, answer

    def send(self, path: str, **fields: str) -> Answer:
        """Fill in the form of a page and follow where it leads."""
        token = TOKEN.search(self.ask(path).text)
        answer = self.ask(path, {"csrfmiddlewaretoken": token[1] if token else "", **fields})
        return self.land(urljoin(path, answer.location))[1] if answer.location else answer


def sign_in(visitor: Visitor, person: dict[str, str]) -> None:
    """Both factors, then the post where there are several. A code is good once: the next one is waited for."""
    visitor.send("/signin/", username=person["username"], password=person["password"])
    for _attempt in range(3):
        visitor.send("/signin/second/", code=code_at(person["totp_secret"], time.time()))
        path, page = visitor.land("/me/")
        if not path.startswith("/signin/"):
            break
        time.sleep(31)
    else:
        raise SystemExit(f"{person['username']} cannot sign in")
    if path.startswith("/posts/") and (found := POST.search(page.text)):
        visitor.send("/posts/", post=found[1] or found[2])


def kind_of(path: str) -> str:
    """What kind of page an address is: ids and days left out, the tab kept."""
    parts = urlsplit(path)
    return "?".join([VARIES.sub("…", parts.path), *STATE.findall(parts.query)])


def pages(visitor: Visitor, most: int) -> list[str]:
    """One address of each kind, breadth first from the home."""
    waiting, known, found = deque(["/"]), {"/"}, []
    while waiting and len(found) < most:
        path, answer = visitor.land(waiting.popleft())
        if answer.status != 200 or "html" not in answer.kind or path in found:
            continue
        found.append(path)
        for link in (html.unescape(one or other) for one, other in LINK.findall(answer.text)):
            target = urljoin(path, link)
            if (
                not target.startswith("/")
                or target.startswith("//")
                or any(word in target for word in ELSEWHERE)
            ):
                continue
            if (kind := kind_of(target)) not in known:
                known.add(kind)
                waiting.append(target)
    return found


def measured(visitor: Visitor, path: str, rounds: int) -> dict[str, Any]:
    answers = [visitor.ask(path) for _round in range(rounds + 1)][1:]
    taken = sorted(one.seconds * 1000 for one in answers)
    last = answers[-1]
    return {
        "page": kind_of(path),
        "p50_ms": round(taken[len(taken) // 2], 1),
        "p95_ms": round(taken[min(len(taken) - 1, int(len(taken) * 0.95))], 1),
        "wire_bytes": last.wire,
        "gzip_bytes": last.wire if last.packed else len(gzip.compress(last.body, 6)),
        "failed": sum(one.status != 200 for one in answers),
    }


def first_visit(visitor: Visitor, path: str) -> dict[str, Any]:
    """Bytes of a page with everything it needs, nothing cached and no viewer."""
    page = visitor.ask(path)
    waiting = deque(urljoin(path, html.unescape("".join(one))) for one in ASSET.findall(page.text))
    sizes: dict[str, int] = {}
    while waiting:
        asset = urlsplit(waiting.popleft()).path
        if asset in sizes or not asset.startswith("/static/") or VIEWER.search(asset):
            continue
        answer = visitor.ask(asset)
        sizes[asset] = answer.wire
        if asset.endswith((".css", ".js")):
            inside = (b"".join(one).decode() for one in INSIDE.findall(answer.body))
            waiting.extend(urljoin(asset, one) for one in inside if not one.startswith(("data:", "#", "%23")))
    total = page.wire + sum(sizes.values())
    kilobytes = round(total / 1024, 1)
    return {"page": path, "kilobytes": kilobytes, "within": kilobytes <= VISIT_KB, "html": page.wire, **sizes}


def accounts(wanted: list[str]) -> dict[str, dict[str, str]]:
    """The first account of each role."""
    data = Path(os.environ.get("LIANYI_DATA") or ROOT / "var")
    rows = json.loads((data / "demo" / "credentials.json").read_text())["staff"]
    known = {row["role"]: row for row in reversed(rows)}
    return {role: known[role] for role in wanted or sorted(known)}


def of_role(visitor: Visitor, person: dict[str, str], given: argparse.Namespace) -> dict[str, Any]:
    sign_in(visitor, person)
    rows = [measured(visitor, path, given.rounds) for path in pages(visitor, given.most)]
    home = visitor.land("/")[0]
    return {"first_visit": first_visit(visitor, home), "pages": sorted(rows, key=lambda row: -row["p95_ms"])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--most", type=int, default=40, help="pages of one role")
    parser.add_argument("--roles", nargs="*", default=[])
    given = parser.parse_args()
    roles = {}
    for role, person in accounts(given.roles).items():
        with Visitor(given.url) as visitor:
            roles[role] = of_role(visitor, person, given)
    with Visitor(given.url) as stranger:
        door = first_visit(stranger, "/signin/")
    rows = [row for one in roles.values() for row in one["pages"]]
    answer = {
        "what": "portal pages",
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "pages": len(rows),
        "slowest_p95_ms": max((row["p95_ms"] for row in rows), default=0),
        "over_the_limit": [row for row in rows if row["p95_ms"] > PAGE_MS],
        "sign_in_page": door,
        "roles": roles,
    }
    print(json.dumps(answer, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
