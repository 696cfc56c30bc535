"""WSGI entry: HTTP of a production deployment behind nginx."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django = get_wsgi_application()  # sets Django up before anything below reads a setting

from config.machines import Entry  # noqa: E402  # after Django is set up
from config.warm import warm  # noqa: E402  # after Django is set up

application = Entry(django)
warm()
