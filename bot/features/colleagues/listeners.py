"""What this room does when an advisor is called otherwise."""

from collections.abc import Mapping, Sequence

from bot.commons import staff
from bot.kernel.events import AdvisorRenamed, Event
from bot.kernel.feature import Listener

listeners: Mapping[type[Event], Sequence[Listener]] = {
    AdvisorRenamed: [staff.following("colleague_names.userid")]
}
