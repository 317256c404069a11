"""Use cases: full readings, and the greeting of a new friend."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.commons import groups, reception
from bot.commons.content import SOMEBODY, Library, Shelf, names_for, render
from bot.features.customer_groups.rules import CustomerGroupsSettings
from bot.kernel.community import Community
from bot.kernel.customers import GroupsPage
from bot.kernel.errors import ContentError
from bot.kernel.messages import Outgoing, Text, Update
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

RECONCILE = "customer_groups.reconcile"
TAGS = "customer_groups.tags"
WELCOME = "customer_groups.welcome"

_DAY = timedelta(days=1)
_ROUND = Statement(
    "SELECT number, phase, place, restarts, listed, asked_by, began_at, completed_at"
    " FROM group_rounds WHERE id = 1"
)
_BEGIN = Statement(
    "INSERT INTO group_rounds (id, number, phase, place, restarts, listed, asked_by, began_at)"
    " VALUES (1, 1, 'listing', '', 0, 0, :who, :now) ON CONFLICT (id) DO UPDATE SET"
    " number = group_rounds.number + 1, phase = 'listing', place = '', restarts = 0, listed = 0,"
    " asked_by = excluded.asked_by, began_at = excluded.began_at"
    " WHERE group_rounds.phase = 'resting' RETURNING number"
)
_TURN = Statement(
    "UPDATE group_rounds SET place = :after, listed = listed + :count, phase = :phase"
    " WHERE id = 1 AND number = :number AND phase = 'listing' AND place = :before RETURNING number"
)
_RESTART = Statement(
    "UPDATE group_rounds SET place = '', listed = 0, restarts = restarts + 1"
    " WHERE id = 1 AND number = :number AND phase = 'listing' AND place = :before"
)
_END = Statement(
    "UPDATE group_rounds SET phase = 'resting', completed_at = :now"
    " WHERE id = 1 AND phase = 'reading'"
)
_LATE = Statement(
    "SELECT count(*) FROM outbox WHERE created_at > :since AND status = 'dropped' AND why = :why"
)
_RESTARTS_IN_A_ROW = 3


class Phase(StrEnum):
    """Where a full reading stands."""

    LISTING = "listing"
    READING = "reading"
    RESTING = "resting"


@dataclass(frozen=True, slots=True)
class Round:
    """The full reading that is under way, or the last one."""

    number: int
    phase: Phase
    place: str
    restarts: int
    listed: int
    asked_by: str
    began_at: datetime
    completed_at: datetime | None

    def has_missed(self, group: groups.DueGroup) -> bool:
        """Return True when a complete listing should have had a group and had it not."""
        is_older = group.first_seen_at < self.began_at
        return self.phase is Phase.READING and is_older and group.seen_round < self.number

    @property
    def is_lost_again(self) -> bool:
        """True each third time that the listing loses its place: the platform needs a rest."""
        return self.restarts % _RESTARTS_IN_A_ROW == _RESTARTS_IN_A_ROW - 1


# ── full readings ───────────────────────────────────────────────────────────────────────


def last_round(uow: UnitOfWork) -> Round | None:
    """Return the reading that is under way, or the last one; None before the first."""
    rows = uow.run(_ROUND)
    if not rows:
        return None
    number, phase, place, restarts, listed, who, began, completed = rows[0]
    return Round(
        integer(number),
        Phase(str(phase)),
        str(place),
        integer(restarts),
        integer(listed),
        str(who),
        instant(began),
        None if completed is None else instant(completed),
    )


def round_is_due(uow: UnitOfWork, every_h: float) -> bool:
    """Return True when it is time for another full reading."""
    last = last_round(uow)
    if last is None:
        return True
    since = uow.clock.now() - last.began_at
    is_time = since >= timedelta(hours=every_h) or since < timedelta()  # the clock was set back
    return last.phase is Phase.RESTING and is_time


def begin_round(uow: UnitOfWork, who: str = "") -> bool:
    """Begin a full reading; False when one is under way."""
    return bool(uow.run(_BEGIN, who=who, now=micros(uow.clock.now())))


def listing(uow: UnitOfWork) -> Round | None:
    """Return the reading whose listing is not complete; None when there is none."""
    last = last_round(uow)
    return last if last is not None and last.phase is Phase.LISTING else None


def turn(uow: UnitOfWork, at: Round, page: GroupsPage) -> bool:
    """Write a page of the listing down; False when somebody else has turned it."""
    turned = uow.run(
        _TURN,
        number=at.number,
        before=at.place,
        after=page.place,
        count=len(page.groups),
        phase=(Phase.LISTING if page.place else Phase.READING).value,
    )
    if not turned:
        return False
    groups.listed(uow, page.groups, at.number)
    if not page.place:
        groups.end_listing(uow, at.number)
    return True


def restart_listing(uow: UnitOfWork, at: Round) -> None:
    """List from the beginning: the place in it was lost. What was listed stays so."""
    uow.run(_RESTART, number=at.number, before=at.place)


def end_round(uow: UnitOfWork) -> None:
    """Nothing is left to ask for."""
    uow.run(_END, now=micros(uow.clock.now()))


def gone(uow: UnitOfWork, group: groups.DueGroup, how: str) -> None:
    """The platform has no such group any more, or does not show it to us."""
    groups.dismissed(uow, group.chat_id, uow.clock.now(), how)


# ── a new friend ────────────────────────────────────────────────────────────────────────


def welcome(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """Greet a customer who has just become an employee's friend, if she may be greeted.

    Not while a human has her conversation: an advisor befriends whoever complains.
    """
    settings = tools.use(CustomerGroupsSettings)
    if update.ticket is None or not settings.welcome:
        return
    if reception.is_with_a_human(uow, update.extra["customer"]):
        return
    uow.send(
        Outgoing(
            channel=update.channel,
            recipient=update.extra["customer"],
            part=Text(_welcome_words(uow, tools, settings)),
            key=f"welcome:{update.key}",
            why=WELCOME,
            ticket=update.ticket,
        )
    )


def _welcome_words(uow: UnitOfWork, tools: Toolbox, settings: CustomerGroupsSettings) -> str:
    if settings.welcome_content:
        library = tools.use(Shelf).at_hand(uow.clock.now()).library
        if words := _from_file(library, settings.welcome_content, tools, uow.clock.now()):
            return words
    own = tools.use(Words)("customer_groups/welcome.txt.j2", community=tools.use(Community).name)
    return settings.welcome_text.strip() or own


def _from_file(library: Library, path: str, tools: Toolbox, now: datetime) -> str:
    """Return the words of a content file; empty when they can't be had, for it can't wait."""
    community, file = tools.use(Community), library.files.get(path)
    day = community.day_of(now)
    names = names_for(community.name, "", day, called=SOMEBODY)
    try:
        return render(file, **names) if file is not None else ""
    except ContentError:
        return ""


def missing_welcome(tools: Toolbox, now: datetime) -> str:
    """Return the content file that should greet and can't; empty when all is well."""
    path = tools.use(CustomerGroupsSettings).welcome_content
    if not path or _from_file(tools.use(Shelf).look(now).library, path, tools, now):
        return ""
    return path


def count_late_welcomes(uow: UnitOfWork) -> float:
    """Return how many greetings of the last 24 hours came too late."""
    since = micros(uow.clock.now() - _DAY)
    return float(integer(uow.run(_LATE, since=since, why=WELCOME)[0][0]))
