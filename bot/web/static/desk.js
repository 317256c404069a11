// The advisors' desk, alive: news, keys, drafts, canned answers, a sound. Without this script
// everything is a plain page with plain forms.
const main = document.querySelector("#main");
const line = document.querySelector("#line");
const storage = (() => {
  try {
    return localStorage;
  } catch {
    return { getItem: () => null, setItem: () => {}, removeItem: () => {} };
  }
})();

// ── news ────────────────────────────────────────────────────────────────────────────────
// An event says that the page would show something else by now: then it is fetched, and what
// changed is changed in place. The mark of what is shown goes along with each reconnection.
let mark = main.dataset.mark;
// what a refused form shows stands at another address
const query = location.pathname === main.dataset.here ? location.search : "";
let isFetching = false;
let isStale = false;

const isAtEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 120;
const isBusy = (part) => {
  const chosen = document.getSelection();
  return part.contains(document.activeElement) || part.querySelector("details[open]") !== null ||
    (!chosen.isCollapsed && part.contains(chosen.anchorNode));
};

// Children with a key are compared one by one, so that nothing else moves.
function patch(part, fresh) {
  const known = new Map([...part.children].filter((one) => one.dataset.key).map((one) => [one.dataset.key, one]));
  const wanted = [...fresh.children];
  if (wanted.some((one) => !one.dataset.key)) {
    if (!isBusy(part) && part.innerHTML !== fresh.innerHTML) part.replaceChildren(...fresh.childNodes);
    return;
  }
  for (const [key, one] of known) {
    if (!wanted.some((each) => each.dataset.key === key) && !isBusy(one)) one.remove();
  }
  let before = null;
  for (const one of wanted) {
    let mine = known.get(one.dataset.key);
    if (mine?.isConnected && !mine.isEqualNode(one) && !isBusy(mine)) {
      mine.replaceWith(one);
      mine = one;
    }
    if (!mine?.isConnected) mine = one;
    const place = before ? before.nextElementSibling : part.firstElementChild;
    if (mine !== place) part.insertBefore(mine, place);
    before = mine;
  }
}

async function refresh() {
  if (isFetching) {
    isStale = true;
    return;
  }
  isFetching = true;
  isStale = false;
  try {
    const headers = { "X-Refresh": "1", "X-Once": main.dataset.once };
    const answer = await fetch(main.dataset.here + query, { headers });
    if (answer.redirected) return location.reload(); // signed out meanwhile
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const wasAtEnd = isAtEnd();
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
      if (fresh) patch(part, fresh);
    }
    const [tabs, freshTabs] = [document, page].map((one) => one.querySelector(".top nav ul"));
    if (!isBusy(tabs) && !tabs.isEqualNode(freshTabs)) tabs.replaceWith(freshTabs);
    opens(page);
    title = page.title;
    tell(Number(page.querySelector("#main").dataset.waiting));
    mark = page.querySelector("#main").dataset.mark;
    if (wasAtEnd && main.dataset.page === "cases") scrollToEnd();
  } catch {
    setTimeout(refresh, 3000);
  } finally {
    isFetching = false;
    if (isStale) refresh();
  }
}

// The composer stands outside of the live parts, so that nobody's words are touched; whether it is
// open may change all the same.
function opens(page) {
  const form = document.querySelector("#reply");
  const fresh = page.querySelector("#reply:not([hidden])");
  if (form && !fresh) {
    form.querySelector("button").disabled = true;
  } else if (form && fresh) {
    form.hidden = false;
    const [way, freshWay] = [form, fresh].map((one) => one.querySelector("[name=way]"));
    if (way && freshWay) way.value = freshWay.value; // the note above it says which door that is
    form.querySelector("button").disabled = false;
  } else if (!form && fresh) {
    location.reload();
  }
}

// A browser keeps only six connections to one server: of the tabs that nobody looks at, one listens
// for all, and the others catch up when they are seen again.
let source = null;
let isEar = !navigator.locks;

function listen() {
  if (source || (document.hidden && !isEar) || !window.EventSource) return;
  const asked = new URLSearchParams(query);
  asked.set("page", main.dataset.page);
  asked.set("number", main.dataset.number);
  asked.set("seen", mark);
  source = new EventSource(`/desk/news?${asked}`);
  source.addEventListener("open", () => (line.hidden = true));
  source.addEventListener("news", () => refresh());
  source.addEventListener("error", () => {
    line.hidden = false;
    if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    source = null;
    setTimeout(() => {
      refresh();
      listen();
    }, 3000);
  });
}
function rest() {
  source?.close();
  source = null;
}
navigator.locks?.request("desk.ear", () => {
  isEar = true;
  listen();
  return new Promise(() => {});
});
document.addEventListener("visibilitychange", () => (document.hidden && !isEar ? rest() : listen()));
addEventListener("pagehide", rest);
listen();
setInterval(() => document.hidden || refresh(), 60_000); // how long somebody waits grows by itself
addEventListener("pageshow", (event) => event.persisted && location.reload());

// ── a sound, and the title ──────────────────────────────────────────────────────────────
const sound = document.querySelector("#sound");
let title = document.title;
let waiting = Number(main.dataset.waiting);
document.querySelector(".top nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
let flashing = 0;
let audio = null;

const isOn = () => storage.getItem("desk.sound") === "on";
function showSound() {
  sound.hidden = !window.AudioContext;
  sound.setAttribute("aria-pressed", isOn());
  sound.textContent = isOn() ? "提示音：开" : "提示音：关";
}
showSound();
sound.addEventListener("click", () => {
  storage.setItem("desk.sound", isOn() ? "off" : "on");
  showSound();
  wakeSound();
  setTimeout(beep, 100);
});

// A browser plays nothing before somebody has touched the page.
function wakeSound() {
  if (!isOn()) return;
  audio ??= new AudioContext();
  audio.resume();
}
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wakeSound, { once: true });

function beep() {
  if (!isOn()) return;
  wakeSound();
  if (audio?.state !== "running") return;
  for (const [at, tone] of [[0, 660], [0.14, 880]]) {
    const voice = audio.createOscillator();
    const loudness = audio.createGain();
    voice.frequency.value = tone;
    loudness.gain.setValueAtTime(0.12, audio.currentTime + at);
    loudness.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + 0.12);
    voice.connect(loudness).connect(audio.destination);
    voice.start(audio.currentTime + at);
    voice.stop(audio.currentTime + at + 0.13);
  }
}

function tell(count) {
  const isMore = count > waiting;
  waiting = count;
  main.dataset.waiting = count;
  clearInterval(flashing);
  document.title = title;
  if (!isMore) return;
  document.body.dataset.rang = Number(document.body.dataset.rang ?? 0) + 1;
  beep();
  if (document.hasFocus()) return;
  flashing = setInterval(() => {
    document.title = document.title === title ? "● 有人在等" : title;
  }, 1000);
}
addEventListener("focus", () => {
  clearInterval(flashing);
  document.title = title;
});

// What was done is said above a page that may be scrolled down; it makes way again.
setTimeout(() => document.querySelector("#main > .note.good")?.remove(), 8000);

// ── forms ───────────────────────────────────────────────────────────────────────────────
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// What is being written stays in this browser until it was taken. It bears the mark of the page on
// which it was written: unchanged it leaves once, whichever tab sends it.
const reply = document.querySelector("#reply");
const words = document.querySelector("#words");
const note = document.querySelector("#draft-note");
if (reply) {
  const key = `desk.draft.${main.dataset.account}.${reply.dataset.draft}`;
  const { once } = reply.elements;
  const own = once.value;
  const forget = () => {
    for (const name of [key, `${key}.sent`, `${key}.once`]) storage.removeItem(name);
  };
  const isSent = storage.getItem(`${key}.sent`) === storage.getItem(key);
  if (isSent && document.querySelector(".note.good")) forget();
  if (!words.value && storage.getItem(key)) {
    words.value = storage.getItem(key);
    once.value = storage.getItem(`${key}.once`) ?? own;
    note.textContent = "上次没发的草稿";
  }
  addEventListener("storage", (event) => {
    if (event.key !== key || event.newValue !== null || words.value !== event.oldValue) return;
    words.value = "";
    note.textContent = "在另一个窗口里发出去了，或删掉了";
  });
  words.addEventListener("input", () => {
    once.value = own;
    if (words.value) {
      storage.setItem(key, words.value);
      storage.setItem(`${key}.once`, own);
    } else forget();
    note.textContent = words.value ? "草稿已存在这台设备上" : "";
  });
  reply.addEventListener("submit", () => {
    storage.setItem(key, words.value);
    storage.setItem(`${key}.sent`, words.value);
  });
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      reply.requestSubmit();
    }
  });
}

// ── canned answers ──────────────────────────────────────────────────────────────────────
const canned = document.querySelector("#canned");
const search = document.querySelector("#canned-search");
const shown = () => [...canned.querySelectorAll("li:not([hidden]) button")];

function look(asked) {
  const parts = asked.toLowerCase().split(/\s+/).filter(Boolean);
  for (const one of canned.querySelectorAll("li")) {
    one.hidden = !parts.every((part) => one.dataset.keys.includes(part));
  }
}
function put(text) {
  const isCommand = words.value.startsWith("/");
  const start = isCommand ? 0 : words.selectionStart;
  words.setRangeText(text, start, isCommand ? words.value.length : words.selectionEnd, "end");
  words.dispatchEvent(new Event("input"));
  canned.open = false;
  search.value = "";
  look("");
  words.focus();
}
if (canned && words) {
  search.hidden = false;
  search.addEventListener("input", () => look(search.value));
  canned.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-words]");
    if (chosen) put(chosen.dataset.words);
  });
  canned.addEventListener("keydown", (event) => {
    const at = shown().indexOf(document.activeElement);
    if (event.key === "Enter" && event.target === search && shown().length) {
      event.preventDefault();
      put(shown()[0].dataset.words);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      (shown()[at + (event.key === "ArrowDown" ? 1 : -1)] ?? search).focus();
    }
  });
  words.addEventListener("input", () => {
    if (!words.value.startsWith("/")) return;
    canned.open = true;
    look(words.value.slice(1));
  });
  words.addEventListener("keydown", (event) => {
    if (!words.value.startsWith("/") || event.isComposing) return;
    if (event.key === "Enter" && shown().length) {
      event.preventDefault();
      put(shown()[0].dataset.words);
    } else if (event.key === "ArrowDown" && shown().length) {
      event.preventDefault();
      shown()[0].focus();
    }
  });
}

// ── keys ────────────────────────────────────────────────────────────────────────────────
const help = document.querySelector("#help");
const helpButton = document.querySelector("#help-button");
helpButton.hidden = false;
helpButton.addEventListener("click", () => help.showModal());

function walk(step) {
  const items = [...document.querySelectorAll("[data-walk] .open")];
  const at = items.findIndex((one) => one.closest("article").contains(document.activeElement));
  items[at < 0 ? 0 : at + step]?.focus();
}
function press(key) {
  const near = document.activeElement.closest?.("[data-walk] > article") ?? document;
  const found = near.querySelector(`[data-press="${key}"]`);
  if (!found) return false;
  if (found.matches("summary")) {
    found.parentElement.open = true;
    found.parentElement.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  } else if (found.matches("textarea")) {
    found.focus();
  } else {
    found.click();
  }
  return true;
}
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
  if (key === "Escape") {
    const open = target.closest("details[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else {
      target.blur();
    }
    return;
  }
  if (target.closest("input, select, textarea")) return;
  let isOurs = true;
  if (key === "j" || key === "k") walk(key === "j" ? 1 : -1);
  else if (key === "?") help.showModal();
  else if (key === "i") location.href = "/desk/";
  else isOurs = ["a", "r", "t", "e", "/"].includes(key) && press(key);
  if (isOurs) event.preventDefault();
});
document.addEventListener("toggle", (event) => {
  if (!event.target.matches("details.confirm") || !event.target.open) return;
  for (const other of document.querySelectorAll("details.confirm[open]")) {
    if (other !== event.target) other.open = false;
  }
}, true);

function scrollToEnd() {
  document.querySelector(".said > li:last-child")?.scrollIntoView({ block: "center" });
}
if (main.dataset.page === "cases" && !location.hash && !document.querySelector(".panel details[open]")) scrollToEnd();
