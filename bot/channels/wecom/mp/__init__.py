"""公众号 / 服务号: the official account that followers write to, 1:1.

It lives inside the folder of its family (ADR 0014): signature, cipher, XML, HTTP and media are
WeCom's; its envelopes, its kinds of message, its numbers and its answers are its own.
"""

from bot.channels.wecom.mp.account import CAPABILITY, MP, OfficialAccount

__all__ = ["CAPABILITY", "MP", "OfficialAccount"]
