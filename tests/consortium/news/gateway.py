"""A small SMS gateway: a process of its own that takes messages over HTTP, or does as its first argument says.

`taking` answers each once and knows repeated ids; `down` answers 503; `refusing` says no for good; `silent` never
answers. What it took stands in the file named second, a JSON line each.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Gateway(BaseHTTPRequestHandler):
    mood, book = "taking", Path()

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.mood == "silent":
            time.sleep(30)
        if self.mood == "down":
            self.send_error(503)
            return
        taken = self.mood == "taking"
        if taken:
            proof = self.headers["Authorization"]
            with self.book.open("a") as lines:
                lines.write(json.dumps({**said, "proof": proof}, ensure_ascii=False) + "\n")
        self._answer({"accepted": taken, "id": f"G-{said['id'][:8]}", "reason": "空号"})

    def _answer(self, words: dict[str, Any]) -> None:
        body = json.dumps(words).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: Any) -> None:
        """Nothing is said: the book is what counts."""


if __name__ == "__main__":
    Gateway.mood, Gateway.book = sys.argv[1], Path(sys.argv[2])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    print(server.server_port, flush=True)
    server.serve_forever()
