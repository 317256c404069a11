"""What the platform has to be asked for: groups, what operators ordered, tags."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from bot.commons import customers, groups, media
from bot.features.customer_groups import ordering, orders, rules, service
from bot.features.customer_groups.orders import Order, Ordered, Orders
from bot.features.customer_groups.rules import Attached, CustomerGroupsSettings
from bot.kernel import crash
from bot.kernel.abilities import Abilities, NotFetched
from bot.kernel.customers import (
    CustomerTags,
    Greeting,
    GroupBook,
    GroupGone,
    GroupGreetings,
    JoinWayDraft,
    JoinWays,
    MiniProgram,
    PlaceLost,
)
from bot.kernel.errors import (
    Ambiguous,
    PauseScope,
    PlatformError,
    RetryLater,
    Undeliverable,
    is_everybodys,
)
from bot.kernel.feature import Errand
from bot.kernel.files import PICTURES, FileKind, FileStore, Intake
from bot.kernel.messages import File, Image, Link
from bot.kernel.ports import Work
from bot.kernel.work import Toolbox

log = structlog.get_logger(__name__)

_LOOK_AGAIN_S = 60.0
_IN_A_ROW = 3
"""So many things that fail one after the other are no trouble of theirs."""

_PICTURE_BYTES, _PICTURE_PIXELS = 2 * 1024 * 1024, 16_000_000
_PICTURE_LIMITS = media.Limits(_PICTURE_BYTES, _PICTURE_BYTES, _PICTURE_PIXELS)

Ask = Callable[[Ordered], Awaitable[str]]
"""Asks the platform for what was ordered; returns its id there."""


# ── who is in which group ───────────────────────────────────────────────────────────────


async def reconcile(work: Work, tools: Toolbox) -> None:
    """Make the registry equal to the platform: every group now and then, a due one at once.

    One group is in memory at a time. Where a listing is, and which groups are due, is on disk
    after each step, so that whoever runs this next goes on from there.
    """
    book = tools.use(Abilities).one(GroupBook)
    if book is None:
        return
    every_h = tools.use(CustomerGroupsSettings).reconcile_every_h
    if await work.look(partial(service.round_is_due, every_h=every_h)):
        await work.do(service.begin_round)
    while (at := await work.look(service.listing)) is not None:
        await _list(work, book, at)
    await _read_due(work, book)
    last = await work.look(service.last_round)
    if last is not None and last.phase is service.Phase.READING:
        await work.do(service.end_round)
        log.info("customer_groups.reconciled", round=last.number, listed=last.listed)


async def _list(work: Work, book: GroupBook, at: service.Round) -> None:
    try:
        page = await book.page(at.place)
    except PlaceLost:
        await work.do(partial(service.restart_listing, at=at))
        if at.is_lost_again:
            raise
        return
    crash.step("groups.listed")
    await work.do(partial(service.turn, at=at, page=page))
    crash.step("groups.turned")


async def _read_due(work: Work, book: GroupBook) -> None:
    failed = 0
    while (group := await work.look(groups.next_due)) is not None:
        try:
            await _read(work, book, group)
            failed = 0
        except RetryLater as exc:
            failed += 1
            if exc.scope is PauseScope.CHANNEL or failed == _IN_A_ROW:
                raise
            after_s = exc.after_s * 2.0**group.tries
            await work.do(
                partial(groups.put_off, group=group, error=str(exc.code), after_s=after_s)
            )


async def _read(work: Work, book: GroupBook, group: groups.DueGroup) -> None:
    """Read one group; what the platform says of this one alone is written down with it."""
    try:
        state = await book.group(group.chat_id)
    except GroupGone:
        if group.lags:  # so new that its reading side may not know it yet
            again = partial(groups.put_off, group=group, error="", after_s=groups.LAG.seconds)
            await work.do(again)
        else:
            await work.do(partial(service.gone, group=group, how="gone"))
        return
    except Undeliverable as exc:
        if exc.channel_off:
            raise
        await _refused(work, group, exc)
        return
    crash.step("groups.asked")
    if state.chat_id != group.chat_id:
        await _refused(work, group, Undeliverable("the answer is about another group"))
        return
    await work.do(partial(groups.apply, state=state, revision=group.revision))
    crash.step("groups.applied")


async def _refused(work: Work, group: groups.DueGroup, error: Undeliverable) -> None:
    last = await work.look(service.last_round)
    if last is not None and last.has_missed(group):
        await work.do(partial(service.gone, group=group, how="unlisted"))
    else:
        await work.do(partial(groups.refused, group=group, error=str(error.code)))
    log.warning("customer_groups.refused", code=error.code)


# ── what operators ordered ──────────────────────────────────────────────────────────────


async def make(work: Work, tools: Toolbox) -> float | None:
    """Carry out what was ordered, join ways and greetings; return when to try again."""
    abilities = tools.use(Abilities)
    if (ways := abilities.one(JoinWays)) is not None:
        await _carry_out(work, orders.ways, partial(_make_way, ways))
        await work.do(ordering.forget_pictures)
        await _find_pictures(work, ways)
        await _keep_pictures(work, tools.use(FileStore), ways)
    if (greetings := abilities.one(GroupGreetings)) is not None:
        await _carry_out(work, orders.greetings, partial(_make_greeting, greetings))
    rests = [await work.look(book.rests_s) for book in (orders.ways, orders.greetings)]
    return min((rest for rest in rests if rest is not None), default=None)


async def _make_way(ways: JoinWays, order: Ordered) -> str:
    chat_id, state = order.fields
    if order.status is Order.UNWANTED:
        await ways.remove(order.platform_id)
        return ""
    return await ways.add(JoinWayDraft([chat_id], state=state, remark=state))


async def _make_greeting(greetings: GroupGreetings, order: Ordered) -> str:
    words = ordering.greeting_of(order.fields)
    greeting = Greeting(words.text, _attached(words))
    if not order.platform_id:
        return await greetings.add(greeting)
    await greetings.edit(order.platform_id, greeting)
    return order.platform_id


def _attached(words: rules.Greeting) -> Link | Image | File | MiniProgram:
    match words.kind:
        case Attached.LINK:
            return Link(words.title, words.url, words.description, words.image_url)
        case Attached.IMAGE:
            return Image(words.path)
        case Attached.MINI_PROGRAM:
            return MiniProgram(words.title, words.app_id, words.page, Image(words.path))
        case Attached.FILE | Attached.VIDEO:
            return File(words.path, sent_as=FileKind(words.kind.value))


async def _carry_out(work: Work, book: Orders, ask: Ask) -> None:
    await work.do(book.find_forgotten)
    failed = 0
    while (order := await work.look(book.next)) is not None:
        if not await work.do(partial(book.begin, order=order)):
            continue
        crash.step("orders.begun")
        try:
            await _carry_out_one(work, book, ask, order)
            failed = 0
        except PlatformError as exc:
            failed += 1
            await _failed(work, book, order, exc)
            if is_everybodys(exc) or failed == _IN_A_ROW:
                raise
        crash.step("orders.recorded")


async def _carry_out_one(work: Work, book: Orders, ask: Ask, order: Ordered) -> None:
    made = await ask(order)
    crash.step("orders.asked")
    if order.status is Order.UNWANTED:
        await work.do(partial(book.remove, order=order))
        return
    await work.do(partial(book.end, order=order, status=Order.MADE, platform_id=made))


async def _failed(work: Work, book: Orders, order: Ordered, error: PlatformError) -> None:
    """Write down what becomes of an order whose call has failed."""
    status, code = _after(order, error), str(error.code) if error.code else ""
    if status is not order.status or is_everybodys(error):
        known = order.platform_id
        end = partial(book.end, order=order, status=status, platform_id=known, error=code)
        await work.do(end)
        return
    await work.do(partial(book.put_off, order=order, error=code, after_s=_after_s(error)))


def _after(order: Ordered, error: PlatformError) -> Order:
    if isinstance(error, Undeliverable):
        return order.status if error.channel_off else Order.REFUSED
    doubtful = isinstance(error, Ambiguous) or (isinstance(error, RetryLater) and error.doubtful)
    return Order.DOUBTFUL if doubtful and not order.platform_id else order.status


def _after_s(error: PlatformError) -> float:
    return error.after_s if isinstance(error, RetryLater) else _LOOK_AGAIN_S


async def _find_pictures(work: Work, ways: JoinWays) -> None:
    failed = 0
    while (order := await work.look(ordering.way_without_picture)) is not None:
        try:
            await _find_picture(work, ways, order)
            failed = 0
        except PlatformError as exc:
            failed += 1
            if is_everybodys(exc):
                raise
            later = partial(orders.ways.put_off, order=order, error="", after_s=_after_s(exc))
            await work.do(later)
            if failed == _IN_A_ROW:
                raise


async def _find_picture(work: Work, ways: JoinWays, order: Ordered) -> None:
    try:
        way = await ways.get(order.platform_id)
    except Undeliverable as exc:
        if exc.channel_off:
            raise
        await work.do(partial(ordering.refuse_picture, number=order.id, error=str(exc.code)))
        return
    if not way.picture_url:
        raise RetryLater("a join way without a picture", after_s=_LOOK_AGAIN_S)
    await work.do(partial(ordering.keep_picture, number=order.id, url=way.picture_url))


async def _keep_pictures(work: Work, store: FileStore, ways: JoinWays) -> None:
    """Bring the pictures home: what the console shows comes from nowhere else."""
    while (found := await work.look(ordering.picture_to_fetch)) is not None:
        number, url = found
        try:
            file = await _fetch_picture(store, ways, url)
        except NotFetched as exc:
            reason = exc.why.value
        except media.Unfit as exc:
            reason = exc.reason
        else:
            holds = partial(ordering.hold_picture, number=number, url=url, file=file)
            if not await work.do(holds) or not await store.exists(file.digest):
                raise RetryLater("the file was just being removed", after_s=_LOOK_AGAIN_S)
            continue
        log.warning("customer_groups.no_picture", way=number, reason=reason)
        await work.do(partial(ordering.give_picture_up, number=number, url=url, reason=reason))


async def _fetch_picture(store: FileStore, ways: JoinWays, url: str) -> media.File:
    async with store.receive() as intake:
        await ways.picture(url, _PICTURE_LIMITS.picture_bytes, intake)
        crash.step("groups.picture")
        found = await asyncio.to_thread(_checked, intake)
        return media.File(
            await intake.keep(), intake.size, found.content_type, found.width, found.height
        )


def _checked(intake: Intake) -> media.Checked:
    """Return what a picture is: one that browsers show, and no other file."""
    if not intake.size:
        raise media.Unfit("empty")
    with intake.open() as file:
        found = media.check(file, intake.size, FileKind.IMAGE, _PICTURE_LIMITS)
    if found.content_type not in PICTURES:
        raise media.Unfit("another_kind")
    return found


# ── tags ────────────────────────────────────────────────────────────────────────────────


async def list_tags(work: Work, tools: Toolbox) -> None:
    """Keep the list of the company's tags."""
    book = tools.use(Abilities).one(CustomerTags)
    if book is not None:
        found = await book.groups()
        await work.do(partial(customers.keep_tags, tag_groups=found))


errands = (
    Errand(service.RECONCILE, reconcile, every_s=20),
    Errand(ordering.MAKE, make, every_s=300),
    Errand(service.TAGS, list_tags, every_s=600),
)
