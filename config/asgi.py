"""ASGI entry: /ws/ through channels, HTTP handed whole to WSGI threads (`config.handing`).

Django under ASGI hops between threads at every middleware; a request handed to a thread once costs less
than half of it (`docs/adr/0003-http-stays-wsgi.md`). A production deployment routes only /ws/ here.
"""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
get_asgi_application()  # sets Django up before anything below imports a model

from channels.routing import ProtocolTypeRouter  # noqa: E402  # after Django is set up

from config.handing import Handing  # noqa: E402  # after Django is set up
from config.sockets import sockets  # noqa: E402  # after Django is set up
from config.wsgi import application as wsgi  # noqa: E402  # after Django is set up

THREADS = int(os.environ.get("WEB_THREADS") or 16)

http = Handing(wsgi, threads=THREADS)
application = ProtocolTypeRouter({"http": http, "websocket": sockets})
