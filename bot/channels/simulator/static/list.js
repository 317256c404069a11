/** The chat list of the current member's phone, and moving between the screens. */
import { botAvatar, byId, groupAvatar, h } from "./dom.js";
import { previewOf } from "./messages.js";
import { botName, chatName, isGroup, markRead, myChats, on, open, state, unreadTotal } from "./state.js";
import { S } from "./strings.js";
import { listStampOf } from "./time.js";

export function startList() {
  for (const kind of ["me", "message", "unread", "open", "members", "clock"]) on(kind, draw);
  for (const node of document.querySelectorAll("[data-go]")) node.addEventListener("click", () => go(node.dataset.go));
  on("post due", () => byId("desk").dataset.screen === "tools" && go("chat"));
  addEventListener("popstate", (event) => show(event.state?.screen ?? "list"));
  document.addEventListener("visibilitychange", () => !document.hidden && state.visible && markRead(state.open));
}

/** Go to a screen: list, chat or tools; the browser's own "back" leads home. */
export function go(screen) {
  if (screen === byId("desk").dataset.screen) return;
  history.pushState({ screen }, "");
  show(screen);
}

export function show(screen) {
  byId("desk").dataset.screen = screen;
  state.visible = screen === "chat";
  if (state.visible && state.open) markRead(state.open);
  for (const tab of document.querySelectorAll(".tabs [data-go]")) {
    if (tab.dataset.go === screen) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  if (screen === "list") byId("chats").querySelector("button")?.focus({ preventScroll: true, focusVisible: false });
}

function draw() {
  const total = unreadTotal(state.visible ? state.open : "");
  byId("list-title").textContent = S.title(total);
  document.title = S.pageTitle(total, state.community);
  const focused = document.activeElement?.closest("[data-chat]")?.dataset.chat;
  const rows = myChats().map(entry);
  byId("chats").replaceChildren(...(state.groups.length ? rows : [h("li", { class: "empty" }, S.emptyChats), ...rows]));
  if (focused) byId("chats").querySelector(`[data-chat="${CSS.escape(focused)}"]`)?.focus();
}

function entry(chat) {
  const last = state.last.get(chat);
  const name = isGroup(chat) ? chatName(chat) : botName();
  const count = state.unread.get(chat);
  const face = isGroup(chat) ? groupAvatar(name) : botAvatar(state.community);
  const choose = () => {
    open(chat);
    go("chat");
  };
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "chat", "data-chat": chat, onclick: choose },
      h("span", { class: "chat-face" }, face, count === undefined ? null : dot(count)),
      h("span", { class: "chat-words" }, h("span", { class: "chat-name", dir: "auto" }, name), h("span", { class: "chat-last", dir: "auto" }, previewOf(last))),
      h("span", { class: "chat-at" }, last ? listStampOf(Date.parse(last.at)) : ""),
    ),
  );
}

function dot(count) {
  if (!count) return h("span", { class: "dot" }, h("span", { class: "sr" }, S.unreadSome));
  return h("span", { class: "badge" }, h("span", { "aria-hidden": "true" }, count > 99 ? "99+" : count), h("span", { class: "sr" }, S.unread(count)));
}
