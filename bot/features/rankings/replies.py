"""A board in words and as a picture, the same by chat and on the page."""

from collections.abc import Mapping
from datetime import date

from bot.commons import members, pictures
from bot.features.rankings import reads
from bot.features.rankings.reads import Board, Chat, What
from bot.features.rankings.rules import RankingSettings, day_of
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork


def today(uow: UnitOfWork, tools: Toolbox) -> date:
    """Return the day for which a check-in counts now."""
    grace = tools.use(RankingSettings).grace_minutes
    return day_of(uow.clock.now(), tools.use(Community).zone, grace)


def boards(
    uow: UnitOfWork, tools: Toolbox, member: MemberId | None, chat: Chat | None = None
) -> Mapping[What, Board]:
    """Return both boards as a member sees them."""
    top, day = tools.use(RankingSettings).top, today(uow, tools)
    return {what: reads.board(uow, what, day, top=top, chat=chat, member=member) for what in What}


def words_of(
    uow: UnitOfWork, found: Mapping[What, Board], member: MemberId | None
) -> dict[str, object]:
    """Return what templates show of boards: places with names instead of members."""
    return {what.value: _shown(uow, board, member) for what, board in found.items()}


def _shown(uow: UnitOfWork, board: Board, member: MemberId | None) -> Mapping[str, object]:
    places = [
        {"place": line.place, "days": line.days, "name": name_of(uow, one), "is_own": one == member}
        for line in board.lines
        for one in line.members
    ]
    crowd = next((line for line in board.lines if not line.members), None)
    return {"places": places, "crowd": crowd, "own": board.own}


def name_of(uow: UnitOfWork, member: MemberId) -> str:
    """Return what a member is called on a list; empty when nobody knows.

    A name may have been typed to look like something else: only what fits on a line is left.
    """
    return members.tidy_name(members.display_name(uow, member) or "")


def picture(
    uow: UnitOfWork, tools: Toolbox, board: Board, member: MemberId | None
) -> tuple[pictures.Ranking, list[MemberId]]:
    """Return a board as a picture, and whom it shows.

    With `member`, her own line stands below the best; without, it is fit for a group.
    """
    say = tools.use(Words)

    def row(place: int, who: MemberId, days: int) -> pictures.RankRow:
        name = name_of(uow, who) or say("rankings/picture.txt.j2", part="nobody", what="", day=None)
        figure = say("rankings/picture.txt.j2", part="figure", what="", day=days)
        return pictures.RankRow(place, name, figure, is_own=who == member)

    rows = [row(line.place, one, line.days) for line in board.lines for one in line.members]
    own, day = board.own, today(uow, tools)
    people = [one for line in board.lines for one in line.members]
    below = None
    if member is not None and own is not None and own.place and not own.is_shown:
        below = row(own.place, member, own.days)
        people.append(member)
    title = say("rankings/picture.txt.j2", part="title", what=board.what.value, day=day)
    note = say("rankings/picture.txt.j2", part="note", what="", day=None)
    brand = tools.use(Community).name
    return pictures.Ranking(brand, title, tuple(rows), own=below, note=note), people
