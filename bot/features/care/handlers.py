"""The chat doors: what members write is judged, and while a human has her the bot is silent."""

from collections.abc import Sequence

from bot.commons import cases, detection, reception, staff
from bot.features.care import judging
from bot.features.care.rules import DOUBTFUL, SURE, has_words, is_own_advert, kind_of
from bot.kernel.capability import Chat, Doors
from bot.kernel.community import Community
from bot.kernel.events import Judged
from bot.kernel.messages import Reply, UpdateKind
from bot.kernel.router import Overheard, Router
from bot.kernel.work import Context

router = Router()


@router.watch
def has_a_human(ctx: Context) -> bool:
    """Return True while a human has her conversation, or was asked to take it.

    A platform gives a ticket for a welcome only when nobody has had her there for days.
    """
    owned = reception.owner_of(ctx.uow, ctx.member)
    return owned is not None and not (owned.at_platform and ctx.update.ticket)


# The pinyin and the slips are what people type in a hurry, which is when they want a human.
@router.command(
    *("转人工", "人工", "人工客服", "人工服务", "转人工客服", "转人工服务", "转客服", "转接人工"),
    *("找人工", "找客服", "找人工客服", "找真人", "找顾问", "真人", "真人客服", "真人服务", "客服"),
    *("我要人工", "我要转人工", "我要找人工", "我要找客服", "我要客服", "我要真人", "要人工"),
    *("联系客服", "联系人工", "呼叫人工", "接人工", "叫人工", "请转人工", "有人吗", "有人在吗"),
    *("找造型师", "找搭配师", "找穿搭顾问", "找形象顾问", "找造型顾问", "找搭配顾问"),
    *("造型师", "搭配师", "穿搭顾问", "形象顾问", "造型顾问", "搭配顾问", "请人帮我搭"),
    *("专人工", "转人公", "转人工啊", "转人工!", "人工人工", "人工呢", "客服呢", "客服在吗"),
    *("zhuanrengong", "zhuan ren gong", "rengong", "ren gong", "zrg", "kefu", "human", "agent"),
    always=True,
)
def call_human(ctx: Context) -> Sequence[Reply]:
    """Ask an advisor for her, and say truly how it stands; the second time, too."""
    cases.heard(ctx.uow, ctx.member, ctx.update.at)
    asked = _concern(ctx, cases.Kind.HUMAN, 1, [], label="human_request", who="member")
    return reception.hand_over(ctx.uow, ctx.tools, asked) or [_who(ctx)]


@router.command("谁在处理", "谁在处理我的问题", "谁在跟进", "谁在接待我", always=True)
def who_is_it(ctx: Context) -> Reply:
    """Say truly who has the conversation."""
    return _who(ctx)


def _who(ctx: Context) -> Reply:
    return Reply("care/who.txt.j2", reception.words_of(ctx.uow, ctx.tools, ctx.member))


@router.overhear
def judge(ctx: Context, heard: Overheard) -> Sequence[Reply] | None:
    """Judge what she wrote; hand her over when it needs a human.

    What stands behind a command (投稿, 提问) is read by people anyway: it rings when it is certain.
    """
    cases.heard(ctx.uow, ctx.member, ctx.update.at)
    if ctx.update.kind not in {UpdateKind.TEXT, UpdateKind.VOICE} or not ctx.update.text.strip():
        return None
    if _is_of_staff(ctx) or is_own_advert(ctx.update.text, ctx.tools.use(Community).name):
        return None
    if heard.in_command and not has_words(ctx.argument):
        return None  # a number or a code
    found = judging.judge(ctx, held=heard.held)
    is_certain = found.is_certain or found.score >= SURE
    rings = found.alerts and (is_certain or not heard.in_command)
    if found.score >= DOUBTFUL and (found.alerts or not heard.held):
        ctx.uow.publish(_judged(ctx, found, rang=rings))
    if not rings:
        return None
    kind, severity = kind_of(found.label), found.severity
    concern = _concern(ctx, kind, severity, found.reasons, label=found.label, score=found.score)
    return reception.hand_over(ctx.uow, ctx.tools, concern) or None


def _concern(
    ctx: Context,
    kind: cases.Kind,
    severity: int,
    reasons: Sequence[str],
    *,
    label: str,
    score: float = 1.0,
    who: str = "bot",
) -> cases.Concern:
    update = ctx.update
    return cases.Concern(
        ctx.member,
        kind,
        severity,
        reasons,
        update.at,
        update.channel,
        update.via,
        update.sender or "",
        update.key,
        words=update.text,
        label=label,
        score=score,
        in_group=update.group or "",
        who=who,
    )


def _judged(ctx: Context, found: detection.Finding, *, rang: bool) -> Judged:
    update = ctx.update
    return Judged(
        ctx.member,
        update.channel,
        update.via,
        update.sender or "",
        update.key,
        update.at,
        update.text,
        found.score,
        found.label,
        found.severity,
        tuple(found.reasons),
        update.group or "",
        rang=rang,
    )


def _is_of_staff(ctx: Context) -> bool:
    """Return True for what an advisor of ours writes: she complains to nobody here."""
    door = ctx.tools.use(Doors).of(ctx.update.channel)
    if Chat.COLLEAGUE not in door.chats:
        return False
    return staff.find(ctx.uow, ctx.tools, ctx.update.sender or "") is not None
