"""What mass sends and moments share: pictures that go up, lists that come in pages, stopping."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.errors import is_media_gone
from bot.channels.wecom.http import Answer, Json, text_in
from bot.channels.wecom.media import PictureShelf, Uploads
from bot.channels.wecom.reading import rows_in
from bot.kernel.abilities import MassSendReady
from bot.kernel.clock import Clock
from bot.kernel.errors import PauseScope, RetryLater, Undeliverable
from bot.kernel.messages import Image, Receipt

CALL = "/cgi-bin/externalcontact/"
TEXT_BYTES = 4000
MOST_ATTACHMENTS = 9
_MOST_PAGES = 1000
_IS_CANCELLED = 41093
_NOW_S = 1.0
_UNREADABLE_S = 300.0


class Pictures:
    """Gives pictures to the platform and says their media ids."""

    def __init__(
        self,
        upload: Callable[[str, str, str, bytes], Awaitable[str]],
        shelf: PictureShelf,
        clock: Clock,
    ) -> None:
        self._upload = upload
        self._shelf = shelf
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """Upload everything anew: the platform has lost something."""
        self._uploads = Uploads(self._upload, is_media_gone, self._clock)

    async def media_id(self, image: Image) -> str:
        """Return the media id of a picture, good for the next days."""
        picture = await self._shelf.read(image)
        return (await self._uploads.using(picture, _as_receipt)).platform_id


async def _as_receipt(media_id: str) -> Receipt:
    return Receipt(media_id)


async def make(
    api: WecomApi, call: str, ready: MassSendReady, name: str, pictures: Pictures
) -> Answer:
    """Make a task; return the answer, in which `name` is its id.

    A media id that is gone is worth another try with new ones.
    """
    path = f"{CALL}{call}"
    try:
        answer = await api.call(path, dict(ready.body))
    except Undeliverable as exc:
        if not is_media_gone(exc.code):
            raise
        pictures.forget()
        raise RetryLater(str(exc), after_s=_NOW_S, code=exc.code, scope=PauseScope.MESSAGE) from exc
    if not text_in(answer, name):
        raise RetryLater(f"{path}: no {name}", after_s=_NOW_S, doubtful=True)
    return answer


async def entries(api: WecomApi, call: str, body: Json, name: str) -> AsyncIterator[Answer]:
    """Yield the entries of a list, page by page; a cursor that stands still ends it."""
    cursor = ""
    for _ in range(_MOST_PAGES):
        asked = {**body, "cursor": cursor} if cursor else body
        answer = await api.call(f"{CALL}{call}", asked, sends=False, long=True)
        for entry in rows_in(answer, name):
            yield entry
        following = text_in(answer, "next_cursor")
        if following in ("", cursor):
            return
        cursor = following
    raise RetryLater(f"{call}: the list never ends", after_s=_UNREADABLE_S)


async def cancel(api: WecomApi, call: str, body: Json) -> None:
    """Stop a task; one that was stopped before is as good."""
    try:
        await api.call(f"{CALL}{call}", body, sends=False)
    except Undeliverable as exc:
        if exc.code != _IS_CANCELLED:
            raise


def instant_in(entry: Answer, name: str) -> datetime | None:
    """Return an instant in Unix seconds, written as number or text; None when there is none."""
    try:
        seconds = int(str(entry.get(name)))
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
