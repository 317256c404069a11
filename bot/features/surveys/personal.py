"""How a member's answers leave with her, and go over to another member.

An anonymous answer can be found by her token until the survey closes; afterwards by nobody.
"""

from typing import Any

from bot.features.surveys.rules import token
from bot.kernel.ids import MemberId
from bot.kernel.merging import Fields, Mover, by_key, later
from bot.kernel.privacy import PersonalData, rows_of, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer

_SALTS = Statement("SELECT id, salt FROM surveys WHERE anonymous = 1 AND salt <> ''")
_VOICE = Statement("SELECT answers FROM survey_voices WHERE survey_id = :survey AND token = :token")
_SILENCE = Statement(
    "DELETE FROM survey_voices WHERE survey_id = :survey AND token = :token RETURNING answers"
)
_SPEAK = Statement(
    "INSERT INTO survey_voices (survey_id, token, answers) VALUES (:survey, :token, :answers)"
    " ON CONFLICT (survey_id, token) DO NOTHING"
)
_REST = run_all(
    "DELETE FROM survey_answers WHERE member_id = :member",
    "DELETE FROM survey_invitations WHERE member_id = :member",
)


def _tokens(uow: UnitOfWork, member: MemberId) -> list[tuple[int, str]]:
    return [(integer(number), token(str(salt), member)) for number, salt in uow.run(_SALTS)]


def _erase(uow: UnitOfWork, member: MemberId) -> None:
    for number, mine in _tokens(uow, member):
        uow.run(_SILENCE, survey=number, token=mine)
    _REST(uow, member)


def _export(uow: UnitOfWork, member: MemberId) -> list[dict[str, object]]:
    asked = rows_of("survey_invitations", {"survey": "survey_id", "answered": "answered"})
    said = rows_of("survey_answers", {"survey": "survey_id", "answers": "answers"})
    found = [dict(row) for row in (*asked(uow, member), *said(uow, member))]
    for number, mine in _tokens(uow, member):
        rows = uow.run(_VOICE, survey=number, token=mine)
        found += [{"survey": number, "answers": answers} for (answers,) in rows]
    return found


def _move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
    """Let her anonymous answers go over; where both have answered, that of who stays is kept."""
    moved = []
    for (number, old), (_, new) in zip(_tokens(uow, goes), _tokens(uow, stays), strict=True):
        for (answers,) in uow.run(_SILENCE, survey=number, token=old):
            kept = bool(uow.run(_VOICE, survey=number, token=new))
            uow.run(_SPEAK, survey=number, token=new, answers=answers)
            moved.append([number, answers, kept])
    return moved


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    salts = {integer(number): str(salt) for number, salt in uow.run(_SALTS)}
    for number, answers, kept in moved:
        if number not in salts:
            continue  # it has closed since
        if not kept:
            uow.run(_SILENCE, survey=number, token=token(salts[number], stays))
        uow.run(_SPEAK, survey=number, token=token(salts[number], goes), answers=answers)


def _further(hers: Fields, gone: Fields) -> Fields:
    """Return one invitation of two: answered, then delivered, goes before the other."""
    return max(hers, gone, key=lambda row: (row["answered"], row["delivered_at"] is not None))


personal = (
    PersonalData(
        title="问卷",
        purpose="只请选中的人填，每人算一份；记名的问卷知道是谁填的，匿名的截止后谁也查不到",
        kept="直到你删除数据；匿名问卷截止后，回答不再和任何人有关系，留在合计里",
        tables=("survey_voices", "survey_invitations", "survey_answers"),
        export=_export,
        erase=_erase,
        movers=(
            Mover(("survey_voices",), _move, _back),
            by_key(
                "survey_invitations",
                ["survey_id"],
                ["letter", "told", "delivered_at", "answered"],
                _further,
            ),
            by_key("survey_answers", ["survey_id"], ["answers", "at"], later("at")),
        ),
    ),
)
