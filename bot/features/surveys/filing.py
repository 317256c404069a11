"""How surveys come from files, and follow them until they are sent."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from bot.commons.content import ContentFile
from bot.commons.filing import Filing, Wanted
from bot.features.surveys.matter import SurveyMatter
from bot.features.surveys.reads import questions_json, words_json
from bot.features.surveys.rules import Question
from bot.kernel.clock import with_zone
from bot.storage.columns import micros

SURVEYS = Filing(
    "surveys",
    "survey",
    taken="state NOT IN ('draft', 'withdrawn')",
    terms=("questions", "audience", "anonymous"),
    free={"closes_at": "CASE WHEN state = 'sent' THEN :closes_at ELSE closes_at END"},
    begins={"salt": "''", "sent_by": "''"},
    first="draft",
    running="sent",
    words_while="1 = 1",
)
"""Once it is sent, only title, words and end follow."""


def wanted(files: Iterable[tuple[ContentFile, SurveyMatter]], zone: ZoneInfo) -> Iterator[Wanted]:
    """Yield what the files say."""
    for file, matter in files:
        questions = tuple(
            Question(each.text, each.kind, each.options, each.required) for each in matter.questions
        )
        yield (
            file,
            {
                "questions": questions_json.dump_json(questions).decode(),
                "audience": words_json.dump_json(matter.audience).decode(),
                "anonymous": int(matter.anonymous),
                "closes_at": micros(with_zone(matter.closes_at, zone)),
            },
        )
