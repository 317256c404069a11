"""A configured house in a folder, and what the doctor finds in it."""

from dataclasses import dataclass
from pathlib import Path

from bot import app as roof
from bot.app.doctor import examine
from bot.kernel.checkup import Finding, Level
from tests.kit.kefu import WK
from tests.kit.mail import AES_KEY, TOKEN
from tests.kit.mp import APP_ID
from tests.kit.mp import SECRET as MP_SECRET
from tests.kit.platforms import CORP, SECRET

HIDDEN = {
    "SECRET": SECRET,
    "MP_SECRET": MP_SECRET,
    "TOKEN": TOKEN,
    "KEY": AES_KEY,
    "HOOK": "https://example.invalid/cgi-bin/webhook/send?key=hook-key-invented",
}
HEAD = """
[community]
name = "拾光衣橱"
[server]
public_url = "{public}"
[database]
url = "sqlite:///bot.sqlite3"
[paths]
content = "."
schedules = "."
"""
KEYS = 'secret = "env:SECRET"\ntoken = "env:TOKEN"\nencoding_aes_key = "env:KEY"\n'
APP = f'[channels.wecom_app]\napi_base = "{{base}}"\ncorp_id = "{CORP}"\nagent_id = 1\n{KEYS}'
KEFU = f'[channels.kefu]\napi_base = "{{base}}"\ncorp_id = "{CORP}"\nopen_kfids = ["{WK}"]\n{KEYS}'
GROUPS = (
    f'[channels.customer_groups]\napi_base = "{{base}}"\ncorp_id = "{CORP}"\n'
    f'group_owners = ["zhangsan"]\n{KEYS}'
)
MP = (
    f'[channels.mp]\napi_base = "{{base}}"\napp_id = "{APP_ID}"\n'
    'secret = "env:MP_SECRET"\ntoken = "env:TOKEN"\nencoding_aes_key = "env:KEY"\n'
)
AIBOT = '[channels.aibot]\ntoken = "env:TOKEN"\nencoding_aes_key = "env:KEY"\n'
CONNECTED = (
    '[channels.aibot]\nmode = "websocket"\nbot_id = "b"\nsecret = "env:SECRET"\nws_url = "{url}"\n'
)
ROBOT = '[channels.group_robot.staff]\nwebhook_url = "env:HOOK"\n'
NOBODY = "http://127.0.0.1:1"


@dataclass
class Clinic:
    """A house in a folder, and what the doctor finds in it."""

    folder: Path

    async def finds(
        self, *doors: str, base: str = NOBODY, public: str = NOBODY, within_s: float = 8
    ) -> dict[tuple[str, str], Finding]:
        """Return the worst finding of each check of each door."""
        text = HEAD.format(public=public) + "".join(door.format(base=base) for door in doors)
        path = self.folder / "config.toml"
        path.write_text(text, encoding="utf-8")
        config = roof.read_config(path, HIDDEN)
        found = await examine(config, roof.make_words(), within_s)
        shown = repr(found)
        assert not [secret for secret in HIDDEN.values() if secret in shown]
        order = list(Level)
        worst: dict[tuple[str, str], Finding] = {}
        for one in sorted(found, key=lambda one: order.index(one.finding.level)):
            worst[one.door, one.finding.check] = one.finding
        return worst


def levels(found: dict[tuple[str, str], Finding], door: str) -> dict[str, str]:
    """Return the worst level of each check of one door."""
    return {check: one.level.value for (whose, check), one in found.items() if whose == door}
