/** What the page knows: people, chats, their messages, who I am, what I have not read. */
import { S } from "./strings.js";
import { notBefore } from "./time.js";

const READ = "simulator.read";
const ME = "simulator.me";

export const state = {
  community: "",
  groups: [],
  members: [],
  me: "",
  open: "", // the chat on the screen
  visible: true, // false while the list covers it on a phone
  last: new Map(), // chat → its newest message
  chats: new Map(), // chat → {messages: Map(id → message), older: boolean}
  unread: new Map(), // chat → how many, since the page was opened
};

const hearers = new Map();

/** Hear one kind of change: me, members, message, open, unread, clock, travelled, post due. */
export function on(kind, hear) {
  hearers.set(kind, [...(hearers.get(kind) ?? []), hear]);
}

export function tell(kind, data) {
  for (const hear of hearers.get(kind) ?? []) hear(data);
}

export const direct = (member) => `1:1:${member}`;
export const chatOf = (message) => message.group ?? direct(message.member);
export const isGroup = (chat) => state.groups.some((group) => group.id === chat);
export const botName = () => S.bot(state.community);

/** The chats on my phone: the groups, and mine with the bot. */
export function myChats() {
  const chats = [...state.groups.map((group) => group.id), direct(state.me)];
  const newest = (chat) => state.last.get(chat)?.id ?? 0;
  return chats.sort((one, other) => newest(other) - newest(one));
}

export function chatName(chat) {
  return state.groups.find((group) => group.id === chat)?.name ?? botName();
}

export function nameOf(id, fallback) {
  if (id === "bot") return botName();
  return state.members.find((member) => member.id === id)?.name ?? fallback ?? id;
}

/** How to ask the server for a chat. */
export function queryOf(chat) {
  return isGroup(chat) ? { group: chat } : { member: chat.slice(direct("").length) };
}

export function start(data) {
  Object.assign(state, { community: data.community, groups: data.groups, members: data.members });
  const me = recall(ME, "");
  state.me = data.members.some((member) => member.id === me) ? me : data.members[0].id;
  const read = recall(READ, null);
  for (const message of data.last) {
    const chat = chatOf(message);
    state.last.set(chat, message);
    if (read && message.id > (read[chat] ?? 0)) state.unread.set(chat, 0);
  }
  if (!read) for (const chat of state.last.keys()) markRead(chat);
}

export function become(member) {
  const wasDirect = state.open === direct(state.me);
  state.me = member;
  keep(ME, member);
  tell("me");
  if (wasDirect) open(direct(member));
}

export function addMember(member) {
  if (!state.members.some((known) => known.id === member.id)) state.members.push(member);
  tell("members");
}

export function open(chat) {
  state.open = chat;
  markRead(chat);
  tell("open");
}

/** The community's clock has moved: the stamps of a chat are told from it. */
export const clockMoved = () => tell("clock");

/** Take a new or changed message from the server. */
export function take(message) {
  const chat = chatOf(message);
  const known = state.chats.get(chat);
  if (message.from === "bot") notBefore(message.at); // it may come ahead of the clock's own news
  const isNew = message.id > (state.last.get(chat)?.id ?? 0);
  if (message.status === "lost") known?.messages.delete(message.id);
  else known?.messages.set(message.id, message);
  if (message.from !== "bot" && !state.members.some((member) => member.id === message.from)) {
    addMember({ id: message.from, name: message.name ?? message.from });
  }
  if (isNew || message.id === state.last.get(chat)?.id) state.last.set(chat, message);
  if (isNew && message.from !== state.me && message.status === "shown") {
    if (chat === state.open && state.visible && !document.hidden) markRead(chat);
    else state.unread.set(chat, (state.unread.get(chat) ?? 0) + 1);
  } else if (isNew && chat === state.open) markRead(chat);
  tell("message", message);
  tell("unread");
}

export function markRead(chat) {
  state.unread.delete(chat);
  const read = recall(READ, null) ?? {};
  keep(READ, { ...read, [chat]: state.last.get(chat)?.id ?? 0 });
  tell("unread");
}

/** Unread in my chats, one at least for a chat with an unknown number; `but` is left out. */
export function unreadTotal(but = "") {
  return myChats()
    .filter((chat) => chat !== but && state.unread.has(chat))
    .reduce((sum, chat) => sum + Math.max(1, state.unread.get(chat)), 0);
}

export function recall(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // private windows remember nothing
  }
}
