"""Turning the keys: a new one seals, everything is sealed anew, the old one is destroyed. No process stops for it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.utils.translation import gettext_lazy as _

from kernel import assurance, audit, conf, resealing
from kernel.actor import Actor
from kernel.crypto import keys, signing, wrapping
from kernel.crypto.provider import provider
from kernel.errors import Conflict

LAST: Final = 255


def rotate(*, by: Actor, stage: bool = False) -> int:
    """A new master: it seals from now on; staged, it only opens until `use` (several machines with files apart).

    Raises Conflict where the keys do not come from the file.
    """
    assurance.fresh(by)
    with _turning() as masters:
        number = max(masters) + 1
        if number > LAST:
            raise Conflict(_("There are no more key numbers."), code="no_more_keys")
        if keys.ROOT not in masters:
            # An installation from before there was a root: the first key stays what its indexes rest on.
            masters = {keys.ROOT: masters[keys.root()], **masters}
        last = list(masters)[-1]
        order = [*[one for one in masters if one != last], number, last] if stage else [*masters, number]
        _write({one: masters.get(one) or provider().random(32) for one in order})
    audit.record(by=by, action="keys.rotated", detail={"number": number, "staged": stage})
    return number


def use(*, by: Actor, number: int) -> None:
    """Let a staged master seal."""
    assurance.fresh(by)
    with _turning() as masters:
        _known(masters, number)
        _write({**{one: key for one, key in masters.items() if one != number}, number: masters[number]})
    audit.record(by=by, action="keys.used", detail={"number": number})


def reseal(*, by: Actor) -> resealing.Resealed:
    """Seal everything anew under today's master."""
    assurance.fresh(by)
    result = resealing.reseal()
    done, broken = sum(result.done.values()), sum(result.broken.values())
    audit.record(by=by, action="keys.resealed", detail={"values": done, "broken": broken})
    return result


def retire(*, by: Actor, number: int, erase: bool = False) -> bool:
    """Destroy a master: what only it opens is gone for ever. Whether its bytes are gone from the file, too.

    Raises Conflict (409) while something stands under it, unless `erase` says that this is meant (a store that
    is given up). Where the first key is the root as well, its bytes stay as the root.
    """
    assurance.fresh(by)
    left = {} if erase else resealing.standing().get(number, {})
    if left:
        raise Conflict(
            _("Values still stand under this key: seal them anew first."), code="key_in_use", detail=left
        )
    with _turning() as masters:
        _known(masters, number)
        if number == keys.current():
            raise Conflict(_("This key seals today: turn to a new one first."), code="key_seals")
        rest = {one: key for one, key in masters.items() if one != number}
        gone = masters[number] not in rest.values()
        _write(rest)
    audit.record(by=by, action="keys.retired", detail={"number": number, "erased": erase, "gone": gone})
    return gone


def rewrap(*, by: Actor) -> int:
    """A new root key, and the file of masters wrapped under it; the number of the root key. The old one is destroyed.

    The masters stay: every index, MAC, chain and sealed value goes on, and processes that run notice nothing. Where
    the root keys come from the environment, the new one has been written behind the old one there: this wraps under
    it, and then the old one may go. Raises Conflict (409) where nothing new stands there.
    """
    assurance.fresh(by)
    with _turning() as masters:
        before = wrapping.number_of(conf.read_secret(keys.path()))
        known = wrapping.roots()
        if os.environ.get(wrapping.VARIABLE):
            number = list(known)[-1]
            if number == before:
                raise Conflict(
                    _("The root key comes from the environment: write the new one behind it there first."),
                    code="root_from_environment",
                )
            _write(masters)
        else:
            number = max([before, *known]) + 1
            known[number] = provider().random(32)
            # At every moment the file that is there opens under a root key that is there.
            conf.replace_secret(wrapping.path(), _roots(known))
            _write(masters)
            conf.replace_secret(wrapping.path(), _roots({number: known[number]}))
    audit.record(by=by, action="keys.rewrapped", detail={"number": number, "before": before})
    return number


def _roots(known: dict[int, bytes]) -> str:
    return ",".join(f"{number}:{key.hex()}" for number, key in known.items())


def sign_anew(*, by: Actor) -> str:
    """A new key signs papers and checkpoints; what the old one signed still verifies. Answers its id."""
    assurance.fresh(by)
    fresh = signing.replace()
    audit.record(by=by, action="keys.signing_replaced", detail={"key": fresh})
    return fresh


def _known(masters: dict[int, bytes], number: int) -> None:
    if number not in masters or number == keys.ROOT:
        raise Conflict(_("There is no such key."), code="no_such_key")


@contextmanager
def _turning() -> Iterator[dict[int, bytes]]:
    """The masters as they stand in the file; of two who turn at once the second waits."""
    if os.environ.get(keys.VARIABLE):
        raise Conflict(
            _("The keys come from the environment: write the new one there."), code="keys_from_environment"
        )
    keys.ring()
    with keys.path().with_name("master-key.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield keys.parse(keys.written_in_file())


def _write(masters: dict[int, bytes]) -> None:
    """The masters anew, wrapped where there is a root key."""
    conf.replace_secret(keys.path(), wrapping.closed(keys.written(masters)))
    keys.forget()
