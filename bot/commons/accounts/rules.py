"""What a password must be, and how it is kept. Slow on purpose: never in a unit of work."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.kernel.errors import WeakPassword

MIN_CHARS = 10
MAX_CHARS = 200
MIN_DIFFERENT = 4

# argon2id at the cost OWASP's password storage sheet asks for: 19 MiB, 2 passes, 1 lane
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def check_password(password: str) -> None:
    """Refuse a password that is too easy.

    Raises:
        WeakPassword: with the rule it breaks: `too_short`, `too_long` or `too_plain`.
    """
    if len(password) < MIN_CHARS:
        raise WeakPassword(
            f"the password has {len(password)} characters, {MIN_CHARS} or more are needed",
            rule="too_short",
        )
    if len(password) > MAX_CHARS:
        raise WeakPassword(f"the password is longer than {MAX_CHARS} characters", rule="too_long")
    if len(set(password)) < MIN_DIFFERENT:
        raise WeakPassword(
            f"the password repeats itself: use {MIN_DIFFERENT} or more different characters",
            rule="too_plain",
        )


def make_hash(password: str) -> str:
    """Return the hash to keep for a new password.

    Raises:
        WeakPassword: the password is too easy.
    """
    check_password(password)
    return _hasher.hash(password)


def matches(kept_hash: str | None, password: str) -> bool:
    """Check a password; takes as long when there is no account (None)."""
    if len(password) > MAX_CHARS:
        password = ""
    try:
        _hasher.verify(kept_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept_hash is not None


@cache
def _nobody() -> str:
    """Return a hash that no typed password has, to spend the same time on unknown names."""
    return _hasher.hash("\0 nobody types this")
