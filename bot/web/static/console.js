// Keeps `[data-live]` parts fresh: fetches the same page and swaps them in. Nothing moves
// while somebody reads a selection, has the focus inside, or has unfolded something.
const EVERY_MS = 10_000;

const isBusy = (part) =>
  part.contains(document.activeElement) ||
  part.querySelector("details[open]") !== null ||
  String(document.getSelection()) !== "";

async function refresh() {
  const parts = [...document.querySelectorAll("[data-live]")];
  if (document.hidden || parts.length === 0 || parts.some(isBusy)) return;
  const answer = await fetch(location.href, { headers: { "X-Refresh": "1" } });
  if (answer.redirected) return location.reload(); // signed out meanwhile
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (fresh) part.replaceChildren(...fresh.childNodes);
  }
  stackTables();
}

setInterval(() => refresh().catch(() => {}), EVERY_MS);

// One open confirmation at a time; Escape closes it and gives the focus back.
document.addEventListener("toggle", (event) => {
  if (!event.target.matches("details.confirm") || !event.target.open) return;
  for (const other of document.querySelectorAll("details.confirm[open]")) {
    if (other !== event.target) other.open = false;
  }
}, true);

document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector("details.confirm[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// A form is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// What was typed is still there after a refusal: the form is kept in this tab until the next page.
const KEPT = "form";
const ownFields = (form) =>
  [...new FormData(form)].filter(([name, value]) => name !== "csrf" && typeof value === "string");

document.addEventListener("submit", ({ target: form }) => {
  if (form.method !== "post" || form.querySelector("[type=password]")) return;
  sessionStorage.setItem(KEPT, JSON.stringify([form.getAttribute("action"), ownFields(form)]));
});

function fillAgain() {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (!kept || !document.querySelector(".note.bad")) return;
  const [action, typed] = JSON.parse(kept);
  const has = (name, value) => typed.some((one) => one[0] === name && one[1] === value);
  const isIt = (form) =>
    form.getAttribute("action") === action &&
    [...form.querySelectorAll("[type=hidden]:not([name=csrf])")].every((one) => has(one.name, one.value));
  const form = [...document.forms].find(isIt);
  if (!form) return;
  for (const field of form.elements) {
    if (!field.name || ["hidden", "submit", "fieldset"].includes(field.type)) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = has(field.name, field.value);
    else field.value = typed.find((one) => one[0] === field.name)?.[1] ?? field.value;
  }
  for (let part = form.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
}
fillAgain();

// On a phone a row of a room's table becomes a small list; each value then needs its name.
function stackTables() {
  for (const table of document.querySelectorAll(".room table:not(.stacked)")) {
    const heads = [...table.querySelectorAll("thead th")];
    if (heads.length === 0) continue;
    const names = heads.map((head) => (head.querySelector(".unseen") ? "" : head.textContent.trim()));
    for (const row of table.tBodies[0]?.rows ?? []) {
      [...row.cells].forEach((cell, place) => {
        if (names[place]) cell.dataset.label = names[place];
      });
    }
    table.classList.add("stacked");
  }
}
stackTables();

// A queue worked by keys: j and k go on and back, any other letter presses what has it as
// `data-key` in the item at hand. Without this script everything is a button.
function workQueue(event) {
  const queue = document.querySelector("[data-queue]");
  const isTyping = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (!queue || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const items = [...queue.children].filter((item) => item.matches("article"));
  const at = items.indexOf(document.activeElement.closest("[data-queue] > article"));
  if (event.key === "j" || event.key === "k") {
    items[at < 0 ? 0 : at + (event.key === "j" ? 1 : -1)]?.focus();
    return;
  }
  const pressed = /^[a-z]$/.test(event.key) && items[at]?.querySelector(`[data-key="${event.key}"]`);
  if (!pressed) return;
  event.preventDefault();
  pressed.click();
  if (pressed.matches("summary")) pressed.parentElement.querySelector("select").focus();
}
document.addEventListener("keydown", workQueue);

// A sheet to print.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
