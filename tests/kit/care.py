"""A house whose members ask and are answered by files, the product feed, or a human."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

from typing_extensions import override

from bot.commons import products
from bot.commons.answers import Synonyms
from bot.commons.content import Forms, Pen, Shelf
from bot.features import care, faq, guide
from bot.features.faq.matter import FaqMatter
from bot.features.help import feature as help_feature
from bot.kernel.community import Advisor, Advisors
from bot.kernel.messages import Card, Outgoing
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import ROOT, HouseUnderTest, Phone

FORMS = Forms({"faq": FaqMatter}, {"synonyms.toml": Synonyms})
ROOMS = (care.feature, guide.feature, faq.feature, help_feature)
BUTTONLESS = replace(Phone().capability, cards=frozenset())


class Counter(HouseUnderTest):
    """The shop's counter: files of questions, products, and an advisor behind it."""

    def __init__(self, folder: Path, *, buttons: bool = False) -> None:
        self.desk = Desk(folder)
        super().__init__(folder, ROOMS, Phone() if buttons else Phone(capability=BUTTONLESS))
        self._looks = 0.0
        self.reads(self.desk.content)
        self.tools.add(Advisors, Advisors((Advisor("lisi", "李顾问"),)))

    def reads(self, content: Path) -> None:
        """Let the house find its files in another folder, looked at whenever somebody asks."""
        shelf = Shelf(content, self.desk.schedules, KNOWN, forms=FORMS, monotonic=self._seconds)
        self.tools.add(Shelf, shelf)
        self.tools.add(Pen, Pen(content, FORMS))

    def reads_the_example(self) -> Self:
        """Let the house answer with the files of the example brand."""
        self.reads(ROOT / "content")
        return self

    def looks(self) -> None:
        """Let the house find what has changed in its files."""
        self.tools.use(Shelf).look(self.clock.now())

    def writes(self, name: str, questions: Sequence[str], body: str, matter: str = "") -> None:
        """Let an operator write an answer."""
        asked = ", ".join(f'"{question}"' for question in questions)
        head = f'title = "{questions[0]}"\nquestions = [{asked}]\n'
        self.desk.post(f"faq/{name}.md", body, matter, head)
        self.looks()

    async def feeds(self, *told: products.Product) -> None:
        """Let the product file tell of some products now."""
        await self.house.writer.do(lambda uow: [products.keep(uow, one) for one in told])

    def cards(self, who: str) -> Sequence[Card]:
        """Return the cards that somebody has seen."""
        return [
            message.part
            for message in self.phone.sent
            if message.recipient == who and isinstance(message.part, Card)
        ]

    def said_last(self, who: str) -> Outgoing:
        """Return what somebody got last."""
        return [message for message in self.phone.sent if message.recipient == who][-1]

    async def cases(self) -> Sequence[Mapping[str, object]]:
        """Return the cases that humans have."""
        rows = await self.ask("SELECT member_id, kind, reasons, state FROM cases ORDER BY id")
        return [dict(zip(("member", "kind", "reasons", "state"), row, strict=True)) for row in rows]

    def _seconds(self) -> float:
        self._looks += 10
        return self._looks

    @override
    async def __aenter__(self) -> Self:
        self.looks()
        return await super().__aenter__()


def product(
    sku: str,
    name: str,
    *,
    category: str = "外套",
    style: str = "通勤",
    yuan: int = 500,
    stock: int | None = 5,
    restock_at: datetime | None = None,
) -> products.Product:
    """Return a product as the feed tells of it."""
    return products.Product(sku, name, category, style, yuan * 100, stock, restock_at, "")
