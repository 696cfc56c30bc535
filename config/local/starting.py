"""What a browser sees until the web process listens: a page that says so and follows by itself, instead of a refusal.
`python -m config.local.starting HOST PORT`.
"""

import base64
import hashlib
import socket
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

STYLE: Final = (
    "body{margin:20vh auto;max-width:32rem;padding:0 1rem;font:1.125rem/1.7 sans-serif;color:#1c2b36}"
    "h1{font-size:1.5rem}p{margin:.5rem 0}.en{color:#5a6b78;font-size:1rem}"
)
PAGE: Final = f"""<!doctype html>
<html lang="zh-hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="2"><title>联医正在启动</title><style>{STYLE}</style></head>
<body><main><h1>联医正在启动</h1><p>第一次启动要准备数据，约一两分钟；好了本页会自动打开。</p>
<p class="en" lang="en">Lianyi is starting. The first start takes a minute or two; this page opens by itself.</p>
</main></body></html>
""".encode()
POLICY: Final = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'"
)


def family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def taken(host: str, port: int) -> bool:
    """Whether another program listens there. The web process would share the address with it, and its requests."""
    with socket.socket(family(host)) as alone:
        alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            alone.bind((host, port))
        except OSError:
            return True
    return False


class Page(BaseHTTPRequestHandler):
    """Every request gets the page: 503, to be asked again in a moment."""

    timeout = 5

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Whatever the method: the base class looks for `do_` and its name."""
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def answer(self) -> None:
        self.send_response(503)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.send_header("Retry-After", "2")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(PAGE)


class Server(ThreadingHTTPServer):
    """Shares the address with the web process, which listens beside it before this one ends."""

    allow_reuse_port = True
    daemon_threads = True


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    Server.address_family = family(host)
    Server((host, port), Page).serve_forever()


if __name__ == "__main__":
    main()
