"""The roof: the one place that knows every room, every channel and every step of the trip."""

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path

from aiohttp import web
from pydantic import BaseModel
from sqlalchemy import make_url

from bot.app.doors import make_channels
from bot.channels import simulator
from bot.commons import accounts, audit, groups, members, notices, origins, points, visits
from bot.commons import media as kept_media
from bot.commons.content import Known, Shelf
from bot.config import Config, load
from bot.features import (  # 帮助 is what that room is
    arrivals,
    chatid,
    checkin,
    colleagues,
    contacts,
    customer_groups,
    feedback,
    handoff,
    help,  # noqa: A004
    identity,
    mass_send,
    media,
    menus,
    posts,
    privacy,
    scenes,
    subscriptions,
)
from bot.features.privacy.rules import PrivacySettings
from bot.kernel.clock import ShiftedClock, SystemClock
from bot.kernel.community import Community
from bot.kernel.errors import ConfigError, Problem
from bot.kernel.feature import Feature, Job, Rooms
from bot.kernel.files import FileStore
from bot.kernel.following import NoteBox
from bot.kernel.ports import CronReader, Explains, Groups, Links, Meaning, Words
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.reception import Advisors
from bot.kernel.work import Toolbox, UnitOfWork
from bot.pipeline.desk import sent_messages
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.house import House, MakeEngine
from bot.pipeline.housekeeping import retention
from bot.pipeline.personal import personal as pipeline_personal
from bot.pipeline.proof import prove_durable
from bot.pipeline.render import Renderer
from bot.pipeline.scheduler import Crons
from bot.storage.db import Database
from bot.web import server
from bot.web.callers import Callers
from bot.web.console import Console
from bot.web.console import House as ConsoleHouse
from bot.web.health import Health
from bot.web.links import SignedLinks
from bot.web.login import Doorkeeper
from bot.web.member_pages import MemberPages
from bot.web.pages import Pages
from bot.web.seals import Seals
from bot.web.webhooks import Webhooks

FEATURES: tuple[Feature, ...] = (
    privacy.feature,  # data rights are answered whatever else goes on
    handoff.feature,  # while a human has a conversation, nobody behind it speaks
    identity.feature,
    contacts.feature,
    checkin.feature,
    posts.feature,
    customer_groups.feature,
    arrivals.feature,
    menus.feature,
    subscriptions.feature,  # before whoever greets: it only notes who follows
    scenes.feature,  # before help: who came by a code hears what belongs to it
    mass_send.feature,
    media.feature,
    feedback.feature,
    colleagues.feature,
    chatid.feature,
    help.feature,  # last: it answers what nobody else understood
)
"""The rooms. Order is policy: the first room that knows an update answers it."""

MENU: tuple[Feature, ...] = (
    checkin.feature,
    posts.feature,
    mass_send.feature,
    customer_groups.feature,
    arrivals.feature,
    menus.feature,
    scenes.feature,
    subscriptions.feature,
    media.feature,
    help.feature,
    identity.feature,
    privacy.feature,
    feedback.feature,
    contacts.feature,
    colleagues.feature,
    handoff.feature,
    chatid.feature,
)
"""The same rooms in the order in which 帮助 lists what they can do: what people come for first."""

PERSONAL = PersonalRegistry(
    (
        *members.personal,
        *points.personal,
        *origins.personal,
        *groups.personal,
        *audit.personal,
        *visits.personal,
        *kept_media.personal,
        *pipeline_personal,
        *simulator.personal,
        *(data for room in FEATURES for data in room.personal),
    )
)
"""Everything that is kept about members, and how it leaves."""

TABLES = (audit.AuditEntry, accounts.Account, kept_media.MediaRef)
"""Rooms whose tables nothing else here mentions."""

_OF_WECOM = frozenset(
    {"wecom_app", "aibot", "group_robot", "kefu", "customer_groups", "mp", "errand"}
)
"""Channels, by the first part of their names, whose errors are those of WeCom's family."""
_KEY_FILE = "signing.key"
_ODD = re.compile(r"[^A-Za-z0-9_-]")
_STOP_WITHIN_S = 4.0
_SEEN_NOTICES_DAYS = 90


def settings_sections() -> dict[str, type[BaseModel]]:
    """Return the sections of the configuration that belong to rooms."""
    return {room.name: room.settings for room in FEATURES if room.settings.model_fields}


def read_config(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration; the demo's own file may hold what only a demo may.

    Raises:
        ConfigError: everything that is wrong with it.
    """
    return load(
        path, environ=environ, sections=settings_sections(), demo=path.resolve() == DEMO_CONFIG
    )


DEMO_CONFIG = Path(__file__).parents[1] / "demo.toml"


def open_database(config: Config) -> Database:
    """Open the configured database; nothing is read or written yet."""
    return Database(config.database.url.get_secret_value())


def files_folder(config: Config) -> Path:
    """Return where members' files lie: each database has a folder, and removes strangers in it."""
    database = make_url(config.database.url.get_secret_value()).database or "bot"
    return config.paths.data / "media" / _ODD.sub("_", Path(database).stem)


def known_to_schedules(config: Config) -> Known:
    """Return what schedule files may refer to."""
    groups = [group.id for group in config.platform_groups]
    return Known(groups, config.member_groups, config.community.timezone, Crons())


def menu_file(config: Config) -> menus.MenuFile:
    """Return where the account's menu is written."""
    return menus.MenuFile(config.paths.content / "menu.toml")


def make_words() -> Renderer:
    """Return what renders the rooms' templates."""
    folders = {}
    for room in FEATURES:
        module = import_module(f"bot.features.{room.name}")
        folders[room.name] = Path(str(module.__file__)).parent / "templates"
    folders["wecom"] = Path(__file__).parents[1] / "channels" / "wecom" / "templates"
    return Renderer(folders)


def make_meaning(words: Words) -> Meaning:
    """Return what explains a platform's errors to operators."""

    def meaning(channel: str, error: str) -> str:
        if channel.partition(".")[0] not in _OF_WECOM:
            return ""
        from bot.channels.wecom.meaning import template_of, trouble_in  # noqa: PLC0415 - as above

        return words(template_of(channel), trouble=trouble_in(error))

    return meaning


def alert_targets(config: Config) -> notices.AlertTargets:
    """Return where notices go; `group:ID` stands for that group's own channel."""
    groups = {f"group:{group.id}": group for group in config.platform_groups}
    return tuple(
        notices.AlertTarget(groups[to].channel, groups[to].recipient, to_group=True)
        for to in config.alerts.to
    )


def signing_secret(config: Config) -> bytes:
    """Return what signs members' links; kept in the data folder unless configured.

    Raises:
        ConfigError: the data folder can't be written.
    """
    if config.server.secret is not None:
        return config.server.secret.get_secret_value().encode().ljust(32, b"\0")
    path = config.paths.data / _KEY_FILE
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_hex(32).encode())
        return path.read_bytes()
    except OSError as exc:
        problem = Problem(str(path), 1, "data-folder", f"cannot keep the key: {exc.strerror}")
        raise ConfigError([problem]) from exc


def make_tools(config: Config, words: Words, links: Links) -> Toolbox:
    """Return everything that handlers may ask for."""
    tools = Toolbox(
        Groups.of(config.platform_groups),
        Rooms(MENU),
        PERSONAL,
        config.known_advisors,
        notices.Notices(alert_targets(config)),
        *config.features.values(),
    )
    tools.add(menus.MenuFile, menu_file(config))
    tools.add(NoteBox, subscriptions.Box(tools))
    tools.add(Community, config.community.as_community())
    tools.add(Advisors, Advisors.of({one.userid: one.name for one in config.advisors}))
    tools.add(Words, words)
    tools.add(Explains, make_meaning(words))
    tools.add(Links, links)
    tools.add(CronReader, Crons())
    tools.add(FileStore, kept_media.DiskStore(files_folder(config)))
    tools.add(
        Shelf,
        Shelf(
            config.paths.content,
            config.paths.schedules,
            known_to_schedules(config),
            auto_ad_mark=config.content.auto_ad_mark,
        ),
    )
    return tools


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

    async def start(self, roles: frozenset[str]) -> server.Server | None:
        """Start the roles of this process.

        Raises:
            CannotListen: the port is taken; everything else is stopped again.
        """
        await self.house.start(worker="worker" in roles, scheduler="scheduler" in roles)
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
        )
        console = Console(
            ConsoleHouse(work, house.desk, notices, FEATURES, tools, words, house.meaning),
            pages,
            door,
        )
        return server.build(
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
            self._simulator_routes(),
            [web.get("/", self._home)],
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
        meaning=make_meaning(words),
    )
    channels = make_channels(config, house.writer, clock, words, tools.use(FileStore))
    house.open_doors(channels)
    found = [one for one in channels if isinstance(one, simulator.Simulator)]
    seals = Seals(secret, clock)
    return App(config, clock, house, tools, words, links, seals, found[0] if found else None)


def _tidy(uow: UnitOfWork, _tools: Toolbox) -> None:
    accounts.forget_old_sessions(uow)
    visits.forget_old(uow)
    notices.forget_seen(uow, after_days=_SEEN_NOTICES_DAYS)


def engine_for(database: Database) -> MakeEngine:
    """Return the engine that fits the database."""
    if database.is_sqlite:
        return EmbeddedEngine
    from bot.pipeline.engine.procrastinate import ProcrastinateEngine  # noqa: PLC0415 - an extra

    return ProcrastinateEngine.on(database)
