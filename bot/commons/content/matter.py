"""The front matter of a content file: its keys and what they take."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    model_validator,
)
from typing_extensions import override

from bot.commons.content.files import NEVER_WAIVED, RULES, Kind, Stage
from bot.kernel.checking import Trail, describe, wrong

KINDS = {"知识": "knowledge", "情感": "emotional", "互动": "interactive", "促销": "promo"}
STAGES = {"认知": "awareness", "考虑": "consideration", "购买": "purchase"}


def _one_of(chinese: Mapping[str, str]) -> BeforeValidator:
    """Return a validator that takes the English values and their Chinese names."""

    def translate(value: object) -> object:
        if isinstance(value, str) and value.strip() in {*chinese, *chinese.values()}:
            return chinese.get(value.strip(), value.strip())
        allowed = ", ".join(f"{english} ({name})" for name, english in chinese.items())
        raise wrong("bad-value", f"found {describe(value)}, allowed: {allowed}")

    return BeforeValidator(translate)


DateT = TypeVar("DateT", bound=date)


def _day(value: object) -> object:
    if isinstance(value, (int, float)):  # would be taken for seconds since 1970
        raise wrong("bad-date", f"found {describe(value)}, allowed: a date, YYYY-MM-DD")
    return value


def _instant(value: object) -> object:
    """Take an ISO instant as text or as TOML's own; refuse what only resembles one."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        found = (
            value
            if isinstance(value, datetime)
            else datetime.fromisoformat(text if len(text) > len("2026-08-24") else "")
        )
    except ValueError:
        allowed = "an instant, YYYY-MM-DDTHH:MM:SS, with +08:00 or in the local time"
        raise wrong("bad-date", f"found {describe(value)}, allowed: {allowed}") from None
    return _of_our_time(found)


def _of_our_time(found: DateT) -> DateT:
    """Refuse years in which arithmetic with days and zones would end."""
    if found.year not in _YEARS:
        allowed = f"the years {_YEARS[0]} to {_YEARS[-1]}"
        raise wrong("bad-date", f"found {found.isoformat()}, allowed: {allowed}")
    return found


_YEARS = range(1990, 2201)
_UNITS_S = {"d": 86400, "h": 3600, "m": 60}
_AHEAD = re.compile(r"([1-9]\d{0,2})\s*([dhm])")


def _ahead(value: object) -> object:
    found = _AHEAD.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise wrong("bad-value", f'found {describe(value)}, allowed: "3d", "12h", "30m"')
    return int(found[1]) * _UNITS_S[found[2]]


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_day), AfterValidator(_of_our_time)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Ahead = Annotated[int, BeforeValidator(_ahead)]
Named = Annotated[str, Field(min_length=1)]
Words = tuple[Named, ...]
WordOrWords = Annotated[tuple[Named, ...], BeforeValidator(_listed)]
KindWord = Annotated[Kind, _one_of(KINDS)]
StageWord = Annotated[Stage, _one_of(STAGES)]


class Matter(BaseModel):
    """A table of front matter: no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class VariantMatter(Matter):
    """`[variants.NAME]`: the words for one segment, here or in a file of their own."""

    when: Named
    body: str | None = None
    file: str | None = None

    @model_validator(mode="after")
    def _one_text(self) -> Self:
        if (self.body is None) == (self.file is None):
            raise wrong("bad-value", 'needs either "body" or "file"')
        return self


class PostMatter(Matter):
    """The keys of every content file."""

    around_bytes: ClassVar[int] = 0
    """So much of a message is kept for what a room says around the words."""
    speaks_of: ClassVar[tuple[str, ...]] = ()
    """Names that the words of such a file may use besides those of every file."""

    title: str = ""
    tags: Words = ()
    scene: str = ""
    kind: KindWord
    stage: StageWord
    publish_on: Day | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    media: Words = ()
    variants: dict[str, VariantMatter] = Field(default_factory=dict)
    waive: dict[str, Named] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            message = f"valid_until {self.valid_until} is before {self.valid_from}"
            raise wrong("bad-date", message, key="valid_until")
        if self.publish_on and not self._is_valid_on(self.publish_on):
            message = f"publish_on {self.publish_on} is outside the valid dates"
            raise wrong("bad-date", message, key="publish_on")
        for rule in self.waive:
            if rule not in RULES:
                raise wrong("bad-value", f"there is no rule {describe(rule)}", key="waive")
            if rule in NEVER_WAIVED:
                raise wrong("bad-value", f"{rule} cannot be waived", key="waive")
        return self

    def _is_valid_on(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_until or day)

    def audiences(self) -> list[tuple[str, Words]]:
        """Return every list of people that the front matter has, and its key."""
        return []

    def all_media(self) -> list[tuple[Trail, str]]:
        """Return every media path that the front matter names, and where."""
        return [(("media", n), path) for n, path in enumerate(self.media)]

    def all_words(self) -> list[tuple[Trail, str]]:
        """Return the words of the front matter that members read, and where they stand."""
        return [(("title",), self.title)]

    def asked_by(self) -> list[tuple[Trail, str]]:
        """Return the words by which members ask for the file, as they are compared, and where.

        Two files that are asked for by the same are valid at different times, or one of them is
        valid for some days only.
        """
        return []


class PollOption(Matter):
    """One choice of a poll."""

    text: Named
    media: Named | None = None


def _option(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


class PollMatter(PostMatter):
    """The keys of a file in `content/polls/`."""

    options: Annotated[
        tuple[Annotated[PollOption, BeforeValidator(_option)], ...],
        Field(min_length=2, max_length=20),
    ]
    max_choices: StrictInt = Field(default=1, ge=1)
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    results: Literal["after_close", "live"] = "after_close"
    eligible: WordOrWords = ()
    points: StrictInt = Field(default=0, ge=0, le=1_000_000)
    """What a ballot costs."""
    goal_points: StrictInt | None = Field(default=None, ge=1, le=1_000_000_000)
    """All ballots together must bring so much, else everybody gets hers back (众筹)."""
    quorum: StrictInt = Field(default=0, ge=0, le=10_000_000)
    """With fewer ballots the poll decides nothing."""
    tie: Literal["all", "first", "none"] = "all"
    """Of options with equally many ballots all win, or the one that reached it first, or none."""

    @model_validator(mode="after")
    def _can_be_voted_on(self) -> Self:
        texts = [option.text for option in self.options]
        if len(set(texts)) < len(texts):
            raise wrong("bad-value", "two options have the same text", key="options")
        if self.max_choices > len(texts):
            message = f"max_choices is {self.max_choices} of {len(texts)} options"
            raise wrong("bad-value", message, key="max_choices")
        if self.goal_points is not None and not self.points:
            message = "a ballot that costs nothing reaches no goal"
            raise wrong("bad-value", message, "add points = 20", key="goal_points")
        if self.goal_points is not None and self.closes_at is None:
            raise wrong("missing-key", "a goal needs closes_at: until when?", key="goal_points")
        _in_order("closes_at", self.opens_at, self.closes_at)
        return self

    @override
    def audiences(self) -> list[tuple[str, Words]]:
        return [("eligible", self.eligible)]

    @override
    def all_media(self) -> list[tuple[Trail, str]]:
        pictures = [option.media for option in self.options]
        shown = [(("options", n), path) for n, path in enumerate(pictures) if path]
        return [*super().all_media(), *shown]

    @override
    def all_words(self) -> list[tuple[Trail, str]]:
        texts = [(("options", n), option.text) for n, option in enumerate(self.options)]
        return [*super().all_words(), *texts]


_LONGEST_SERIES_DAYS = 3 * 366


class SalonMatter(PostMatter):
    """The keys of a file in `content/salons/`."""

    starts_at: Instant
    ends_at: Instant | None = None
    place: str = ""
    capacity: StrictInt | None = Field(default=None, ge=1, le=100_000)
    """Heads, with the guests; as many as like without it."""
    guests_max: StrictInt = Field(default=0, ge=0, le=50)
    """How many each may bring along."""
    invite: WordOrWords = ()
    """Who may sign up; everybody without it."""
    invite_first: WordOrWords = ()
    """Who is told, and may sign up, before the others."""
    first_hours: StrictInt = Field(default=24, ge=24, le=24 * 30)
    """So long before the others."""
    invite_at: Instant | None = None
    """From when on people are invited and sign up; at once without it."""
    signup_until: Instant | None = None
    """Until when; until it starts without it."""
    reminders: tuple[Ahead, ...] = (3 * 86400, 86400, 1800)
    """So many seconds before it starts; written "3d", "1d", "30m"."""
    host: str = ""
    """Who leads it, in words."""
    host_member: str = ""
    """A member who leads it; named only once she has agreed."""
    no_show: str = "来不了请提前取消，位置留给候补的姐妹。"
    """What is said beforehand of those who do not come."""
    series: str = ""
    """What several have in common."""
    repeat_weeks: StrictInt | None = Field(default=None, ge=1, le=8)
    repeat_until: Day | None = None
    """The last day on which it may start."""
    skips: tuple[Day, ...] = ()
    """Days of the series on which there is none."""
    moves: dict[str, Instant] = Field(default_factory=dict)
    """Other times, by the day on which it would have been."""
    cancelled: str = ""
    """Why it does not take place."""

    @override
    def all_words(self) -> list[tuple[Trail, str]]:
        names = ("place", "host", "no_show", "series", "cancelled")
        return [*super().all_words(), *(((name,), getattr(self, name)) for name in names)]

    @model_validator(mode="after")
    def _can_take_place(self) -> Self:
        _in_order("ends_at", self.starts_at, self.ends_at)
        _until("signup_until", self.signup_until, self.starts_at)
        _until("invite_at", self.invite_at, self.signup_until or self.starts_at)
        if (self.repeat_weeks is None) != (self.repeat_until is None):
            missing = "repeat_until" if self.repeat_until is None else "repeat_weeks"
            raise wrong("missing-key", f"a series needs {missing}", key="repeat_weeks")
        if self.repeat_weeks is None and (self.skips or self.moves):
            key = "skips" if self.skips else "moves"
            raise wrong("bad-value", f"{key} is for a series", "add repeat_weeks", key=key)
        days = self._planned_days()
        for key, named in (("moves", set(self.moves)), ("skips", {f"{day}" for day in self.skips})):
            if strange := sorted(named - days):
                message = f"{strange[0]} is no day of the series"
                raise wrong("bad-date", message, "write the day as first planned", key=key)
        return self

    @override
    def audiences(self) -> list[tuple[str, Words]]:
        host = (f"member:{self.host_member}",) if self.host_member else ()
        return [("invite", self.invite), ("invite_first", self.invite_first), ("host_member", host)]

    def _planned_days(self) -> set[str]:
        """Return the days of a series as they were planned first."""
        if self.repeat_weeks is None or self.repeat_until is None:
            return set()
        first = self.starts_at.date()
        days = (self.repeat_until - first).days
        if not 0 <= days <= _LONGEST_SERIES_DAYS:
            message = f"found {self.repeat_until}, allowed: up to three years after {first}"
            raise wrong("bad-date", message, key="repeat_until")
        steps = range(0, days + 1, 7 * self.repeat_weeks)
        return {f"{first + timedelta(days=step)}" for step in steps}


def _until(name: str, at: datetime | None, latest: datetime) -> None:
    if at is not None and bool(at.tzinfo) == bool(latest.tzinfo) and at > latest:
        raise wrong("bad-date", f"{name} {at} is after {latest}", key=name)


def _in_order(name: str, first: datetime | None, second: datetime | None) -> None:
    if first is None or second is None or bool(first.tzinfo) != bool(second.tzinfo):
        return
    if second <= first:
        raise wrong("bad-date", f"{name} {second} is not after {first}", key=name)


@dataclass(frozen=True, slots=True)
class Forms:
    """What files take: front matter by the folder they lie in, tables by their names.

    Rooms bring their own; both are relative to `content/`.
    """

    folders: Mapping[str, type[PostMatter]] = field(default_factory=dict)
    tables: Mapping[str, type[BaseModel]] = field(default_factory=dict)

    def matter_of(self, path: str) -> type[PostMatter]:
        """Return the model of the front matter of a file; a plain post's by default."""
        folder = PurePosixPath(path).parts[0]
        return self.folders.get(folder) or _FOLDERS.get(folder) or PostMatter


_FOLDERS: Mapping[str, type[PostMatter]] = {"polls": PollMatter, "salons": SalonMatter}
PLAIN = Forms()
