"""The browser's session as Django keeps it, read in one prepared statement.

Every request of the portal begins with it, and Django's own way through the ORM costs more than all other
middleware together. Writing, ending and clearing are Django's.
"""

from typing import Any, Final

from django.contrib.sessions.backends.db import SessionStore as DjangoStore

from kernel import clock
from kernel.database import prepared

READ: Final = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DjangoStore):
    """`load` alone is ours. An unknown or ended key is nobody's, and the next save makes a new one."""

    def load(self) -> dict[str, Any]:
        with prepared.cursor() as cursor:
            cursor.execute(READ, [self.session_key, clock.now()])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        kept: dict[str, Any] = self.decode(found[0])
        return kept
