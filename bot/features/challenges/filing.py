"""How challenges come from files, and follow them until somebody takes part."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.commons import audit
from bot.commons.content import ContentFile
from bot.commons.coupons import Kind, Kinds
from bot.features.challenges.matter import ChallengeMatter
from bot.features.challenges.reads import kinds_json, one
from bot.features.challenges.rules import State, Terms
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer

_KNOWN = Statement("SELECT path, revision, id, state FROM challenges")
_ADD = Statement(
    "INSERT INTO challenges (path, revision, title, words, first_day, last_day, terms, kinds,"
    " state, next_member, gone_joined, gone_done) VALUES (:path, :revision, :title, :words, :first,"
    " :last, :terms, :kinds, 'open', 0, 0, 0) ON CONFLICT (path) DO NOTHING"
)
_CHANGE = Statement(
    "UPDATE challenges SET revision = :revision, title = :title, words = :words,"
    " first_day = :first, last_day = :last, terms = :terms, kinds = :kinds, state = 'open'"
    " WHERE id = :challenge"
)
_ADJUST = Statement(
    "UPDATE challenges SET revision = :revision, title = :title, words = :words"
    " WHERE id = :challenge"
)
_TAKEN = "EXISTS (SELECT 1 FROM challenge_members WHERE challenge_id = :challenge)"
_IS_TAKEN = Statement(
    f"SELECT 1 FROM challenges WHERE id = :challenge AND ({_TAKEN} OR gone_joined > 0)"
)
_WITHDRAW = Statement(
    "UPDATE challenges SET state = 'withdrawn' WHERE id = :challenge AND state = 'open'"
    f" AND gone_joined = 0 AND NOT {_TAKEN} RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A file that could not be followed; `what` is a word of the template."""

    what: str
    path: str
    title: str
    revision: str
    coupon: str = ""


def bring_in(
    uow: UnitOfWork,
    files: Iterable[tuple[ContentFile, ChallengeMatter]],
    kinds: Kinds,
    *,
    broken: Collection[str] = (),
) -> list[Trouble]:
    """Let the challenges be what their files say; return those that could not follow.

    From the first member on only title and words follow the file: the terms were said beforehand.
    One in which nobody takes part goes with its file, and comes back with it.

    Args:
        uow: the unit of work.
        files: those without a mistake.
        kinds: of coupons, which challenges may promise.
        broken: the files with a mistake, as they are shown; their challenges stay as they are.
    """
    known = {str(path): row for path, *row in uow.run(_KNOWN)}
    trouble: list[Trouble] = []
    for file, matter in files:
        row = known.pop(file.path, None)
        if row is not None and row[0] == file.revision and row[2] != State.WITHDRAWN:
            continue
        promised, missing = _promised(matter.terms, kinds)
        if missing:
            trouble.append(Trouble("coupon", file.path, file.title, file.revision, missing))
        elif row is None:
            uow.run(_ADD, path=file.path, **_fields(file, matter, promised))
        else:
            trouble += _follow(uow, integer(row[1]), file, matter, promised)
    for path, (_, number, state) in known.items():
        is_broken = any(each.endswith(f"/{path}") for each in broken)
        if state == State.OPEN and not is_broken:
            trouble += _withdraw(uow, path, integer(number))
    return trouble


def _promised(terms: Terms, kinds: Kinds) -> tuple[tuple[Kind, ...], str]:
    """Return the kinds of coupon that are promised, and the name of one that is not there."""
    names = [terms.reward.coupon, terms.winner.coupon if terms.winner else ""]
    found = {name: kinds.of(name) for name in names if name}
    missing = next((name for name, kind in found.items() if kind is None), "")
    return tuple(kind for kind in found.values() if kind is not None), missing


def _withdraw(uow: UnitOfWork, path: str, number: int) -> list[Trouble]:
    if uow.run(_WITHDRAW, challenge=number):
        what = f"the file of challenge {number} is gone"
        audit.record(uow, "bot", "challenges.withdrawn", what)
        return []
    found = one(uow, number)
    return [Trouble("gone", path, found.title, "gone")] if found else []


def _follow(
    uow: UnitOfWork,
    number: int,
    file: ContentFile,
    matter: ChallengeMatter,
    promised: tuple[Kind, ...],
) -> list[Trouble]:
    found = one(uow, number)
    if found is None or found.state not in {State.OPEN, State.WITHDRAWN}:
        return []
    fields = _fields(file, matter, promised)
    if not uow.run(_IS_TAKEN, challenge=number):
        uow.run(_CHANGE, challenge=number, **fields)
        return []
    kept = ("revision", "title", "words")
    uow.run(_ADJUST, challenge=number, **{name: fields[name] for name in kept})
    what = f"challenge {number}, revision {file.revision}"
    audit.record(uow, "bot", "challenges.changed", what)
    said = (matter.starts_on, matter.ends_on, matter.terms)
    same = said == (found.first, found.last, found.terms)
    return [] if same else [Trouble("frozen", file.path, file.title, file.revision)]


def _fields(
    file: ContentFile, matter: ChallengeMatter, promised: tuple[Kind, ...]
) -> dict[str, object]:
    return {
        "revision": file.revision,
        "title": file.title,
        "words": file.body,
        "first": matter.starts_on.isoformat(),
        "last": matter.ends_on.isoformat(),
        "terms": matter.terms.model_dump_json(),
        "kinds": kinds_json.dump_json(promised).decode(),
    }
