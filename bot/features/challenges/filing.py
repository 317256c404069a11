"""How challenges come from files, and follow them until somebody takes part."""

from collections.abc import Iterable, Iterator

from bot.commons.content import ContentFile
from bot.commons.coupons import Kinds
from bot.commons.filing import Filing, Wanted
from bot.features.challenges.matter import ChallengeMatter
from bot.features.challenges.reads import kinds_json

CHALLENGES = Filing(
    "challenges",
    "challenge",
    taken=("gone_joined > 0 OR EXISTS (SELECT 1 FROM challenge_members WHERE challenge_id = :row)"),
    terms=("first_day", "last_day", "terms"),
    loose=("kinds",),
    begins={"next_member": "0", "gone_joined": "0", "gone_done": "0"},
)
"""From the first member on only title and words follow: the terms were said beforehand."""


def wanted(files: Iterable[tuple[ContentFile, ChallengeMatter]], kinds: Kinds) -> Iterator[Wanted]:
    """Yield what the files say; nothing of one that promises a coupon of no kind there is."""
    for file, matter in files:
        promised = tuple(kind for name in _coupons(matter) if (kind := kinds.of(name)))
        said = {
            "first_day": matter.starts_on.isoformat(),
            "last_day": matter.ends_on.isoformat(),
            "terms": matter.terms.model_dump_json(),
            "kinds": kinds_json.dump_json(promised).decode(),
        }
        yield file, None if missing(matter, kinds) else said


def missing(matter: ChallengeMatter, kinds: Kinds) -> str:
    """Return the name of a coupon that is promised and not there; empty for none."""
    return next((name for name in _coupons(matter) if kinds.of(name) is None), "")


def _coupons(matter: ChallengeMatter) -> list[str]:
    terms = matter.terms
    names = (terms.reward.coupon, terms.winner.coupon if terms.winner else "")
    return [*dict.fromkeys(name for name in names if name)]
