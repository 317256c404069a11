"""What the clock does: people are invited, reminded, told of their turn and of changes."""

from bot.features.invitations import hosting, inviting, telling
from bot.kernel.feature import Job

jobs = (
    Job("invitations.turns", telling.tell_turns, every_s=5),
    Job(
        "invitations.invite",
        inviting.invite_some,
        every_s=10,
        next_due=inviting.next_due,
        sends=True,
    ),
    Job(
        "invitations.tell",
        telling.tell_some,
        every_s=10,
        next_due=telling.next_reminder,
        sends=True,
    ),
    Job("invitations.hosts", hosting.ask_all, every_s=60),
)
