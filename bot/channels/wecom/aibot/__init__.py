"""The WeCom bot (智能机器人): internal groups that mention it, and members 1:1."""

from bot.channels.wecom.aibot.channel import AIBOT, Aibot, Sayings
from bot.channels.wecom.aibot.socket import AibotSocket

__all__ = ["AIBOT", "Aibot", "AibotSocket", "Sayings"]
