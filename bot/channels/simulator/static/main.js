/** Puts the page together. */
import { startBackstage } from "./backstage.js";
import { catchUp, startChat } from "./chat.js";
import { heard, startClock } from "./clock.js";
import { startComposer } from "./composer.js";
import { byId, toast } from "./dom.js";
import { startGuide } from "./guide.js";
import { show, startList } from "./list.js";
import { get, listen } from "./net.js";
import { direct, open, start, state, take } from "./state.js";
import { setZone } from "./time.js";

const RETRY_MS = 3000;

async function main() {
  let data;
  try {
    data = await get("state");
  } catch (error) {
    toast(error.message);
    line(false);
    setTimeout(main, RETRY_MS);
    return;
  }
  setZone(data.timezone);
  start(data);
  byId("community").textContent = data.community;
  byId("community").closest(".brand").querySelector(".brand-mark").textContent = [...data.community][0] ?? "";
  startClock(data);
  startList();
  startChat();
  startComposer();
  startGuide(Math.max(0, ...data.last.map((message) => message.id)));
  startBackstage();
  watchViewer();
  open(state.groups[0]?.id ?? direct(state.me));
  history.replaceState({ screen: "chat" }, "");
  show("chat");
  listen(data.revision, { onMessage: take, onClock: heard, onLine: line });
}

function line(up) {
  for (const node of document.querySelectorAll("[data-offline]")) node.hidden = up;
  if (up) catchUp().catch(() => {});
}

function watchViewer() {
  const viewer = byId("viewer");
  viewer.addEventListener("click", () => viewer.close());
}

main();
