"""What a callback of the long connection allows, kept as text in the rows of the trip."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from bot.channels.wecom.aibot.window import PRESS_S

ANSWER_S = 86_400.0 - 120
"""A message may be answered for 24 h (path/101463, 2026-07)."""
_MARK = "ws"


class Kind(StrEnum):
    """What may be said in answer."""

    MESSAGE = "message"
    ENTER = "enter"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Permission:
    """The id of a callback, by which it is answered, and when it was heard, by our clock."""

    kind: Kind
    heard: datetime
    req_id: str

    def written(self) -> str:
        """Return this as text."""
        return f"{_MARK} {self.kind} {self.heard.timestamp():.3f} {self.req_id}"

    @classmethod
    def of(cls, text: str) -> Self:
        """Return what was written; for anything else a permission for nothing."""
        mark, _, rest = text.partition(" ")
        kind, _, rest = rest.partition(" ")
        heard, _, req_id = rest.partition(" ")
        try:
            if mark == _MARK and req_id:
                return cls(Kind(kind), datetime.fromtimestamp(float(heard), UTC), req_id)
        except (ValueError, OverflowError, OSError):
            pass
        return cls(Kind.NONE, datetime.fromtimestamp(0, UTC), "")

    def holds(self, now: datetime) -> bool:
        """Return True while the platform takes an answer."""
        gone_s = max(0.0, (now - self.heard).total_seconds())  # our clock may have been set back
        longest_s = {Kind.MESSAGE: ANSWER_S, Kind.ENTER: PRESS_S}.get(self.kind, 0.0)
        return gone_s < longest_s


@dataclass(frozen=True, slots=True)
class Press:
    """A press on a card: the card may change once, at once, and has to be sent whole."""

    heard_s: float
    req_id: str
    card: str
    chosen: Sequence[str]
    seen_by: str
    """Whom a change is shown to; empty for everybody."""

    def written(self) -> str:
        """Return this as text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Return what was written; None for anything else."""
        try:
            said = json.loads(text)
            return cls(
                float(said["heard_s"]),
                str(said["req_id"]),
                str(said["card"]),
                tuple(map(str, said["chosen"])),
                str(said["seen_by"]),
            )
        except (ValueError, TypeError, KeyError, RecursionError):
            return None

    def holds(self, now: datetime) -> bool:
        """Return True while the platform takes the change."""
        return now.timestamp() - self.heard_s < PRESS_S
