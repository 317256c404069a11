"""How polls come from files, and follow them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commons import audit
from bot.commons.content import ContentFile, PollMatter
from bot.features.polls.reads import Option, PollView, options_json, poll, words_json
from bot.features.polls.rules import State
from bot.kernel.clock import instant_of
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_KNOWN = Statement("SELECT path, revision, id, state FROM polls")
_ADD = Statement(
    "INSERT INTO polls (path, revision, title, words, options, max_choices, opens_at, closes_at,"
    " results, eligible, points, goal_points, quorum, tie, state, outcome)"
    " VALUES (:path, :revision, :title, :words, :options, :max_choices, :opens_at, :closes_at,"
    " :results, :eligible, :points, :goal_points, :quorum, :tie, 'open', '')"
    " ON CONFLICT (path) DO NOTHING"
)
_CHANGE = Statement(
    "UPDATE polls SET revision = :revision, title = :title, words = :words, options = :options,"
    " max_choices = :max_choices, opens_at = :opens_at, closes_at = :closes_at,"
    " results = :results, eligible = :eligible, points = :points, goal_points = :goal_points,"
    " quorum = :quorum, tie = :tie, state = 'open' WHERE id = :poll"
)
_ADJUST = Statement(
    "UPDATE polls SET revision = :revision, title = :title, words = :words,"
    " closes_at = :closes_at, state = 'open' WHERE id = :poll"
)
_HAS_BALLOTS = Statement("SELECT 1 FROM ballots WHERE poll_id = :poll LIMIT 1")
_WITHDRAW = Statement(
    "UPDATE polls SET state = 'withdrawn' WHERE id = :poll AND state = 'open'"
    " AND NOT EXISTS (SELECT 1 FROM ballots WHERE poll_id = :poll) RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A file changed what may not change any more, because somebody has voted."""

    path: str
    title: str
    revision: str
    """`gone` when there is no file any more."""


def bring_in(
    uow: UnitOfWork,
    files: Iterable[tuple[ContentFile, PollMatter]],
    zone: ZoneInfo,
    *,
    broken: Collection[str] = (),
) -> list[Frozen]:
    """Let the polls be what their files say; return those that could not follow.

    From the first ballot on only title, words and end follow the file: what was voted on and by
    which terms stands still. A poll that was counted does not change. One on which nobody has
    voted goes with its file, and comes back with it.

    Args:
        uow: the unit of work.
        files: those without a mistake.
        zone: of the community, for instants without one.
        broken: the files with a mistake, as they are shown; their polls stay as they are.
    """
    known = {str(path): row for path, *row in uow.run(_KNOWN)}
    frozen: list[Frozen] = []
    for file, matter in files:
        row = known.pop(file.path, None)
        if row is None:
            uow.run(_ADD, path=file.path, **_fields(file, matter, uow.clock.now(), zone))
        elif row[0] != file.revision or row[2] == State.WITHDRAWN:
            frozen += _follow(uow, integer(row[1]), file, matter, zone)
    gone = {path: row for path, row in known.items() if row[2] == State.OPEN}
    for path, row in gone.items():
        if not any(one.endswith(f"/{path}") for one in broken):
            frozen += _withdraw(uow, path, integer(row[1]))
    return frozen


def _withdraw(uow: UnitOfWork, path: str, number: int) -> list[Frozen]:
    if uow.run(_WITHDRAW, poll=number):
        audit.record(uow, "bot", "polls.withdrawn", f"the file of poll {number} is gone")
        return []
    found = poll(uow, number)
    return [Frozen(path, found.title, "gone")] if found else []


def _follow(
    uow: UnitOfWork, number: int, file: ContentFile, matter: PollMatter, zone: ZoneInfo
) -> list[Frozen]:
    found = poll(uow, number)
    if found is None or found.state not in {State.OPEN, State.WITHDRAWN}:
        return []
    fields = _fields(file, matter, min(found.opens_at, uow.clock.now()), zone)
    if not uow.run(_HAS_BALLOTS, poll=number):
        uow.run(_CHANGE, poll=number, **fields)
        return []
    kept = ("revision", "title", "words", "closes_at")
    uow.run(_ADJUST, poll=number, **{name: fields[name] for name in kept})
    audit.record(uow, "bot", "polls.changed", f"poll {number}, revision {file.revision}")
    same = _terms_of(found) == tuple(fields[name] for name in _TERMS)
    return [] if same else [Frozen(file.path, file.title, file.revision)]


_TERMS = ("options", "max_choices", "results", "eligible", "points", "goal_points", "quorum", "tie")


def _terms_of(found: PollView) -> tuple[object, ...]:
    return (
        options_json.dump_json(found.options).decode(),
        found.max_choices,
        "live" if found.live else "after_close",
        words_json.dump_json(found.eligible).decode(),
        found.points,
        found.goal_points,
        found.quorum,
        found.tie,
    )


def _fields(
    file: ContentFile, matter: PollMatter, opens_by_default: datetime, zone: ZoneInfo
) -> dict[str, object]:
    options = tuple(
        Option(number, option.text, option.media or "")
        for number, option in enumerate(matter.options, 1)
    )
    opens_at = _instant(matter.opens_at, zone) or opens_by_default
    closes_at = _instant(matter.closes_at, zone)
    return {
        "revision": file.revision,
        "title": file.title,
        "words": file.body,
        "options": options_json.dump_json(options).decode(),
        "max_choices": matter.max_choices,
        "opens_at": micros(opens_at),
        "closes_at": None if closes_at is None else micros(closes_at),
        "results": matter.results,
        "eligible": words_json.dump_json(matter.eligible).decode(),
        "points": matter.points,
        "goal_points": matter.goal_points,
        "quorum": matter.quorum,
        "tie": matter.tie,
    }


def _instant(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if at is None else at if at.tzinfo else instant_of(at, zone)
