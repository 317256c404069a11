"""The operators' page: whom it would reach, the switch, types by hand, and whether it works."""

from collections.abc import Mapping
from itertools import islice

from bot.commons import members, outreach
from bot.commons.content import SOMEBODY
from bot.commons.ratings import ENOUGH
from bot.features.recall import reads, service
from bot.features.recall.reads import Hand, Recalled, Sent
from bot.features.recall.rules import CAME_BACK, RecallSettings, Type
from bot.features.recall.service import WHY_CHARS, Found, RecallRefused
from bot.kernel.clock import is_day
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.feature import Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_LOOKED_AT, _LATEST, _HANDS, _FOUND = 300, 30, 50, 20
_LAST_30_DAYS = Statement("SELECT COUNT(*) FROM recalls WHERE at > :since")


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    counter, settings = service.Counter(uow, tools), tools.use(RecallSettings)
    now, left = (
        uow.clock.now().astimezone(tools.use(Community).zone),
        service.left_today(uow, tools),
    )
    counts = reads.counts(uow, tools)
    found = list(service.whom(uow, counter, reads.all_lapsed(uow, tools, most=_LOOKED_AT)))
    switch, sent = reads.switch(uow), reads.sent(uow)
    return {
        "switch": switch,
        "switched_at": switch.at and switch.at.astimezone(now.tzinfo),
        "settings": settings,
        "is_day": is_day(now),
        "book": counter.book,
        "counts": counts,
        "waits": counts.all - counts.recalled - counts.left_alone,
        "looked_at": _LOOKED_AT,
        "left": left,
        "types": [_type(kind, tools, counter, found, sent[kind]) for kind in Type],
        "tries": [_try(uow, tools, one) for one in _today(found, left)],
        "latest": [_told(uow, tools, one) for one in reads.latest(uow, most=_LATEST)],
        "hands": [_hand(uow, tools, one) for one in reads.hands(uow, most=_HANDS)],
        "why_chars": WHY_CHARS,
        "came_back_days": CAME_BACK.days,
        **_asked(uow, counter, query),
    }


def _today(found: list[Found], left: int) -> list[Found]:
    return list(islice((one for one in found if one.offer is not None), left))


def _type(
    kind: Type, tools: Toolbox, counter: service.Counter, found: list[Found], sent: Sent
) -> Mapping[str, object]:
    offer, nobody = counter.book.offers.get(kind), tools.use(Words)("recall/no_name.txt.j2")
    return {
        "type": kind.value,
        "text": service.words_of(tools, offer, called=SOMEBODY, name=nobody) if offer else "",
        "waiting": sum(one.type is kind for one in found),
        "offer": offer,
        "named": counter.book.named.get(kind),
        "sent": sent,
        "percent": 100 * sent.came_back // sent.n if sent.n >= ENOUGH else None,
    }


def _called(uow: UnitOfWork, member: MemberId) -> dict[str, object]:
    return {"member": member, "name": members.display_name(uow, member) or ""}


def _try(uow: UnitOfWork, tools: Toolbox, one: Found) -> Mapping[str, object]:
    now, zone = uow.clock.now(), tools.use(Community).zone
    days = now.astimezone(zone).date() - one.lapse.paid_at.astimezone(zone).date()
    is_reached = one.type is Type.SERVICE or bool(outreach.ways(uow, tools, one.lapse.member))
    more = {"found": one, "days": days.days, "is_reached": is_reached}
    return {**_called(uow, one.lapse.member), **more}


def _told(uow: UnitOfWork, tools: Toolbox, one: Recalled) -> Mapping[str, object]:
    at = one.at.astimezone(tools.use(Community).zone)
    return {**_called(uow, one.member), "recalled": one, "at": at}


def _hand(uow: UnitOfWork, tools: Toolbox, one: Hand) -> Mapping[str, object]:
    at = one.at.astimezone(tools.use(Community).zone)
    return {**_called(uow, one.member), "hand": one, "at": at}


def _asked(
    uow: UnitOfWork, counter: service.Counter, query: Mapping[str, str]
) -> Mapping[str, object]:
    """Return whom an operator looks for, and what is known of the one whom she has found."""
    asked = query.get("q", "").strip()[:100]
    found = members.look_for(uow, asked, most=_FOUND + 1) if asked else []
    number = number_in(query.get("member", ""))
    if number is None and len(found) == 1:
        number = found[0]
    one: Mapping[str, object] | None = None
    if number is not None and members.exists(uow, MemberId(number)):
        member = MemberId(number)
        figures, derived = counter.known_of(member)
        hand = reads.hand_of(uow, member)
        known = {"figures": figures, "derived": derived, "hand": hand}
        one = {**_called(uow, member), **known, "type": hand.type if hand else derived}
    people = [_called(uow, member) for member in found[:_FOUND]]
    return {"q": asked, "people": people, "is_cut": len(found) > _FOUND, "one": one}


def _start(uow: UnitOfWork, tools: Toolbox, _form: Mapping[str, str], who: str) -> str:
    service.start(uow, tools, who=who)
    return tools.use(Words)("recall/done.txt.j2", what="started")


def _stop(uow: UnitOfWork, tools: Toolbox, _form: Mapping[str, str], who: str) -> str:
    service.stop(uow, who=who)
    return tools.use(Words)("recall/done.txt.j2", what="stopped")


def _set_type(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    try:
        kind = Type(form.get("type", ""))
    except ValueError:
        raise RecallRefused("no_type") from None
    why = " ".join(form.get("why", "").split())
    service.set_type(uow, _member(form), kind, why, who=who)
    return tools.use(Words)("recall/done.txt.j2", what="set", type=kind.value)


def _unset_type(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    service.unset_type(uow, _member(form), who=who)
    return tools.use(Words)("recall/done.txt.j2", what="unset")


def _member(form: Mapping[str, str]) -> MemberId:
    return MemberId(number_in(form.get("member", "")) or 0)


def _last_30_days(uow: UnitOfWork) -> float:
    since = micros(uow.clock.now() - CAME_BACK)
    return float(integer(uow.run(_LAST_30_DAYS, since=since)[0][0]))


pages = (
    Page(
        "recall",
        "召回",
        "recall/recall.html.j2",
        _load,
        {"start": _start, "stop": _stop, "set-type": _set_type, "unset-type": _unset_type},
        aisle=Aisle.MEMBERS,
    ),
)
metrics = (
    Metric(
        "recalls_last_30_days",
        "Members who stayed away and were recalled in the last 30 days",
        _last_30_days,
        title="30 天内召回的会员",
    ),
)
