"""The files of questions as they are found now: one index for as long as no file changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.commons.answers import Folding, Hit, Index, Leaf, Sureness, Synonyms, judge, squeezed
from bot.commons.content import ContentFile, Library, Shelf
from bot.features.faq.matter import FaqMatter
from bot.features.faq.rules import FaqSettings
from bot.kernel.community import Community
from bot.kernel.work import Toolbox

_LOOKED_AT = 12
"""So many hits are looked at; some of them may not be valid on a day."""


@dataclass(frozen=True, slots=True)
class Book:
    """All questions, and where their answers stand."""

    files: Mapping[str, ContentFile]
    index: Index
    folding: Folding

    def find(self, said: str, day: date) -> Sequence[Hit]:
        """Return what may be meant among what is valid on a day, the likeliest first.

        Of two files with the same question the one that is for some days only goes first.
        """
        best: dict[str, Hit] = {}
        for hit in self.index.find(said, most=_LOOKED_AT):
            form = squeezed(hit.question)
            if self.files[hit.key].may_go_out(day) and self._goes_before(hit, best.get(form)):
                best[form] = hit
        return sorted(best.values(), key=lambda hit: (-hit.score, hit.key))

    def _goes_before(self, hit: Hit, other: Hit | None) -> bool:
        if other is None:
            return True
        return self.files[hit.key].is_for_days and not self.files[other.key].is_for_days


_latest: list[tuple[Library, Book]] = []


def book_of(library: Library) -> Book:
    """Return the questions of a library; made once for each."""
    for known, book in _latest:
        if known is library:
            return book
    files = {file.path: file for file, _ in library.with_matter(FaqMatter)}
    folding = Folding(library.table(Synonyms))
    leaves = [
        Leaf(file.path, (file.title, *matter.questions), " ".join((*file.tags, file.body)))
        for file, matter in library.with_matter(FaqMatter)
    ]
    book = Book(files, Index(leaves, folding), folding)
    _latest[:] = [(library, book)]
    return book


def at_hand(tools: Toolbox, now: datetime) -> Book:
    """Return the questions as the last look at the folder found them."""
    return book_of(tools.use(Shelf).at_hand(now).library)


def look_up(
    tools: Toolbox, said: str, now: datetime
) -> tuple[Sureness, Sequence[Hit], Sequence[Hit]]:
    """Return how well something is understood, what may be meant, and all that was found."""
    settings = tools.use(FaqSettings)
    hits = at_hand(tools, now).find(said, tools.use(Community).day_of(now))
    sureness, meant = judge(hits, sure=settings.sure, unsure=settings.unsure, ahead=settings.ahead)
    return sureness, meant, hits
