"""manage.py accounts idle: what the nightly job does, now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from consortium import services
from kernel.actor import Actor


class Command(BaseCommand):
    """Closes accounts that nobody has used for ninety days."""

    help = (
        "Close accounts without a sign-in for ninety days; the only manager of a kind stays, with an alarm."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["idle"])

    def handle(self, *args: Any, **options: Any) -> None:
        closed = services.close_idle(by=Actor.system("consortium"))
        self.stdout.write(f"{closed} accounts closed")
