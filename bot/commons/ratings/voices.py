"""What members say about us, and what it is about: rules first, a person corrects them."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Self
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.commons import audit
from bot.commons.content import Library, Shelf
from bot.commons.detection import Detector, Role, Turn
from bot.commons.ratings.rules import About
from bot.kernel.checking import wrong
from bot.kernel.events import Judged
from bot.kernel.ids import MemberId
from bot.kernel.words import closed, cut_chars, plain
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

FILE = "voices.toml"
WORDS_CHARS = 300
HANDLED_CHARS = 60
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
_COLUMNS = "id, member_id, words, at, about, by_rule, found, who, handled_at, handled"
_KEEP = Statement(
    "INSERT INTO voices (member_id, key, words, at, about, by_rule, found, who, handled)"
    " VALUES (:member, :key, :words, :at, :about, :about, :found, '', '')"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_LATEST = Statement(
    f"SELECT {_COLUMNS} FROM voices WHERE (:about = '' OR about = :about)"
    " ORDER BY at DESC, id DESC LIMIT :most"
)
_IN = Statement(f"SELECT {_COLUMNS} FROM voices WHERE at >= :since AND at < :until ORDER BY at, id")
_HANDLED_IN = Statement(
    f"SELECT {_COLUMNS} FROM voices WHERE handled_at >= :since AND handled_at < :until"
    " ORDER BY handled_at DESC, id DESC LIMIT :most"
)
_COUNT = Statement("SELECT about, count(*) FROM voices GROUP BY about")
_CORRECT = Statement(
    "UPDATE voices SET about = :about, who = :who WHERE id = :id AND about <> :about"
    " RETURNING member_id"
)
_UNDO = Statement(
    "UPDATE voices SET about = by_rule, who = '' WHERE id = :id AND who <> '' RETURNING member_id"
)
_HANDLE = Statement(
    "UPDATE voices SET handled_at = :now, handled = :words WHERE id = :id AND handled_at IS NULL"
    " RETURNING member_id"
)
_UNHANDLE = Statement(
    "UPDATE voices SET handled_at = NULL, handled = '' WHERE id = :id AND handled_at IS NOT NULL"
    " RETURNING member_id"
)

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


@dataclass(frozen=True, slots=True)
class Voice:
    """What a member has said."""

    id: int
    member: MemberId
    words: str
    at: datetime
    about: About
    by_rule: About
    found: Sequence[str]
    who: str
    handled_at: datetime | None
    handled: str


class Classifier:
    """Says what feedback is about, by words and by what the detector finds in it."""

    def __init__(self, own: VoiceWords | None = None) -> None:
        own = own or VoiceWords()
        off = {_form(word) for word in own.off}
        house = {word: says for word, says in _listed(shipped()).items() if word not in off}
        self._says = house | _listed(own)
        self._longest_first = sorted(self._says, key=len, reverse=True)
        self._detector = Detector()

    def classify(self, text: str) -> tuple[About, Sequence[str]]:
        """Return what it is about, and the words that decided; unsure when nothing does."""
        found = self._words_in(_form(text))
        weight = dict.fromkeys(About, 0.0)
        for word in found:
            about, says = self._says[word]
            weight[about] += says
        for aspect in self._detector.detect([Turn(Role.USER, text)]).aspects:
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


_read: "WeakKeyDictionary[Toolbox, tuple[Library, Classifier]]" = WeakKeyDictionary()


def classifier_of(uow: UnitOfWork, tools: Toolbox) -> Classifier:
    """Return what sorts feedback, with the operators' words as they were read last."""
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    known, made = _read.get(tools, (None, None))
    if made is None or known is not library:
        made = Classifier(library.table(VoiceWords))
        _read[tools] = (library, made)
    return made


def keep(uow: UnitOfWork, classifier: Classifier, said: Judged) -> bool:
    """Keep what a member has said, and what it is about; False when it was kept before."""
    key = f"{said.channel}:{said.key}"
    return keep_words(uow, classifier, said.member, said.words, key=key, at=said.at)


def keep_words(
    uow: UnitOfWork,
    classifier: Classifier,
    member: MemberId,
    words: str,
    *,
    key: str,
    at: datetime,
) -> bool:
    """Keep words of a member that stand in the message `key`: channel and the platform's id."""
    about, found = classifier.classify(words)
    rows = uow.run(
        _KEEP,
        member=member,
        key=key,
        words=cut_chars(words, WORDS_CHARS),
        at=micros(at),
        about=about.value,
        found=json.dumps(found, ensure_ascii=False),
    )
    return bool(rows)


def latest(uow: UnitOfWork, about: str, *, most: int) -> Sequence[Voice]:
    """Return the latest voices, of one kind or (empty) of all."""
    return [_voice(row) for row in uow.run(_LATEST, about=about, most=most)]


def between(uow: UnitOfWork, since: datetime, until: datetime) -> Sequence[Voice]:
    """Return the voices of a span of time, the oldest first."""
    return [_voice(row) for row in uow.run(_IN, since=micros(since), until=micros(until))]


def handled_between(
    uow: UnitOfWork, since: datetime, until: datetime, *, most: int
) -> Sequence[Voice]:
    """Return the voices that have led to something in a span of time, the latest first."""
    span = {"since": micros(since), "until": micros(until)}
    return [_voice(row) for row in uow.run(_HANDLED_IN, **span, most=most)]


def counts(uow: UnitOfWork) -> Mapping[About, int]:
    """Return how many there are of each kind."""
    found = {About(str(about)): integer(many) for about, many in uow.run(_COUNT)}
    return {about: found.get(about, 0) for about in About}


def correct(uow: UnitOfWork, number: int, about: About, *, who: str) -> bool:
    """Say what it is about; False when that is what it is already, or it is not there."""
    return _done(uow, _CORRECT, number, f"voices.{about}", who, about=about.value, who=who)


def undo(uow: UnitOfWork, number: int, *, who: str) -> bool:
    """Let count again what the rules said."""
    return _done(uow, _UNDO, number, "voices.by_rule", who)


def handle(uow: UnitOfWork, number: int, words: str, *, who: str) -> bool:
    """Note to what it has led, in words for everybody; False when that was noted before."""
    values = {"now": micros(uow.clock.now()), "words": cut_chars(words, HANDLED_CHARS)}
    return _done(uow, _HANDLE, number, "voices.handled", who, **values)


def unhandle(uow: UnitOfWork, number: int, *, who: str) -> bool:
    """Take back that it has led to something."""
    return _done(uow, _UNHANDLE, number, "voices.not_handled", who)


def _done(
    uow: UnitOfWork, statement: Statement, number: int, what: str, by: str, **values: object
) -> bool:
    rows = uow.run(statement, id=number, **values)
    for (member,) in rows:
        audit.record(uow, by, what, f"voice {number}", member=MemberId(integer(member)))
    return bool(rows)


def _voice(row: Row) -> Voice:
    return Voice(
        integer(row[0]),
        MemberId(integer(row[1])),
        str(row[2]),
        instant(row[3]),
        About(str(row[4])),
        About(str(row[5])),
        json.loads(str(row[6])),
        str(row[7]),
        None if row[8] is None else instant(row[8]),
        str(row[9]),
    )
