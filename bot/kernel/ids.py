"""What things are called: ids that must not be mixed up."""

from typing import NewType

MemberId = NewType("MemberId", int)
InboxId = NewType("InboxId", int)
OutboxId = NewType("OutboxId", int)

ChannelName = NewType("ChannelName", str)
"""Name of a section under `[channels]`, for example `wecom_app` or `group_robot.staff`."""

GroupId = NewType("GroupId", str)
"""Our own name of a platform group: the `id` of a `[[groups]]` entry, used in schedules."""


def trace_of(item: InboxId) -> str:
    """Return the word that follows an update through the logs, from callback to receipt."""
    return f"u{item}"
