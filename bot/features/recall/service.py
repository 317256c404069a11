"""Use cases of recalls (召回): who has stayed away is recalled, once, by what she sets store by."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from bot.commons import audit, cases, coupons, members, outreach, reception, salutations, staff
from bot.commons.content import render_words
from bot.commons.outreach import Letter, Purpose, Told
from bot.features.recall import reads
from bot.features.recall.facts import FactBook
from bot.features.recall.offers import Offer, OfferBook, offer_book
from bot.features.recall.reads import Hand, Lapse
from bot.features.recall.rules import (
    CALLED_WITHIN,
    REASON,
    Figures,
    RecallSettings,
    Type,
    last_day,
    type_of,
)
from bot.kernel.clock import is_day
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.events import TaskWanted
from bot.kernel.ids import MemberId
from bot.kernel.messages import Text
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import micros

TURN = "recall"
WHY_CHARS = 200
_CLAIM = Statement(
    "INSERT INTO recalls (order_id, member_id, type, figures, by_hand, offer, told, at) VALUES"
    " (:order, :member, :type, :figures, :by_hand, :offer, 'queued', :now)"
    " ON CONFLICT (order_id) DO NOTHING RETURNING id"
)
_TOLD = Statement("UPDATE recalls SET told = :told WHERE order_id = :order")
_SWITCH = Statement(
    "INSERT INTO recall_switch (id, is_on, who, at) VALUES (1, :on, :who, :now)"
    " ON CONFLICT (id) DO UPDATE SET is_on = excluded.is_on, who = excluded.who, at = excluded.at"
    " WHERE recall_switch.is_on <> excluded.is_on RETURNING id"
)
_SET = Statement(
    "INSERT INTO recall_types (member_id, type, why, who, at) VALUES (:member, :type, :why, :who,"
    " :now) ON CONFLICT (member_id) DO UPDATE SET type = excluded.type, why = excluded.why,"
    " who = excluded.who, at = excluded.at"
)
_UNSET = Statement("DELETE FROM recall_types WHERE member_id = :member RETURNING type")


class Outcome(StrEnum):
    """What became of a recall."""

    QUEUED = "queued"
    NO_WAY = "no_way"
    """No door leads to her: she is on the list of those to be called."""
    TASK = "task"
    """An advisor has it."""


class RecallRefused(Refusal):
    """It can't be done so; nothing was written."""

    template = "recall/refused.txt.j2"

    def __init__(self, why: str) -> None:
        super().__init__(why, why=why, most=WHY_CHARS)


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who has lapsed, what she sets store by, and why."""

    lapse: Lapse
    type: Type
    derived: Type
    figures: Figures
    hand: Hand | None
    offer: Offer | None
    """None where the file has nothing for her today."""


class Counter:
    """Where it is decided what somebody gets: the file and the facts, read once."""

    def __init__(self, uow: UnitOfWork, tools: Toolbox) -> None:
        self.book: OfferBook = offer_book(uow, tools)
        self._facts = FactBook(uow, tools)
        self._uow, self._settings = uow, tools.use(RecallSettings)

    def look_at(self, lapse: Lapse) -> Found:
        """Return what somebody who has lapsed sets store by, and what she gets."""
        known, hand = self._facts.figures_of(lapse.member), reads.hand_of(self._uow, lapse.member)
        derived = type_of(known, self._settings)
        kind = hand.type if hand else derived
        return Found(lapse, kind, derived, known, hand, self.book.offers.get(kind))

    def known_of(self, member: MemberId) -> tuple[Figures, Type]:
        """Return what is known of somebody, lapsed or not, and what follows from it."""
        known = self._facts.figures_of(member)
        return known, type_of(known, self._settings)


def is_left_alone(uow: UnitOfWork, member: MemberId) -> bool:
    """Return True for whom nobody recalls now.

    She is not there any more or is about to go, does not want to hear it, has reason to complain,
    or a human has her.
    """
    return (
        not members.exists(uow, member)
        or members.erasure_due_at(uow, member) is not None
        or not outreach.wants(uow, member, Purpose.OFFER)
        or reception.owner_of(uow, member) is not None
    )


def whom(
    uow: UnitOfWork,
    counter: Counter,
    lapses: Iterator[Lapse],
) -> Iterator[Found]:
    """Yield those of who has lapsed whom nobody leaves alone."""
    return (counter.look_at(one) for one in lapses if not is_left_alone(uow, one.member))


def left_today(uow: UnitOfWork, tools: Toolbox) -> int:
    """Return how many may still be recalled today."""
    return max(0, tools.use(RecallSettings).most_a_day - reads.count_today(uow, tools))


def recall(uow: UnitOfWork, tools: Toolbox, people: list[MemberId]) -> None:
    """Recall these members, as far as it is switched on, it is day, and today's number allows.

    Whatever was found of them before is looked at once more: an order may have come meanwhile.
    """
    uow.take_turns({TURN})
    if not reads.switch(uow).is_on or not is_day(_local(uow, tools)):
        return
    left, counter = left_today(uow, tools), Counter(uow, tools)
    for member in people:
        if left <= 0:
            return
        lapse = reads.lapse_of(uow, tools, member)
        if lapse is None or is_left_alone(uow, member):
            continue
        found = counter.look_at(lapse)
        if (offer := found.offer) is None:
            continue
        said = _said(uow, tools, offer, member)
        if _claim(uow, found, offer.title or said):
            _carry_out(uow, tools, found, offer, said)
            left -= 1


def _local(uow: UnitOfWork, tools: Toolbox) -> datetime:
    return uow.clock.now().astimezone(tools.use(Community).zone)


def _said(uow: UnitOfWork, tools: Toolbox, offer: Offer, member: MemberId) -> str:
    name = members.display_name(uow, member) or tools.use(Words)("recall/no_name.txt.j2")
    return words_of(tools, offer, called=salutations.called(uow, member), name=name)


def _claim(uow: UnitOfWork, found: Found, offer: str) -> bool:
    """Write down that she is recalled; False when she was before."""
    return bool(
        uow.run(
            _CLAIM,
            order=found.lapse.order,
            member=found.lapse.member,
            type=found.type,
            figures=json.dumps(asdict(found.figures)),
            by_hand=int(found.hand is not None),
            offer=offer,
            now=micros(uow.clock.now()),
        )
    )


def _carry_out(uow: UnitOfWork, tools: Toolbox, found: Found, offer: Offer, said: str) -> None:
    member, lapse = found.lapse.member, found.lapse
    if found.type is Type.SERVICE:
        _want_task(uow, tools, lapse, said)
        told = Outcome.TASK
    else:
        told = _write(uow, tools, lapse, offer, said)
    uow.run(_TOLD, order=lapse.order, told=told)
    why = f"{found.type} since order {lapse.order}: {offer.title or 'task'}"
    audit.record(uow, "bot", f"recall.{told}", why, member=member)


def words_of(tools: Toolbox, offer: Offer, *, called: str, name: str) -> str:
    """Return what is said with an offer: to her, or of her to an advisor."""
    return render_words(offer.text, called=called, name=name, community=tools.use(Community).name)


def _key(lapse: Lapse) -> str:
    return f"recall:{lapse.member}:{lapse.order}"


def _want_task(uow: UnitOfWork, tools: Toolbox, lapse: Lapse, said: str) -> None:
    advisor = cases.last_advisor(uow, lapse.member).lower()
    is_ours = bool(staff.name_of(uow, tools, advisor))
    uow.publish(
        TaskWanted(
            lapse.member,
            _key(lapse),
            "call" if outreach.takes_calls(uow, lapse.member) else "message",
            REASON,
            uow.clock.now() + CALLED_WITHIN,
            advisor=advisor if is_ours else "",
            what=said,
        )
    )


def _write(uow: UnitOfWork, tools: Toolbox, lapse: Lapse, offer: Offer, said: str) -> Outcome:
    """Give her the coupon and write to her, in one; pictures follow the words."""
    words, zone, key = tools.use(Words), tools.use(Community).zone, _key(lapse)
    coupon = None
    if offer.kind is not None:
        ends = offer.kind.ends(uow.clock.now(), zone)
        coupon = coupons.issue(
            uow, lapse.member, offer.kind, key=key, reason=REASON, valid_until=ends
        )
    parts = [salutations.filled(uow, lapse.member, part) for part in offer.parts]
    data = {
        "said": said,
        "coupon": coupon,
        "last_day": coupon and last_day(coupon.valid_until, zone),
        "texts": [part.text for part in parts if isinstance(part, Text)],
        "title": offer.title,
    }
    subject = words("recall/subject.txt.j2", title=offer.title, coupon=coupon)
    letter = Letter(key, subject, Purpose.OFFER, "recall/letter.txt.j2", data)
    if outreach.tell(uow, tools, lapse.member, letter) is Told.NO_WAY:
        return Outcome.NO_WAY
    rest = [part for part in parts if not isinstance(part, Text)]
    for place, part in enumerate(rest, start=1):
        letter = Letter(f"{key}:{place}", subject, Purpose.OFFER, part=part)
        outreach.tell(uow, tools, lapse.member, letter)
    return Outcome.QUEUED


def start(uow: UnitOfWork, tools: Toolbox, *, who: str) -> None:
    """Begin to recall who stays away.

    Raises:
        RecallRefused: it has begun, or the file has nothing for anybody.
    """
    if not offer_book(uow, tools).offers:
        raise RecallRefused("nothing")
    _turn(uow, who, is_on=True)


def stop(uow: UnitOfWork, *, who: str) -> None:
    """Recall nobody any more; what was written stays.

    Raises:
        RecallRefused: it has stopped.
    """
    _turn(uow, who, is_on=False)


def _turn(uow: UnitOfWork, who: str, *, is_on: bool) -> None:
    uow.take_turns({TURN})
    was_on = reads.switch(uow).is_on
    if was_on == is_on:
        raise RecallRefused("is_on" if is_on else "is_off")
    uow.run(_SWITCH, on=int(is_on), who=who, now=micros(uow.clock.now()))
    audit.record(uow, who, "recall.started" if is_on else "recall.stopped", "by hand")


def set_type(uow: UnitOfWork, member: MemberId, kind: Type, why: str, *, who: str) -> None:
    """Say what a member sets store by; it beats what is derived, until it is taken back.

    Raises:
        RecallRefused: there is no such member, or no reason.
    """
    if not members.exists(uow, member) or members.erasure_due_at(uow, member) is not None:
        raise RecallRefused("nobody")
    if not why:
        raise RecallRefused("no_why")
    if len(why) > WHY_CHARS:
        raise RecallRefused("too_long")
    now = micros(uow.clock.now())
    uow.run(_SET, member=member, type=kind, why=why, who=who, now=now)
    audit.record(uow, who, f"recall.type_{kind}", why, member=member)


def unset_type(uow: UnitOfWork, member: MemberId, *, who: str) -> None:
    """Let what is derived count again.

    Raises:
        RecallRefused: nothing was said by hand.
    """
    rows = uow.run(_UNSET, member=member)
    if not rows:
        raise RecallRefused("not_set")
    audit.record(uow, who, "recall.type_derived", f"was {rows[0][0]}", member=member)
