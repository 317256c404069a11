"""Says what it is about when somebody speaks of us: by words, and by what the detector finds."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Self
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.commons.content import Library, Shelf
from bot.commons.content.reading import read_alone
from bot.commons.detection import DIGEST, Detector, Label, Role, Turn
from bot.commons.learning import in_use
from bot.commons.ratings.rules import MIXED, About
from bot.kernel.checking import wrong
from bot.kernel.words import closed, plain
from bot.kernel.work import Toolbox, UnitOfWork

FILE = "voices.toml"
_AREAS = (About.PRODUCT, About.SERVICE, About.EXPERIENCE)
_ASPECTS = {
    "delivery": (About.SERVICE, 0.5),
    "refund": (About.SERVICE, 0.5),
    "system": (About.EXPERIENCE, 0.5),
    "safety": (About.PRODUCT, 0.5),
    "product": (About.PRODUCT, 0.25),
    "service": (About.SERVICE, 0.25),
}
"""What the detector calls it, and how much that says; anything else says nothing about it."""
_TELLS_ALONE = 0.5
"""The detector calls many things product or service: that decides between words, never alone."""
_HINT = 0.4
_CLEAR = 2
"""Of the detector's severities: from here on an outside comment is worth a look at once."""

Word = Annotated[str, Field(min_length=1, max_length=30)]
Listed = Annotated[tuple[Word, ...], Field(max_length=500)]


class VoiceWords(BaseModel):
    """The file `content/voices.toml`: words that say what feedback is about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    product: Listed = ()
    service: Listed = ()
    experience: Listed = ()
    product_hints: Listed = ()
    """Things that are spoken of with it; they say less, and decide where nothing else does."""
    service_hints: Listed = ()
    experience_hints: Listed = ()
    off: Listed = ()
    """Words of the house's own lists that do not count."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        for ending in ("_hints", ""):
            seen: dict[str, str] = {}
            for name in (f"{about}{ending}" for about in _AREAS):
                for place, word in enumerate(getattr(self, name)):
                    _check_word(word, seen.setdefault(_form(word), name), (name, place))
        for place, word in enumerate(self.off):
            _check_word(word, "off", ("off", place))
        return self


def _check_word(word: str, said_in: str, at: tuple[str, int]) -> None:
    if not _form(word):
        raise wrong("bad-value", f'"{word}" has no letter', at=at)
    if said_in != at[0]:
        raise wrong("duplicate-name", f'"{word}" stands in "{said_in}", too', at=at)


class Classifier:
    """Says what feedback is about, by words and by what the detector finds in it."""

    def __init__(self, own: VoiceWords | None = None) -> None:
        own = own or VoiceWords()
        off = {_form(word) for word in own.off}
        house = {word: says for word, says in _listed(shipped()).items() if word not in off}
        self._says = house | _listed(own)
        self._longest_first = sorted(self._says, key=len, reverse=True)
        self._detector = Detector()

    def classify(
        self, text: str, aspects: Sequence[str] | None = None
    ) -> tuple[About, Sequence[str]]:
        """Return what it is about, and the words that decided; unsure when nothing does.

        Args:
            text: what was said.
            aspects: what a detector has found in it already; None to look.
        """
        found = self._words_in(_form(text))
        weight = dict.fromkeys(About, 0.0)
        for word in found:
            about, says = self._says[word]
            weight[about] += says
        if aspects is None:
            aspects = self._detector.detect([Turn(Role.USER, text)]).aspects
        for aspect in aspects:
            about, says = _ASPECTS.get(aspect, (About.UNSURE, 0.0))
            if found or says >= _TELLS_ALONE:
                weight[about] += says
        first, second = sorted(weight.values(), reverse=True)[:2]
        if first == second:
            return About.UNSURE, found
        return max(weight, key=lambda about: weight[about]), found

    def _words_in(self, text: str) -> list[str]:
        """Return the listed words of a text; what a longer one has taken counts once."""
        found = []
        for word in self._longest_first:
            if word in text:
                found.append(word)
                text = text.replace(word, " ")
        return found


@cache
def shipped() -> VoiceWords:
    """Return the house's own list."""
    text = (Path(__file__).parent / FILE).read_text("utf-8")
    return VoiceWords.model_validate(tomllib.loads(text))


def _listed(words: VoiceWords) -> dict[str, tuple[About, float]]:
    """Return what each word says, and how much; a word in both lists counts as the surer one."""
    said: dict[str, tuple[About, float]] = {}
    for ending, says in (("_hints", _HINT), ("", 1.0)):
        for about in _AREAS:
            for word in getattr(words, about.value + ending):
                said[_form(word)] = (about, says)
    return said


def _form(text: str) -> str:
    return closed(plain(text))


@dataclass(frozen=True, slots=True)
class Sorted:
    """What was found in a comment from outside."""

    about: About
    found: Sequence[str]
    severity: int
    alerts: bool
    """Whether somebody should look at it at once."""


@cache
def _shipped_detector() -> Detector:
    return Detector()


@dataclass(frozen=True, slots=True)
class Sorter:
    """Sorts what was said outside, where the good stands with the bad; as shipped by itself."""

    detector: Detector = field(default_factory=_shipped_detector)
    classifier: Classifier = field(default_factory=Classifier)

    def sort(self, text: str, rating: int) -> Sorted:
        """Return what a comment is about; nothing to improve where nothing and nobody says so."""
        finding = self.detector.detect([Turn(Role.USER, text)])
        is_bad = finding.score >= DIGEST and finding.label is not Label.HIGH_VALUE
        if not is_bad and not 0 < rating <= MIXED:
            return Sorted(About.FINE, (), 0, alerts=False)
        about, found = self.classifier.classify(text, finding.aspects)
        alerts = is_bad and finding.alerts and finding.severity >= _CLEAR
        return Sorted(about, found, finding.severity if is_bad else 0, alerts)


_read: "WeakKeyDictionary[Toolbox, tuple[Library, Classifier]]" = WeakKeyDictionary()


def classifier(uow: UnitOfWork, tools: Toolbox) -> Classifier:
    """Return what sorts feedback, with the operators' words as they were read last."""
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    known, made = _read.get(tools, (None, None))
    if made is None or known is not library:
        made = Classifier(library.sound_table(VoiceWords))
        _read[tools] = (library, made)
    return made


def sorter(uow: UnitOfWork, tools: Toolbox) -> Sorter:
    """Return what sorts outside comments, with the operators' rules and words."""
    return Sorter(in_use.detector(uow, tools), classifier(uow, tools))


def read_own(content: Path) -> VoiceWords:
    """Return the words in a content folder, where no shelf is at hand; none without the file.

    Raises:
        FileProblem: there is a mistake in it.
    """
    return read_alone(content, FILE, VoiceWords)
