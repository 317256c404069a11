"""How a member's submissions leave with her: words, pictures and names; what stays is a count."""

from collections.abc import Sequence
from typing import Any

from bot.commons.vetting import flags_json
from bot.kernel.ids import MemberId
from bot.kernel.merging import Mover
from bot.kernel.privacy import PersonalData, PersonalFile, Record, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer

_MINE = Statement(
    "SELECT s.id, s.call, s.state, s.text, s.public, s.credit, s.credit_name, s.reason, s.note,"
    " s.flags, s.started_at, s.sent_at, s.decided_at, s.adopted_at FROM submissions s"
    " WHERE s.member_id = :member ORDER BY s.id"
)
_FIELDS = ("number", "call", "state", "text", "public", "credit", "credit_name", "reason", "note")
_INSTANTS = ("started_at", "sent_at", "decided_at", "adopted_at")
_FILES = Statement(
    "SELECT p.id, p.submission_id, p.clean, p.clean_bytes FROM submission_pictures p"
    " JOIN submissions s ON s.id = p.submission_id"
    " WHERE s.member_id = :member AND p.state = 'kept' ORDER BY p.id"
)
_TAKE = Statement(
    "UPDATE submissions SET member_id = :stays WHERE member_id = :goes AND state <> 'draft'"
    " RETURNING id"
)
_TAKE_DRAFT = Statement(
    "UPDATE submissions SET member_id = :stays WHERE member_id = :goes AND state = 'draft'"
    " AND NOT EXISTS (SELECT 1 FROM submissions o WHERE o.member_id = :stays"
    " AND o.state = 'draft') RETURNING id"
)
_GIVE_UP_DRAFT = Statement(
    "UPDATE submissions SET state = 'cancelled', member_id = :stays WHERE member_id = :goes"
    " AND state = 'draft' RETURNING id"
)
_GIVE = Statement(
    "UPDATE submissions SET member_id = :goes WHERE id = :number AND member_id = :stays"
    " AND (state <> 'draft' OR NOT EXISTS (SELECT 1 FROM submissions o"
    " WHERE o.member_id = :goes AND o.state = 'draft'))"
)
_HERS = "(SELECT id FROM submissions WHERE member_id = :member)"


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    records = []
    for row in uow.run(_MINE, member=member):
        said, flags, times = row[: len(_FIELDS)], row[len(_FIELDS)], row[len(_FIELDS) + 1 :]
        record = dict(zip(_FIELDS, said, strict=True))
        found = flags_json.validate_json(str(flags))
        record["flags"] = [f"{flag.what}: {flag.words}" for flag in found]
        record |= {
            name: None if at is None else instant(at).isoformat()
            for name, at in zip(_INSTANTS, times, strict=True)
        }
        number = integer(row[0])
        files = [file.path for file in _files(uow, member) if f"/{number}-" in file.path]
        records.append({**record, "pictures": files})
    return records


def _files(uow: UnitOfWork, member: MemberId) -> Sequence[PersonalFile]:
    return [
        PersonalFile(f"submissions/{number}-{picture}.jpg", str(digest), integer(size))
        for picture, number, digest, size in uow.run(_FILES, member=member)
    ]


def _move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
    """Bring everything over; of two drafts that of her who stays goes on."""
    who = {"goes": goes, "stays": stays}
    moves = (_TAKE, _TAKE_DRAFT, _GIVE_UP_DRAFT)
    return sorted(integer(row[0]) for move in moves for row in uow.run(move, **who))


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    for number in moved:
        uow.run(_GIVE, number=number, goes=goes, stays=stays)


personal = (
    PersonalData(
        title="投稿",
        purpose="让店里看到你的投稿，并按你的授权展示",
        kept="直到你撤回或删除数据；原图审核完就删除，没有采用的过一阵子也删除",
        tables=("submissions", "submission_pictures", "submission_uses"),
        export=_export,
        erase=run_all(
            "DELETE FROM media_holds WHERE holder IN"
            f" (SELECT 'ugc:' || CAST(id AS VARCHAR) FROM submission_pictures"
            f" WHERE submission_id IN {_HERS})",
            "DELETE FROM media_holds WHERE holder IN"
            f" (SELECT 'ugc-original:' || CAST(id AS VARCHAR) FROM submission_pictures"
            f" WHERE submission_id IN {_HERS})",
            f"DELETE FROM submission_pictures WHERE submission_id IN {_HERS}",
            "DELETE FROM submissions WHERE member_id = :member AND state <> 'accepted'",
            "UPDATE submissions SET member_id = NULL, text = '', credit_name = '', flags = '[]',"
            " public = 'no', note = '', published_by = '', settle_at = NULL"
            " WHERE member_id = :member",
        ),
        movers=(Mover(("submissions",), _move, _back),),
        files=_files,
    ),
)
