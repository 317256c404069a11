/** The open chat: rows in order, stamps between them, and where it is scrolled to. */
import { byId, h, toast } from "./dom.js";
import { row } from "./messages.js";
import { get } from "./net.js";
import { botName, chatName, chatOf, isGroup, markRead, on, queryOf, state, take, unreadTotal } from "./state.js";
import { S } from "./strings.js";
import { stampOf } from "./time.js";

const FIRST = 60;
const PAUSE_MS = 5 * 60 * 1000;
const NEAR_PX = 60;
let stuck = true;
const looks = new WeakMap();

const log = () => byId("log");

export function startChat() {
  on("open", show);
  on("me", () => draw());
  on("message", (message) => chatOf(message) === state.open && put(message));
  on("unread", badge);
  on("clock", stamps);
  log().addEventListener("scroll", scrolled, { passive: true });
  byId("pill").addEventListener("click", () => toEnd(true));
  // the composer grows, the keyboard opens, pictures load: whoever was at the end stays there
  new ResizeObserver(() => stuck && toEnd()).observe(log());
  log().addEventListener("load", () => stuck && toEnd(), true);
}

async function show() {
  const chat = state.open;
  byId("chat-title").textContent = chatName(chat);
  badge();
  if (!state.chats.has(chat)) {
    log().replaceChildren(h("p", { class: "empty" }, S.loading));
    try {
      await load(chat);
    } catch (error) {
      toast(error.message);
    }
  }
  if (chat === state.open) draw();
}

async function load(chat, before) {
  const found = await get("messages", { ...queryOf(chat), limit: FIRST, before });
  const known = state.chats.get(chat) ?? { messages: new Map(), older: true };
  for (const message of found) known.messages.set(message.id, message);
  known.older = found.length === FIRST;
  state.chats.set(chat, known);
}

/** Draw the whole chat again, at its end. */
function draw() {
  const known = state.chats.get(state.open);
  if (!known) return;
  log().setAttribute("aria-busy", "true");
  const list = [...known.messages.values()].sort((one, other) => one.id - other.id);
  const rows = list.flatMap((message, index) => withStamp(message, list[index - 1]));
  if (!list.length) rows.push(h("p", { class: "empty" }, isGroup(state.open) ? S.emptyChat : S.emptyDirect(botName())));
  if (known.older) rows.unshift(h("button", { type: "button", class: "older", onclick: older }, S.older));
  log().replaceChildren(...rows);
  toEnd();
  log().removeAttribute("aria-busy");
}

async function older(event) {
  const chat = state.open;
  const known = state.chats.get(chat);
  event.currentTarget.disabled = true;
  const fromEnd = log().scrollHeight - log().scrollTop;
  try {
    await load(chat, Math.min(...known.messages.keys()));
    if (chat !== state.open) return;
    draw();
    log().scrollTop = log().scrollHeight - fromEnd;
  } catch (error) {
    toast(error.message);
    event.target.disabled = false;
  }
}

function withStamp(message, previous) {
  const at = Date.parse(message.at);
  const pause = !previous || Math.abs(at - Date.parse(previous.at)) > PAUSE_MS;
  const nodes = [drawn(message)];
  if (pause) nodes.unshift(h("time", { class: "stamp", datetime: message.at }, stampOf(at)));
  return nodes;
}

/** Today's stamps become yesterday's. */
function stamps() {
  for (const stamp of log().querySelectorAll(".stamp")) stamp.textContent = stampOf(Date.parse(stamp.dateTime));
}

/** Show one new or changed message. */
function put(message) {
  const known = state.chats.get(state.open);
  if (!known) return;
  const shown = log().querySelector(`[data-id="${message.id}"]`);
  const ids = [...known.messages.keys()];
  if (shown && message.status !== "lost") replace(shown, message);
  else if (shown || message.status === "lost" || ids.length === 1 || message.id < Math.max(...ids)) redraw();
  else append(message, known.messages.get(Math.max(...ids.filter((id) => id !== message.id))));
}

/** Change a row, but only when it looks different to me: a choice under way is not undone. */
function replace(shown, message) {
  if (looks.get(shown) === lookOf(message)) return;
  shown.replaceWith(drawn(message));
}

function drawn(message) {
  const node = row(message);
  looks.set(node, lookOf(message));
  return node;
}

const lookOf = ({ status, text, card, answer, taps }) => JSON.stringify([status, text, card, answer, taps?.[state.me]]);

function redraw() {
  const [was, top] = [stuck, log().scrollTop];
  draw();
  if (!was) log().scrollTop = top;
}

function append(message, previous) {
  const nodes = withStamp(message, previous);
  for (const node of nodes) node.classList.add("fresh");
  const follow = stuck || message.from === state.me;
  log().append(...nodes);
  if (follow) toEnd(true);
  else byId("pill").hidden = false;
}

function scrolled() {
  const frame = log();
  stuck = frame.scrollHeight - frame.scrollTop - frame.clientHeight < NEAR_PX;
  if (!stuck) return;
  byId("pill").hidden = true;
  if (state.visible && state.unread.has(state.open)) markRead(state.open);
}

function toEnd(smooth = false) {
  stuck = true;
  byId("pill").hidden = true;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  log().scrollTo({ top: log().scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
}

function badge() {
  const count = unreadTotal(state.open);
  const node = byId("others-unread");
  node.hidden = !count;
  node.textContent = count > 99 ? "99+" : String(count);
  node.setAttribute("aria-label", S.unread(count));
}

/** After a broken line: what the feed may have missed. */
export async function catchUp() {
  const known = state.chats.get(state.open);
  if (!known) return;
  const last = Math.max(0, ...known.messages.keys());
  for (const message of await get("messages", { ...queryOf(state.open), after: last })) take(message);
}
