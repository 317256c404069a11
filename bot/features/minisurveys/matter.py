"""What `content/minisurveys.toml` takes: at which nodes of an order what is asked (极简问卷)."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator

from bot.commons.content.lawful import Row, Said, Told, second_of
from bot.commons.ratings import AGAIN, Node
from bot.features.minisurveys.rules import MOST_DAYS, MOST_HOURS
from bot.kernel.checking import wrong

FILE = "minisurveys.toml"
MOST_QUESTIONS = 2


class QuestionRow(Row):
    """One question."""

    text: Said
    kind: Literal["surprise", "improve"]
    """What is answered to `improve` is sorted with what else members say (意见分类)."""


class NodeRow(Row):
    """What is asked at a node."""

    on: StrictBool
    intro: Told = ""
    """Said before the first question; without it the house's own words."""
    questions: Annotated[tuple[QuestionRow, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_short(self) -> Self:
        if (many := len(self.questions)) > MOST_QUESTIONS:
            message = f"{many} questions, at most {MOST_QUESTIONS}: ask less, or send a 问卷"
            raise wrong("bad-value", message, at=("questions", MOST_QUESTIONS))
        if (place := second_of([one.text for one in self.questions])) is not None:
            message = f'"{self.questions[place].text}" is asked twice'
            raise wrong("duplicate-name", message, at=("questions", place))
        return self


class PaidRow(NodeRow):
    """`[paid]` (订单完成)."""

    after_hours: Annotated[StrictInt, Field(ge=0, le=MOST_HOURS)]


class DeliveredRow(NodeRow):
    """`[delivered]` (签收后)."""

    after_hours: Annotated[StrictInt, Field(ge=1, le=MOST_HOURS)]


class UsedRow(NodeRow):
    """`[used]` (使用 7 天内): so many days after it was delivered."""

    after_days: Annotated[StrictInt, Field(ge=1, le=MOST_DAYS)]


class MiniSurveys(Row):
    """The file `content/minisurveys.toml`. Without it nobody is asked."""

    fatigue_days: Annotated[StrictInt, Field(le=365)] = AGAIN.days
    """So long after any question of the bot's own she is not asked again."""
    paid: PaidRow | None = None
    delivered: DeliveredRow | None = None
    used: UsedRow | None = None

    @model_validator(mode="after")
    def _leaves_her_alone(self) -> Self:
        if self.fatigue_days < AGAIN.days:
            message = f"{self.fatigue_days}, never below {AGAIN.days}: she is asked once in so long"
            raise wrong("bad-value", message, key="fatigue_days")
        return self

    def row(self, node: Node) -> NodeRow | None:
        """Return what the file says of a node, on or off."""
        return {Node.PAID: self.paid, Node.DELIVERED: self.delivered, Node.USED: self.used}[node]

    def after(self, node: Node) -> timedelta:
        """Return how long after a node she is asked."""
        match self.row(node):
            case PaidRow(after_hours=hours) | DeliveredRow(after_hours=hours):
                return timedelta(hours=hours)
            case UsedRow(after_days=days):
                return timedelta(days=days)
        return timedelta()
