"""The sections of `config.toml`. Every key, its unit and its default; frozen once read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from bot.config.values import (
    AesKey,
    ApiToken,
    DatabaseUrl,
    Folder,
    Host,
    Id,
    Named,
    Network,
    SafeWeb,
    Secret,
    SecretWeb,
    SigningKey,
    Web,
    WebSocket,
    Zone,
)
from bot.kernel.community import Advisor as KnownAdvisor
from bot.kernel.community import Advisors, Community, Tiers
from bot.kernel.desk import Role, RoleRule
from bot.kernel.entering import Entrance, by_department, by_tag, by_userid
from bot.kernel.ids import ChannelName, GroupId
from bot.kernel.ports import Group

Words = Annotated[tuple[Named, ...], Field(strict=False)]
"""A list of texts; strict only about what stands in it."""

Numbers = Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(strict=False)]
"""A list of ids that a platform gave out."""

SIMULATOR = ChannelName("simulator")
WECOM_APP = ChannelName("wecom_app")
MP = ChannelName("mp")
AIBOT = ChannelName("aibot")
KEFU = ChannelName("kefu")
CUSTOMER_GROUPS = ChannelName("customer_groups")


class Section(BaseModel):
    """A table: no unknown keys, no guessed types, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True)


class CommunitySection(Section):
    """Whose bot this is."""

    name: Named
    timezone: Zone = "Asia/Shanghai"
    contact: str = ""
    """A line that members see when they want to reach a human."""

    def as_community(self, second_opinion: str = "") -> Community:
        """Return the community as every room knows it."""
        return Community(self.name, self.timezone, self.contact, second_opinion)


class Server(Section):
    """Where the web side listens, and how it is reached from outside."""

    host: Host = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: Web = ""
    secret: SigningKey | None = None
    """Signs links to members' pages and sessions; without it a random one is kept in `data`."""
    proxies: Annotated[tuple[Network, ...], Field(strict=False)] = ()
    """Reverse proxies whose word about the caller's address is believed."""

    @property
    def base_url(self) -> str:
        """The address that links begin with, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"


class Database(Section):
    """Where rows are kept; a secret, because the address may hold a password."""

    url: DatabaseUrl = Field(default="sqlite:///data/bot.sqlite3", repr=False)  # type: ignore[assignment]  # opened by its validator


class Paths(Section):
    """Folders, relative to the configuration file."""

    content: Folder = Path("content")
    schedules: Folder = Path("schedules")
    data: Folder = Path("data")


class WecomApp(Section):
    """自建应用: corp members, cards, advisors' notices."""

    api_base: Web = "https://qyapi.weixin.qq.com"
    corp_id: Named
    agent_id: int = Field(ge=1)
    secret: Secret
    token: Secret
    encoding_aes_key: AesKey
    accept_window_s: int = Field(default=86_400, ge=60, le=86_400)
    """A callback whose timestamp is further away than this is refused. Repeats are recognised
    for two days at least, and an early timestamp may be as far away as a late one."""
    page_login: bool = True
    """Members' pages ask it who is there; the host of `public_url` must be its trusted domain."""


class Aibot(Section):
    """智能机器人 in internal groups, by callbacks or over a long connection.

    Which keys each mode needs and takes, `agreement.py` says.
    """

    mode: Literal["callback", "websocket"] = "callback"
    token: Secret | None = None
    encoding_aes_key: AesKey | None = None
    ws_url: WebSocket = "wss://openws.work.weixin.qq.com"
    bot_id: str = ""
    secret: Secret | None = None
    feedback: bool = False
    """Let members rate each answer; what they say arrives as an event."""
    media_hosts: Words = ()
    """Hosts, besides the platform's known ones, from which pictures and files may be fetched."""
    accept_window_s: int = Field(default=86_400, ge=60, le=86_400)
    """As for `wecom_app`."""


class Kefu(Section):
    """微信客服: customers in WeChat, 1:1."""

    api_base: Web = "https://qyapi.weixin.qq.com"
    corp_id: Named
    open_kfids: Annotated[tuple[Named, ...], Field(strict=False, min_length=1)]
    """The accounts that the app manages (通过API管理会话消息); the first speaks by default."""
    secret: Secret
    token: Secret
    encoding_aes_key: AesKey
    poll_every_s: int = Field(default=60, ge=10, le=600)
    """How often an account is looked into when no callback announces anything."""
    accept_window_s: int = Field(default=86_400, ge=60, le=86_400)
    """As for the app."""


class CustomerGroups(Section):
    """客户联系: the registry of customer groups, its events, 企业群发."""

    api_base: Web = "https://qyapi.weixin.qq.com"
    corp_id: Named
    secret: Secret
    token: Secret
    encoding_aes_key: AesKey
    agent_id: int | None = Field(default=None, ge=1)
    """Of the same app, when customers may sign in to members' pages by it."""
    group_owners: Annotated[tuple[Named, ...], Field(strict=False)] = ()
    """Whose groups are listed; left out, all that the app may see."""
    mass_send_quota: Literal["days_of_month", "7_per_week", "1_per_day"] = "days_of_month"
    """What the administrator chose: how many mass sends one customer or group may get."""
    accept_window_s: int = Field(default=86_400, ge=60, le=86_400)
    """As for the app."""


class GroupRobot(Section):
    """群机器人: a webhook into one internal group, send only."""

    webhook_url: SecretWeb


class Mp(Section):
    """公众号 / 服务号: 1:1 with followers."""

    api_base: Web = "https://api.weixin.qq.com"
    app_id: Named
    secret: Secret
    token: Secret
    encoding_aes_key: AesKey | None = None
    """Left out, the account is in 明文模式: the bodies of its callbacks are not signed."""
    accept_window_s: int = Field(default=86_400, ge=60, le=86_400)
    page_login: bool = True
    """Members' pages ask it who is there; only a verified 服务号 can."""


class Simulator(Section):
    """The pretended platform of the demo and the tests."""

    enabled: bool = False
    allow_remote: bool = False
    """Serve it on an address that others can reach; whoever reaches it can be any member."""


class Channels(Section):
    """The platform doors."""

    wecom_app: WecomApp | None = None
    aibot: Aibot | None = None
    group_robot: dict[Id, GroupRobot] = Field(default_factory=dict)
    simulator: Simulator = Simulator()
    mp: Mp | None = None
    kefu: Kefu | None = None
    customer_groups: CustomerGroups | None = None


class GroupEntry(Section):
    """A platform group, by our own name of it."""

    id: Id
    name: Named
    channel: Named
    chat_id: str = ""
    owner: str = ""
    internal: bool = False
    """Staff rather than members: `all_groups` in a schedule leaves it out."""


class Advisor(Section):
    """A human who takes over chats."""

    userid: Named
    name: Named
    skills: Words = ()
    tiers: Words = ()


class ConsoleRole(Section):
    """A role in the console for colleagues who sign in by WeCom."""

    role: Literal["operator", "advisor", "supervisor"]
    userids: Words = ()
    departments: Numbers = ()
    tags: Numbers = ()

    @property
    def rules(self) -> tuple[RoleRule, ...]:
        """The role, once for each of its sources."""
        sources = (
            *map(by_userid, self.userids),
            *map(by_department, self.departments),
            *map(by_tag, self.tags),
        )
        return tuple(RoleRule(Role(self.role), source) for source in sources)


class ConsoleSection(Section):
    """How the console is entered."""

    wecom_login: bool = False
    """Colleagues sign in by WeCom, with the app of `[channels.wecom_app]`; the host of
    `public_url` must be its trusted domain and its domain for sign-in (授权回调域)."""
    password_login: bool = True
    roles: Annotated[tuple[ConsoleRole, ...], Field(strict=False)] = ()


class Members(Section):
    """What members can be."""

    tiers: Annotated[tuple[Named, ...], Field(strict=False, max_length=50)] = (
        "时光挚友",
        "潜力伙伴",
        "待唤醒者",
        "观察",
        "访客",
    )
    """The tiers (等级) that a member can have."""


class Alerts(Section):
    """Who is told when something needs a human: empty slots, parked messages."""

    to: Words = ()


class ApiSection(Section):
    """Other systems that may ask us, by `/api/v1`; without one there is no such address."""

    tokens: dict[Id, ApiToken] = Field(default_factory=dict)


class Opinion(Section):
    """Whom to ask for a second opinion where the detector is not sure; nobody by default.

    Any endpoint with the common chat completions interface. What an enabled one needs,
    `agreement.py` says.
    """

    enabled: bool = False
    base_url: SafeWeb = ""
    """The address before `/chat/completions`."""
    model: str = ""
    api_key: Secret | None = None
    timeout_s: float = Field(default=8.0, ge=1, le=30)
    requests_per_day: int = Field(default=500, ge=1, le=1_000_000)
    tokens_per_day: int = Field(default=1_000_000, ge=1, le=1_000_000_000)
    """Before it is asked, what an answer costs at the most is set aside."""

    @property
    def host(self) -> str:
        """Who is asked; empty for nobody."""
        return urlsplit(self.base_url).hostname or "" if self.enabled else ""


class Log(Section):
    """What the program says about itself on stderr."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class Content(Section):
    """How content files are read."""

    auto_ad_mark: bool = False
    """Put 【广告】 in front of promos that lack the mark, instead of refusing them."""


class Config(Section):
    """The whole configuration. `features` holds the settings of the rooms, by their name."""

    community: CommunitySection
    server: Server = Server()
    database: Database
    paths: Paths
    channels: Channels = Channels()
    groups: tuple[GroupEntry, ...] = ()
    advisors: tuple[Advisor, ...] = ()
    members: Members = Members()
    alerts: Alerts = Alerts()
    api: ApiSection = ApiSection()
    console: ConsoleSection = ConsoleSection()
    opinion: Opinion = Opinion()
    log: Log = Log()
    content: Content = Content()
    features: Mapping[str, BaseModel] = Field(default_factory=dict)

    @property
    def platform_groups(self) -> tuple[Group, ...]:
        """The groups as the pipeline knows them."""
        return tuple(
            Group(GroupId(g.id), g.name, ChannelName(g.channel), g.chat_id or g.id, g.owner)
            for g in self.groups
        )

    @property
    def known_advisors(self) -> Advisors:
        """The advisors as the rooms know them."""
        return Advisors(
            KnownAdvisor(one.userid, one.name, one.skills, one.tiers) for one in self.advisors
        )

    @property
    def entrance(self) -> Entrance:
        """The ways into the console."""
        console = self.console
        rules = tuple(rule for one in console.roles for rule in one.rules)
        return Entrance(console.wecom_login, console.password_login, rules)

    @property
    def known_tiers(self) -> Tiers:
        """The tiers as the rooms know them."""
        return Tiers(self.members.tiers)

    @property
    def member_groups(self) -> tuple[GroupId, ...]:
        """The groups that `all_groups` in a schedule means."""
        return tuple(GroupId(group.id) for group in self.groups if not group.internal)

    @property
    def has_real_channel(self) -> bool:
        """True when something leaves this machine: time must not be moved then."""
        doors = self.channels
        real = (doors.wecom_app, doors.kefu, doors.aibot, doors.mp, doors.customer_groups)
        return bool(any(real) or doors.group_robot)
