"""People who want nothing kept about them, known by a salted hash only."""

import secrets
from hashlib import blake2b

from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_SALT = Statement("SELECT salt FROM erased_identities ORDER BY id LIMIT 1")
_KEEP = Statement(
    "INSERT INTO erased_identities (digest, salt, at) VALUES (:digest, :salt, :now)"
    " ON CONFLICT (digest) DO NOTHING"
)
_KNOWN = Statement("SELECT 1 FROM erased_identities WHERE digest = :digest")
_TURN = {"erased_identities"}


class Erased:
    """Answers who must stay out; asks once for each person."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._salt = _salt(uow)
        self._known: dict[str, bool] = {"": False}

    def __contains__(self, identity: str) -> bool:
        """Return True for a person who was erased."""
        if not self._salt:
            return False
        if identity not in self._known:
            digest = _digest(self._salt, identity)
            self._known[identity] = bool(self._uow.run(_KNOWN, digest=digest))
        return self._known[identity]


def remember(uow: UnitOfWork, identity: str) -> None:
    """Let nobody write rows about this person again."""
    uow.take_turns(_TURN)  # or two replicas make two salts
    salt = _salt(uow) or secrets.token_hex(16)
    uow.run(_KEEP, digest=_digest(salt, identity), salt=salt, now=micros(uow.clock.now()))


def _salt(uow: UnitOfWork) -> str:
    rows = uow.run(_SALT)
    return str(rows[0][0]) if rows else ""


def _digest(salt: str, identity: str) -> str:
    return blake2b(identity.encode(), key=bytes.fromhex(salt), digest_size=20).hexdigest()
