"""The roof: the one place that knows every room, every channel and every step of the trip."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.app.doctor import HouseDoctor
from bot.app.doors import make_channels, make_second_opinion
from bot.app.rooms import FEATURES, MENU, PERSONAL, settings_sections
from bot.app.tools import (
    DEMO_CONFIG,
    files_folder,
    forms_of_rooms,
    known_to_schedules,
    make_meaning,
    make_tools,
    make_words,
    menu_file,
    read_config,
    read_sound_config,
    signing_secret,
)
from bot.channels import simulator
from bot.commons import accounts, notices, visits
from bot.config import Config
from bot.features.privacy.rules import PrivacySettings
from bot.kernel.abilities import Abilities
from bot.kernel.checkup import Doctor
from bot.kernel.clock import ShiftedClock, SystemClock
from bot.kernel.community import Community
from bot.kernel.entering import ColleagueLogin, Entrance
from bot.kernel.feature import Job
from bot.kernel.files import FileStore
from bot.kernel.ids import ChannelName
from bot.kernel.opinions import SecondOpinion
from bot.kernel.ports import Meaning
from bot.kernel.work import Toolbox, UnitOfWork
from bot.pipeline.desk import sent_messages
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.house import House, MakeEngine
from bot.pipeline.housekeeping import retention
from bot.pipeline.proof import prove_durable
from bot.pipeline.render import Renderer
from bot.storage.db import Database
from bot.web import server
from bot.web.api import Api
from bot.web.callers import Callers
from bot.web.colleague_way import ColleagueWay
from bot.web.console import Console
from bot.web.console import House as ConsoleHouse
from bot.web.desk import Desk
from bot.web.health import Health
from bot.web.links import SignedLinks
from bot.web.login import Doorkeeper
from bot.web.member_pages import MemberPages
from bot.web.pages import Pages
from bot.web.seals import Seals
from bot.web.webhooks import Webhooks

__all__ = [
    "DEMO_CONFIG",
    "FEATURES",
    "MENU",
    "PERSONAL",
    "App",
    "build",
    "engine_for",
    "files_folder",
    "forms_of_rooms",
    "known_to_schedules",
    "make_meaning",
    "make_words",
    "menu_file",
    "open_database",
    "read_config",
    "read_sound_config",
    "settings_sections",
]

_STOP_WITHIN_S = 4.0
_SEEN_NOTICES_DAYS = 90


@dataclass
class App:
    """One process: the trip, and the web in front of it."""

    config: Config
    clock: ShiftedClock
    house: House
    tools: Toolbox
    words: Renderer
    links: SignedLinks
    seals: Seals
    simulator: simulator.Simulator | None

    async def start(
        self, roles: frozenset[str], first: Callable[[], Awaitable[None]] | None = None
    ) -> server.Server | None:
        """Start the roles of this process.

        Args:
            roles: what this process does.
            first: what is to be done before anybody from outside is let in.

        Raises:
            CannotListen: the port is taken; everything else is stopped again.
        """
        await self.house.start(worker="worker" in roles, scheduler="scheduler" in roles)
        if first is not None:
            await first()
        if "web" not in roles:
            return None
        try:
            return await server.serve(
                self.answers(roles), self.config.server.host, self.config.server.port
            )
        except server.CannotListen:
            await self.house.stop(0)
            raise

    def answers(self, roles: frozenset[str]) -> web.Application:
        """Return everything that answers HTTP; only a worker has an engine to be ready."""
        house, config = self.house, self.config
        receivers = {name: door.receiver for name, door in house.channels.items()}
        callers = Callers(config.server.base_url, [str(proxy) for proxy in config.server.proxies])
        pages = Pages(
            self.tools.use(Community), self.clock, secure=config.server.base_url[:5] == "https"
        )
        work, tools, words = house.writer, self.tools, self.words
        door = Doorkeeper(
            accounts,
            work,
            pages,
            callers=callers,
            entrance=tools.use(Entrance),
            way=self._colleague_way(callers, pages),
        )
        console = Console(
            ConsoleHouse(work, house.desk, notices, FEATURES, tools, words, house.meaning),
            pages,
            door,
        )
        desk = Desk(FEATURES, accounts, pages, door, work=work, tools=tools, words=words)
        application = server.build(
            Webhooks(
                {name: receiver for name, receiver in receivers.items() if receiver},
                house.inbox.accept,
                house.passive,
                streams=house.passive,
                poke=house.fetching.poke,
            ).routes(),
            Health(
                work,
                house.desk,
                notices,
                prove_durable,
                [metric for room in FEATURES for metric in room.metrics],
                {"engine": house.engine.trouble} if "worker" in roles else {},
            ).routes(),
            console.routes(),
            desk.routes(),
            MemberPages(
                FEATURES,
                self.links,
                pages,
                seals=self.seals,
                callers=callers,
                visits=visits,
                work=work,
                tools=tools,
                words=words,
            ).routes(),
            Api(
                FEATURES,
                {name: one.get_secret_value() for name, one in config.api.tokens.items()},
                work=work,
                tools=tools,
                words=words,
            ).routes(),
            self._simulator_routes(),
            [web.get("/", self._home)],
        )
        application.on_shutdown.append(desk.stop)
        return application

    def _colleague_way(self, callers: Callers, pages: Pages) -> ColleagueWay | None:
        tools = self.tools
        login, channel = tools.use(Abilities).one(ColleagueLogin), ChannelName("console")
        if login is None:
            return None
        return ColleagueWay(
            login,
            tools.use(Entrance),
            accounts,
            self.house.writer,
            pages=pages,
            callers=callers,
            seals=self.seals,
            base_url=self.config.server.base_url,
            report=lambda uow, text: visits.report(uow, tools, channel, text),
        )

    async def _home(self, _request: web.Request) -> web.Response:
        place = "/console/" if self.simulator is None else "/simulator/"
        return web.Response(status=302, headers={"Location": place})

    def _simulator_routes(self) -> server.Routes:
        if self.simulator is None:
            return ()
        house = self.house

        async def outgoing(channel: str | None) -> Sequence[Mapping[str, object]]:
            return await house.writer.look(lambda uow: sent_messages(uow, channel))

        async def next_due() -> datetime | None:
            return await house.clockwork.next_sent(self.clock.now())

        travel = None if self.config.has_real_channel else house.travel()
        hooks = simulator.Hooks(house.inbox.accept, outgoing, travel, next_due)
        return simulator.routes(self.simulator, hooks)

    async def stop(self) -> None:
        """Finish what is under way, or leave it to be found again."""
        await self.house.stop(_STOP_WITHIN_S)


def build(config: Config) -> App:
    """Put everything together; nothing runs and nothing is opened yet.

    Raises:
        ConfigError: the data folder can't be written, or the database is not ours.
    """
    clock = ShiftedClock(SystemClock())
    words = make_words()
    secret = signing_secret(config)
    links = SignedLinks(secret, config.server.base_url, clock)
    tools = make_tools(config, words, links)
    tools.add(Doctor, HouseDoctor(config, words))
    retention_days = tools.use(PrivacySettings).message_retention_days
    database = open_database(config)
    house = House(
        database,
        FEATURES,
        tools,
        words,
        clock,
        make_engine=engine_for(database),
        jobs=[retention(retention_days), Job("accounts.tidy", _tidy, every_s=3600)],
        meaning=tools.use(Meaning),
    )
    channels = make_channels(config, house.writer, clock, words, tools.use(FileStore))
    house.open_doors(channels)
    if (model := make_second_opinion(config)) is not None:
        tools.use(Abilities).offer(ChannelName("opinion"), {SecondOpinion: model})
    found = [one for one in channels if isinstance(one, simulator.Simulator)]
    seals = Seals(secret, clock)
    return App(config, clock, house, tools, words, links, seals, found[0] if found else None)


def _tidy(uow: UnitOfWork, _tools: Toolbox) -> None:
    accounts.forget_old_sessions(uow)
    visits.forget_old(uow)
    notices.forget_seen(uow, after_days=_SEEN_NOTICES_DAYS)


def open_database(config: Config) -> Database:
    """Open the configured database; nothing is read or written yet."""
    return Database(config.database.url.get_secret_value())


def engine_for(database: Database) -> MakeEngine:
    """Return the engine that fits the database."""
    if database.is_sqlite:
        return EmbeddedEngine
    from bot.pipeline.engine.procrastinate import ProcrastinateEngine  # noqa: PLC0415 - an extra

    return ProcrastinateEngine.on(database)
