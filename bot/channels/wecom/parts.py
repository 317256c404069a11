"""Wordings of the parts that several doors send, within the platform's limits.

Over-long text is cut here, between characters and with a mark, where the platform would cut
it in silence (path/90236 and 99110, 2026-07). It is not split: one message stays one request,
so that a retry can never repeat half of it.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from bot.channels.wecom.http import Json
from bot.kernel.errors import Undeliverable
from bot.kernel.files import FileKind
from bot.kernel.messages import Link
from bot.kernel.words import cut_bytes, cut_chars

TEXT_BYTES = 2048
MARKDOWN_BYTES = 2048
WEBHOOK_MARKDOWN_BYTES = 4096
URL_BYTES = 2048
_ARTICLES = 8
_ARTICLE_TITLE_BYTES = 128
_ARTICLE_WORDS_BYTES = 512
_TEXTCARD_TITLE = 128
_TEXTCARD_WORDS = 512


def text_body(text: str) -> Json:
    """Return plain words."""
    return {"msgtype": "text", "text": {"content": cut_bytes(_said(text), TEXT_BYTES)}}


def image_body(media_id: str) -> Json:
    """Return a picture that was uploaded."""
    return {"msgtype": "image", "image": {"media_id": media_id}}


def file_body(sent_as: FileKind, media_id: str) -> Json:
    """Return a file, voice or video that was uploaded."""
    return {"msgtype": sent_as.value, sent_as.value: {"media_id": media_id}}


def links_body(links: Sequence[Link]) -> Json:
    """Return links as words, for a channel that shows no list of them."""
    return text_body("\n\n".join(f"{link.title}\n{link.url}" for link in links))


def markdown_body(text: str, limit_bytes: int) -> Json:
    """Return words with markup."""
    return {"msgtype": "markdown", "markdown": {"content": cut_bytes(_said(text), limit_bytes)}}


def textcard_body(link: Link) -> Json:
    """Return a link as a card of its own; it must have a description, so the title stands in."""
    return {
        "msgtype": "textcard",
        "textcard": {
            "title": cut_chars(_said(link.title), _TEXTCARD_TITLE),
            "description": cut_chars(link.description or link.title, _TEXTCARD_WORDS),
            "url": web_url(link.url),
        },
    }


def news_body(*links: Link) -> Json:
    """Return links with pictures; the platform shows eight at most."""
    if not links:
        raise Undeliverable("news without articles")
    return {"msgtype": "news", "news": {"articles": [_article(link) for link in links[:_ARTICLES]]}}


def kefu_link_body(link: Link, thumb_media_id: str) -> Json:
    """Return a link as 微信客服 shows it, which wants a picture (path/94677, 2026-07)."""
    return {
        "msgtype": "link",
        "link": {
            "title": cut_bytes(_said(link.title), _ARTICLE_TITLE_BYTES),
            "desc": cut_bytes(link.description, _ARTICLE_WORDS_BYTES),
            "url": web_url(link.url),
            "thumb_media_id": thumb_media_id,
        },
    }


def link_fields(link: Link) -> Mapping[str, str]:
    """Return a link as an attachment has it (path/92135, 92137, 92366, 2026-07).

    Raises:
        Undeliverable: it has no title, or an address that is none.
    """
    if not link.title.strip():
        raise Undeliverable("a link without a title")
    fields = {"title": cut_bytes(link.title, _ARTICLE_TITLE_BYTES), "url": web_url(link.url)}
    if link.description:
        fields["desc"] = cut_bytes(link.description, _ARTICLE_WORDS_BYTES)
    if link.image_url:
        fields["picurl"] = web_url(link.image_url)
    return fields


def _article(link: Link) -> Json:
    article = {
        "title": cut_bytes(_said(link.title), _ARTICLE_TITLE_BYTES),
        "url": web_url(link.url),
    }
    if link.description:
        article["description"] = cut_bytes(link.description, _ARTICLE_WORDS_BYTES)
    if link.image_url:
        article["picurl"] = web_url(link.image_url)
    return article


def web_url(url: str) -> str:
    """Return `url` when the platform can open it; a cut address would lead astray."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = ""
    if scheme not in {"http", "https"} or len(url.encode()) > URL_BYTES:
        raise Undeliverable("an address is no web address or longer than 2,048 bytes")
    return url


def _said(text: str) -> str:
    if not text.strip():
        raise Undeliverable("there is nothing to say")
    return text
