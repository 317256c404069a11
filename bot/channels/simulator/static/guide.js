/** Three steps for a newcomer; each is ticked off once it was really done. */
import { byId, icon } from "./dom.js";
import { keep, on, recall } from "./state.js";

const CLOSED = "simulator.guide-closed";
const DONE = "simulator.guide-done";

export function startGuide(since) {
  const done = new Set(recall(DONE, []));
  const speakers = new Set();

  const finish = (step) => {
    if (done.has(step)) return;
    done.add(step);
    keep(DONE, [...done]);
    draw();
  };
  const draw = () => {
    const closed = recall(CLOSED, false);
    byId("guide").hidden = closed;
    byId("guide-open").hidden = !closed;
    for (const step of [1, 2, 3]) {
      const node = byId(`step-${step}`);
      const ticked = node.querySelector("svg");
      node.classList.toggle("done", done.has(step));
      if (done.has(step) && !ticked) node.prepend(icon("check"));
    }
  };
  const close = (closed) => {
    keep(CLOSED, closed);
    draw();
    byId(closed ? "guide-open" : "guide-close").focus();
  };

  byId("guide-close").addEventListener("click", () => close(true));
  byId("guide-open").addEventListener("click", () => close(false));
  on("message", (message) => {
    if (message.from === "bot" || message.id <= since || !message.text.includes("打卡")) return;
    speakers.add(message.from);
    finish(1);
    if (speakers.size > 1) finish(2);
  });
  on("travelled", () => finish(3));
  draw();
}
