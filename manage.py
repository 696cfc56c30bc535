#!/usr/bin/env python3
"""Commands of the house. `manage.py up` runs the whole platform; every other command is Django's or an app's."""

import os
import sys
import warnings

from config.local.services import database_for
from config.local.supervisor import up


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1:]
    if command[:1] == ["up"]:
        return up(command[1:])
    # `makemigrations` asks a database about applied migrations, and works without one.
    warnings.filterwarnings("ignore", "Got an error checking a consistent migration history")
    with database_for(command):
        from django.core.management import execute_from_command_line  # lazy: `up` runs without Django

        execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
