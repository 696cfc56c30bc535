"""What a session holds is sealed: a flash message may name a patient, an offered secret is one."""

from typing import Any, Final

import orjson

from kernel import crypto

CONTEXT: Final = "django_session.session_data"


class SealedSerializer:
    """SESSION_SERIALIZER. Sessions live half a day: a key is retired later than that after its turn."""

    def dumps(self, obj: Any) -> bytes:
        return crypto.seal_bytes(CONTEXT, "", orjson.dumps(obj))

    def loads(self, data: bytes) -> Any:
        """Raises Unsealable for what is not ours; Django then begins an empty session."""
        return orjson.loads(crypto.unseal_bytes(CONTEXT, "", data))
