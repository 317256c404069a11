"""What a content file is, once it has been read."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pydantic import BaseModel


class Kind(StrEnum):
    """What a post is for its reader (知识, 情感, 互动, 促销)."""

    KNOWLEDGE = "knowledge"
    EMOTIONAL = "emotional"
    INTERACTIVE = "interactive"
    PROMO = "promo"


class Stage(StrEnum):
    """How far along its reader is (认知, 考虑, 购买)."""

    AWARENESS = "awareness"
    CONSIDERATION = "consideration"
    PURCHASE = "purchase"


@dataclass(frozen=True, slots=True)
class Variant:
    """Other words for the members of one segment."""

    name: str
    when: str
    """The segment."""
    body: str
    snippets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ContentFile:
    """One file below `content/`; `path` is relative to that folder and is its name."""

    path: str
    title: str
    kind: Kind
    stage: Stage
    body: str
    body_line: int
    """The line of the file that the body begins on."""
    revision: str
    """Changes whenever a word of it changes, in included files too."""
    tags: tuple[str, ...] = ()
    scene: str = ""
    publish_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    media: tuple[str, ...] = ()
    """Paths below the media folder."""
    variants: tuple[Variant, ...] = ()
    snippets: tuple[tuple[str, str], ...] = ()
    """Path and text of every file that the body includes, directly or not."""
    matter: BaseModel | None = field(default=None, hash=False)
    """The front matter as the room understands it that brought its model."""
    waived: tuple[str, ...] = ()
    """Rules of which its writer wants to hear nothing."""

    @property
    def is_for_days(self) -> bool:
        """True when it is valid for some days only."""
        return self.valid_from is not None or self.valid_until is not None

    def may_go_out(self, day: date) -> bool:
        """Return True when nothing in the file forbids `day`."""
        return (
            (self.publish_on is None or self.publish_on == day)
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_until is None or day <= self.valid_until)
        )


RULES = frozenset(
    {
        "unknown-key",
        "undefined-variable",
        "missing-media",
        "too-long",
        "no-default",
        "promo-share",
        "promo-adjacent",
        "festival-promo-only",
        "dull-week",
        "duplicate-text",
        "price-mismatch",
        "share-for-reward",
        "missing-ad-mark",
        "absolute-claim",
        "sensitive-word",
        "personal-data",
        "quota",
        "slot-collision",
        "empty-audience",
        "empty-slot",
        "never-fires",
        "bad-date",
        "bad-timezone",
        "encoding",
        "syntax",
        "unsafe-template",
        "unsafe-path",
        "include-loop",
        "duplicate-name",
        "many-tasks",
    }
)
"""The lint rules that `waive` may name. Their names are stable."""

NEVER_WAIVED = frozenset(
    {
        "unknown-key",
        "undefined-variable",
        "missing-media",
        "no-default",
        "bad-date",
        "bad-timezone",
        "encoding",
        "syntax",
        "unsafe-template",
        "unsafe-path",
        "include-loop",
        "duplicate-name",
    }
)
"""Rules without which a file cannot be read or sent at all."""
