"""HTTP of the hospital outside: one address for messages, a control address beside it."""

import http.client
import json
import uuid
from http.server import ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from kernel.simulator.standing import Quiet, bound
from referral.simulator.store import Post, keep, kept, take_fault
from referral.simulator.writing import ACTIVITIES, NAME, WORDS

DOOR: Final = "/fhir/$process-message"
FAULTS: Final = frozenset({"drop_request", "drop_reply", "http_500", "refuse"})
"""Nothing happens and the line breaks · it is kept and the line breaks · a gateway answers · it says no for good."""


class Handler(Quiet):
    """One request. The store is committed before the first byte of an answer."""

    media = "application/fhir+json; charset=utf-8"
    store: Post
    token: str
    control_key: str

    def asked(self, body: bytes) -> None:
        if self.path == DOOR:
            self._message(body)
        elif self.path.startswith("/control/") and self.headers.get("X-Control-Key") == self.control_key:
            self._control(self.path.removeprefix("/control/").strip("/"), json.loads(body or b"{}"))
        else:
            self._send(404, {})

    def _message(self, body: bytes) -> None:
        if self.headers.get("Authorization") != f"Bearer {self.token}":
            self._send(401, {})
            return
        with self.store.transaction() as connection:
            fault = take_fault(connection)
        if fault == "drop_request":
            self.hang_up()
            return
        if fault in ("http_500", "refuse"):
            issue = {"severity": "error", "code": "processing", "diagnostics": "患者信息不完整"}
            self._send(
                500 if fault == "http_500" else 422, {"resourceType": "OperationOutcome", "issue": [issue]}
            )
            return
        with self.store.transaction() as connection:
            header = keep(connection, "in", json.loads(body))
        if fault == "drop_reply":
            self.hang_up()
        else:
            self._send(200, _taken(header))

    def _control(self, name: str, said: dict[str, Any]) -> None:
        with self.store.transaction() as connection:
            if name == "messages":
                answer: Any = {"messages": kept(connection, said.get("way", "in"))}
            elif name == "fault":
                connection.execute(
                    "INSERT INTO fault (kind, remaining) VALUES (?,?)",
                    (said["kind"], int(said.get("times", 1))),
                )
                answer = {}
            else:
                answer = WORDS[name](said)
                keep(connection, "out", answer)
        if name in WORDS and "platform" in said:
            answer = hand_over(said["platform"], answer)
        self._send(200, answer)

    def _send(self, status: int, told: Any) -> None:
        self.send(status, json.dumps(told, ensure_ascii=False).encode())


def _taken(header: str) -> dict[str, Any]:
    answer = {
        "resourceType": "MessageHeader",
        "id": str(uuid.uuid4()),
        "eventCoding": {"system": ACTIVITIES, "code": "C01001"},
        "source": {"name": NAME, "endpoint": "http://hospital.example/fhir"},
        "response": {"identifier": header, "code": "ok"},
    }
    return {"resourceType": "Bundle", "type": "message", "entry": [{"resource": answer}]}


def hand_over(platform: dict[str, str], bundle: dict[str, Any]) -> dict[str, Any]:
    """Send a message to the platform as its API client: a token first, then the message."""
    place = urlsplit(platform["url"])
    line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    asked = {"grant_type": "client_credentials", "client_id": platform["client_id"]}
    form = urlencode({**asked, "client_secret": platform["secret"]})
    line.request("POST", "/oauth/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
    token = json.loads(line.getresponse().read())["access_token"]
    headers = {"Content-Type": "application/fhir+json", "Authorization": f"Bearer {token}"}
    line.request("POST", DOOR, json.dumps(bundle), headers)
    answer = line.getresponse()
    return {"status": answer.status, "answer": json.loads(answer.read()), "sent": bundle}


def serve(store: Post, *, port: int, token: str, control_key: str) -> ThreadingHTTPServer:
    """A server bound to loopback; `serve_forever()` is the caller's."""
    return bound(Handler, port, store=store, token=token, control_key=control_key)
