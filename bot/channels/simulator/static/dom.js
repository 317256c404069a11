/** Builds nodes. What people wrote only ever becomes text: there is no innerHTML here. */

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** h("p", {class: "x", onclick: f, "aria-label": "…"}, "words", node, null) */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** A square with the last character of a name, which tells 阿美 from 阿珍, on a colour of its own. */
export function avatar(id, name) {
  let hash = 5;
  for (const char of id) hash = (hash * 31 + char.codePointAt(0)) >>> 0;
  const hue = ((hash ^ (hash >>> 5)) >>> 0) % 8;
  return h("span", { class: `avatar hue-${hue}`, "aria-hidden": "true" }, characters(name).at(-1));
}

export function botAvatar(community) {
  return h("span", { class: "avatar avatar-bot", "aria-hidden": "true" }, characters(community)[0]);
}

export function groupAvatar(name) {
  const short = name.split(/[·・|｜\s-]+/).filter(Boolean).pop() ?? name;
  const tiles = [...short].slice(0, 4).map((char, index) => h("i", { class: `hue-${(index * 3 + 1) % 8}` }, char));
  return h("span", { class: "avatar avatar-group", "aria-hidden": "true" }, tiles);
}

const UNSEEN = /^[\p{C}\p{M}\s]+$/u;

/** The visible characters of a name; a joined emoji is one. */
function characters(text) {
  const found = globalThis.Intl?.Segmenter
    ? [...new Intl.Segmenter("zh", { granularity: "grapheme" }).segment(text.trim())].map((one) => one.segment)
    : [...text.trim()];
  const visible = found.filter((one) => !UNSEEN.test(one));
  return visible.length ? visible.map((one) => [...one].slice(0, 7).join("").toUpperCase()) : ["?"];
}

let lastToast = null;

export function toast(words) {
  lastToast?.remove();
  const node = h("div", { class: "toast" }, words);
  lastToast = node;
  byId("toasts").append(node);
  setTimeout(() => node.remove(), 4000);
}

const URL_IN_TEXT = /https?:\/\/[^\s<>"'，。；！？、）】》]+/g;

/** Text with its web addresses made links. */
export function linked(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(URL_IN_TEXT)) {
    nodes.push(text.slice(end, match.index), anchor(match[0], [match[0]]));
    end = match.index + match[0].length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}

/** A link, or only its words when the address is none that may be followed. */
export function anchor(url, children, attributes = {}) {
  const address = safeUrl(url);
  if (!address) return h("span", attributes, children);
  return h("a", { ...attributes, href: address, target: "_blank", rel: "noopener noreferrer" }, children);
}

export function safeUrl(url) {
  try {
    const found = new URL(url, location.href);
    return ["http:", "https:"].includes(found.protocol) ? found.href : null;
  } catch {
    return null;
  }
}

/** A picture's address when the page may load it: our own origin or kept in place. */
export function ownPicture(url) {
  if (!url) return null;
  if (url.startsWith("data:image/")) return url;
  const address = safeUrl(url);
  return address && new URL(address).origin === location.origin ? address : null;
}
