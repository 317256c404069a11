"""What the desk's pages show; nothing here changes anything."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.commons import cases, media, members, orders, outreach, reception
from bot.features.desk.replies import canned
from bot.features.desk.rules import (
    ENDED_DAYS,
    MESSAGES_SHOWN,
    ON_A_PAGE,
    REPLY_CHARS,
    WORDS_SHOWN,
    Listed,
    Show,
    in_order,
    is_hers,
    may_act,
    waits_since,
    wants_somebody,
)
from bot.kernel.capability import Doors
from bot.kernel.community import Advisors, Community
from bot.kernel.console import number_in
from bot.kernel.files import PICTURES
from bot.kernel.ports import Meaning, explained
from bot.kernel.transcript import Speaker, Transcript, Utterance
from bot.kernel.words import cut_chars
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.kernel.workbench import Asked, Colleague
from bot.storage.columns import instant, integer

_SNOOZED = Statement(
    "SELECT case_steps.case_id, case_steps.at, case_steps.words FROM case_steps"
    " JOIN cases ON cases.id = case_steps.case_id"
    " WHERE cases.state IN ('new', 'assigned', 'accepted', 'waiting')"
    " AND case_steps.what = 'snoozed' ORDER BY case_steps.id"
)
_STEPS = Statement("SELECT max(id) FROM case_steps")
_STEPS_OF = Statement("SELECT max(id) FROM case_steps WHERE member_id = :member")
_HEARD = Statement("SELECT count(*), max(heard_at) FROM cases WHERE state <> 'closed'")
_FAR = timedelta(days=366)
_OPEN_FIRST = 2000
_LOOKED_BACK = 6
_ORDERS_SHOWN, _OTHER_CASES_SHOWN = 5, 10


def number_waiting(uow: UnitOfWork, _tools: Toolbox, who: Colleague) -> int:
    """Return how many cases want a word of hers: given to her, or to nobody."""
    return sum(
        wants_somebody(one) and (is_hers(one, who) or not one.advisor)
        for one in cases.with_humans(uow)
    )


# ── the inbox ───────────────────────────────────────────────────────────────────────────


def inbox_mark(uow: UnitOfWork, _tools: Toolbox, _asked: Asked) -> str:
    """Return what changes with everything that the inbox shows."""
    return repr((uow.run(_STEPS)[0], tuple(uow.run(_HEARD)[0])))


def inbox(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> Mapping[str, object]:
    """Return a page of the inbox."""
    show = _shown(asked)
    found = {one: _in(uow, one, asked.who) for one in Show}
    skip = number_in(asked.fields.get("skip", "")) or 0
    rows = found[show][skip : skip + ON_A_PAGE]
    left = len(found[show]) - skip - len(rows)
    return {
        "show": show.value,
        "counts": {one.value: len(listed) for one, listed in found.items()},
        "rows": [_row(uow, tools, one, asked.who) for one in rows],
        "now": uow.clock.now(),
        "zone": tools.use(Community).zone,
        "next": skip + ON_A_PAGE if left > 0 else 0,
        "before": skip,
    }


def _shown(asked: Asked) -> Show:
    said = asked.fields.get("show", "")
    return Show(said) if said in set(Show) else Show.ALL


def _in(uow: UnitOfWork, show: Show, who: Colleague) -> Sequence[Listed]:
    now = uow.clock.now()
    if show is Show.ENDED:
        ended = cases.ended(uow, now - timedelta(days=ENDED_DAYS), now + _FAR)
        return [Listed(one, None, None) for one in ended]
    if show is Show.UNREASONED:
        without = [one for one in cases.resolved(uow) if one.code == cases.Ending.AT_PLATFORM]
        return [Listed(one, None, None) for one in without]
    held = [one for one in cases.with_humans(uow, most=_OPEN_FIRST) if _is_in(one, show, who)]
    due, snoozed = _due(uow), _snoozed(uow)
    listed = [Listed(one, due.get(one.id), _sleeps(one, snoozed)) for one in held]
    return in_order(listed, now)


def _is_in(case: cases.Case, show: Show, who: Colleague) -> bool:
    match show:
        case Show.MINE:
            return is_hers(case, who)
        case Show.FREE:
            return not case.advisor
        case Show.WAITING:
            return case.state is cases.State.WAITING
        case _:
            return True


def _due(uow: UnitOfWork) -> Mapping[int, datetime]:
    """Return when something that was promised is due, by case."""
    found: dict[int, datetime] = {}
    for one in cases.due_promises(uow, uow.clock.now() + _FAR, most=_OPEN_FIRST):
        found.setdefault(one.case, one.due_at)
    return found


def _snoozed(uow: UnitOfWork) -> Mapping[int, tuple[datetime, datetime]]:
    """Return when a case was put off last, and until when."""
    found: dict[int, tuple[datetime, datetime]] = {}
    for case, at, words in uow.run(_SNOOZED):
        try:
            until = datetime.fromisoformat(str(words))
        except ValueError:
            continue
        found[integer(case)] = (instant(at), until)
    return found


def _sleeps(case: cases.Case, snoozed: Mapping[int, tuple[datetime, datetime]]) -> datetime | None:
    """Return until when a case is put off; not when the member has written since."""
    if case.id not in snoozed:
        return None
    at, until = snoozed[case.id]
    return until if case.heard_at <= at else None


def _row(uow: UnitOfWork, tools: Toolbox, one: Listed, who: Colleague) -> Mapping[str, object]:
    case, now = one.case, uow.clock.now()
    said = tools.use(Transcript).latest(uow, case.member, most=_LOOKED_BACK)
    waits = waits_since(case)
    last = next((one for one in reversed(said) if one.by is not Speaker.BOT), None)
    if case.in_group or last is None:
        words = [each.words for each in cases.evidence_of(uow, case.id) if each.words]
        last_words, by = (words[-1] if words else ""), Speaker.MEMBER.value
    else:
        last_words, by = last.words or last.kind, last.by.value
    return {
        **_head(uow, tools, case),
        "mine": is_hers(case, who),
        "may_act": may_act(case, who),
        "last": cut_chars(last_words.replace("\n", " "), WORDS_SHOWN),
        "last_by": by,
        "last_kind": last.kind if last else "text",
        "waits_s": max(0.0, (now - waits).total_seconds()) if waits else None,
        "due_at": one.due_at,
        "is_late": one.due_at is not None and one.due_at <= now,
        "snoozed_until": one.snoozed_until
        if one.snoozed_until and one.snoozed_until > now
        else None,
    }


def _still(until: datetime | None, now: datetime) -> datetime | None:
    return until if until and until > now else None


def _head(uow: UnitOfWork, tools: Toolbox, case: cases.Case) -> dict[str, object]:
    return {
        "id": case.id,
        "name": members.display_name(uow, case.member) or "",
        "member": case.member,
        "kind": case.kind.value,
        "severity": case.severity,
        "state": case.state.value,
        "code": case.code,
        "tier": members.tier_of(uow, case.member),
        "advisor": case.advisor,
        "advisor_name": _name_of(tools, case.advisor),
    }


def _name_of(tools: Toolbox, userid: str) -> str:
    return tools.use(Advisors).name_of(userid) or userid


# ── one case ────────────────────────────────────────────────────────────────────────────


def case_mark(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    """Return what changes with everything that the page of a case shows."""
    if (case := cases.get(uow, asked.number)) is None:
        return ""
    said = tools.use(Transcript).latest(uow, case.member, most=MESSAGES_SHOWN)
    spoken = [(one.id, one.status, _pictures(uow, one)) for one in said]
    return repr((case, uow.run(_STEPS_OF, member=case.member)[0], spoken))


def page(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> Mapping[str, object] | None:
    """Return everything about a case; None when there is none of this number."""
    if (case := cases.get(uow, asked.number)) is None:
        return None
    head, who, zone = _head(uow, tools, case), asked.who, tools.use(Community).zone
    now = uow.clock.now()
    evidence = cases.evidence_of(uow, case.id)
    return {
        **head,
        "title": head["name"] or case.member,
        "now": now,
        "zone": zone,
        "reasons": case.reasons,
        "opened_at": case.opened_at,
        "waits_since": waits_since(case),
        "is_open": case.state.is_with_humans,
        "in_group": case.in_group,
        "mine": is_hers(case, who),
        "may_act": may_act(case, who),
        "role": who.role.value,
        "snoozed_until": _still(_sleeps(case, _snoozed(uow)), now),
        "messages": _messages(uow, tools, case, evidence),
        "evidence": [one for one in evidence if one.words or one.media],
        "alerted": any(one.label for one in evidence),
        "judged": _judged(uow, case.id),
        "steps": _steps(uow, tools, case.id),
        "promises": cases.promises_of(uow, case.id),
        "others": _others(tools, case),
        "composer": composer(uow, tools, case, who),
        "most_chars": REPLY_CHARS,
        "canned": canned(uow, tools, case, who) if may_act(case, who) else [],
        "panel": _panel(uow, case),
        "tomorrow": _tomorrow(now.astimezone(zone)),
    }


def composer(uow: UnitOfWork, tools: Toolbox, case: cases.Case, who: Colleague) -> str:
    """Return why the page writes to nobody: a code word, empty when it does."""
    if not case.state.is_with_humans:
        return "ended"
    if not may_act(case, who):
        return "looks_on" if who.role.value == "operator" else "not_hers"
    owned = reception.owner_of(uow, case.member)
    if owned is not None and owned.at_platform:
        return "at_platform"
    door = tools.use(Doors).of(case.channel)
    if not case.identity or not (door.can_push or door.can_receive):
        return "no_way"
    return ""


def _messages(
    uow: UnitOfWork, tools: Toolbox, case: cases.Case, evidence: Sequence[cases.Evidence]
) -> Sequence[Mapping[str, object]]:
    said = tools.use(Transcript).latest(uow, case.member, most=MESSAGES_SHOWN)
    judged = {(one.at, one.words): one for one in evidence}
    return [_message(uow, tools, one, judged) for one in said]


def _message(
    uow: UnitOfWork,
    tools: Toolbox,
    one: Utterance,
    judged: Mapping[tuple[datetime, str], cases.Evidence],
) -> Mapping[str, object]:
    found = judged.get((one.at, one.words))
    return {
        "id": one.id,
        "number": integer(int(one.id.partition(":")[2])),
        "at": one.at,
        "by": one.by.value,
        "who": _name_of(tools, one.who),
        "words": one.words,
        "kind": one.kind,
        "status": one.status,
        "error": explained(tools.use(Meaning), one.channel, one.error),
        "pictures": _pictures(uow, one),
        "reasons": found.reasons if found else [],
    }


def _pictures(uow: UnitOfWork, one: Utterance) -> Sequence[tuple[int, str]]:
    """Return the number and how it stands of each picture and file that came with a message."""
    if not one.media:
        return []
    refs = media.of_update(uow, one.channel, one.key)
    return [(ref.id, _stands(ref)) for ref in refs]


def _stands(ref: media.Ref) -> str:
    if ref.file is None:
        return ref.status.value
    return "picture" if ref.file.content_type in PICTURES else "file"


def _judged(uow: UnitOfWork, case: int) -> str:
    """Return what was said last of the alarm: `found_true`, `found_false`, or nothing yet."""
    said = {cases.Did.FOUND_TRUE.value, cases.Did.FOUND_FALSE.value}
    return next((one.what for one in reversed(cases.steps_of(uow, case)) if one.what in said), "")


def _steps(uow: UnitOfWork, tools: Toolbox, case: int) -> Sequence[Mapping[str, object]]:
    return [
        {
            "at": one.at,
            "who": _name_of(tools, one.who),
            "what": one.what,
            "code": one.words.partition(" ")[0],
            "words": one.words,
            "rest": one.words.partition(" ")[2],
            "to": _name_of(tools, one.words.partition(" ")[2]),
        }
        for one in cases.steps_of(uow, case)
    ]


def _others(tools: Toolbox, case: cases.Case) -> Sequence[tuple[str, str]]:
    """Return whom the case can be given to."""
    return [
        (one.userid, one.name) for one in tools.use(Advisors) if one.userid.lower() != case.advisor
    ]


def _panel(uow: UnitOfWork, case: cases.Case) -> Mapping[str, object]:
    member = case.member
    history = members.tier_history(uow, member, most=1)
    bought = sorted(orders.orders_of(uow, member), key=lambda one: one.paid_at, reverse=True)
    return {
        "names": [one.channel for one in members.identities_of(uow, member)],
        "joined_at": members.joined_at(uow, member),
        "tags": members.tags_of(uow, member),
        "tier_why": history[0].reason if history else "",
        "orders": bought[:_ORDERS_SHOWN],
        "more_orders": max(0, len(bought) - _ORDERS_SHOWN),
        "hushes": [one.value for one in outreach.hushes_of(uow, member)],
        "cases": [
            one
            for one in cases.of_member(uow, member, most=_OTHER_CASES_SHOWN + 1)
            if one.id != case.id
        ],
    }


def _tomorrow(local: datetime) -> str:
    at = (local + timedelta(days=1)).replace(hour=10, minute=0)
    return at.strftime("%Y-%m-%dT%H:%M")
