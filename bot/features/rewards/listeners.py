"""What happens in other rooms, as deeds: a new kind is one line here and one in `deeds.Kind`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.commons import deeds
from bot.commons.deeds import Deed
from bot.features.rewards import service
from bot.features.rewards.book import book
from bot.kernel.community import Community
from bot.kernel.events import (
    BallotCast,
    ChallengeCompleted,
    ChallengeWon,
    CheckedIn,
    CheckInTakenBack,
    Event,
    FeedbackGiven,
    OrderPaid,
    OrderRefunded,
    SalonAttended,
    SubmissionAccepted,
    SubmissionRejected,
)
from bot.kernel.feature import Listener
from bot.kernel.work import Toolbox, UnitOfWork

_KINDS: Mapping[type[Event], tuple[str, Callable[[Any], object]]] = {
    CheckedIn: ("checkin", lambda event: f"{event.day}:{event.member}"),
    BallotCast: ("ballot", lambda event: f"{event.poll}:{event.member}"),
    SubmissionAccepted: ("submission_accepted", lambda event: event.submission),
    SalonAttended: ("salon_attended", lambda event: f"{event.salon}:{event.member}"),
    ChallengeCompleted: ("challenge_completed", lambda event: f"{event.challenge}:{event.member}"),
    ChallengeWon: ("challenge_won", lambda event: f"{event.challenge}:{event.member}"),
    FeedbackGiven: ("feedback", lambda event: event.about),
    OrderPaid: ("order_paid", lambda event: event.order),
}
"""What each event is called in the files, and what is unique for it."""


def hear(uow: UnitOfWork, event: Any, tools: Toolbox) -> None:
    """Let a deed have happened, at the time and for the day that its event tells."""
    if not book(uow, tools).keeps_deeds:
        return
    kind, ref = _KINDS[type(event)]
    at: datetime = getattr(event, "paid_at", None) or getattr(event, "at", None) or uow.clock.now()
    day = getattr(event, "day", None) or tools.use(Community).day_of(at)
    amount_fen = getattr(event, "paid_fen", 0)
    deed = Deed(kind, str(ref(event)), event.member, at, day, amount_fen)
    promised = service.Promised(getattr(event, "badge", ""), getattr(event, "title", ""))
    service.happened(uow, tools, deed, promised)


def hear_of_refund(uow: UnitOfWork, event: OrderRefunded, tools: Toolbox) -> None:
    """Take back what an order has earned, as far as it was given back."""
    left = None if event.is_whole else event.paid_fen - event.refunded_fen
    service.undone(
        uow, tools, f"order_paid:{event.order}", left_fen=left, why=f"refund {event.order}"
    )


def hear_of_rejection(uow: UnitOfWork, event: SubmissionRejected, tools: Toolbox) -> None:
    """Take back what a submission has earned."""
    key = f"submission_accepted:{event.submission}"
    service.undone(uow, tools, key, left_fen=None, why=f"rejected {event.submission}")


def hear_of_a_day_less(uow: UnitOfWork, event: CheckInTakenBack, tools: Toolbox) -> None:
    """Take back what a day has earned that is none any more."""
    why = f"day taken back {event.day}"
    for kept in deeds.on_day(uow, event.member, "checkin", event.day):
        service.undone(uow, tools, kept.key, left_fen=None, why=why)


listeners: Mapping[type[Event], Sequence[Listener]] = {
    **dict.fromkeys(_KINDS, (hear,)),
    CheckInTakenBack: (hear_of_a_day_less,),
    OrderRefunded: (hear_of_refund,),
    SubmissionRejected: (hear_of_rejection,),
}
