"""manage.py managers create: the first three accounts of a platform in production."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consortium import services
from consortium.choices import Role
from kernel.actor import Actor
from kernel.errors import DomainError

ASKED = {
    Role.SYSTEM_MANAGER: "system manager 系统管理员 (accounts and running)",
    Role.SECURITY_MANAGER: "security manager 安全管理员 (posts and roles)",
    Role.AUDIT_MANAGER: "audit manager 审计管理员 (the audit chain)",
}
SECOND_WORDS = "second security manager 安全管理员二 (approves what the first one proposes)"


class Command(BaseCommand):
    """Opens three accounts, each with a one-time password that is printed once."""

    help = "Create the first three managers. They bind an authenticator and choose a password at the first sign-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["create"])
        for role, words in ASKED.items():
            parser.add_argument(f"--{role.split('_')[0]}", metavar="ACCOUNT:NAME:ID", help=words)
        parser.add_argument("--second", metavar="ACCOUNT:NAME:ID", help=SECOND_WORDS)
        parser.add_argument(
            "--hospital", default="", help="name of the head hospital, when none is registered yet"
        )
        parser.add_argument("--region", default="", help="its region code (GB/T 2260, 6 digits)")

    def handle(self, *args: Any, **options: Any) -> None:
        people = {
            str(role): self._person(words, options[role.split("_")[0]]) for role, words in ASKED.items()
        }
        if options["second"]:
            people[services.SECOND] = self._person(SECOND_WORDS, options["second"])
        try:
            made = services.create_managers(
                by=Actor.system("setup"),
                people=people,
                hospital=options["hospital"],
                region_code=options["region"],
            )
        except DomainError as refusal:
            wrong = [f"  {field}: {sentence}" for field, sentence in refusal.fields.items()]
            raise CommandError("\n".join([str(refusal.message), *wrong])) from refusal
        self.stdout.write("Hand these over in person; they are shown only now.")
        for role, account in made.items():
            words = SECOND_WORDS if role == services.SECOND else ASKED[Role(role)]
            self.stdout.write(f"{words}: account {account.staff.username}  password {account.password}")
        if not options["second"]:
            self.stdout.write(
                "With one security manager alone only signed staff lists change rights: name --second."
            )

    def _person(self, words: str, given: str | None) -> tuple[str, str, str]:
        """Account, name and ID number; the number is asked for where the command line, which is logged, has none."""
        if not given:
            given = input(f"{words}, as account:name: ")
        username, _colon, rest = given.partition(":")
        name, _colon, number = rest.partition(":")
        if not username.strip() or not name.strip():
            raise CommandError(f"Write the {words} as account:name, for example zhangsan:张三")
        number = number or input(f"ID number of {name.strip()}: ")
        return username.strip(), name.strip(), number.strip()
