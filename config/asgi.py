"""ASGI entry: /ws/ through channels, HTTP handed whole to WSGI threads.

Django under ASGI hops between threads at every middleware; a request handed to a thread once costs less
than half of it (`docs/adr/0003-http-stays-wsgi.md`). A production deployment routes only /ws/ here.
"""

import os
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
get_asgi_application()  # sets Django up before anything below imports a model

from channels.routing import ProtocolTypeRouter  # noqa: E402  # after Django is set up

from config.sockets import sockets  # noqa: E402  # after Django is set up
from config.wsgi import application as wsgi  # noqa: E402  # after Django is set up

THREADS = int(os.environ.get("WEB_THREADS") or 16)


def with_coroutines(app: Any) -> Any:
    """granian's receive and send answer awaitables; a2wsgi passes them to another thread's loop, which takes
    only coroutines: without this no request with a body is read."""

    async def handed(scope: Any, receive: Any, send: Any) -> None:
        async def received() -> Any:
            return await receive()

        async def sent(event: Any) -> None:
            await send(event)

        await app(scope, received, sent)

    return handed


http = with_coroutines(WSGIMiddleware(wsgi, workers=THREADS))  # type: ignore[arg-type]  # its idea of environ is stricter than Django's
application = ProtocolTypeRouter({"http": http, "websocket": sockets})
