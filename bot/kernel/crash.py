"""Dies at a named step of the trip, when told so: the proof that no step can lose anything.

`BOT_CRASH_AT=outbox.claimed:3` kills the process, without any goodbye, the third time that
it gets there. Without the variable a step costs a comparison.
"""

import os
import signal

_AT, _, _TIMES = os.environ.get("BOT_CRASH_AT", "").partition(":")
_left = int(_TIMES or 1)


def step(name: str) -> None:
    """Mark a point of the trip at which a test may kill the process."""
    if name == _AT:
        _die()


def _die() -> None:
    global _left  # noqa: PLW0603 - one process, one death
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
