"""Who has a session of 微信客服, and the humans who take some (path/94669, 94645-94647, 2026-07).

The platform's states are 0 not handled yet, 1 the bot, 2 the pool, 3 a human, 4 ended. In 0 we may
answer as in 1 and give over as from 1, so we never ask for 1: an answer costs one call, not two.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.http import Answer, Json, text_in
from bot.channels.wecom.reading import rows_in, whole_in
from bot.kernel.clock import Clock
from bot.kernel.errors import Undeliverable
from bot.kernel.messages import Ticket
from bot.kernel.reception import Duty, Held, Holder, Moved, OnDuty, Outcome

STATE_FORBIDS = frozenset({95013, 95016, 95018})
_HUMAN_CAN_NOT = frozenset({95014, 95017, 95019, 60030})
_HOLDERS = {0: Holder.BOT, 1: Holder.BOT, 2: Holder.QUEUE, 3: Holder.HUMAN, 4: Holder.NOBODY}
_STATES = {Holder.BOT: 1, Holder.QUEUE: 2, Holder.HUMAN: 3, Holder.NOBODY: 4}
_CODE_LIVES_S = {Holder.QUEUE: 48 * 3600.0, Holder.NOBODY: 20.0}  # path/95122, 2026-07
_MOST_SURPRISES = 1000
_IGNORED = "ignored"  # there already, or not there: harmless (path/94646, 94647, 2026-07)


class Desk:
    """`Conversations` of 微信客服."""

    def __init__(self, api: WecomApi, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._surprises: dict[tuple[str, str], Held] = {}

    async def held(self, account: str, customer: str) -> Held:
        """Return who has a session now."""
        return (await self.state(account, customer))[1]

    async def state(self, account: str, customer: str) -> tuple[int, Held]:
        """Return the platform's number of the state, too; an unknown one is nobody's."""
        question = {"open_kfid": account, "external_userid": customer}
        answer = await self._api.call("/cgi-bin/kf/service_state/get", question, sends=False)
        state = whole_in(answer, "service_state")
        holder = _HOLDERS.get(state, Holder.NOBODY)
        human = text_in(answer, "servicer_userid") if holder is Holder.HUMAN else ""
        return state, Held(holder, human)

    def surprised(self, account: str, customer: str, held: Held) -> None:
        """Keep who has a session, of which we thought that it was ours."""
        if len(self._surprises) < _MOST_SURPRISES:
            self._surprises[account, customer] = held

    def surprises(self) -> Sequence[tuple[str, str, Held]]:
        """Return and forget them."""
        found, self._surprises = self._surprises, {}
        return [(account, customer, held) for (account, customer), held in found.items()]

    async def move(self, account: str, customer: str, to: Holder, human: str = "") -> Moved:
        """Ask for another state; twice does no harm, for who has it is asked before."""
        body: Json = {
            "open_kfid": account,
            "external_userid": customer,
            "service_state": _STATES[to],
        }
        if to is Holder.HUMAN:
            body["servicer_userid"] = human
        try:
            answer = await self._api.call("/cgi-bin/kf/service_state/trans", body, sends=False)
        except Undeliverable as exc:
            if exc.code in STATE_FORBIDS:
                return Moved(Outcome.CHANGED)
            if exc.code in _HUMAN_CAN_NOT:
                return Moved(Outcome.UNAVAILABLE)
            raise
        code, lives_s = text_in(answer, "msg_code"), _CODE_LIVES_S.get(to, 0.0)
        until = self._clock.now() + timedelta(seconds=lives_s)
        return Moved(Outcome.MOVED, Ticket(code, until) if code and lives_s else None)


class Servicers:
    """`Staff` of 微信客服."""

    def __init__(self, api: WecomApi, accounts: Sequence[str]) -> None:
        self.accounts = accounts
        self._api = api

    async def listed(self, account: str) -> Sequence[OnDuty]:
        """Return the servicers of an account; departments in the list have no name of their own."""
        answer = await self._api.ask("/cgi-bin/kf/servicer/list", {"open_kfid": account})
        return [
            OnDuty(userid, _duty(entry))
            for entry in rows_in(answer, "servicer_list")
            if (userid := text_in(entry, "userid"))
        ]

    async def add(self, account: str, human: str) -> str:
        """Make a member of the corp a servicer."""
        return await self._change("add", account, human)

    async def remove(self, account: str, human: str) -> str:
        """Make a servicer none."""
        return await self._change("del", account, human)

    async def _change(self, verb: str, account: str, human: str) -> str:
        body: Json = {"open_kfid": account, "userid_list": [human]}
        answer = await self._api.call(f"/cgi-bin/kf/servicer/{verb}", body, sends=False)
        for result in rows_in(answer, "result_list"):
            if _is_bad(result):
                return f"kf/servicer/{verb}: errcode {result.get('errcode')}"
        return ""


def _is_bad(result: Mapping[str, object]) -> bool:
    return bool(result.get("errcode")) and text_in(result, "errmsg") != _IGNORED


def _duty(entry: Answer) -> Duty:
    """Return whether a servicer receives: here 0 says so, in the event it is 1."""
    if entry.get("status") == 0:
        return Duty.ON
    return Duty.AWAY if entry.get("stop_type") == 1 else Duty.OFF
