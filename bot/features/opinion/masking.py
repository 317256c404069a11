"""Takes personal data out of what a member wrote, before anybody outside reads it.

Better too much than too little: what is left has no run of five digits and no `@`, whatever
was written.
"""

import re
import unicodedata
from collections.abc import Iterable

MOST_CHARS = 400
"""So much of a turn is shown to the model."""
_SHORTEST_NAME_CHARS = 2
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"})
"""Signs that are not seen, or only upon others: `1️⃣3️⃣8️⃣` are digits."""

_HAN = "\u4e00-\u9fff"
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马"
    "苗方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅卞齐康伍余元顾孟平黄穆萧尹姚邵汪祁毛"
    "禹狄戴宋庞熊纪舒屈项祝董梁杜阮蓝闵季贾路娄江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房"
    "裘丁宣邓单洪包诸左石崔吉龚程邢裴陆荣翁荀惠曲封储靳段焦巴牧谷车侯宓全郗班仰仲伊宫宁仇栾甘厉戎祖"
    "武符刘景詹束龙叶幸司韶黎溥印怀蒲邰从索赖卓池乔阴胥苍双闻党翟谭劳申冉桑桂牛寿边燕尚温庄晏柴瞿阎"
    "连习艾向古易廖衡步耿匡文东欧沃利越夔隆师巩厍聂晁勾敖融冷辛那简饶曾沙丰关查荆游权盖益桓公肖代覃"
)
_ENDS = r"(?=$|[\s,.!?;:，。！？、；：（()）的<])"
_WORD = r"[^\s@,，。;；:：!！?？<>()（）、]+"
_UNIT = (
    rf"[{_HAN}A-Za-z0-9]{{1,10}}?(?:自治区|自治州|街道|大街|大道|胡同|小区|花园|公寓|大厦|广场|家园"
    r"|新村|号楼|号院|单元|[省市区县旗镇乡村路街巷弄栋幢座楼层室号])"
)
_UNITS = rf"(?:{_UNIT}[\s,，-]*)"
_NUMERAL = r"[0-9一二三四五六七八九十百零]{1,5}"
_TO = r"[^，。！？,!?\s<]"
_DATE = r"20[0-9]{2}[-/.][01]?[0-9][-/.][0-3]?[0-9](?![0-9])"
_TAIL = rf"(?:{_NUMERAL}\s*[号弄室栋]\s*{_UNITS}*)?"
_ESTATE = rf"[{_HAN}]{{2,8}}(?:小区|花园|公寓|大厦|家园|新村|苑)\s*"
_HOUSE = r"[0-9A-Za-z一二三四五六七八九十]{1,4}\s*(?:号楼|栋|幢|座|单元)\s*"
_ROAD = rf"[{_HAN}]{{1,8}}(?:大街|大道|胡同|[路街巷弄道])\s*{_NUMERAL}\s*[号弄]\s*"
_I_AM = r"(?:我是|我名?叫|本人|(?:姓名|收件人?|收货人?|联系人)\s*[是叫:\s])"
_CALLED = "我名?叫|(?:叫我|称呼我)(?=[小阿老])"
_ACCOUNT = "(?:微信|薇信|威信|v信|wechat|weixin|wx|vx|qq|加v)(?:号|id)?"
_ORDER = "(?:订单|运单|快递单|物流单|退货单|单)(?:编号|号码|号|编码)?"
_CODE = r"(?=[A-Za-z_-]*[0-9][A-Za-z_-]*[0-9])(?=[0-9_-]*[A-Za-z])[A-Za-z0-9_-]{6,}"

_MASKS = {
    r"(?<![0-9])12315(?![0-9])": "<消费者投诉热线>",
    r"(?<![0-9])12345(?![0-9])": "<政务热线>",
    r"https?://\S+|www\.\S+": "<链接>",
    rf"{_WORD}\s?@\s?{_WORD}\.\w+": "<邮箱>",
    rf"@\s?{_WORD}": "<昵称>",
    r"wxid_\w+": "<微信号>",
    rf"({_ACCOUNT}\s*[是为:]?\s*)[A-Za-z0-9][A-Za-z0-9_-]{{4,19}}": r"\1<微信号>",
    r"(?<![0-9A-Za-z])[0-9]{6}[\s-]*[0-9]{8}[\s-]*[0-9]{3}[0-9x](?![0-9A-Za-z])": "<证件号>",
    r"(?:\+?86[\s-]*)?(?<![0-9])1[3-9][0-9](?:[\s.-]*[0-9]){8}(?![0-9])": "<电话>",
    r"(?<![0-9])\(?0[0-9]{2,3}\)?[\s-]*[0-9]{7,8}(?![0-9])": "<电话>",
    r"(?<![0-9])(?:[0-9]{4}[\s-]+){3,4}[0-9]{1,7}(?![0-9])": "<银行卡>",
    r"(?<![0-9])[0-9]{16,19}(?![0-9])": "<银行卡>",
    rf"({_ORDER}\s*[是为:#]*\s*)(?=[A-Za-z-]*[0-9])[A-Za-z0-9-]{{4,}}": r"\1<订单号>",
    r"((?:地址|住址)\s*[是为]?\s*:)\s*[^\n。！？!?<]{2,60}": r"\1<地址>",
    rf"(家住|住在)(?={_TO}{{0,30}}[省市区县镇乡村路街弄栋幢]){_TO}{{2,30}}": r"\1<地址>",
    rf"[{_HAN}]{{2,7}}(?:省|自治区)\s*{_UNITS}+{_TAIL}": "<地址>",
    rf"[{_HAN}]{{2,6}}市\s*[{_HAN}]{{1,6}}[区县市]\s*{_UNITS}*{_TAIL}": "<地址>",
    rf"(?:[{_HAN}]{{1,8}}[区县镇乡]\s*)?{_ROAD}{_UNITS}*": "<地址>",
    rf"(?:{_ESTATE})?{_HOUSE}(?:{_NUMERAL}\s*(?:单元|室|号|楼|层)?\s*)*": "<地址>",
    rf"({_CALLED})(?![了你您他她它客外车快不过人这那])[{_HAN}·]{{2,4}}{_ENDS}": r"\1<姓名>",
    rf"({_I_AM}\s*[是叫:]?\s*)[{_SURNAMES}][{_HAN}]{{1,3}}{_ENDS}": r"\1<姓名>",
    rf"(我名?叫|我姓)[{_SURNAMES}][{_HAN}]{{0,2}}": r"\1<姓名>",
    r"(我是|我叫|叫我|i am|i'm|my name is)\s*[A-Za-z]{2,15}(?![A-Za-z])": r"\1<姓名>",
    rf"[{_SURNAMES}][{_HAN}]?(?=先生|女士|小姐|太太)": "<姓名>",
    rf"(?<![A-Za-z0-9_-]){_CODE}": "<编号>",
    r"[0-9零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{7,}": "<号码>",
    rf"(?<![0-9])(?!{_DATE})[0-9](?:[\s._·|/—–-]*[0-9]){{6,}}": "<号码>",
    r"[0-9]{5,}": "<号码>",
    r"@": " ",
}
"""What is looked for, in this order, and what stands there instead."""
_PATTERNS = [(re.compile(one, re.IGNORECASE), instead) for one, instead in _MASKS.items()]
_LAST_WORD = re.compile(r"[A-Za-z0-9@._\s-]+$")
_SUM = r"([0-9]{5,8})(?:\.[0-9]{1,2})?"
_AMOUNT = re.compile(
    rf"(?<![0-9.])(?:[¥$]\s*{_SUM}|{_SUM}(?=\s*(?:元|块|rmb)))(?![0-9])", re.IGNORECASE
)


def mask(text: str, names: Iterable[str] = ()) -> str:
    """Return the first `MOST_CHARS` characters of `text` without personal data.

    Args:
        text: what somebody wrote.
        names: what she and our people are called; replaced wherever they stand.
    """
    said = _plain(text[:MOST_CHARS])
    if len(text) > MOST_CHARS:  # what was cut through may be half a name or an address
        said = _LAST_WORD.sub("", said)
    for name in sorted({_plain(one).strip() for one in names}, key=len, reverse=True):
        if len(name) >= _SHORTEST_NAME_CHARS and not name.isdecimal():
            said = re.sub(re.escape(name), "<昵称>", said, flags=re.IGNORECASE)
    said = _AMOUNT.sub(_rounded, said)
    for pattern, instead in _PATTERNS:
        said = pattern.sub(instead, said)
    return said


def _rounded(found: re.Match[str]) -> str:
    """Keep how large an amount is: it may be the reason why a human is needed."""
    return f"{int(found[1] or found[2]) / 10_000:.1f}万" + ("" if found[2] else "元")


def _plain(text: str) -> str:
    """Return text in which every digit is one of 0 to 9, and nothing is invisible or adorned."""
    return "".join(map(_of, unicodedata.normalize("NFKC", text)))


def _of(char: str) -> str:
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    if char.isspace():
        return char if char == "\n" else " "
    return "" if unicodedata.category(char) in _UNSEEN else char
