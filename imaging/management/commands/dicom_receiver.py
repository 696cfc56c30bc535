"""`manage.py dicom_receiver`: the DICOM storage door of the house."""

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from imaging.dimse.receiver import Receiver


class Command(BaseCommand):
    """Listens until SIGTERM or Ctrl-C. Several may share a port; the kernel spreads associations over them."""

    help = "Receives DICOM objects (C-STORE, C-ECHO) from the application entities consortium knows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.DICOM_HOST)
        parser.add_argument("--port", type=int, default=settings.DICOM_PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        receiver = Receiver(host=options["host"], port=options["port"])

        def stop(_number: int, _frame: FrameType | None) -> None:
            threading.Thread(target=receiver.listener.stop).start()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        self.stdout.write(f"DICOM {settings.DICOM_AE_TITLE} listens on {options['host']}:{receiver.port}")
        self.stdout.flush()
        receiver.serve()
        receiver.stop()
