"""What the configuration becomes: settings, words, places, everything that handlers may ask for."""

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from sqlalchemy import make_url

from bot.app.rooms import FEATURES, MENU, PERSONAL, settings_sections
from bot.commons import cases, duty, notices
from bot.commons import media as kept_media
from bot.commons.content import Forms, Known, MediaFolder, Pen, PostMatter, Shelf
from bot.commons.learning.versions import Models
from bot.config import Config, load, load_sound
from bot.config.models import CUSTOMER_GROUPS
from bot.features import makeups, menus, satisfaction, subscriptions
from bot.kernel.community import Community
from bot.kernel.entering import Entrance
from bot.kernel.errors import ConfigError, Problem
from bot.kernel.feature import Rooms
from bot.kernel.files import FileStore
from bot.kernel.following import NoteBox
from bot.kernel.ports import CheckinDays, CronReader, Groups, Links, Meaning, Words
from bot.kernel.reception import LastWord
from bot.kernel.work import Toolbox
from bot.pipeline.render import Renderer
from bot.pipeline.scheduler import Crons

_OF_WECOM = frozenset(
    {"wecom_app", "aibot", "group_robot", "kefu", "customer_groups", "mp", "errand"}
)
"""Channels, by the first part of their names, whose errors are those of WeCom's family."""
DEMO_CONFIG = Path(__file__).parents[1] / "demo.toml"
_KEY_FILE = "signing.key"
_ODD = re.compile(r"[^A-Za-z0-9_-]")


def read_config(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration; the demo's own file may hold what only a demo may.

    Raises:
        ConfigError: everything that is wrong with it.
    """
    return load(
        path, environ=environ, sections=settings_sections(), demo=path.resolve() == DEMO_CONFIG
    )


def read_sound_config(
    path: Path, environ: Mapping[str, str] = os.environ
) -> tuple[Config, Sequence[Problem]]:
    """Read the configuration without the channels that have mistakes, and all mistakes.

    Raises:
        ConfigError: the house itself cannot be read.
    """
    demo = path.resolve() == DEMO_CONFIG
    return load_sound(path, environ=environ, sections=settings_sections(), demo=demo)


def files_folder(config: Config) -> Path:
    """Return where members' files lie: each database has a folder, and removes strangers in it."""
    database = make_url(config.database.url.get_secret_value()).database or "bot"
    return config.paths.data / "media" / _ODD.sub("_", Path(database).stem)


def known_to_schedules(config: Config) -> Known:
    """Return what schedule files may refer to."""
    groups = config.platform_groups
    owners = {group.id: group.owner for group in groups if group.channel == CUSTOMER_GROUPS}
    ids = [group.id for group in groups]
    return Known(
        ids,
        config.member_groups,
        config.community.timezone,
        Crons(),
        owners,
        config.known_tiers,
        [one.userid for one in config.advisors],
    )


def menu_file(config: Config) -> menus.MenuFile:
    """Return where the account's menu is written."""
    return menus.MenuFile(config.paths.content / "menu.toml")


def forms_of_rooms() -> Forms:
    """Return what the rooms' own files in `content/` take."""
    folders = {name: model for room in FEATURES for name, model in room.content.items()}
    tables = {name: model for room in FEATURES for name, model in room.tables.items()}
    return Forms(
        {name: model for name, model in folders.items() if issubclass(model, PostMatter)}, tables
    )


def make_words() -> Renderer:
    """Return what renders the rooms' templates."""
    folders = {}
    for room in FEATURES:
        module = import_module(f"bot.features.{room.name}")
        folders[room.name] = Path(str(module.__file__)).parent / "templates"
    folders["console"] = Path(__file__).parents[1] / "web" / "templates" / "rooms"
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
        config.known_tiers,
        notices.Notices(alert_targets(config)),
        *config.features.values(),
    )
    tools.add(menus.MenuFile, menu_file(config))
    tools.add(CheckinDays, makeups.days_of)
    tools.add(Models, Models(config.paths.data))
    tools.add(LastWord, satisfaction.last_word)
    tools.add(NoteBox, subscriptions.Box(tools))
    tools.add(Community, config.community.as_community(config.opinion.host))
    tools.add(Entrance, config.entrance)
    tools.add(Words, words)
    tools.add(Meaning, make_meaning(words))
    tools.add(duty.OpenCases, duty.OpenCases(cases.load))
    tools.add(Links, links)
    tools.add(CronReader, Crons())
    tools.add(FileStore, kept_media.DiskStore(files_folder(config)))
    folder, auto_ad_mark = config.paths.content, config.content.auto_ad_mark
    forms, known = forms_of_rooms(), known_to_schedules(config)
    shelf = Shelf(folder, config.paths.schedules, known, forms=forms, auto_ad_mark=auto_ad_mark)
    tools.add(Shelf, shelf)
    tools.add(Pen, Pen(folder, forms, auto_ad_mark, known.audience))
    tools.add(MediaFolder, MediaFolder(folder / "media"))
    return tools
