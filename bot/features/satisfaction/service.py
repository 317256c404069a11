"""Use cases of the room: she is asked once a case has ended, and what she answers is kept."""

from collections.abc import Sequence
from dataclasses import replace

from bot.commons import cases, duty, outreach, ratings, reception, staff
from bot.commons.notices import Notices
from bot.commons.ratings import Rating, State, outside
from bot.commons.ratings.rules import CLOSING_LINE
from bot.features.satisfaction.rules import ASKED_AFTER, BITE, LOOKED_AT_WITHIN, SCALE, TAP
from bot.kernel.events import TaskWanted
from bot.kernel.ids import MemberId
from bot.kernel.messages import Button, Card, CardKind, Outgoing, Reply, Text
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork
from bot.storage.columns import micros


def ended(uow: UnitOfWork, case: cases.Case) -> None:
    """Note that the member of a case that has just ended is to be asked.

    Where she wrote in the platform's own app she is asked by the line that ends her session there.
    """
    known = ratings.of_case(uow, case)
    if not ratings.may_be_asked(uow, case):
        if known and known.state is State.EXPECTED:
            ratings.not_asked(uow, known)
        return
    owned = reception.owner_of(uow, case.member)
    if owned is None or not owned.at_platform:
        ratings.expect(uow, case, State.DUE, wait=ASKED_AFTER)
    elif case.code != cases.Ending.AT_PLATFORM:
        ratings.expect(uow, case, State.EXPECTED, wait=CLOSING_LINE)


def last_word(uow: UnitOfWork, tools: Toolbox, member: MemberId, line: Outgoing) -> Outgoing:
    """Ask with the line that ends her session, when a rating is due: one message, one menu."""
    if line.ticket is None or line.ticket.until <= uow.clock.now():
        return line
    rating = ratings.expected_of(uow, member) or _expected(uow, member)
    if rating is None:
        return line
    if not ratings.wants_to_be_asked(uow, rating):
        ratings.not_asked(uow, rating)
        return line
    before = line.part.text if isinstance(line.part, Text) else ""
    question = replace(line, part=_card(uow, tools, rating, before), why="satisfaction")
    return question if ratings.asked(uow, rating, question) else line


def _expected(uow: UnitOfWork, member: MemberId) -> Rating | None:
    """Return the rating of a case that ends with the session: it is resolved in a moment."""
    case, owned = cases.open_of(uow, member), reception.owner_of(uow, member)
    if case is None or owned is None or not owned.at_platform:
        return None
    if not case.state.is_with_humans or not ratings.may_be_asked(uow, case):
        return None
    return ratings.expect(uow, case, State.EXPECTED, wait=CLOSING_LINE)


def ask_due(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Ask whoever is to be asked; True when there may be more."""
    found = ratings.due(uow, most=BITE)
    uow.take_turns({ratings.turn_of(rating.member) for rating in found})
    for rating in found:
        question = _question(uow, tools, rating)
        if question is None or not ratings.wants_to_be_asked(uow, rating):
            ratings.not_asked(uow, rating)
        elif ratings.asked(uow, rating, question):
            uow.send(question)
    return len(found) == BITE


def _question(uow: UnitOfWork, tools: Toolbox, rating: Rating) -> Outgoing | None:
    """Return what is asked; None when she is with humans again, or no way leads to her."""
    case = cases.get(uow, rating.case)
    if case is None or case.times_opened != rating.times_opened or case.state.is_with_humans:
        return None
    if not ratings.may_be_asked(uow, case) or reception.owner_of(uow, rating.member) is not None:
        return None
    hers = (rating.channel, rating.identity)
    for way in outreach.ways(uow, tools, rating.member):
        if (way.channel, way.identity) == hers:
            key, part = f"satisfaction:{rating.id}", _card(uow, tools, rating)
            return Outgoing(*hers, part, key, why="satisfaction", via=way.via)
    return None


def _card(uow: UnitOfWork, tools: Toolbox, rating: Rating, before: str = "") -> Card:
    """Return the question; `before` is what is said besides, where only one message may leave."""
    words = tools.use(Words)
    data = {"advisor": staff.name_of(uow, tools, rating.advisor), "before": before}
    labels = words("satisfaction/labels.txt.j2").split()
    return Card(
        id=f"{TAP}-{rating.id}",
        shape=CardKind.BUTTONS,
        title=words("satisfaction/question.txt.j2", **data, numbered=False),
        fallback=words("satisfaction/question.txt.j2", **data, numbered=True),
        buttons=tuple(
            Button(f"{score} {labels[score - 1]}", f"{TAP}:{rating.id}:{score}") for score in SCALE
        ),
    )


def answer(uow: UnitOfWork, tools: Toolbox, rating: Rating, score: int) -> Sequence[Reply]:
    """Keep her answer, thank her; a low score is told of once, and a supervisor's to see to."""
    changed = rating.score not in {0, score}
    if ratings.answer(uow, rating, score):
        _look_at_it(uow, tools, rating, score)
    data = {"score": score, "changed": changed, "low": score <= ratings.LOW}
    return [Reply("satisfaction/thanks.txt.j2", data)]


def _look_at_it(uow: UnitOfWork, tools: Toolbox, rating: Rating, score: int) -> None:
    """Tell operators, and give a supervisor a task: whoever was rated does not look into it."""
    text = tools.use(Words)(
        "satisfaction/low.txt.j2",
        member=rating.member,
        case=rating.case,
        score=score,
        advisor=staff.name_of(uow, tools, rating.advisor) or rating.advisor,
    )
    tools.use(Notices).tell(uow, key=f"satisfaction.low:{rating.id}", text=text)
    due_at = uow.clock.now() + LOOKED_AT_WITHIN
    key = f"low_csat:{rating.id}"
    uow.publish(
        TaskWanted(
            rating.member,
            key,
            "call",
            "low_csat",
            due_at,
            case=rating.case,
            advisor=duty.supervisor(uow, tools, without=rating.advisor),
        )
    )


def tell_of_comments(uow: UnitOfWork, tools: Toolbox) -> None:
    """Tell operators, once an import is over, how many outside comments are to be looked at."""
    if (found := outside.take_alert(uow)) is None:
        return
    text = tools.use(Words)("satisfaction/comments.txt.j2", many=found.many, grave=found.grave)
    tools.use(Notices).tell(uow, key=f"satisfaction.comments:{micros(found.last)}", text=text)
