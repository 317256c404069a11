"""What the clock does: files get numbers, people are told, addresses are deleted."""

from bot.commons.content import Shelf, look
from bot.features.bookings import service, telling
from bot.features.bookings.matter import ServiceMatter
from bot.features.bookings.rules import BookingSettings
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _number(uow: UnitOfWork, tools: Toolbox) -> None:
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    service.number_files(uow, [file.path for file, _ in library.with_matter(ServiceMatter)])


def _forget(uow: UnitOfWork, tools: Toolbox) -> None:
    service.close_over(uow)
    service.forget_addresses(uow, days=tools.use(BookingSettings).address_days)


jobs = (
    Job("bookings.files", _number, every_s=10, before=look),
    Job(
        "bookings.remind",
        telling.remind_some,
        every_s=20,
        next_due=telling.next_reminder,
        sends=True,
    ),
    Job("bookings.advisors", telling.tell_advisors, every_s=5),
    Job("bookings.forget", _forget, every_s=600),
)
