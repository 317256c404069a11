"""Use cases of cards: an advisor is rung, a card shows what became of its case, a new one goes out.

A card is an ordinary message of the outbox; `case_cards` remembers it, and by its key how it went.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

import structlog

from bot.commons import cases, staff
from bot.commons.notices import Notices
from bot.features.cards import making, presence
from bot.features.cards.rules import (
    HANDLE_DIES,
    HANDLE_LASTS,
    MOST_SNOOZES,
    CardsSettings,
    State,
    rings_always,
    short_name,
)
from bot.kernel import crash
from bot.kernel.capability import Chat, Doors
from bot.kernel.clock import instant_of
from bot.kernel.community import Community
from bot.kernel.desk import NoticeLevel
from bot.kernel.ids import ChannelName
from bot.kernel.messages import CardKind, CardUpdate, Outgoing, Part, Voice
from bot.kernel.ports import Words
from bot.kernel.words import count_in
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

log = structlog.get_logger(__name__)
WHY = "cards"
"""The `Outgoing.why` of what this room sends."""
_COLUMNS = (
    "id, case_id, advisor, state, severity, key, change_key, handle, fresh_at, issued_at, snoozes,"
    " snoozed_until"
)
_NOT_OVER = "state <> 'over'"
_ADD = Statement(
    "INSERT INTO case_cards (case_id, member_id, advisor, state, severity, key, change_key,"
    " handle, snoozes) VALUES (:case, :member, :advisor, 'held', :severity, '', '', '', :snoozes)"
    f" RETURNING {_COLUMNS}"
)
_GET = Statement(f"SELECT {_COLUMNS} FROM case_cards WHERE id = :id")
_OF_CASE = Statement(
    f"SELECT {_COLUMNS} FROM case_cards WHERE case_id = :case AND {_NOT_OVER} ORDER BY id"
)
_NOT_OVER_ONES = Statement(
    f"SELECT {_COLUMNS} FROM case_cards WHERE {_NOT_OVER} ORDER BY id LIMIT 5000"
)
_ISSUED = Statement(
    "UPDATE case_cards SET state = :state, key = :key, severity = :severity, issued_at = :now,"
    " fresh_at = :now WHERE id = :id"
)
_PRESSED = Statement(
    "UPDATE case_cards SET state = :state, handle = :handle, fresh_at = :now WHERE id = :id"
    f" RETURNING {_COLUMNS}"
)
_SNOOZED = Statement(
    "UPDATE case_cards SET snoozes = snoozes + 1, snoozed_until = :until WHERE id = :id"
)
_STANDS = Statement("UPDATE case_cards SET state = :state, change_key = :change WHERE id = :id")
_RUNG = Statement(
    "SELECT count(*) FROM case_cards WHERE advisor = :advisor AND issued_at >= :since"
)
_GRAVEST = Statement(
    "SELECT max(severity) FROM case_cards WHERE case_id = :case AND advisor = :advisor"
    " AND issued_at >= :since"
)
_HELD = Statement(f"SELECT count(*) FROM case_cards WHERE {_NOT_OVER} AND state = 'held'")
_SENT = Statement("SELECT status, handle FROM outbox WHERE key = :key")
_MOST = 2**62
_UNDER_WAY = frozenset({"queued", "sending"})


@dataclass(frozen=True, slots=True)
class Issued:
    """A card that an advisor got, or is to get."""

    id: int
    case: int
    advisor: str
    state: State
    severity: int
    key: str
    change_key: str
    handle: str
    fresh_at: datetime | None
    issued_at: datetime | None
    snoozes: int
    snoozed_until: datetime | None

    @property
    def ref(self) -> str:
        """What its buttons bring back: numbers are given again when a member's rows are gone."""
        return f"{self.id}-{micros(self.issued_at) if self.issued_at else 0}"


def find(uow: UnitOfWork, ref: str) -> Issued | None:
    """Return the card that a button is on; None for one that is not there."""
    number = count_in(ref.partition("-")[0], _MOST)
    rows = uow.run(_GET, id=number) if number else ()
    card = _issued(rows[0]) if rows else None
    return card if card is not None and card.ref == ref else None


def of_case(uow: UnitOfWork, case: int) -> Sequence[Issued]:
    """Return the cards of a case that are not over."""
    return [_issued(row) for row in uow.run(_OF_CASE, case=case)]


def not_over(uow: UnitOfWork) -> Sequence[Issued]:
    """Return the cards of all cases that are not over."""
    return [_issued(row) for row in uow.run(_NOT_OVER_ONES)]


def count_held(uow: UnitOfWork) -> float:
    """Return how many cards are held."""
    return integer(uow.run(_HELD)[0][0])


def is_hers(case: cases.Case | None, advisor: str) -> bool:
    """Return True while an advisor has a case, or is asked to take it."""
    return case is not None and case.state.is_with_humans and case.advisor == advisor


# ── ringing ─────────────────────────────────────────────────────────────────────────────


def ring(uow: UnitOfWork, tools: Toolbox, case: cases.Case) -> None:
    """Send the advisor of a case a card, in place of the one that she may have.

    While she is not at work, or has had enough for today, it is held; operators hear of it when
    nobody else does.
    """
    advisor, snoozes = case.advisor, 0
    if way_to(tools) is None:
        tell(uow, tools, case, "no_door")
        return
    for old in of_case(uow, case.id):
        if old.advisor == advisor and old.state is not State.CHANGING:
            snoozes = max(snoozes, old.snoozes)
            _replace(uow, tools, old)
    values = {"advisor": advisor, "severity": case.severity, "snoozes": snoozes}
    rows = uow.run(_ADD, case=case.id, member=case.member, **values)
    card = _issued(rows[0])
    if rings_always(case) or advisor in presence.at_work(uow, tools):
        let_out(uow, tools, card, case)
    else:
        tell(uow, tools, case, "off_hours")


def _replace(uow: UnitOfWork, tools: Toolbox, old: Issued) -> None:
    """Let a card point to a newer one; what can't be changed any more is forgotten."""
    if old.fresh_at is None or uow.clock.now() - old.fresh_at >= HANDLE_DIES:
        _stands(uow, old, State.OVER)
    else:
        change(uow, tools, old, "newer")


def let_out(uow: UnitOfWork, tools: Toolbox, card: Issued, case: cases.Case) -> bool:
    """Send a card that was held; False when its advisor has had enough for today."""
    if not rings_always(case) and has_had_enough(uow, tools, card.advisor):
        return False
    now = uow.clock.now()
    card, key = replace(card, issued_at=now), f"cards:{card.id}:{micros(now)}"
    taken = case.accepted_at is not None
    state = State.TAKEN if taken else State.LIVE
    standing = say(tools, "taken", case.accepted_at) if taken else ""
    buttons = buttons_of(uow, card, case)
    try:
        with uow.attempt():
            part = making.case_card(uow, tools, case, card.ref, buttons=buttons, standing=standing)
    except Exception:  # a member is being handed over: that goes on without a card
        log.exception("cards.failed", case=case.id, card=card.id)
        _stands(uow, card, State.OVER)
        tell(uow, tools, case, "failed")
        return True
    values = {"state": state, "key": key, "severity": case.severity, "now": micros(now)}
    uow.run(_ISSUED, id=card.id, **values)
    send(uow, tools, card.advisor, part, key)
    crash.step("cards.queued")
    return True


def buttons_of(uow: UnitOfWork, card: Issued, case: cases.Case) -> Sequence[str]:
    """Return what an advisor may press on a card of hers now."""
    if case.accepted_at is not None:
        return ("to",)
    is_snoozed = card.snoozed_until is not None and card.snoozed_until > uow.clock.now()
    may_snooze = card.snoozes < MOST_SNOOZES and not is_snoozed
    return ("take", "to", "later") if may_snooze else ("take", "to")


def nudge(
    uow: UnitOfWork, tools: Toolbox, case: cases.Case, part: Part, *, advisor: str, what: str
) -> None:
    """Send an advisor a card without buttons about a case; it counts like every other."""
    values = {"advisor": advisor, "severity": case.severity, "snoozes": 0}
    card = _issued(uow.run(_ADD, case=case.id, member=case.member, **values)[0])
    now = micros(uow.clock.now())
    key = f"cards:{card.id}:{now}:{what}"
    values = {"state": State.OVER, "key": key, "severity": case.severity, "now": now}
    uow.run(_ISSUED, id=card.id, **values)
    send(uow, tools, advisor, part, key)


def has_had_enough(uow: UnitOfWork, tools: Toolbox, advisor: str) -> bool:
    """Return True when an advisor was rung as often today as she may be."""
    most = tools.use(CardsSettings).most_per_day
    return _rung_today(uow, tools, advisor.lower()) >= most


def _rung_today(uow: UnitOfWork, tools: Toolbox, advisor: str) -> int:
    community = tools.use(Community)
    today = datetime.combine(community.day_of(uow.clock.now()), time())
    since = micros(instant_of(today, community.zone))
    return integer(uow.run(_RUNG, advisor=advisor, since=since)[0][0])


def has_rung_for(uow: UnitOfWork, case: cases.Case) -> bool:
    """Return True when her advisor has a card that knows how grave a case is."""
    values = {"advisor": case.advisor, "since": micros(case.opened_at)}
    rows = uow.run(_GRAVEST, case=case.id, **values)
    return rows[0][0] is not None and integer(rows[0][0]) >= case.severity


# ── changing ────────────────────────────────────────────────────────────────────────────


def pressed(uow: UnitOfWork, card: Issued, handle: str, state: State) -> Issued:
    """Note a press, which brought a new permission to change the card; return the card now."""
    now = micros(uow.clock.now())
    values = {"state": state, "handle": handle or card.handle, "now": now}
    return _issued(uow.run(_PRESSED, id=card.id, **values)[0])


def snooze(uow: UnitOfWork, card: Issued, until: datetime) -> None:
    """Note that a card was put off."""
    uow.run(_SNOOZED, id=card.id, until=micros(until))


def change(uow: UnitOfWork, tools: Toolbox, card: Issued, what: str = "") -> None:
    """Let a card show what became of its case; its buttons work no more.

    One that is on its way waits for its receipt: the room's job comes back to it.
    """
    status, handle = _went(uow, card.key)
    handle = card.handle or handle
    if not handle and status in _UNDER_WAY:
        _stands(uow, card, State.CHANGING)
        return
    if not handle:
        _stands(uow, card, State.OVER)
        return
    words = say_over(uow, tools, what) if what else outcome(uow, tools, card)
    key = f"cards:{card.id}:over:{handle}"
    _stands(uow, card, State.CHANGING, key)
    send(uow, tools, card.advisor, CardUpdate(handle, words), key)


def follow(uow: UnitOfWork, tools: Toolbox, card: Issued) -> None:
    """See what came of a card that was to be changed.

    When it was refused, too late or twice, and the case is hers all the same, she gets a new one.
    """
    if not card.change_key:
        change(uow, tools, card)
        return
    status, _ = _went(uow, card.change_key)
    if status in _UNDER_WAY:
        return
    _stands(uow, card, State.OVER)
    case = cases.get(uow, card.case)
    if status == "sent" or case is None or not is_hers(case, card.advisor):
        return
    if all(other.advisor != card.advisor for other in of_case(uow, card.case)):
        ring(uow, tools, case)


def forget(uow: UnitOfWork, card: Issued) -> None:
    """Let a card be as it is on her phone: its press was answered."""
    _stands(uow, card, State.OVER)


def is_old(uow: UnitOfWork, card: Issued) -> bool:
    """Return True when a card can soon be changed no more."""
    return card.fresh_at is not None and uow.clock.now() - card.fresh_at >= HANDLE_LASTS


def outcome(uow: UnitOfWork, tools: Toolbox, card: Issued) -> str:
    """Return what became of a case, in words for whoever had this card."""
    case = cases.get(uow, card.case)
    if case is None or not case.state.is_with_humans:
        return say_over(uow, tools, "ended", (case.ended_at or case.since) if case else None)
    if not case.advisor:
        return say_over(uow, tools, "back", case.since)
    if case.advisor == card.advisor:
        return say_over(uow, tools, "mine", case.accepted_at or case.since)
    if case.accepted_at is not None:
        return say_over(uow, tools, "taken", case.accepted_at, case.advisor)
    return say_over(uow, tools, "given", case.assigned_at or case.since, case.advisor)


def say_over(
    uow: UnitOfWork, tools: Toolbox, what: str, at: datetime | None = None, advisor: str = ""
) -> str:
    """Return words for a button that works no more."""
    name = short_name(staff.name_of(uow, tools, advisor))
    return tools.use(Words)("cards/over.txt.j2", what=what, at=_clock(tools, at), name=name)


def say(tools: Toolbox, what: str, at: datetime | None = None, times: int = 0) -> str:
    """Return how it stands with a case, for the card of whoever has it."""
    values = {"at": _clock(tools, at), "times": times, "most": MOST_SNOOZES}
    return tools.use(Words)("cards/standing.txt.j2", what=what, **values)


def _clock(tools: Toolbox, at: datetime | None) -> str:
    return f"{at.astimezone(tools.use(Community).zone):%H:%M}" if at else ""


def _went(uow: UnitOfWork, key: str) -> tuple[str, str]:
    """Return the status of what was sent, and the handle of its receipt."""
    rows = uow.run(_SENT, key=key) if key else ()
    return (str(rows[0][0]), str(rows[0][1])) if rows else ("", "")


def _stands(uow: UnitOfWork, card: Issued, state: State, change: str = "") -> None:
    uow.run(_STANDS, id=card.id, state=state, change=change)


# ── sending ─────────────────────────────────────────────────────────────────────────────


def way_to(tools: Toolbox) -> ChannelName | None:
    """Return the channel that can begin to speak with a colleague, and shows her buttons.

    One that takes nothing back can't change what it has sent either.
    """
    for name, door in tools.use(Doors).by_name.items():
        can_ring = Chat.COLLEAGUE in door.chats and door.can_push and door.recall
        if can_ring and CardKind.BUTTONS in door.cards:
            return name
    return None


def send(uow: UnitOfWork, tools: Toolbox, advisor: str, part: Part, key: str) -> None:
    """Send something to an advisor, whoever has her own conversation."""
    if (way := way_to(tools)) is not None:
        uow.send(Outgoing(way, advisor, part, key, why=WHY, voice=Voice.CARE))


def tell(uow: UnitOfWork, tools: Toolbox, case: cases.Case, why: str) -> None:
    """Tell operators of a case that no advisor hears of now; once for each advisor."""
    text = tools.use(Words)(
        "cards/notice.txt.j2",
        why=why,
        case=case.id,
        advisor=staff.name_of(uow, tools, case.advisor) or case.advisor,
        url=making.desk_of(tools, case),
    )
    key = f"cards:{case.id}:{case.times_opened}:{case.advisor}:{why}"
    level = NoticeLevel.ERROR if rings_always(case) else NoticeLevel.WARNING
    tools.use(Notices).tell(uow, key=key, text=text, level=level)


def _issued(row: Row) -> Issued:
    number, case, advisor, state, severity, key, change_key, handle = row[:8]
    fresh, issued, snoozes, until = row[8:]
    return Issued(
        integer(number),
        integer(case),
        str(advisor),
        State(str(state)),
        integer(severity),
        str(key),
        str(change_key),
        str(handle),
        _maybe(fresh),
        _maybe(issued),
        integer(snoozes),
        _maybe(until),
    )


def _maybe(value: object) -> datetime | None:
    return None if value is None else instant(value)
