"""The front matter of a file in `content/trials/`."""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator
from typing_extensions import override

from bot.commons.content import PostMatter
from bot.commons.content.matter import Instant, Named, WordOrWords, Words
from bot.commons.members import BadTag, tidy_tag
from bot.kernel.checking import Trail, wrong

COHORT_MOST = 1000
"""A standing cohort (用户体验官) is no larger."""
Asked = Annotated[tuple[Named, ...], Field(max_length=10)]


class TrialMatter(PostMatter):
    """The keys of a trial (试用) or of a cohort of testers (体验官)."""

    title: Named
    quota: StrictInt = Field(ge=1, le=100_000)
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    audience: WordOrWords = ()
    """Who may apply; empty for everybody."""
    questions: Asked = ()
    """Asked with the application."""
    feedback: Asked = ()
    """Asked after it was handed out, or after she joined a cohort."""
    feedback_after_days: StrictInt = Field(default=7, ge=0, le=365)
    consent: str = Field(default="", max_length=3000)
    """What she agrees to before she applies; kept with her application."""
    pick: Literal["first", "draw", "operator"] = "first"
    seed: str = Field(default="", max_length=200)
    """Of the draw; it is shown from the beginning."""
    cohort: StrictBool = False
    tag: str = ""
    """Whoever is accepted has this tag, for audiences of surveys and posts."""

    @model_validator(mode="after")
    def _can_be_applied_for(self) -> Self:
        if self.pick == "draw" and not self.seed.strip():
            hint = 'write anything that nobody can choose later: seed = "…"'
            raise wrong("missing-key", "a draw needs a seed said beforehand", hint, key="pick")
        if self.pick == "draw" and self.closes_at is None:
            raise wrong("missing-key", "a draw needs closes_at: when?", key="pick")
        if self.cohort and self.quota > COHORT_MOST:
            raise wrong("bad-value", f"a cohort has at most {COHORT_MOST} members", key="quota")
        if self.tag:
            try:
                tidy_tag(self.tag)
            except BadTag as exc:
                raise wrong("bad-value", str(exc), key="tag") from None
        return self

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Self:
        first, last = self.opens_at, self.closes_at
        if first and last and bool(first.tzinfo) == bool(last.tzinfo) and last <= first:
            raise wrong("bad-date", f"closes_at {last} is not after {first}", key="closes_at")
        return self

    @override
    def audiences(self) -> list[tuple[str, Words]]:
        return [("audience", self.audience)]

    @override
    def all_words(self) -> list[tuple[Trail, str]]:
        asked = [(("questions", n), text) for n, text in enumerate(self.questions)]
        after = [(("feedback", n), text) for n, text in enumerate(self.feedback)]
        return [*super().all_words(), (("consent",), self.consent), *asked, *after]
