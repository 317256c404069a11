"""The front matter of a file in `content/surveys/`."""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, model_validator
from typing_extensions import override

from bot.commons.content import Matter, PostMatter
from bot.commons.content.matter import Instant, Named, WordOrWords, Words
from bot.kernel.checking import Trail, wrong

MOST_OPTIONS = 12
CHOSEN = frozenset({"single", "multi"})


class QuestionMatter(Matter):
    """One question of a survey."""

    text: Named
    kind: Literal["single", "multi", "scale", "nps", "text"]
    options: Annotated[Words, Field(max_length=MOST_OPTIONS)] = ()
    required: StrictBool = True

    @model_validator(mode="after")
    def _has_options_to_choose_from(self) -> Self:
        if self.kind in CHOSEN and len(set(self.options)) < max(2, len(self.options)):
            raise wrong("bad-value", "needs two or more different options", key="options")
        if self.kind not in CHOSEN and self.options:
            why = f'a question of the kind "{self.kind}" has no options'
            raise wrong("bad-value", why, key="options")
        return self


class SurveyMatter(PostMatter):
    """The keys of a survey (问卷)."""

    title: Named
    questions: Annotated[tuple[QuestionMatter, ...], Field(min_length=1, max_length=20)]
    audience: Annotated[WordOrWords, Field(min_length=1)]
    """Who is asked; nobody else can answer."""
    anonymous: StrictBool = False
    closes_at: Instant

    @override
    def audiences(self) -> list[tuple[str, Words]]:
        return [("audience", self.audience)]

    @override
    def all_words(self) -> list[tuple[Trail, str]]:
        found = super().all_words()
        for n, question in enumerate(self.questions):
            found.append((("questions", n, "text"), question.text))
            found += [(("questions", n, "options"), option) for option in question.options]
        return found
