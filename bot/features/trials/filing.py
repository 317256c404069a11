"""How trials come from files, and follow them until somebody has read the terms."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from bot.commons.content import ContentFile
from bot.commons.filing import Filing, Wanted
from bot.features.trials.matter import TrialMatter
from bot.features.trials.reads import texts_json
from bot.kernel.clock import with_zone
from bot.storage.columns import micros

TRIALS = Filing(
    "trials",
    "trial",
    taken="EXISTS (SELECT 1 FROM trial_applications WHERE trial_id = :row)",
    terms=(
        *("quota", "audience", "questions", "feedback", "feedback_after_days", "consent", "pick"),
        *("seed", "is_cohort", "tag", "opens_at"),
    ),
    free={"closes_at": "CASE WHEN state = 'drawn' THEN closes_at ELSE :closes_at END"},
    words_while="1 = 1",
)
"""From the first application on only title, words and end follow."""


def wanted(files: Iterable[tuple[ContentFile, TrialMatter]], zone: ZoneInfo) -> Iterator[Wanted]:
    """Yield what the files say."""
    for file, matter in files:
        opens, closes = matter.opens_at, matter.closes_at
        yield (
            file,
            {
                "quota": matter.quota,
                "opens_at": micros(with_zone(opens, zone)) if opens else 0,
                "closes_at": micros(with_zone(closes, zone)) if closes else None,
                "audience": texts_json.dump_json(matter.audience).decode(),
                "questions": texts_json.dump_json(matter.questions).decode(),
                "feedback": texts_json.dump_json(matter.feedback).decode(),
                "feedback_after_days": matter.feedback_after_days,
                "consent": matter.consent.strip(),
                "pick": matter.pick,
                "seed": matter.seed,
                "is_cohort": int(matter.cohort),
                "tag": matter.tag,
            },
        )
