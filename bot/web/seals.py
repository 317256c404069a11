"""Words that a browser keeps for us and cannot change: sealed, for one purpose, for a while."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from bot.kernel.clock import Clock

_SEAL_BYTES = 16
_MOST_CHARS = 4000


class Seals:
    """Seals and opens. Whoever holds a sealed text can read it; nobody else can make one."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def close(self, purpose: str, words: Sequence[str], *, valid_s: int) -> str:
        """Return `words` sealed, fit for a cookie."""
        until = int(self._clock.now().timestamp()) + valid_s
        body = _text(json.dumps([until, *words], separators=(",", ":")).encode())
        return f"{body}.{self._mark(purpose, body)}"

    def open(self, purpose: str, sealed: str) -> list[str] | None:
        """Return what was sealed for `purpose`; None when it was not, or its time is over."""
        body, _, mark = sealed[:_MOST_CHARS].partition(".")
        if not self._is_ours(purpose, body, mark):
            return None
        until, *words = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return words if until >= self._clock.now().timestamp() else None

    def sign(self, purpose: str, word: str) -> str:
        """Return `word`, which has no point in it, with a mark that it is ours."""
        return f"{word}.{self._mark(purpose, word)}"

    def read(self, purpose: str, signed: str) -> str:
        """Return the word that was signed for `purpose`; empty for anything else."""
        word, _, mark = signed[:_MOST_CHARS].partition(".")
        return word if self._is_ours(purpose, word, mark) else ""

    def _is_ours(self, purpose: str, body: str, mark: str) -> bool:
        is_plain = body.isascii() and mark.isascii()
        return is_plain and hmac.compare_digest(mark, self._mark(purpose, body))

    def _mark(self, purpose: str, body: str) -> str:
        said = f"seal 1\0{purpose}\0{body}".encode()
        return _text(hmac.digest(self._secret, said, hashlib.sha256)[:_SEAL_BYTES])


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
