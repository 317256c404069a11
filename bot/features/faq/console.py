"""The operators' page of questions: what is found and why, what was asked, what has no answer."""

from collections.abc import Mapping, Sequence

from bot.commons import answers, audit
from bot.commons.content import Pen, Shelf
from bot.features.faq import service
from bot.features.faq.book import Book, at_hand, look_up
from bot.features.faq.grouping import grouped
from bot.features.faq.matter import FaqMatter
from bot.features.faq.rules import MOST_SAID, FaqSettings
from bot.features.faq.service import Figures
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page
from bot.kernel.errors import Problem, Refusal
from bot.kernel.feature import Metric
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_TITLE_CHARS, _MOST_WAYS = 40, 50
_SHOWN_HITS, _SHOWN_TERMS, _SHOWN_GROUPS = 5, 6, 30


class BadForm(Refusal):
    """A field of the form is wrong; nothing was written."""

    template = "faq/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    now = uow.clock.now()
    book, library = at_hand(tools, now), tools.use(Shelf).at_hand(now).library
    groups = grouped(service.missed(uow), book.folding)
    write = query.get("write", "").strip()[:MOST_SAID]
    zone = tools.use(Community).zone
    return {
        "said": query.get("q", "").strip()[:MOST_SAID],
        "tried": _try(uow, tools, query.get("q", "").strip()),
        "settings": tools.use(FaqSettings),
        "files": _files(book, service.figures(uow), tools, uow),
        "broken": _broken(library.problems, library.root),
        "outcomes": service.outcomes(uow),
        "days": service.SHOWN_DAYS,
        "groups": [
            (one, one.at.astimezone(zone), look_up(tools, one.said, now)[0].value)
            for one in groups[:_SHOWN_GROUPS]
        ],
        "more": max(0, len(groups) - _SHOWN_GROUPS),
        "write": write,
        "write_path": tools.use(Pen).free_path("faq", write, list(book.files)) if write else "",
        "title_chars": _TITLE_CHARS,
    }


def _try(uow: UnitOfWork, tools: Toolbox, said: str) -> Mapping[str, object] | None:
    """Return what a member would be told, and all that was found, with the reasons."""
    if not said:
        return None
    sureness, _, hits = look_up(tools, said, uow.clock.now())
    files = at_hand(tools, uow.clock.now()).files
    shown = [
        {
            "title": files[hit.key].title,
            "path": hit.key,
            "percent": round(100 * hit.score),
            "question": hit.question,
            "terms": [(term.words, round(100 * term.share)) for term in hit.terms[:_SHOWN_TERMS]],
        }
        for hit in hits[:_SHOWN_HITS]
    ]
    return {"sureness": sureness.value, "hits": shown}


def _files(
    book: Book, known: Mapping[str, Figures], tools: Toolbox, uow: UnitOfWork
) -> Sequence[Mapping[str, object]]:
    today = tools.use(Community).day_of(uow.clock.now())
    told = [(known.get(path, Figures()), file) for path, file in book.files.items()]
    return [
        {
            "file": file,
            "ways": len(file.matter.questions) if isinstance(file.matter, FaqMatter) else 0,
            "figures": figures,
            "is_valid": file.may_go_out(today),
        }
        for figures, file in sorted(told, key=lambda one: (-one[0].asked, one[1].path))
    ]


def _broken(problems: Sequence[Problem], root: str) -> Sequence[Problem]:
    here = (f"{root}/faq/", f"{root}/synonyms.toml")
    return [each for each in problems if each.path.startswith(here) and not each.warning]


def _write(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    """Write the file of a new answer; from there it goes like one that was written by hand."""
    title = form.get("title", "").strip()
    if not 0 < len(title) <= _TITLE_CHARS or not answers.squeezed(title):
        raise BadForm("title", field="title")
    ways = [way for line in form.get("questions", "").splitlines() if (way := line.strip())]
    if not 0 < len(ways) <= _MOST_WAYS:
        raise BadForm("questions", field="questions")
    body = form.get("body", "").replace("\r\n", "\n").strip()
    if not body:
        raise BadForm("body", field="body")
    book = at_hand(tools, uow.clock.now())
    _not_asked_elsewhere(book, [title, *ways])
    pen = tools.use(Pen)
    path = pen.free_path("faq", title, list(book.files))
    pen.write(pen.draft(path, {"title": title, "questions": ways}, body))
    audit.record(uow, who, "faq.written", path)
    return tools.use(Words)("faq/written.txt.j2", path=path)


def _not_asked_elsewhere(book: Book, ways: Sequence[str]) -> None:
    forms = {answers.squeezed(way): way for way in ways}
    for file in book.files.values():
        asked = file.matter.asked_by() if isinstance(file.matter, FaqMatter) else ()
        for _, form in asked if not file.is_for_days else ():
            if form in forms:
                raise BadForm("taken", field="taken", way=forms[form], path=file.path)


def _count_missed(uow: UnitOfWork) -> float:
    return service.outcomes(uow).get("missed", 0)


def _count_answered(uow: UnitOfWork) -> float:
    found = service.outcomes(uow)
    return found.get("answered", 0) + found.get("picked", 0)


pages = (
    Page("faq", "常见问题", "faq/faq.html.j2", _load, {"write": _write}, aisle=Aisle.RECEPTION),
)
metrics = (
    Metric(
        "faq_missed_30d",
        "Questions of 30 days that were not understood",
        _count_missed,
        "30 天没听懂的问题",
    ),
    Metric(
        "faq_answered_30d",
        "Questions of 30 days that a file answered",
        _count_answered,
        "30 天答上的问题",
    ),
)
