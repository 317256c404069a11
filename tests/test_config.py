"""The configuration: read whole, every mistake named, no secret told."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from bot.commons.checkins.rules import CheckinSettings
from bot.commons.coupons import CouponSettings
from bot.commons.points import PointsSettings
from bot.config import Aibot, Config, GroupRobot, WecomApp, load
from bot.features.arrivals.rules import ArrivalsSettings
from bot.features.bookings.rules import BookingSettings
from bot.features.cards.rules import CardsSettings
from bot.features.care.rules import CareSettings
from bot.features.challenges.rules import ChallengeSettings
from bot.features.customer_groups.rules import CustomerGroupsSettings
from bot.features.customers.rules import CustomersSettings
from bot.features.faq.rules import FaqSettings
from bot.features.followups.rules import FollowupSettings
from bot.features.guide.rules import GuideSettings
from bot.features.handoff.rules import HandoffSettings
from bot.features.help.rules import HelpSettings
from bot.features.ideas.rules import IdeaSettings
from bot.features.mall.rules import MallSettings
from bot.features.mass_send.rules import MassSendSettings
from bot.features.media.rules import MediaSettings
from bot.features.people.rules import PeopleSettings
from bot.features.pictures.rules import PictureSettings
from bot.features.polls.rules import PollSettings
from bot.features.privacy.rules import PrivacySettings
from bot.features.questions.rules import QuestionSettings
from bot.features.rankings.rules import RankingSettings
from bot.features.recall.rules import RecallSettings
from bot.features.referral.rules import ReferralSettings
from bot.features.salons.rules import SalonSettings
from bot.features.subscriptions.rules import SubscriptionSettings
from bot.features.surveys.rules import SurveySettings
from bot.features.trials.rules import TrialSettings
from bot.features.ugc.rules import UgcSettings
from bot.kernel.errors import ConfigError, Problem

SECTIONS: dict[str, type[BaseModel]] = {
    "cards": CardsSettings,
    "care": CareSettings,
    "checkin": CheckinSettings,
    "challenges": ChallengeSettings,
    "ideas": IdeaSettings,
    "questions": QuestionSettings,
    "trials": TrialSettings,
    "surveys": SurveySettings,
    "rankings": RankingSettings,
    "referral": ReferralSettings,
    "bookings": BookingSettings,
    "followups": FollowupSettings,
    "recall": RecallSettings,
    "privacy": PrivacySettings,
    "customer_groups": CustomerGroupsSettings,
    "customers": CustomersSettings,
    "help": HelpSettings,
    "faq": FaqSettings,
    "guide": GuideSettings,
    "handoff": HandoffSettings,
    "arrivals": ArrivalsSettings,
    "subscriptions": SubscriptionSettings,
    "mall": MallSettings,
    "mass_send": MassSendSettings,
    "media": MediaSettings,
    "people": PeopleSettings,
    "pictures": PictureSettings,
    "polls": PollSettings,
    "salons": SalonSettings,
    "ugc": UgcSettings,
    "points": PointsSettings,
    "coupons": CouponSettings,
}
ROOT = Path(__file__).parent.parent
HEAD = '[community]\nname = "拾光衣橱"\n'
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ENVIRON = {
    "BOT_SIGNING_KEY": "0123456789abcdef0123456789abcdef",
    "TILL_TOKEN": "fedcba9876543210fedcba9876543210",
    "WECOM_APP_SECRET": "a-very-secret-secret",
    "WECOM_APP_TOKEN": "token",
    "WECOM_APP_AES_KEY": AES_KEY,
    "MP_SECRET": "another-secret",
    "MP_TOKEN": "token",
    "MP_AES_KEY": AES_KEY,
    "AIBOT_TOKEN": "token",
    "AIBOT_AES_KEY": AES_KEY,
    "AIBOT_SECRET": "a-bots-secret",
    "KEFU_SECRET": "another-secret",
    "KEFU_TOKEN": "token",
    "KEFU_AES_KEY": AES_KEY,
    "CUSTOMER_GROUPS_SECRET": "another-secret",
    "CUSTOMER_GROUPS_TOKEN": "another-token",
    "CUSTOMER_GROUPS_AES_KEY": AES_KEY,
    "STAFF_ROBOT_URL": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=robot-key",
    "VIP2_ROBOT_URL": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=third-key",
    "VIP_ROBOT_URL": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=other-key",
}
BOT = """
[channels.aibot]
token = "env:AIBOT_TOKEN"
encoding_aes_key = "env:AIBOT_AES_KEY"
"""
CONNECTED_BOT = """
[channels.aibot]
mode = "websocket"
bot_id = "aib1"
secret = "env:AIBOT_SECRET"
"""
APP = """
[channels.wecom_app]
corp_id = "ww1"
agent_id = 1
secret = "env:WECOM_APP_SECRET"
token = "env:WECOM_APP_TOKEN"
encoding_aes_key = "env:WECOM_APP_AES_KEY"
"""
SIMULATED = """
[channels.simulator]
enabled = true
[[groups]]
id = "a"
name = "A"
channel = "simulator"
"""
GROUPS = """
[channels.customer_groups]
corp_id = "ww1"
secret = "env:CUSTOMER_GROUPS_SECRET"
token = "env:CUSTOMER_GROUPS_TOKEN"
encoding_aes_key = "env:CUSTOMER_GROUPS_AES_KEY"
"""


class Folder:
    """A folder with a configuration in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(
        self,
        text: str,
        *,
        environ: Mapping[str, str] = ENVIRON,
        demo: bool = False,
        head: str = HEAD,
    ) -> Config:
        file = self.path / "config.toml"
        file.write_text(head + text, encoding="utf-8")
        return load(file, environ=environ, sections=SECTIONS, demo=demo)

    def problems(self, text: str, *, head: str = HEAD) -> list[Problem]:
        with pytest.raises(ConfigError) as caught:
            self.load(text, head=head)
        return list(caught.value.problems)

    def problem(self, text: str, *, head: str = HEAD) -> Problem:
        [problem] = self.problems(text, head=head)
        return problem


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_name_is_all_that_is_required(folder: Folder) -> None:
    config = folder.load("")

    assert config.server.base_url == "http://127.0.0.1:8080"
    assert config.community.as_community().timezone == "Asia/Shanghai"
    assert config.features["checkin"] == CheckinSettings()
    assert not config.has_real_channel


def test_paths_start_at_the_folder_of_the_file(folder: Folder) -> None:
    config = folder.load("")

    assert config.paths.content == folder.path / "content"
    assert config.database.url.get_secret_value() == f"sqlite:///{folder.path}/data/bot.sqlite3"


def test_paths_of_the_demo_start_at_the_working_folder(tmp_path: Path) -> None:
    config = load(
        ROOT / "bot/demo.toml",
        environ={},
        sections=SECTIONS,
        demo=True,
        working_folder=tmp_path,
    )

    assert config.paths.schedules == tmp_path / "schedules"
    assert config.channels.simulator.enabled
    assert [g.id for g in config.platform_groups] == ["vip-1", "vip-2", "staff"]
    assert config.member_groups == ("vip-1", "vip-2")


def test_all_mistakes_are_told_at_once_and_in_order(folder: Folder) -> None:
    text = '[server]\nprot = 1\nport = "8080"\n[log]\nlevel = "loud"\n[chekin]\n'

    problems = folder.problems(text, head='[community]\nname = "x"\ntimezone = "Asia/Shanhai"\n')

    assert [(p.line, p.rule) for p in problems] == [
        (3, "bad-timezone"),
        (5, "unknown-key"),
        (6, "wrong-type"),
        (8, "bad-value"),
        (9, "unknown-key"),
    ]
    assert problems[1].hint == 'did you mean "port"?'
    assert problems[2].message == 'server.port: found "8080", allowed: a whole number'
    assert "'debug', 'info', 'warning' or 'error'" in problems[3].message
    assert problems[4].hint == 'did you mean "checkin"?'


WRONG = {
    "syntax": ("[server\n", "syntax", 3),
    "unit outside quotes": ("[privacy]\nerasure_grace_days = 7d\n", "syntax", 4),
    "unit in quotes": ('[privacy]\nerasure_grace_days = "7 days"\n', "wrong-type", 4),
    "out of range": ("[server]\nport = 65536\n", "bad-value", 4),
    "a float for a whole number": ("[server]\nport = 80.5\n", "wrong-type", 4),
    "text for a switch": ('[channels.simulator]\nenabled = "yes"\n', "wrong-type", 4),
    "a public url without a scheme": ('[server]\npublic_url = "bot.cn"\n', "bad-value", 4),
    "a public url with a wrong port": ('[server]\npublic_url = "http://a:x"\n', "bad-value", 4),
    "no host": ('[server]\nhost = "http://localhost"\n', "bad-value", 4),
    "no network": ('[server]\nproxies = ["10.0.0.0/40"]\n', "bad-value", 4),
    "a section that is a number": ("server = 1\n", "wrong-type", 1),
    "groups that are one table": ("[groups]\nid = 1\n", "wrong-type", 3),
    "a database of another kind": ('[database]\nurl = "mysql://h/n"\n', "bad-value", 4),
    "a database in memory": ('[database]\nurl = "sqlite://"\n', "bad-value", 4),
    "a setting of a room": ("[checkin]\nbase_points = -1\n", "bad-value", 4),
    "messages forgotten before their repeats": (
        "[privacy]\nmessage_retention_days = 1\n",
        "bad-value",
        4,
    ),
    "a door open for longer than repeats are known": (
        APP + "accept_window_s = 172800\n",
        "bad-value",
        10,
    ),
    "an unset secret": ('[server]\nsecret = "env:NOT_SET"\n', "missing-secret", 4),
    "an unreadable secret": ('[server]\nsecret = "file:nowhere"\n', "missing-secret", 4),
    "a robot without address": ("[channels.group_robot.staff]\n", "missing-key", 3),
    "a robot with a bad name": (
        '[channels.group_robot."a b"]\nwebhook_url = "env:STAFF_ROBOT_URL"\n',
        "bad-value",
        3,
    ),
    "a customer group without its owner": (
        GROUPS + '[[groups]]\nid = "a"\nname = "A"\nchannel = "customer_groups"\nchat_id = "wr1"\n',
        "missing-key",
        9,
    ),
    "a group that nobody can recommend": (
        '[arrivals.groups]\ndefault = "a"\n' + SIMULATED,
        "unknown-group",
        4,
    ),
    "a reminder without its template": (
        '[checkin]\nremind_at = "20:00"\nremind_fields = { thing1 = "打卡" }\n',
        "missing-key",
        4,
    ),
    "boards whose day begins at another time": (
        "[checkin]\ngrace_minutes = 30\n[rankings]\ntop = 5\n",
        "bad-value",
        5,
    ),
    "a wait of no minutes": ("[handoff]\nwait_minutes = 0\n", "bad-value", 4),
    "an unknown channel": (
        '[[groups]]\nid = "a"\nname = "A"\nchannel = "wecom"\n',
        "unknown-channel",
        6,
    ),
    "a simulator that is off": (
        '[[groups]]\nid = "a"\nname = "A"\nchannel = "simulator"\n',
        "unknown-channel",
        6,
    ),
    "a group of the app": (
        APP + '[[groups]]\nid = "a"\nname = "A"\nchannel = "wecom_app"\nchat_id = "c1"\n',
        "unknown-channel",
        13,
    ),
    "a group of the bot": (
        BOT + '[[groups]]\nid = "a"\nname = "A"\nchannel = "aibot"\n',
        "unknown-channel",
        10,
    ),
    "a mode of the bot that there is not": (
        BOT + 'mode = "carrier pigeon"\n',
        "bad-value",
        7,
    ),
    "a bot with callbacks and no token": (
        '\n[channels.aibot]\nencoding_aes_key = "env:AIBOT_AES_KEY"\n',
        "missing-key",
        4,
    ),
    "a connected bot without its id": (
        '\n[channels.aibot]\nmode = "websocket"\nsecret = "env:AIBOT_SECRET"\n',
        "missing-key",
        4,
    ),
    "a connected bot at a page": (
        CONNECTED_BOT + 'ws_url = "https://openws.work.weixin.qq.com"\n',
        "bad-value",
        8,
    ),
    "a connected bot that sends its secret in the open": (
        CONNECTED_BOT + 'ws_url = "ws://openws.work.weixin.qq.com"\n',
        "bad-value",
        8,
    ),
    "a group of the connected bot without its chat": (
        CONNECTED_BOT + '[[groups]]\nid = "a"\nname = "A"\nchannel = "aibot"\n',
        "missing-key",
        8,
    ),
    "an alert to nobody": ('[alerts]\nto = ["group:staff"]\n', "unknown-group", 4),
    "colleagues without an app": ("[console]\nwecom_login = true\n", "missing-key", 4),
    "a console that nobody enters": ("[console]\npassword_login = false\n", "nobody-enters", 4),
    "a console with nobody to give roles": (
        '[console]\npassword_login = false\n[[console.roles]]\nrole = "supervisor"\ntags = [1]\n',
        "nobody-enters",
        4,
    ),
    "a role that is none": ('[[console.roles]]\nrole = "admin"\n', "bad-value", 4),
    "a department that is none": (
        '[[console.roles]]\nrole = "operator"\ndepartments = [0]\n',
        "bad-value",
        5,
    ),
    "an open simulator": (
        '[server]\nhost = "0.0.0.0"\n[channels.simulator]\nenabled = true\n',
        "open-simulator",
        6,
    ),
}


@pytest.mark.parametrize(("text", "rule", "line"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_named_with_its_line(folder: Folder, text: str, rule: str, line: int) -> None:
    head = text if line == 1 else ""
    tail = "" if line == 1 else text

    problem = folder.problem(tail, head=head + HEAD)

    assert (problem.rule, problem.line) == (rule, line)


def test_a_connected_bot_may_write_into_a_group(folder: Folder) -> None:
    group = '[[groups]]\nid = "a"\nname = "A"\nchannel = "aibot"\nchat_id = "wr1"\n'
    config = folder.load(CONNECTED_BOT + group)

    [found] = config.platform_groups
    assert (found.channel, found.recipient) == ("aibot", "wr1")
    assert config.channels.aibot is not None
    assert "a-bots-secret" not in repr(config)


def test_a_number_with_a_unit_is_told_where_units_stand(folder: Folder) -> None:
    for written in ("7d", '"7 days"'):
        problem = folder.problem(f"[privacy]\nerasure_grace_days = {written}\n")

        assert "unit stands in the key's name" in problem.hint


def test_a_missing_name_is_told(folder: Folder) -> None:
    problem = folder.problem("", head="")

    assert str(problem).endswith('config.toml:1: [missing-key] "name" is missing in [community]')


def test_a_file_that_is_not_utf8_is_refused_with_the_fix(folder: Folder) -> None:
    file = folder.path / "config.toml"
    file.write_bytes('[community]\nname = "拾光衣橱"\n'.encode("gb18030"))

    with pytest.raises(ConfigError) as caught:
        load(file, environ={}, sections={})

    [problem] = caught.value.problems
    assert (problem.line, problem.rule) == (2, "encoding")
    assert "iconv -f GB18030 -t UTF-8" in problem.hint


def test_a_byte_order_mark_and_windows_line_ends_are_fine(folder: Folder) -> None:
    file = folder.path / "config.toml"
    file.write_bytes('\ufeff[community]\r\nname = "拾光衣橱"\r\n'.encode())

    assert load(file, environ={}, sections={}).community.name == "拾光衣橱"


def test_an_absent_file_is_a_problem_like_any_other(folder: Folder) -> None:
    with pytest.raises(ConfigError) as caught:
        load(folder.path / "config.toml", environ={}, sections={})

    assert caught.value.problems[0].rule == "missing-file"


MP = """
[channels.mp]
app_id = "wx1"
secret = "env:MP_SECRET"
token = "env:MP_TOKEN"
"""


def test_an_official_account_has_a_key_or_is_in_plain_mode(folder: Folder) -> None:
    plain = folder.load(MP).channels.mp
    sealed = folder.load(MP + 'encoding_aes_key = "env:MP_AES_KEY"\n').channels.mp

    assert plain is not None
    assert sealed is not None
    assert plain.encoding_aes_key is None
    assert sealed.encoding_aes_key is not None
    assert folder.load(MP).has_real_channel


def test_an_official_account_is_in_no_group(folder: Folder) -> None:
    problem = folder.problem(MP + '[[groups]]\nid = "a"\nname = "A"\nchannel = "mp"\n')

    assert problem.rule == "unknown-channel"
    assert "1:1" in problem.message


def test_twins_are_refused(folder: Folder) -> None:
    group = '[[groups]]\nid = "a"\nname = "A"\nchannel = "simulator"\n'
    advisor = '[[advisors]]\nuserid = "lisi"\nname = "李"\n'

    twins = group * 2 + advisor + advisor.replace("lisi", "LiSi")
    problems = folder.problems("[channels.simulator]\nenabled = true\n" + twins)

    assert [(p.line, p.rule) for p in problems] == [(10, "duplicate-name"), (17, "duplicate-name")]
    assert problems[0].message == 'id "a" is taken by line 6'


def test_two_names_for_one_chat_are_refused(folder: Folder) -> None:
    group = 'name = "A"\nchannel = "group_robot.staff"\n'
    robot = '[channels.group_robot.staff]\nwebhook_url = "env:STAFF_ROBOT_URL"\n'

    problem = folder.problem(robot + f'[[groups]]\nid = "a"\n{group}[[groups]]\nid = "b"\n{group}')

    assert problem.message == "is the same chat as the group on line 5"


def test_a_simulator_may_be_opened_on_purpose(folder: Folder) -> None:
    text = '[server]\nhost = "0.0.0.0"\n[channels.simulator]\nenabled = true\nallow_remote = true\n'

    assert folder.load(text).channels.simulator.allow_remote


# ── secrets ─────────────────────────────────────────────────────────────────────────────


def test_secrets_come_from_the_environment_and_from_files(folder: Folder) -> None:
    (folder.path / "secret").write_text("from-a-file\n")
    text = APP.replace("env:WECOM_APP_SECRET", "file:secret")

    app = folder.load(text).channels.wecom_app

    assert isinstance(app, WecomApp)
    assert app.secret.get_secret_value() == "from-a-file"
    assert app.encoding_aes_key.get_secret_value() == AES_KEY


def test_no_secret_is_ever_shown(folder: Folder) -> None:
    config = folder.load(
        APP
        + '[channels.group_robot.staff]\nwebhook_url = "env:STAFF_ROBOT_URL"\n'
        + '[server]\nsecret = "env:BOT_SIGNING_KEY"\n'
    )

    shown = repr(config) + str(config) + config.model_dump_json()

    assert not [value for value in ENVIRON.values() if value in shown and value != "token"]


LITERAL = {
    "a secret": ('secret = "hunter2"', "literal-secret"),
    "a number for a secret": ("secret = 770077", "wrong-type"),
    "a misspelt key": ('secrte = "hunter2"', "unknown-key"),
    "a bad key": ('encoding_aes_key = "env:SHORT"', "bad-value"),
    "a key with a mark in it": ('encoding_aes_key = "env:PLUS"', "bad-value"),
}


@pytest.mark.parametrize(("line", "rule"), LITERAL.values(), ids=LITERAL.keys())
def test_a_refused_secret_is_not_repeated(folder: Folder, line: str, rule: str) -> None:
    key = line.partition(" ")[0]
    rows = [line if row.startswith(f"{key} =") else row for row in APP.splitlines()]
    text = "\n".join(rows if line in rows else [*rows, line])

    with pytest.raises(ConfigError) as caught:
        folder.load(text, environ={**ENVIRON, "SHORT": "hunter2", "PLUS": AES_KEY[:-1] + "+"})

    assert [p.rule for p in caught.value.problems] == [rule]
    assert not any(word in str(caught.value) for word in ("hunter2", "770077"))
    assert caught.value.__cause__ is None


def test_a_password_in_the_address_of_the_database_is_a_literal_secret(folder: Folder) -> None:
    problem = folder.problem('[database]\nurl = "postgresql://bot:hunter2@db:5432/bot"\n')

    assert problem.rule == "literal-secret"
    assert "hunter2" not in str(problem)


def test_an_address_of_a_database_may_come_from_the_environment(folder: Folder) -> None:
    pytest.importorskip("psycopg")
    environ = {"DATABASE_URL": "postgresql://bot:hunter2@db:5432/bot"}

    config = folder.load('[database]\nurl = "env:DATABASE_URL"\n', environ=environ)

    assert config.database.url.get_secret_value() == environ["DATABASE_URL"]
    assert "hunter2" not in repr(config)


def test_the_demo_may_hold_literal_secrets(folder: Folder) -> None:
    config = folder.load('[server]\nsecret = "only-for-the-demo"\n', demo=True)

    assert config.server.secret is not None


# ── the example ─────────────────────────────────────────────────────────────────────────


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from keys_of(kind)


def entry_keys() -> Iterator[str]:
    for section in ("groups", "advisors"):
        annotation = Config.model_fields[section].annotation
        yield from keys_of(get_args(annotation)[0])
    yield from keys_of(WecomApp)
    yield from keys_of(Aibot)
    yield from keys_of(GroupRobot)


def test_the_example_shows_every_key() -> None:
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")

    keys = {
        *keys_of(Config),
        *entry_keys(),
        *(key for settings in SECTIONS.values() for key in keys_of(settings)),
        *keys_of(CheckinSettings),
        *keys_of(RankingSettings),
        *keys_of(ReferralSettings),
        *keys_of(BookingSettings),
        *keys_of(MassSendSettings),
        *keys_of(PrivacySettings),
    } - {"features"}

    assert [key for key in sorted(keys) if key not in text] == []


def test_roles_of_the_console_have_their_sources(folder: Folder) -> None:
    text = (
        f"{APP}[console]\nwecom_login = true\npassword_login = false\n"
        '[[console.roles]]\nrole = "supervisor"\nuserids = ["ZhangSan"]\n'
        '[[console.roles]]\nrole = "operator"\ndepartments = [3]\ntags = [7]\n'
    )
    entrance = folder.load(text).entrance

    assert (entrance.by_wecom, entrance.by_password, entrance.tags) == (True, False, (7,))
    assert [(rule.role.value, rule.source) for rule in entrance.rules] == [
        ("supervisor", "userid:zhangsan"),
        ("operator", "department:3"),
        ("operator", "tag:7"),
    ]
    assert not folder.load("").entrance.by_wecom
    assert folder.load("").entrance.by_password


def test_the_example_loads_with_its_environment_set() -> None:
    config = load(ROOT / "config.example.toml", environ=ENVIRON, sections=SECTIONS)

    assert config.has_real_channel
    assert [group.channel for group in config.groups] == [
        "group_robot.vip",
        "group_robot.vip2",
        "group_robot.staff",
    ]


def test_an_advisor_looks_after_tiers_that_there_are(folder: Folder) -> None:
    advisor = '[[advisors]]\nuserid = "lisi"\nname = "李顾问"\ntiers = ["时光挚友", "黑金"]\n'

    problem = folder.problem(advisor)

    assert (problem.rule, problem.line) == ("unknown-tier", 6)
    assert "黑金" in problem.message
    assert folder.load(f'{advisor}[members]\ntiers = ["时光挚友", "黑金"]\n').known_tiers


OPINION = '[opinion]\nenabled = true\nmodel = "m"\n'


def test_a_second_opinion_is_off_unless_it_is_enabled(folder: Folder) -> None:
    off = folder.load('[opinion]\nbase_url = "https://model.example.com/v1"\n').opinion
    assert (off.enabled, off.host) == (False, "")

    on = folder.load(
        f'{OPINION}base_url = "https://model.example.com/v1/"\napi_key = "env:STAFF_ROBOT_URL"\n'
    ).opinion
    assert on.host == "model.example.com"
    assert on.base_url == "https://model.example.com/v1"
    assert ENVIRON["STAFF_ROBOT_URL"] not in repr(on)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (OPINION, "missing-key"),
        (f'{OPINION}base_url = "https://model.example.com/v1"\n', "missing-key"),
        ('[opinion]\nbase_url = "http://model.example.com/v1"\n', "bad-value"),
        ('[opinion]\nbase_url = "https://me:pw@model.example.com/v1"\n', "bad-value"),
        ('[opinion]\nbase_url = "https://model.example.com/v1?key=1"\n', "bad-value"),
        (f'{OPINION}base_url = "http://["\n', "bad-value"),
        (f"{OPINION}base_url = 7\n", "wrong-type"),
        ('[opinion]\napi_key = "sk-literal"\n', "literal-secret"),
        ("[opinion]\ntimeout_s = 0\n", "bad-value"),
    ],
    ids=[
        "no address",
        "no key",
        "no https",
        "a password",
        "a query",
        "half an address",
        "a number",
        "a literal key",
        "no time",
    ],
)
def test_a_second_opinion_needs_a_safe_address_and_a_key(
    folder: Folder, text: str, rule: str
) -> None:
    problems = folder.problems(text)

    assert rule in {problem.rule for problem in problems}
    assert not re.search("sk-literal|me:pw", str(problems))


def test_a_model_on_this_machine_needs_neither_https_nor_a_key(folder: Folder) -> None:
    here = folder.load(f'{OPINION}base_url = "http://127.0.0.1:11434/v1"\n').opinion

    assert here.host == "127.0.0.1"
