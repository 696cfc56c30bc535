"""Which database user does what: the owner migrates, the app works."""

from typing import Any


class OwnerMigrates:
    """Migrations run on the alias `owner` alone: the app's user cannot create or alter a table."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True  # the aliases are users of one and the same database
