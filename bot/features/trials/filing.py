"""How trials come from files, and follow them until somebody has read the terms."""

from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commons import audit
from bot.commons.content import ContentFile
from bot.features.trials.matter import TrialMatter
from bot.features.trials.reads import texts_json, trial
from bot.kernel.clock import instant_of
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_TERMS = (
    *("quota", "audience", "questions", "feedback", "feedback_after_days", "consent", "pick"),
    *("seed", "is_cohort", "tag", "opens_at"),
)
_FREE = ("revision", "title", "words", "closes_at")
_COLUMNS = (*_FREE, *_TERMS)
_KNOWN = Statement("SELECT path, revision, id, state FROM trials")
_ADD = Statement(
    f"INSERT INTO trials (path, {', '.join(_COLUMNS)}, state)"
    f" VALUES (:path, {', '.join(f':{name}' for name in _COLUMNS)}, 'open')"
    " ON CONFLICT (path) DO NOTHING"
)
_CHANGE = Statement(
    f"UPDATE trials SET {', '.join(f'{name} = :{name}' for name in _COLUMNS)}, state = 'open'"
    " WHERE id = :trial AND state <> 'drawn'"
)
_ADJUST = Statement(
    "UPDATE trials SET revision = :revision, title = :title, words = :words,"
    " closes_at = CASE WHEN state = 'drawn' THEN closes_at ELSE :closes_at END WHERE id = :trial"
)
_USED = Statement("SELECT 1 FROM trial_applications WHERE trial_id = :trial LIMIT 1")
_NOW = Statement(f"SELECT {', '.join(_TERMS)} FROM trials WHERE id = :trial")
_WITHDRAW = Statement(
    "UPDATE trials SET state = 'withdrawn' WHERE id = :trial AND state = 'open'"
    " AND NOT EXISTS (SELECT 1 FROM trial_applications WHERE trial_id = :trial) RETURNING id"
)


def bring_in(
    uow: UnitOfWork,
    files: Iterable[tuple[ContentFile, TrialMatter]],
    zone: ZoneInfo,
    *,
    broken: Collection[str] = (),
) -> list[tuple[str, str, str]]:
    """Let the trials be what their files say; return those that could not follow.

    From the first application on only title, words and end follow the file.

    Returns:
        Path, title and revision; `gone` for one whose file is no more.
    """
    known = {str(path): row for path, *row in uow.run(_KNOWN)}
    frozen: list[tuple[str, str, str]] = []
    for file, matter in files:
        row = known.pop(file.path, None)
        fields = _fields(file, matter, zone)
        if row is None:
            uow.run(_ADD, path=file.path, **fields)
        elif row[0] != file.revision or row[2] == "withdrawn":
            frozen += _follow(uow, integer(row[1]), file, fields)
    for path, row in known.items():
        if row[2] == "open" and not any(one.endswith(f"/{path}") for one in broken):
            frozen += _withdraw(uow, path, integer(row[1]))
    return frozen


def _follow(
    uow: UnitOfWork, number: int, file: ContentFile, fields: dict[str, object]
) -> list[tuple[str, str, str]]:
    now = dict(zip(_TERMS, uow.run(_NOW, trial=number)[0], strict=True))
    if not uow.run(_USED, trial=number):
        uow.run(_CHANGE, trial=number, **fields)
        return []
    uow.run(_ADJUST, trial=number, **{name: fields[name] for name in _FREE})
    audit.record(uow, "bot", "trials.changed", f"trial {number}, revision {file.revision}")
    same = all(fields[name] == now[name] for name in _TERMS)
    return [] if same else [(file.path, file.title, file.revision)]


def _withdraw(uow: UnitOfWork, path: str, number: int) -> list[tuple[str, str, str]]:
    if uow.run(_WITHDRAW, trial=number):
        audit.record(uow, "bot", "trials.withdrawn", f"the file of trial {number} is gone")
        return []
    found = trial(uow, number)
    return [(path, found.title, "gone")] if found else []


def _fields(file: ContentFile, matter: TrialMatter, zone: ZoneInfo) -> dict[str, object]:
    opens_at, closes_at = _instant(matter.opens_at, zone), _instant(matter.closes_at, zone)
    return {
        "revision": file.revision,
        "title": file.title,
        "words": file.body,
        "quota": matter.quota,
        "opens_at": 0 if opens_at is None else micros(opens_at),
        "closes_at": None if closes_at is None else micros(closes_at),
        "audience": texts_json.dump_json(matter.audience).decode(),
        "questions": texts_json.dump_json(matter.questions).decode(),
        "feedback": texts_json.dump_json(matter.feedback).decode(),
        "feedback_after_days": matter.feedback_after_days,
        "consent": matter.consent.strip(),
        "pick": matter.pick,
        "seed": matter.seed,
        "is_cohort": int(matter.cohort),
        "tag": matter.tag,
    }


def _instant(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if at is None else at if at.tzinfo else instant_of(at, zone)
