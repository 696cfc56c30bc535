"""A CA with a time-stamp service, on loopback: `python -m kernel.simulator.ca --data DIR`.

It signs digests with an SM2 key of its own; `DIR/port` and `DIR/ca.pem` say where and with what. A file `DIR/mood`
makes it silent, wrong or busy, as such services are.
"""

import argparse
import base64
import json
import os
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from kernel.crypto import sm2

CERTIFICATE: Final = "CN=Simulated CA, serial 0001"


class Handler(BaseHTTPRequestHandler):
    """One request: a digest in, a signature over digest and time out."""

    key: sm2.Key
    data: Path

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        mood = self._mood()
        if mood == "silent":
            time.sleep(30)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        made = self.key.sign(f"{body['digest']}|{at}".encode())
        if mood == "wrong":
            made = made[:-1] + bytes([made[-1] ^ 1])
        answer: dict[str, Any] = {
            "algorithm": "SM2-SM3",
            "certificate": CERTIFICATE,
            "signature": base64.b64encode(made).decode(),
            "time": at,
        }
        self._answer(503 if mood == "busy" else 200, answer)

    def _mood(self) -> str:
        at = self.data / "mood"
        return at.read_text().strip() if at.exists() else ""

    def _answer(self, status: int, words: dict[str, Any]) -> None:
        body = json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: what was asked stands in the platform's own record."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    folder: Path = parser.parse_args().data
    Handler.key, Handler.data = sm2.Key.generate(), folder
    (folder / "ca.pem").write_bytes(Handler.key.public_pem())
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    draft = folder / f".port.{os.getpid()}"
    draft.write_text(str(server.server_address[1]))
    draft.rename(folder / "port")
    server.serve_forever()


if __name__ == "__main__":
    main()
