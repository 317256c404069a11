/** One message as a row of the chat: avatar, name, bubble. */
import { anchor, avatar, botAvatar, byId, h, icon, linked, ownPicture } from "./dom.js";
import { card } from "./cards.js";
import { markdown, plainOf } from "./markdown.js";
import { isGroup, chatOf, nameOf, state } from "./state.js";
import { S } from "./strings.js";
import { clockOf } from "./time.js";

export function row(message) {
  const name = nameOf(message.from, message.name);
  if (message.status === "recalled") {
    return h("div", { class: "notice", "data-id": message.id }, S.recalled(message.from === state.me ? S.you(name) : name));
  }
  const mine = message.from === state.me;
  const face = message.from === "bot" ? botAvatar(state.community) : avatar(message.from, name);
  const words = S.said(mine ? S.you(name) : name, clockOf(Date.parse(message.at)));
  return h(
    "div",
    { class: `row${mine ? " row-mine" : ""} kind-${message.kind}`, "data-id": message.id },
    face,
    h(
      "div",
      { class: "row-body" },
      h("span", { class: "sr" }, words),
      !mine && isGroup(chatOf(message)) ? h("span", { class: "row-name", dir: "auto", "aria-hidden": "true" }, name) : null,
      body(message, name),
    ),
  );
}

function body(message, name) {
  switch (message.kind) {
    case "markdown":
      return h("div", { class: "bubble bubble-wide" }, markdown(message.text));
    case "link":
      return linkTile(message.link);
    case "news":
      return h("div", { class: "news" }, message.articles.map((article, index) => newsTile(article, index)));
    case "card":
      return card(message);
    case "image":
      return pictures(message, name);
    default:
      return h("div", {}, message.text ? h("div", { class: "bubble" }, h("span", { dir: "auto" }, linked(message.text))) : null, message.images ? pictures(message, name) : null);
  }
}

function pictures(message, name) {
  const all = message.images ?? [];
  return h("div", { class: `pictures count-${Math.min(all.length, 3)}` }, all.map((url) => picture(url, message.text && message.kind === "image" ? message.text : S.pictureOf(name))));
}

function picture(url, words) {
  const image = h("img", { src: ownPicture(url) ?? "", alt: words, loading: "lazy" });
  const button = h("button", { type: "button", class: "picture", title: S.enlarge, onclick: () => enlarge(url, words) }, image);
  image.addEventListener("error", () => {
    button.disabled = true;
    button.replaceChildren(icon("picture"), S.gone);
  });
  return button;
}

function enlarge(url, words) {
  const image = byId("viewer-image");
  image.src = url;
  image.alt = words;
  byId("viewer").showModal();
}

function thumbnail(article) {
  const url = ownPicture(article.image_url);
  return url ? h("img", { class: "thumb", src: url, alt: "", loading: "lazy" }) : h("span", { class: "thumb thumb-none", "aria-hidden": "true" }, icon("link"));
}

function linkTile(link) {
  return anchor(
    link.url,
    [
      h("span", { class: "tile-title", dir: "auto" }, link.title),
      h("span", { class: "tile-row" }, h("span", { class: "tile-about", dir: "auto" }, link.description || link.url), thumbnail(link)),
      h("span", { class: "tile-foot" }, S.link),
    ],
    { class: "tile" },
  );
}

function newsTile(article, index) {
  const url = ownPicture(article.image_url);
  if (index === 0 && url) {
    return anchor(article.url, [h("img", { src: url, alt: "", loading: "lazy" }), h("span", { class: "news-title", dir: "auto" }, article.title)], { class: "news-first" });
  }
  return anchor(article.url, [h("span", { class: "news-words" }, h("span", { class: "news-title", dir: "auto" }, article.title), article.description ? h("span", { class: "tile-about", dir: "auto" }, article.description) : null), thumbnail(article)], { class: "news-more" });
}

/** The one line that the chat list shows. */
export function previewOf(message) {
  if (!message) return S.noMessages;
  const name = nameOf(message.from, message.name);
  if (message.status === "recalled") return S.recalled(name);
  const words = {
    image: () => `[${S.picture}]`,
    link: () => `[${S.link}] ${message.link.title}`,
    news: () => `[${S.link}] ${message.articles[0]?.title ?? ""}`,
    card: () => `[${S.card}] ${message.card.title}`,
    markdown: () => plainOf(message.text.slice(0, 300)),
  };
  const said = words[message.kind]?.() ?? `${message.text.slice(0, 120)}${message.images ? ` [${S.picture}]` : ""}`;
  return isGroup(chatOf(message)) ? `${name}：${said}` : said;
}
