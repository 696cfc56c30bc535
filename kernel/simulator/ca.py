"""A CA with a time-stamp service, on loopback: `python -m kernel.simulator.ca --data DIR`.

It signs digests with an SM2 key of its own; `DIR/port` and `DIR/ca.pem` say where and with what. A file `DIR/mood`
makes it silent, wrong or busy, as such services are.
"""

import argparse
import base64
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kernel.crypto import sm2
from kernel.simulator.standing import Quiet, bound, stand

CERTIFICATE: Final = "CN=Simulated CA, serial 0001"


class Handler(Quiet):
    """One request: a digest in, a signature over digest and time out."""

    key: sm2.Key
    data: Path

    def asked(self, body: bytes) -> None:
        digest = json.loads(body)["digest"]
        mood = self._mood()
        if mood == "silent":
            time.sleep(30)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        made = self.key.sign(f"{digest}|{at}".encode())
        if mood == "wrong":
            made = made[:-1] + bytes([made[-1] ^ 1])
        answer: dict[str, Any] = {
            "algorithm": "SM2-SM3",
            "certificate": CERTIFICATE,
            "signature": base64.b64encode(made).decode(),
            "time": at,
        }
        self.send(503 if mood == "busy" else 200, json.dumps(answer).encode())

    def _mood(self) -> str:
        at = self.data / "mood"
        return at.read_text().strip() if at.exists() else ""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    folder: Path = options.data
    key = sm2.Key.generate()
    (folder / "ca.pem").write_bytes(key.public_pem())
    stand(bound(Handler, options.port, key=key, data=folder), folder)


if __name__ == "__main__":
    main()
