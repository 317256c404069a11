"""Answers that travel in the response to a callback (被动回复), as XML.

Words, a picture that was uploaded before, one link. Whatever else there is to say goes as a
customer-service message. The answer to a message shows one link since 2018-10-12.
"""

from datetime import datetime

from bot.channels.wecom.parts import TEXT_BYTES, news_body
from bot.channels.wecom.passive import cdata
from bot.kernel.errors import Undeliverable
from bot.kernel.messages import Link, Markdown, News, Part, Text


def reply_xml(part: Part, media_id: str, *, to: str, sender: str, now: datetime) -> str | None:
    """Return the plaintext of a response; None when the part cannot travel so.

    Args:
        part: what to say.
        media_id: of the part, when it is a picture that the platform knows.
        to: the follower's openid.
        sender: the account's own id, as it stood in the callback.
        now: the present instant.
    """
    inside = _inside(part, media_id)
    if not inside or not sender:
        return None
    return (
        f"<xml><ToUserName>{cdata(to)}</ToUserName><FromUserName>{cdata(sender)}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime>{inside}</xml>"
    )


def _inside(part: Part, media_id: str) -> str:
    match part:
        case Text(words) | Markdown(_, words):
            fits = words.strip() and len(words.encode()) <= TEXT_BYTES
            return f"{_type('text')}<Content>{cdata(words)}</Content>" if fits else ""
        case Link():
            return _news(part)
        case News((link,)):
            return _news(link)
    if media_id:
        return f"{_type('image')}<Image><MediaId>{cdata(media_id)}</MediaId></Image>"
    return ""


def _type(name: str) -> str:
    return f"<MsgType>{cdata(name)}</MsgType>"


def _news(link: Link) -> str:
    try:
        [article] = news_body(link)["news"]["articles"]
    except Undeliverable:
        return ""  # the sender will find the same and say so
    names = {"Title": "title", "Description": "description", "PicUrl": "picurl", "Url": "url"}
    item = "".join(f"<{name}>{cdata(article.get(key, ''))}</{name}>" for name, key in names.items())
    return f"{_type('news')}<ArticleCount>1</ArticleCount><Articles><item>{item}</item></Articles>"
