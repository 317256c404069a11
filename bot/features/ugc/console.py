"""The operators' page of submissions: look, decide, show, adopt, make files of them, take along."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bot.commons import audit, members, submissions
from bot.commons.content import Pen
from bot.commons.submissions import Reason, State, Verdict, View
from bot.features.ugc import calls, intake, moderation, using
from bot.features.ugc.rules import UgcSettings
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Download, Page, instant_in, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.files import FileStore
from bot.kernel.ports import Links, Words
from bot.kernel.work import Toolbox, UnitOfWork

_ON_A_PAGE = 20
_NOTE_CHARS, _TITLE_CHARS, _WINNERS_CHARS, _BODY_CHARS = 200, 60, 200, 2000
_SHOWS = {state.value: state for state in (State.WAITING, State.ACCEPTED, State.REJECTED)}
_EXPORT = 0
"""The number under which everything that was accepted is handed out."""


class BadForm(Refusal):
    """A field of the form is wrong; nothing was done."""

    template = "ugc/bad_form.txt.j2"


# ── shown ───────────────────────────────────────────────────────────────────────────────


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    show = query.get("show", "")
    show = show if show in _SHOWS or show in {"publish", "shown"} else "waiting"
    call = query.get("call") or None
    beyond = number_in(query.get("beyond", ""))
    found = _found(uow, show, call, beyond)
    if query.get("flagged"):
        found = [view for view in found if view.flags]
    zone = tools.use(Community).zone
    listed = calls.all_calls(uow, tools)
    titles = {each.path: each.title for each in listed}
    counts = submissions.counts(uow)
    last = found[_ON_A_PAGE - 1].number if len(found) > _ON_A_PAGE else None
    asked = {"show": show, "call": call or "", "flagged": query.get("flagged", "")}
    return {
        **asked,
        "back": urlencode({name: value for name, value in asked.items() if value}),
        "items": [_item(uow, zone, view, titles) for view in found[:_ON_A_PAGE]],
        "beyond": last,
        "calls": [_call(zone, each, uow.clock.now()) for each in listed],
        "counts": {state.value: count for state, count in counts.items()},
        "to_publish": submissions.count_to_publish(uow),
        "reasons": [reason.value for reason in Reason],
        "gallery": tools.use(Links).for_group("ugc/gallery"),
        "settings": tools.use(UgcSettings),
        "note_chars": _NOTE_CHARS,
    }


def _found(uow: UnitOfWork, show: str, call: str | None, beyond: int | None) -> Sequence[View]:
    most = _ON_A_PAGE + 1
    if show == "publish":
        return submissions.to_publish(uow, call=call, most=most)
    if show == "shown":
        return submissions.shown(uow, call=call, before=beyond, most=most)
    return submissions.in_state(uow, _SHOWS[show], call=call, beyond=beyond, most=most)


def _item(
    uow: UnitOfWork, zone: ZoneInfo, view: View, titles: Mapping[str, str]
) -> Mapping[str, object]:
    name = members.display_name(uow, view.member) if view.member else None
    return {
        "view": view,
        "name": name,
        "credit": view.credited(name),
        "call": titles.get(view.call, view.call),
        "sent_at": view.sent_at.astimezone(zone) if view.sent_at else None,
        "untold": view.settle_at is not None,
    }


def _call(zone: ZoneInfo, call: intake.Call, now: datetime) -> Mapping[str, object]:
    return {
        "call": call,
        "closes_at": call.closes_at.astimezone(zone),
        "is_open": call.is_open(now),
    }


# ── decided ─────────────────────────────────────────────────────────────────────────────


def _decide(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    """Accept or reject one, or all that are ticked."""
    ticked = (name.removeprefix("item-") for name in form if name.startswith("item-"))
    numbers = [number for word in (form.get("item", ""), *ticked) if (number := number_in(word))]
    accepted = form.get("verdict") == "accept"
    reason = None if accepted else _reason(form)
    note = "" if accepted else form.get("note", "").strip()
    if not numbers:
        raise BadForm("none is ticked", field="items")
    if len(note) > _NOTE_CHARS or (reason is Reason.OTHER and not note):
        raise BadForm("note", field="note", most=_NOTE_CHARS)
    after = timedelta(seconds=tools.use(UgcSettings).tell_after_s)
    verdict = Verdict(who, accepted, reason, note)
    done = submissions.decide(uow, numbers, verdict, told_after=after)
    what = "accepted" if accepted else "rejected"
    return _said(tools, what, done=len(done), asked=len(set(numbers)))


def _reason(form: Mapping[str, str]) -> Reason:
    try:
        return Reason(form.get("reason", ""))
    except ValueError:
        raise BadForm("reason", field="reason") from None


def _said(tools: Toolbox, what: str, **data: object) -> str:
    settings = tools.use(UgcSettings)
    return tools.use(Words)("ugc/said.txt.j2", what=what, settings=settings, **data)


def _item_in(form: Mapping[str, str]) -> int:
    return number_in(form.get("item", "")) or 0


def _undo(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    moderation.must(submissions.undo(uow, _item_in(form), who=who), _item_in(form))
    using.forget_withdrawn(uow, tools)
    return _said(tools, "undone", number=_item_in(form))


def _publish(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    moderation.publish(uow, _item_in(form), tools.use(UgcSettings), who=who)
    return _said(tools, "published", number=_item_in(form))


def _hide(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    moderation.must(submissions.hide(uow, _item_in(form), who=who), _item_in(form))
    using.forget_withdrawn(uow, tools)
    return _said(tools, "hidden", number=_item_in(form))


def _adopt(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    found = submissions.one(uow, _item_in(form))
    call = calls.find(uow, tools, found.call) if found and found.call else None
    title = call.title if call else ""
    moderation.adopt(uow, tools, _item_in(form), who=who, title=title)
    return _said(tools, "adopted", number=_item_in(form))


# ── made into files ─────────────────────────────────────────────────────────────────────


def _recap(uow: UnitOfWork, tools: Toolbox, _form: Mapping[str, str], who: str) -> str:
    return _said(tools, "recap", path=using.write_recap(uow, tools, who=who))


def _poll(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    call = calls.find(uow, tools, form.get("call", ""))
    if call is None:
        raise BadForm("call", field="call")
    closes_at = _instant(form, "closes_at", tools) if form.get("closes_at") else None
    return _said(tools, "poll", path=using.write_poll(uow, tools, call, closes_at, who=who))


def _make_call(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    """Write the file of a call; from there it goes like one that was written by hand."""
    pen, title = tools.use(Pen), _text(form, "title", _TITLE_CHARS)
    matter: Mapping[str, object] = {
        "title": title,
        "kind": "interactive",
        "stage": "consideration",
        "opens_at": _instant(form, "opens_at", tools) if form.get("opens_at") else None,
        "closes_at": _instant(form, "closes_at", tools),
        "winners": _text(form, "winners", _WINNERS_CHARS),
    }
    body = form.get("body", "").replace("\r\n", "\n").strip()[:_BODY_CHARS] or title
    path = pen.free_path("calls", title)
    pen.write(pen.draft(path, matter, body))
    audit.record(uow, who, "ugc.call", path)
    return _said(tools, "call", path=path)


def _text(form: Mapping[str, str], field: str, most: int) -> str:
    text = form.get(field, "").strip()
    if not 0 < len(text) <= most:
        raise BadForm(field, field=field, most=most)
    return text


def _instant(form: Mapping[str, str], field: str, tools: Toolbox) -> datetime:
    if (at := instant_in(form.get(field, ""), tools.use(Community).zone)) is None:
        raise BadForm(field, field="date")
    return at


# ── handed out ──────────────────────────────────────────────────────────────────────────


def _give(uow: UnitOfWork, tools: Toolbox, number: int) -> Download | None:
    """Return the copy of a picture; under 0 a zip of everything that was accepted."""
    if number == _EXPORT:
        packing = submissions.pack(uow, tools.use(Community).zone, tools.use(FileStore))
        return Download("ugc.zip", "application/zip", packing)
    copy = submissions.picture(uow, number)
    if copy is None:
        return None
    store = tools.use(FileStore)
    return Download(
        f"{copy.submission}-{number}.jpg", "image/jpeg", lambda: store.open(copy.clean), copy.clean
    )


pages = (
    Page(
        "ugc",
        "投稿",
        "ugc/ugc.html.j2",
        _load,
        {
            "decide": _decide,
            "undo": _undo,
            "publish": _publish,
            "hide": _hide,
            "adopt": _adopt,
            "recap": _recap,
            "poll": _poll,
            "call": _make_call,
        },
        files=_give,
        aisle=Aisle.PLAY,
    ),
)
metrics = (
    Metric(
        "ugc_waiting",
        "Submissions that wait for a verdict",
        submissions.count_waiting,
        "待审核投稿",
        waits_on="ugc",
    ),
    Metric("ugc_accepted", "Accepted submissions", submissions.count_accepted, "已采用投稿"),
    Metric(
        "ugc_accepted_last_30d",
        "Submissions accepted in the last 30 days",
        submissions.count_recent,
        "30 天内采用的投稿",
    ),
)
