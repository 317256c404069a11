"""Content files made of submissions: a weekly recap, a poll of entries; and how they forget.

Only what may be shown goes in. Each file is written down as naming its submissions (`投稿 12`), so
that one who withdraws leaves it: at once where nobody has edited the file, else her picture is
taken away and operators are told where she still stands.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit, members, submissions
from bot.commons.content import NotWritable, Pen
from bot.commons.notices import Notices
from bot.commons.submissions import SHOWN, View
from bot.features.ugc.intake import Call
from bot.features.ugc.rules import excerpt
from bot.kernel.community import Community
from bot.kernel.console import number_in
from bot.kernel.errors import Refusal
from bot.kernel.files import FileStore
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

RECAPS = "posts/ugc-recap"
_COPIES = "ugc"
"""The folder of pictures below `content/media/`."""
_DAYS = 7
_MOST_PIECES = 6
_MOST_OPTIONS = 20
_FEWEST_OPTIONS = 2
_OPTION_CHARS, _PIECE_CHARS = 24, 60

_USE = Statement(
    "INSERT INTO submission_uses (submission_id, path, media, revision, at)"
    " VALUES (:number, :path, :media, :revision, :now) ON CONFLICT (submission_id, path)"
    " DO UPDATE SET media = excluded.media, revision = excluded.revision"
)
_DEAD = Statement(
    "SELECT u.id, u.submission_id, u.path, u.media, u.revision FROM submission_uses u"
    " WHERE NOT EXISTS (SELECT 1 FROM submissions s"
    f" WHERE s.id = u.submission_id AND {SHOWN}) ORDER BY u.id"
)
_OF_PATH = Statement("SELECT submission_id FROM submission_uses WHERE path = :path ORDER BY id")
_FORGET = Statement("DELETE FROM submission_uses WHERE id = :use")
_REVISED = Statement("UPDATE submission_uses SET revision = :revision WHERE path = :path")


class NothingToShow(Refusal):
    """There is not enough that may be shown."""

    template = "ugc/nothing_to_show.txt.j2"


@dataclass(frozen=True, slots=True)
class _Piece:
    """What of a submission stands in a file."""

    number: int
    text: str
    credit: str
    media: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Recap:
    """A recap to be written, and what stands in its place."""

    path: str
    title: str
    before: str = ""


# ── written ─────────────────────────────────────────────────────────────────────────────


def write_recap(uow: UnitOfWork, tools: Toolbox, *, who: str) -> str:
    """Write a draft of a post with the latest of a week; return its path.

    Raises:
        NothingToShow: there was nothing in this week.
    """
    now = uow.clock.now()
    found = submissions.fresh(uow, since=now - timedelta(days=_DAYS), most=_MOST_PIECES)
    if not found:
        raise NothingToShow("recap", fewest=1)
    local = now.astimezone(tools.use(Community).zone)
    title = tools.use(Words)("ugc/recap_title.txt.j2", day=local)
    path = tools.use(Pen).free_path(RECAPS, title)
    _write_recap(uow, tools, _Recap(path, title), found)
    audit.record(uow, who, "ugc.recap", path)
    return path


def _write_recap(uow: UnitOfWork, tools: Toolbox, recap: _Recap, found: Sequence[View]) -> None:
    pen = tools.use(Pen)
    pieces = [_piece(uow, tools, view, pictures=1) for view in found]
    body = tools.use(Words)("ugc/recap.txt.j2", pieces=pieces)
    media = [each for piece in pieces for each in piece.media]
    about = {"title": recap.title, "kind": "interactive", "stage": "awareness"}
    writing = pen.draft(recap.path, {**about, "media": media or None}, body)
    pen.write(writing, replaces=recap.before)
    _note(uow, recap.path, pieces, writing.text)


def write_poll(
    uow: UnitOfWork, tools: Toolbox, call: Call, closes_at: datetime | None, *, who: str
) -> str:
    """Make a poll of a call's entries; return the path of its file.

    Raises:
        NothingToShow: fewer than two entries may be shown.
    """
    found = submissions.shown(uow, call=call.path, most=_MOST_OPTIONS)[::-1]
    if len(found) < _FEWEST_OPTIONS:
        raise NothingToShow(call.path, fewest=_FEWEST_OPTIONS)
    pen, zone = tools.use(Pen), tools.use(Community).zone
    pieces = [_piece(uow, tools, view, pictures=1) for view in found]
    options = [
        {"text": tools.use(Words)("ugc/option.txt.j2", piece=piece), "media": piece.media[0]}
        if piece.media
        else {"text": tools.use(Words)("ugc/option.txt.j2", piece=piece)}
        for piece in pieces
    ]
    matter: Mapping[str, object] = {
        "title": call.title,
        "kind": "interactive",
        "stage": "consideration",
        "options": options,
        "closes_at": closes_at.astimezone(zone) if closes_at else None,
    }
    day = uow.clock.now().astimezone(zone).date()
    path = pen.free_path("polls", f"{call.title}-{day}")  # never that of a poll that was
    writing = pen.draft(path, matter, tools.use(Words)("ugc/poll.txt.j2", call=call))
    pen.write(writing)
    _note(uow, path, pieces, writing.text)
    audit.record(uow, who, "ugc.poll", f"{call.path} → {path}")
    return path


def _piece(uow: UnitOfWork, tools: Toolbox, view: View, *, pictures: int) -> _Piece:
    """Return what of a submission goes into a file; its pictures are put beside it."""
    name = members.display_name(uow, view.member) if view.member else None
    media = []
    for picture in view.pictures[:pictures]:
        path = f"{_COPIES}/{view.number}-{picture.id}.jpg"
        with suppress(OSError), tools.use(FileStore).open(picture.clean) as copy:
            tools.use(Pen).put_media(path, copy.read())
            media.append(path)
    credit = excerpt(view.credited(name), _OPTION_CHARS)
    return _Piece(view.number, excerpt(view.text, _PIECE_CHARS), credit, tuple(media))


def _note(uow: UnitOfWork, path: str, pieces: Sequence[_Piece], text: str) -> None:
    for piece in pieces:
        uow.run(
            _USE,
            number=piece.number,
            path=path,
            media="\n".join(piece.media),
            revision=_revision(text),
            now=micros(uow.clock.now()),
        )


def _revision(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# ── forgotten ───────────────────────────────────────────────────────────────────────────


def forget_withdrawn(uow: UnitOfWork, tools: Toolbox) -> None:
    """Let files forget what may not be shown any more, and tell operators what they must mend.

    Safe to run at any time: what is gone stays gone.
    """
    for use, number, path, media, revision in uow.run(_DEAD):
        try:
            for each in filter(None, str(media).split("\n")):
                tools.use(Pen).remove_media(each)
            is_out = _leave(uow, tools, integer(number), str(path), str(revision))
        except Refusal:  # the file can't be changed, and a deletion must not fail by that
            is_out = False
        if is_out:
            uow.run(_FORGET, use=use)
        else:
            _tell(uow, tools, integer(number), str(path))


def drop_copies(uow: UnitOfWork, tools: Toolbox) -> None:
    """Take away copies of pictures that may not be shown, whoever has left them behind."""
    for file in sorted((tools.use(Pen).folder / "media" / _COPIES).glob("*-*.jpg")):
        number = number_in(file.name.partition("-")[0])
        found = submissions.one(uow, number) if number else None
        if number and (found is None or not found.is_shown):
            with suppress(NotWritable):
                tools.use(Pen).remove_media(f"{_COPIES}/{file.name}")


def _leave(uow: UnitOfWork, tools: Toolbox, number: int, path: str, revision: str) -> bool:
    """Take a submission out of a file; False while it still stands there."""
    pen = tools.use(Pen)
    text = pen.text_of(path)
    if not _names(text, number):
        return True
    if _revision(text) != revision or not path.startswith(f"{RECAPS}/"):
        return False
    rest = [
        view
        for (other,) in uow.run(_OF_PATH, path=path)
        if (view := submissions.one(uow, integer(other))) is not None and view.is_shown
    ]
    if not rest:
        pen.remove(path, holds=text)
        return True
    title = next(line for line in text.splitlines() if line.startswith("title = "))
    recap = _Recap(path, title.removeprefix("title = ").strip('"'), text)
    _write_recap(uow, tools, recap, rest)
    uow.run(_REVISED, path=path, revision=_revision(pen.text_of(path)))
    return True


def _names(text: str, number: int) -> bool:
    """Return True when a file still shows a submission: by its number, or by its pictures."""
    after = text.split(f"投稿 {number}")[1:]
    by_number = any(not rest[:1].isdigit() for rest in after)
    return by_number or f"{_COPIES}/{number}-" in text


def _tell(uow: UnitOfWork, tools: Toolbox, number: int, path: str) -> None:
    """Tell operators once a day until it is mended."""
    day = tools.use(Community).day_of(uow.clock.now())
    text = tools.use(Words)("ugc/notice_names_her.txt.j2", number=number, path=path)
    tools.use(Notices).tell(uow, key=f"ugc.names:{path}:{number}:{day}", text=text)
