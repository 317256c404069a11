"""Large purchases (大额): an amount, or a number of things, with the wish to buy them."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from bot.commons.detection.matter import says
from bot.commons.detection.numbers import NUMBER, number

_YUAN = r"(?:元|块钱?|圆|rmb|人民币|大洋|软妹币|刀|蚊)"
_OF = "双件套份条只枚个盒箱瓶块副对支台顶把打批"
"""What things are counted by."""
_ABOUT = "多|来|几|左右|以上|以内|以下|上下|出头|往上|起"
_AMOUNT = re.compile(rf"(?P<n>{NUMBER})(?:多|来|几|左右|以上)?{_YUAN}|[¥￥$](?P<m>{NUMBER})")
_SPENT = re.compile(  # 预算三千 · 单价1200
    r"(?:预算|budget|价位|价格|花|出|付|转|刷|充值|充|存|储值|定金|首单|首批进货|首批|进货|总共|一共|合计|大概|差不多|消费"
    rf"|单价|(?<![0-9])[每一1][{_OF}晚人位]|[每各]|标价|卖|要|拿|备|手上有|手里有|有)"
    r"(?:在|是|有|大概|大约|约|差不多|了|到|个|给|我|标准|进货|也就)? ?"
    rf"(?P<n>{NUMBER})(?:{_ABOUT})?"
    rf"(?![号日月年点天次分{_OF}码%折楼人周星礼岁里cm斤g克厘米位房间家桌后层届集页字])"
)
_COSTS = re.compile(  # 九千八的那件 · 那件两万的 · 两万左右 · 三万二的项链
    rf"(?P<a>{NUMBER})(?:多|来|几)?(?:块|元)?的?[那这][{_OF}款]"
    rf"|[那这][{_OF}款](?P<b>{NUMBER})[多的]"
    rf"|(?P<c>{NUMBER})[多来几块元]?(?:左右|以内|以上|以下|上下|出头|往上|预算|一晚|的预算)"
    rf"(?![天{_OF}人分小])"
    rf"|(?P<d>{NUMBER})[多块元]?的(?:大衣|包|表|手表|项链|戒指|镯子|手镯|皮草|钻|会员|卡|来一|酒店|那)"
)
_ROUND = re.compile(  # 两三万 · 2w: so round a number is money, unless it counts something
    r"(?P<n>(?:[0-9][0-9.]{0,5}|[一二两三四五六七八九十几]{1,4})[十百]?[来多几]?[万千kw][一二三四五六七八九]?)"
    rf"(?![a-z0-9一二三四五六七八九十])[多来几]?(?![{_OF}步人粉字天年里公位次分米斤播点户亩名家])"
)
_ABOUT_SO = re.compile("[来多]")
_LEAST_BARE = 1000
"""A number without 元 that is smaller may count anything."""
_FIGURE = re.compile(rf"(?<![0-9])(?P<n>{NUMBER})(?![号日月年点天次分码%折楼人周星礼岁位集页])")
_THINGS = re.compile(
    rf"(?P<n>{NUMBER})[多来几余]?个?"
    r"(?P<of>双|件|套|份|条|只|枚|盒|箱|瓶|顶|副|对|打(?!卡)|支|本|台|人份|盏|辆|pcs|桌|个(?=以上|起))"
)
_PEOPLE = (
    "人|员工|同事|同学|学生|客户|嘉宾|伴娘|姐妹|老师|小朋友|宾客|孩子|店员|会员|客人|学员|房|左右"
)
_SOME = re.compile(
    rf"(?P<n>{NUMBER})[多来几余]?(?:[个位名户口间](?:{_PEOPLE}|,|\.|\?|$)|(?:位人?|号人)(?=[,.?!]|$))"
    rf"|(?P<m>{NUMBER})[多来几余]?人"
)
_TOTAL = re.compile(  # 男女各三十 · 拿200
    rf"(?:各|量|拿货?|一样来|一共|人数|大约|先做|先拿|先试|追加)(?P<n>{NUMBER})[多来]?"
    r"(?![块元天号点年月分时%折码岁斤米公里步字])"
)
_DOZEN = 12
_EACH = re.compile(  # 两件各一千 · 每份八百,四十份
    rf"(?P<count>{NUMBER})[{_OF}人位][^.!?;0-9]{{0,10}}?(?:各|每[{_OF}人]|一[{_OF}]|单价|都是)"
    rf"[^.!?;0-9]{{0,6}}?(?P<price>{NUMBER})"
    rf"|(?:各|每[{_OF}人]|一[{_OF}]|单价|人均)[^.!?;0-9]{{0,6}}?(?P<price2>{NUMBER})(?:{_YUAN})?"
    rf"(?:左右|的|标准)?[^.!?;0-9]{{0,8}}?(?P<count2>{NUMBER})[{_OF}人位]"
)
_BARE = re.compile(  # 五十双,下周要: a message that is just a number of things
    r"^(?:我?(?:想|要|来|拿|订|定|先|再|追加|帮我|给我|批|拿货|要个|能不能)?[要订拿做来试]?)?"
    rf"(?:{NUMBER})[多来几]?(?:[{_OF}]|pcs)(?:[^,.!?]{{0,8}})?(?:[,.!?][^!?]{{0,14}})?$"
)
_HOTLINE = re.compile(
    "(?<![0-9¥￥$])(?:123(?:15|45|05|06|18|28|33)|12123|11[0-9]|12[02]|[48]00-?[0-9]{3}-?[0-9]{4})"
    "(?![0-9.,元块圆万千wk])"
    "|(?<![0-9])[0-9]{8,}(?![0-9])|(?<![0-9])(?:19|20)[0-9]{2}(?=[年春夏秋冬新])"
)
"""12315, 12345, 110, 120, 400-820-8820, 13812345678, numbers of orders, 2025春季: not paid."""
_CLAUSE = re.compile("[,.!?;]")
_SHORT_CHARS = 8
MANY = 10
_TOO_MANY = 20_000
_MOST_CHARS = 90
"""A longer text is a story, not an order."""
_MOST_YUAN = 10**7


def amounts_in(text: str) -> Iterator[Decimal]:
    """Yield the amounts in yuan that a text names; the number of a hotline is none."""
    text = _HOTLINE.sub("", text)
    for found in _AMOUNT.finditer(text):
        value = number(found["n"] or found["m"])
        if value is not None:
            yield value
    for form in (_SPENT, _COSTS, _ROUND):
        for found in form.finditer(text):
            value = number(_ABOUT_SO.sub("", next(filter(None, found.groups()))))
            if value is not None and value >= _LEAST_BARE:
                yield value


def total_in(text: str) -> Decimal:
    """Return the largest amount that a purchase comes to: 两件各一千 is 2,000; 0 for none."""
    totals = list(amounts_in(text))
    for found in _EACH.finditer(text):
        count = number(found["count"] or found["count2"])
        price = number(found["price"] or found["price2"])
        if count and price and count >= 1:
            totals.append(count * price)
    return max(totals, default=Decimal(0))


def things_in(text: str) -> Decimal:
    """Return the largest number of things that a text names; 0 for none."""
    counts = [Decimal(0)]
    for found in _THINGS.finditer(text):
        value = number(found["n"])
        if value is not None:
            dozens = found["of"] == "打"
            counts.append(value * _DOZEN if dozens and value > 1 else value)
    if says("organised", text) or len(text) <= _SHORT_CHARS:
        counts += [number(found["n"]) or Decimal(0) for found in _TOTAL.finditer(text)]
    return max(counts)


def people_in(text: str) -> Decimal:
    """Return the largest number of people, rooms or the like that a text names; 0 for none."""
    counts = [number(found["n"] or found["m"]) for found in _SOME.finditer(text)]
    return max((each for each in counts if each is not None), default=Decimal(0))


def _ahead(text: str) -> str:
    """Return the clauses that look ahead: those of money gone are left out, or count for all."""
    if not says("past", text):
        return text
    if says("all_past", text):
        return ""
    return ",".join(clause for clause in _CLAUSE.split(text) if not says("past", clause))


def wants(text: str) -> bool:
    """Return True when somebody means to buy, and does not speak of money gone."""
    return says("wants", text) and not says("past", text)


def is_large(text: str, large_yuan: int, heard: Sequence[str] = ()) -> bool:
    """Return True for the wish to buy for `large_yuan` or more; a price may have been told her."""
    ahead = _ahead(text)
    if len(text) <= _MOST_CHARS and wants(ahead) and total_in(ahead) >= large_yuan:
        return True
    if not heard or not says("settles", text) or says("past", text):
        return False
    told = max([*amounts_in(heard[-1]), *_figures(heard[-1])], default=Decimal(0))
    return told >= large_yuan


def is_many(text: str, heard: Sequence[str] = ()) -> bool:
    """Return True for the wish to buy many things, or something for many people."""
    if len(text) > _MOST_CHARS:
        return False
    text = _ahead(text)
    things, people = things_in(text), people_in(text)
    if max(things, people) > _TOO_MANY:
        return False
    if things >= MANY and (says("organised", text) or _BARE.search(text)):
        return True
    if things >= MANY and says("wants", text):
        return True
    if people >= MANY and says("organised", text) and (says("wants", text) or heard):
        return True
    return bool(heard) and max(things, people) >= MANY


def _figures(text: str) -> Iterator[Decimal]:
    for found in _FIGURE.finditer(_HOTLINE.sub("", text)):
        value = number(found["n"])
        if value is not None and value < _MOST_YUAN:
            yield value
