/** What happened behind the stage: the last messages of the bot, their keys and states. */
import { byId, h } from "./dom.js";
import { plainOf } from "./markdown.js";
import { get } from "./net.js";
import { nameOf, on, state } from "./state.js";
import { S } from "./strings.js";
import { shortOf } from "./time.js";

const SHOWN = 25;
const TIMES = new Set(["created_at", "due_at", "sent_at"]);
let planned = 0;

export function startBackstage() {
  on("message", (message) => message.from === "bot" && plan());
  on("travelled", plan);
  plan();
}

/** Look soon, and once more when the last of a burst has certainly left. */
function plan() {
  clearTimeout(planned);
  planned = setTimeout(async () => {
    await draw();
    planned = setTimeout(draw, 2000);
  }, 300);
}

async function draw() {
  const list = byId("outgoing");
  let found;
  try {
    found = await get("outgoing");
  } catch {
    list.replaceChildren(h("li", { class: "empty" }, S.outgoingFailed));
    return;
  }
  const opened = new Set([...list.querySelectorAll("details[open]")].map((node) => node.dataset.key));
  const rows = found.slice(0, SHOWN).map((item) => entry(item, opened.has(item.key)));
  list.replaceChildren(...(rows.length ? rows : [h("li", { class: "empty" }, S.nothingSent)]));
}

function entry(item, open) {
  const status = S.status[item.status] ?? item.status ?? "";
  const words = (item.kind === "markdown" ? plainOf(item.text ?? "") : item.text) || S.kinds[item.kind] || item.kind || "";
  return h(
    "li",
    {},
    h(
      "details",
      { open, "data-key": item.key },
      h(
        "summary",
        {},
        h("span", { class: `state state-${item.status}` }, status),
        h("span", { class: "sent-to", dir: "auto" }, S.to(recipient(item))),
        h("span", { class: "sent-words", dir: "auto" }, words),
      ),
      h("dl", { class: "facts" }, Object.entries(S.fields).flatMap(([name, title]) => fact(name, title, item[name]))),
    ),
  );
}

function recipient(item) {
  const group = state.groups.find((one) => one.id === item.recipient);
  return group?.name ?? nameOf(item.recipient);
}

function fact(name, title, value) {
  if (value === null || value === undefined || value === "" || (name === "tries" && value < 2)) return [];
  const when = TIMES.has(name) ? Date.parse(value) : NaN;
  return [h("dt", {}, title), h("dd", {}, Number.isNaN(when) ? String(value) : shortOf(when))];
}
