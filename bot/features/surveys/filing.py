"""How surveys come from files, and follow them until they are sent."""

from collections.abc import Collection, Iterable
from zoneinfo import ZoneInfo

from bot.commons import audit
from bot.commons.content import ContentFile
from bot.features.surveys.matter import SurveyMatter
from bot.features.surveys.reads import questions_json, words_json
from bot.features.surveys.rules import Question
from bot.kernel.clock import instant_of
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_FREE = ("revision", "title", "words", "closes_at")
_TERMS = ("questions", "audience", "anonymous")
_COLUMNS = (*_FREE, *_TERMS)
_KNOWN = Statement(f"SELECT path, revision, id, state, title, {', '.join(_TERMS)} FROM surveys")
_ADD = Statement(
    f"INSERT INTO surveys (path, {', '.join(_COLUMNS)}, state, salt, sent_by)"
    f" VALUES (:path, {', '.join(f':{name}' for name in _COLUMNS)}, 'draft', '', '')"
    " ON CONFLICT (path) DO NOTHING"
)
_CHANGE = Statement(
    f"UPDATE surveys SET {', '.join(f'{name} = :{name}' for name in _COLUMNS)}, state = 'draft'"
    " WHERE id = :survey AND state IN ('draft', 'withdrawn') RETURNING id"
)
_ADJUST = Statement(
    "UPDATE surveys SET revision = :revision, title = :title, words = :words,"
    " closes_at = CASE WHEN state = 'sent' THEN :closes_at ELSE closes_at END WHERE id = :survey"
)
_WITHDRAW = Statement(
    "UPDATE surveys SET state = 'withdrawn' WHERE id = :survey AND state = 'draft' RETURNING id"
)


def bring_in(
    uow: UnitOfWork,
    files: Iterable[tuple[ContentFile, SurveyMatter]],
    zone: ZoneInfo,
    *,
    broken: Collection[str] = (),
) -> list[tuple[str, str, str]]:
    """Let the surveys be what their files say; return those that could not follow.

    Once it is sent, only title, words and end of a survey follow its file.

    Returns:
        Path, title and revision; `gone` for one whose file is no more.
    """
    known = {str(path): row for path, *row in uow.run(_KNOWN)}
    frozen: list[tuple[str, str, str]] = []
    for file, matter in files:
        row, fields = known.pop(file.path, None), _fields(file, matter, zone)
        if row is None:
            uow.run(_ADD, path=file.path, **fields)
        elif row[0] != file.revision or row[2] == "withdrawn":
            frozen += _follow(uow, row, file, fields)
    for path, row in known.items():
        if any(one.endswith(f"/{path}") for one in broken):
            continue
        if not uow.run(_WITHDRAW, survey=row[1]) and row[2] == "sent":
            frozen.append((path, str(row[3]), "gone"))
    return frozen


def _follow(
    uow: UnitOfWork, row: list[object], file: ContentFile, fields: dict[str, object]
) -> list[tuple[str, str, str]]:
    if uow.run(_CHANGE, survey=row[1], **fields):
        return []
    uow.run(_ADJUST, survey=row[1], **{name: fields[name] for name in _FREE})
    audit.record(uow, "bot", "surveys.changed", f"survey {row[1]}, revision {file.revision}")
    same = [fields[name] for name in _TERMS] == [*row[4:]]
    return [] if same else [(file.path, file.title, file.revision)]


def _fields(file: ContentFile, matter: SurveyMatter, zone: ZoneInfo) -> dict[str, object]:
    ends = matter.closes_at
    questions = tuple(
        Question(each.text, each.kind, each.options, each.required) for each in matter.questions
    )
    return {
        "revision": file.revision,
        "title": file.title,
        "words": file.body,
        "questions": questions_json.dump_json(questions).decode(),
        "audience": words_json.dump_json(matter.audience).decode(),
        "anonymous": int(matter.anonymous),
        "closes_at": micros(ends if ends.tzinfo else instant_of(ends, zone)),
    }
