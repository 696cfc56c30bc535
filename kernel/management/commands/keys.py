"""`manage.py keys list | rotate | use N | reseal | retire N | rewrap | sign-anew`."""

from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel import keyring, resealing
from kernel.actor import Actor
from kernel.crypto import keys
from kernel.errors import DomainError

BY: Final = Actor.system("keys")


class Command(BaseCommand):
    """Turn the keys of the house while it runs."""

    help = (
        "list: which key stands behind how many values. rotate: a new key seals, old ones open (--stage: it opens "
        "only, until `use N`). reseal: seal everything anew. retire N: destroy a key nothing stands under "
        "(--erase: although something does; it is gone for ever). rewrap: a new root key, and the file of keys "
        "wrapped under it. sign-anew: a new key signs papers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what", choices=["list", "rotate", "use", "reseal", "retire", "rewrap", "sign-anew"]
        )
        parser.add_argument("number", nargs="?", type=int, default=0)
        parser.add_argument("--stage", action="store_true")
        parser.add_argument("--erase", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        what = options["what"].replace("-", "_")
        try:
            getattr(self, f"_{what}")(options)
        except DomainError as error:
            raise CommandError(f"{error.message} {error.detail or ''}".strip()) from error

    def _list(self, options: dict[str, Any]) -> None:
        found = resealing.standing()
        for number in sorted({*keys.sealing(), *found}):
            state = "seals" if number == keys.current() else "opens" if number in keys.ring() else "is gone"
            self.stdout.write(f"key {number} {state}: {sum(found.get(number, {}).values())} values")
            for place, count in sorted(found.get(number, {}).items()):
                self.stdout.write(f"  {place}: {count}")

    def _rotate(self, options: dict[str, Any]) -> None:
        number = keyring.rotate(by=BY, stage=options["stage"])
        self.stdout.write(
            f"key {number} {'opens' if options['stage'] else 'seals'}; back the file of keys up now"
        )

    def _use(self, options: dict[str, Any]) -> None:
        keyring.use(by=BY, number=options["number"])
        self.stdout.write(f"key {options['number']} seals")

    def _reseal(self, options: dict[str, Any]) -> None:
        result = keyring.reseal(by=BY)
        for place, count in sorted(result.done.items()):
            self.stdout.write(f"{place}: {count} sealed anew, {result.broken[place]} open under no key")

    def _retire(self, options: dict[str, Any]) -> None:
        gone = keyring.retire(by=BY, number=options["number"], erase=options["erase"])
        rest = "" if gone else "; its bytes stay as the root of the indexes"
        self.stdout.write(f"key {options['number']} is destroyed{rest}")

    def _rewrap(self, options: dict[str, Any]) -> None:
        number = keyring.rewrap(by=BY)
        self.stdout.write(f"the file of keys is wrapped under root key {number}; back both up now, apart")

    def _sign_anew(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"key {keyring.sign_anew(by=BY)} signs")
