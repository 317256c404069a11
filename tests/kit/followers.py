"""Followers of an account in a house under test: what they do arrives as callbacks."""

from dataclasses import dataclass
from itertools import count

from bot.channels.wecom.mp import MP
from bot.kernel.messages import Outgoing, Text
from bot.kernel.work import UnitOfWork
from tests.kit.house import HouseUnderTest
from tests.kit.mp import FOLLOWER, FakeMp, Post, happened, said

_NUMBERS = count(24_500_000_000_000_001)


@dataclass
class Followers:
    """They do things and read what comes, by customer-service message."""

    built: HouseUnderTest
    platform: FakeMp

    async def does(
        self, event: str, inside: str = "", *, allows: str = "", who: str = FOLLOWER
    ) -> list[str]:
        """Let an event happen; return what she reads."""
        if allows:
            self.platform.acts(who, allows)
        return await self._arrives(happened(event, self._now, inside, who), who)

    async def says(self, text: str, who: str = FOLLOWER) -> list[str]:
        """Let her write; return what she reads."""
        self.platform.acts(who)
        return await self._arrives(said(text, next(_NUMBERS), self._now, who), who)

    async def gets(self, key: str, who: str = FOLLOWER) -> str:
        """Write to her without having been asked; return what becomes of it."""

        def put(uow: UnitOfWork) -> None:
            uow.send(Outgoing(MP, who, Text(key), key))

        await self.built.house.writer.do(put)
        await self.built.house.engine.settle()
        [(status,)] = await self.built.ask(f"SELECT status FROM outbox WHERE key = '{key}'")
        return str(status)

    @property
    def _now(self) -> float:
        return self.built.clock.now().timestamp()

    async def _arrives(self, plaintext: str, who: str) -> list[str]:
        before = len(self._read(who))
        door = self.built.house.channels[MP].receiver
        assert door is not None
        received = await door.receive(Post().letter(plaintext, self._now))
        await self.built.house.inbox.accept(received.updates)
        await self.built.house.engine.settle()
        self.built.clock.tick(seconds=6)  # no response takes the answer along
        await self.built.house.engine.settle()
        return self._read(who)[before:]

    def _read(self, who: str) -> list[str]:
        return [
            one.words for one in self.platform.delivered if one.to == who and one.kind == "text"
        ]
