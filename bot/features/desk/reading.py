"""What the page of a case shows; nothing here changes anything."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.commons import cases, clocks, duty, media, reception
from bot.features.desk import panel
from bot.features.desk.heads import head, name_of, sleeps_until, snoozed, snoozed_until
from bot.features.desk.replies import canned
from bot.features.desk.rules import MESSAGES_SHOWN, is_hers, may_act
from bot.features.desk.ways import budget_of, writing_to
from bot.kernel.community import Community
from bot.kernel.desk import Role
from bot.kernel.files import PICTURES
from bot.kernel.ports import Meaning, explained
from bot.kernel.transcript import Transcript, Utterance
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.kernel.workbench import Asked, Colleague

_STEPS_OF = Statement("SELECT max(id) FROM case_steps WHERE member_id = :member")
_MAY_CHANGE = 20
"""Of so many messages the status is looked at again and again."""
_STEPS_SHOWN = 100
_LEFT = frozenset({"queued", "sending", "sent", "maybe"})


def mark(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    """Return what changes with everything that the page of a case shows."""
    if (case := cases.get(uow, asked.number)) is None:
        return ""
    said = tools.use(Transcript).latest(uow, case.member, most=_MAY_CHANGE)
    spoken = [(one.id, one.status, _pictures(uow, one)) for one in said]
    return repr((case, uow.run(_STEPS_OF, member=case.member)[0], spoken))


def page(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> Mapping[str, object] | None:
    """Return everything about a case; None when there is none of this number."""
    if (case := cases.get(uow, asked.number)) is None:
        return None
    top, who, zone = head(uow, tools, case), asked.who, tools.use(Community).zone
    now = uow.clock.now()
    evidence = cases.evidence_of(uow, case.id)
    return {
        **top,
        "title": top["name"] or f"#{case.member}",
        "now": now,
        "zone": zone,
        "reasons": case.reasons,
        "opened_at": case.opened_at,
        "due": clocks.due_of(uow, case.id),
        "is_open": case.state.is_with_humans,
        "in_group": case.in_group,
        "mine": is_hers(case, who),
        "may_act": may_act(case, who),
        "role": who.role.value,
        "snoozed_until": sleeps_until(case, snoozed(uow), now),
        "messages": _messages(uow, tools, case, evidence),
        "evidence": [one for one in evidence if one.words or one.media],
        "alerted": any(one.label for one in evidence),
        "judged": _judged(uow, case.id),
        "steps": _steps(uow, tools, case.id),
        "promises": cases.promises_of(uow, case.id),
        "others": _others(uow, tools, case),
        "composer": composer(uow, tools, case, who),
        "writing": writing_to(uow, tools, case),
        "budget": budget_of(uow, tools, case, case.channel),
        "channel": case.channel,
        "canned": canned(uow, tools, case, who) if may_act(case, who) else [],
        "panel": panel.about(uow, case),
        "tomorrow": _tomorrow(now.astimezone(zone)),
    }


def latest(uow: UnitOfWork, tools: Toolbox, case: cases.Case) -> Sequence[Utterance]:
    """Return what the page of a case shows of what was said."""
    return tools.use(Transcript).latest(uow, case.member, most=MESSAGES_SHOWN)


def instead_of(said: Utterance) -> str:
    """Return the key of what an advisor says in the place of something that the bot did not say."""
    return f"desk:instead:{said.id}"


def composer(uow: UnitOfWork, tools: Toolbox, case: cases.Case, who: Colleague) -> str:
    """Return why the page writes to nobody: a code word, empty when it does."""
    if not case.state.is_with_humans:
        return "ended"
    if not may_act(case, who):
        return "looks_on" if who.role is Role.OPERATOR else "not_hers"
    owned = reception.owner_of(uow, case.member)
    if owned is not None and owned.at_platform:
        return "at_platform"
    return "" if writing_to(uow, tools, case).way else "no_way"


def _messages(
    uow: UnitOfWork, tools: Toolbox, case: cases.Case, evidence: Sequence[cases.Evidence]
) -> Sequence[Mapping[str, object]]:
    said = latest(uow, tools, case)
    judged = {(one.at, one.words): one for one in evidence}
    keys = {one.key for one in said}
    return [
        {**_message(uow, tools, one, judged), "was_said": instead_of(one) in keys} for one in said
    ]


def _message(
    uow: UnitOfWork,
    tools: Toolbox,
    one: Utterance,
    judged: Mapping[tuple[datetime, str], cases.Evidence],
) -> Mapping[str, object]:
    found = judged.get((one.at, one.words))
    return {
        "id": one.id,
        "at": one.at,
        "by": one.by.value,
        "who": name_of(uow, tools, one.who),
        "words": one.words,
        "kind": one.kind,
        "status": one.status,
        "channel": one.channel,
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
    return [_step(uow, tools, one) for one in cases.steps_of(uow, case)[-_STEPS_SHOWN:]]


def _step(uow: UnitOfWork, tools: Toolbox, one: cases.Step) -> Mapping[str, object]:
    """Return a step; its words are code words, a userid at the end of some, or a note."""
    code, _, rest = one.words.partition(" ")
    return {
        "at": one.at,
        "who": name_of(uow, tools, one.who),
        "what": one.what,
        "words": one.words,
        "code": code,
        "rest": rest,
        "until": snoozed_until(one.words) if one.what == cases.Did.SNOOZED else None,
        "to": name_of(uow, tools, one.words.rpartition(" ")[2]) if rest else "",
    }


def _others(uow: UnitOfWork, tools: Toolbox, case: cases.Case) -> Sequence[Mapping[str, object]]:
    """Return whom the case can be given to: who is there first, who has least to do first."""
    found = [
        one
        for one in duty.standing(uow, tools, uow.clock.now())
        if not one.is_gone and not one.is_called(case.advisor)
    ]
    found.sort(key=lambda one: (not one.on_duty, one.is_full, one.open_cases))
    return [
        {"userid": one.userid, "name": one.name, "there": one.on_duty, "open": one.open_cases}
        for one in found
    ]


def _tomorrow(local: datetime) -> str:
    at = (local + timedelta(days=1)).replace(hour=10, minute=0)
    return at.strftime("%Y-%m-%dT%H:%M")
