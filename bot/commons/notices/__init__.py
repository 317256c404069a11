"""Tells operators what they should know, once; this module is the kernel's `NoticeBoard`.

A room with a toolbox says `tools.use(Notices).tell(uow, key=…, text=…)`: the notice stands
in the console and goes to everybody under `[alerts] to`. Without a toolbox,
`tell_operators(uow, key=…, text=…)` writes it to the console alone.

The same key is the same notice, for good: put the day or the item's id into it.
"""

from bot.commons.notices.service import (
    WHY,
    AlertTarget,
    AlertTargets,
    Notices,
    forget_seen,
    mark_seen,
    recent,
    tell_operators,
    told_since,
    unseen,
)

__all__ = [
    "WHY",
    "AlertTarget",
    "AlertTargets",
    "Notices",
    "forget_seen",
    "mark_seen",
    "recent",
    "tell_operators",
    "told_since",
    "unseen",
]
