"""How questions are compared: the same words in any width, script, politeness and spelling.

    "請問你們幾點關門呀？"  →  几 点 关门  →  几 点 [打烊]

Only what members type in questions is folded; nothing of it is ever shown.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.kernel.checking import wrong
from bot.kernel.words import closed, plain

MOST_CHARS = 200
"""Of a longer message so much is looked at: a question stands at its beginning."""

# Characters of questions to a shop which `kernel.words` does not fold, for no command has them
_TRADITIONAL = str.maketrans(
    "開關點時間營業幾樣褲襯裝針織絨滌燙縮變顏發運費遞員買賣錢貴減滿贈禮級別歲齡體質碼"
    "長寬圍膚試適題檢壞斷線鈕釦維護養乾濕曬紙師縫紉鎖尋陳樓層電車場駐邊鐵東廣離遠覽網"
    "絡鏈連結應該還夠讓給過後對於與從當們裡裏兒啟獎約備紀讚讀寫聲觀遲紅銀匯稅實際雜謝"
    "歡團購製淺綠藍黃種類產檔區風薦複傘絲綢緞襪鍊錶飾飄顯條鮮豔氣聖誕節慶職閒鬆緊輕熱"
    "凍雙獨筆頁極簡經紗襖溫擇雲龍鳥馬魚麗驗萬億兩繼續懷媽學歐韓廠牆燈銅鑽鏡盤撲衛帥爺"
    "嬸強鈔華貿慣飛機勞屬繳納",
    "开关点时间营业几样裤衬装针织绒涤烫缩变颜发运费递员买卖钱贵减满赠礼级别岁龄体质码"
    "长宽围肤试适题检坏断线钮扣维护养干湿晒纸师缝纫锁寻陈楼层电车场驻边铁东广离远览网"
    "络链连结应该还够让给过后对于与从当们里里儿启奖约备纪赞读写声观迟红银汇税实际杂谢"
    "欢团购制浅绿蓝黄种类产档区风荐复伞丝绸缎袜链表饰飘显条鲜艳气圣诞节庆职闲松紧轻热"
    "冻双独笔页极简经纱袄温择云龙鸟马鱼丽验万亿两继续怀妈学欧韩厂墙灯铜钻镜盘扑卫帅爷"
    "婶强钞华贸惯飞机劳属缴纳",
)
_PIECES = re.compile(r"[a-z]+|[0-9]+|[^\W_]")

Word = Annotated[str, Field(min_length=1, max_length=12)]
Units = Sequence[str]
"""What a question is made of: characters, figures, Latin words, and words that stand for others,
which have more than one character."""


class Synonyms(BaseModel):
    """The table `content/synonyms.toml`: words that mean the same, and words that mean nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    same: tuple[Annotated[tuple[Word, ...], Field(min_length=2)], ...] = ()
    """Each a list of words; slips of the pen are among them."""
    nothing: tuple[Word, ...] = ()
    """Politeness and the like, which tells no question from another."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        seen: dict[str, str] = {}
        for row, words in enumerate(self.same):
            for place, word in enumerate(words):
                at = ("same", row, place)
                if (form := squeezed(word)) in seen:
                    message = f'"{word}" means "{seen[form]}" already'
                    raise wrong("duplicate-name", message, at=at)
                if not form:
                    raise wrong("bad-value", f'"{word}" has no letter', at=at)
                seen[form] = words[0]
        for place, word in enumerate(self.nothing):
            if squeezed(word) in seen:
                message = f'"{word}" stands in "same", too'
                raise wrong("duplicate-name", message, at=("nothing", place))
        return self


def squeezed(text: str, most: int | None = MOST_CHARS) -> str:
    """Return letters and figures alone, folded as the kernel folds commands, and further."""
    folded = closed(plain(text[:most])).translate(_TRADITIONAL)
    return "".join(_PIECES.findall(folded))


class Folding:
    """Folds questions by one table of synonyms."""

    def __init__(self, table: Synonyms | None = None) -> None:
        means: dict[str, str] = {}
        for words in table.same if table else ():
            forms = [squeezed(word) for word in words]
            means.update(dict.fromkeys(forms, forms[0]))
        for word in table.nothing if table else ():
            means.setdefault(squeezed(word), "")
        self._means: Mapping[str, str] = means
        self._longest = max(map(len, means), default=0)

    def units(self, text: str, *, most: int | None = MOST_CHARS) -> Units:
        """Return what a text is made of, of its first `most` characters; empty for none."""
        return tuple(filter(None, self._units(squeezed(text, most))))

    def _units(self, said: str) -> Iterator[str]:
        at = 0
        while at < len(said):
            longest = min(self._longest, len(said) - at)
            known = (said[at : at + size] for size in range(longest, 0, -1))
            if (word := next((one for one in known if one in self._means), None)) is not None:
                yield self._means[word]
                at += len(word)
            else:
                found = _PIECES.match(said, at)
                piece = found[0] if found else said[at]
                yield piece
                at += len(piece)


PLAIN = Folding()
"""Without a table."""
