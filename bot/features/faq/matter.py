"""The front matter of a file in `content/faq/`: what is asked. What is answered stands below it."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from typing_extensions import override

from bot.commons.answers import squeezed
from bot.commons.content import Kind, PostMatter, Stage
from bot.commons.content.lawful import second_of
from bot.commons.content.matter import KindWord, Named, StageWord
from bot.kernel.checking import Trail, wrong


class FaqMatter(PostMatter):
    """The keys of a file in `content/faq/`."""

    around_bytes: ClassVar[int] = 248
    """The line below the answer that offers a human."""

    title: Named
    """Asked like one of the questions, and shown when she is asked back."""
    questions: Annotated[tuple[Named, ...], Field(min_length=1, max_length=50)]
    """Ways in which people ask; the more differ, the better it is found."""
    kind: KindWord = Kind.KNOWLEDGE
    stage: StageWord = Stage.CONSIDERATION

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        forms = [squeezed(question) for question in self.questions]
        if not squeezed(self.title):
            raise wrong("bad-value", f'"{self.title}" has no letter', key="title")
        for place, question in enumerate(self.questions):
            if not forms[place]:
                message = f'"{question}" has no letter'
                raise wrong("bad-value", message, at=("questions", place))
        if (second := second_of(forms)) is not None:
            message = f'"{self.questions[second]}" is written twice'
            raise wrong("duplicate-name", message, at=("questions", second))
        return self

    @override
    def asked_by(self) -> list[tuple[Trail, str]]:
        ways: dict[str, Trail] = {squeezed(self.title): ("title",)}
        for number, question in enumerate(self.questions):
            ways.setdefault(squeezed(question), ("questions", number))
        return [(trail, words) for words, trail in ways.items()]

    @override
    def all_words(self) -> list[tuple[Trail, str]]:
        asked = [(("questions", n), question) for n, question in enumerate(self.questions)]
        return [*super().all_words(), *asked]
