"""Builds the configured doors. A door's own code is read only when it is configured."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.channels import simulator
from bot.commons.media import KeptIds
from bot.config import Config
from bot.kernel.abilities import SendQuota
from bot.kernel.clock import ShiftedClock
from bot.kernel.files import FileStore, MediaIds
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Channel, Words
from bot.storage.writer import Writer

if TYPE_CHECKING:
    from bot.channels.opinion import OpinionDoor


@dataclass(frozen=True, slots=True)
class Site:
    """What every door is built from."""

    config: Config
    writer: Writer
    clock: ShiftedClock
    words: Words
    received: FileStore
    uploaded: MediaIds

    @property
    def media_root(self) -> Path:
        """Where the pictures and files lie that content speaks of."""
        return self.config.paths.content / "media"


def make_channels(
    config: Config, writer: Writer, clock: ShiftedClock, words: Words, received: FileStore
) -> list[Channel]:
    """Build every configured channel."""
    site = Site(config, writer, clock, words, received, KeptIds(writer))
    makers = (_wecom_app, _aibot, _kefu, _customer_groups, _group_robots, _mp, _simulator)
    return [channel for make in makers for channel in make(site)]


def make_second_opinion(config: Config) -> "OpinionDoor | None":
    """Build what is asked for second opinions; None unless it is enabled."""
    section = config.opinion
    if not section.enabled:
        return None
    from bot.channels.opinion import OpinionDoor  # noqa: PLC0415 - as above

    return OpinionDoor(
        base_url=section.base_url,
        model=section.model,
        api_key=_secret(section.api_key),
        timeout_s=section.timeout_s,
        requests_per_day=section.requests_per_day,
        tokens_per_day=section.tokens_per_day,
    )


def _wecom_app(site: Site) -> Iterator[Channel]:
    if (app := site.config.channels.wecom_app) is None:
        return
    from bot.channels.wecom.app import WecomApp  # noqa: PLC0415 - the demo starts without it

    yield WecomApp(
        name=ChannelName("wecom_app"),
        api_base=app.api_base,
        corp_id=app.corp_id,
        agent_id=app.agent_id,
        secret=app.secret.get_secret_value(),
        token=app.token.get_secret_value(),
        aes_key=app.encoding_aes_key.get_secret_value(),
        window_s=app.accept_window_s,
        page_login=app.page_login,
        console_host=_console_host(site.config),
        clock=site.clock,
        media_root=site.media_root,
        received=site.received,
        uploaded=site.uploaded,
    )


def _console_host(config: Config) -> str:
    """Return where the console is found by colleagues who sign in by the app; empty for nobody."""
    by_wecom = config.entrance.by_wecom
    return urlsplit(config.server.base_url).hostname or "" if by_wecom else ""


def _aibot(site: Site) -> Iterator[Channel]:
    if (aibot := site.config.channels.aibot) is None:
        return
    from bot.channels.wecom.aibot import Aibot, AibotSocket, Sayings  # noqa: PLC0415 - as above
    from bot.channels.wecom.sources import BOT_FILES, Hosts  # noqa: PLC0415 - as above

    if aibot.mode == "websocket":
        yield AibotSocket(
            name=ChannelName("aibot"),
            ws_url=aibot.ws_url,
            bot_id=aibot.bot_id,
            secret=_secret(aibot.secret),
            feedback=aibot.feedback,
            clock=site.clock,
            media_root=site.media_root,
            received=site.received,
        )
        return
    yield Aibot(
        name=ChannelName("aibot"),
        token=_secret(aibot.token),
        aes_key=_secret(aibot.encoding_aes_key),
        sayings=Sayings(site.words("wecom/waiting.txt.j2"), site.words("wecom/over.txt.j2")),
        feedback=aibot.feedback,
        window_s=aibot.accept_window_s,
        clock=site.clock,
        media_root=site.media_root,
        received=site.received,
        media_hosts=Hosts.named(*BOT_FILES, *aibot.media_hosts),
    )


def _secret(value: SecretStr | None) -> str:
    """Return a secret; `config/agreement.py` has seen to it that it is there."""
    return value.get_secret_value() if value else ""


def _kefu(site: Site) -> Iterator[Channel]:
    if (kefu := site.config.channels.kefu) is None:
        return
    from bot.channels.wecom.kefu import Kefu  # noqa: PLC0415 - as above

    yield Kefu(
        name=ChannelName("kefu"),
        api_base=kefu.api_base,
        corp_id=kefu.corp_id,
        open_kfids=kefu.open_kfids,
        secret=kefu.secret.get_secret_value(),
        token=kefu.token.get_secret_value(),
        aes_key=kefu.encoding_aes_key.get_secret_value(),
        poll_every_s=kefu.poll_every_s,
        window_s=kefu.accept_window_s,
        clock=site.clock,
        media_root=site.media_root,
        received=site.received,
        uploaded=site.uploaded,
    )


def _customer_groups(site: Site) -> Iterator[Channel]:
    if (groups := site.config.channels.customer_groups) is None:
        return
    from bot.channels.wecom.customer_groups import CustomerGroups  # noqa: PLC0415 - as above

    yield CustomerGroups(
        name=ChannelName("customer_groups"),
        api_base=groups.api_base,
        corp_id=groups.corp_id,
        agent_id=groups.agent_id,
        secret=groups.secret.get_secret_value(),
        token=groups.token.get_secret_value(),
        aes_key=groups.encoding_aes_key.get_secret_value(),
        quota=SendQuota(groups.mass_send_quota),
        window_s=groups.accept_window_s,
        clock=site.clock,
        media_root=site.media_root,
        received=site.received,
        uploaded=site.uploaded,
        group_owners=groups.group_owners,
    )


def _group_robots(site: Site) -> Iterator[Channel]:
    for name, robot in site.config.channels.group_robot.items():
        from bot.channels.wecom.group_robot import GroupRobot  # noqa: PLC0415 - as above

        yield GroupRobot(
            name=ChannelName(f"group_robot.{name}"),
            webhook_url=robot.webhook_url.get_secret_value(),
            media_root=site.media_root,
            received=site.received,
        )


def _mp(site: Site) -> Iterator[Channel]:
    if (account := site.config.channels.mp) is None:
        return
    from bot.channels.wecom.mp import OfficialAccount  # noqa: PLC0415 - as above

    key = account.encoding_aes_key
    yield OfficialAccount(
        name=ChannelName("mp"),
        api_base=account.api_base,
        app_id=account.app_id,
        secret=account.secret.get_secret_value(),
        token=account.token.get_secret_value(),
        aes_key=key.get_secret_value() if key else "",
        window_s=account.accept_window_s,
        page_login=account.page_login,
        clock=site.clock,
        media_root=site.media_root,
        received=site.received,
        uploaded=site.uploaded,
    )


def _simulator(site: Site) -> Iterator[Channel]:
    config = site.config
    if config.channels.simulator.enabled:
        yield simulator.Simulator(
            site.writer,
            site.clock,
            config.platform_groups,
            community=config.community.name,
            timezone=config.community.timezone,
            media=site.media_root,
            received=site.received,
            advisors=[simulator.Person(one.userid, one.name) for one in config.known_advisors],
        )
