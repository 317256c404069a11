/** The community's clock: shows the present and moves it forward. */
import { byId, toast } from "./dom.js";
import { get, post } from "./net.js";
import { clockMoved, tell } from "./state.js";
import { S } from "./strings.js";
import * as time from "./time.js";

const POLL_MS = 400;
const STAYS_MS = 1500;
const LOOK_AGAIN_MS = 60000;
let next = null;
let allowed = false;
let moving = false;
let today = "";
let hiding = 0;

export function startClock(data) {
  byId("zone").textContent = data.timezone;
  accept(data);
  byId("jump-next").addEventListener("click", () => next && jump({ set: next }, Date.parse(next)).then(() => tell("post due")));
  byId("jump-hour").addEventListener("click", () => jump({ advance_s: 3600 }, time.now() + 3600000));
  byId("jump-morning").addEventListener("click", () => {
    const target = `${time.tomorrow()}T08:00:00`;
    jump({ set: target }, time.now() + untilMorning());
  });
  setInterval(tick, 1000);
  setInterval(look, LOOK_AGAIN_MS);
  document.addEventListener("visibilitychange", () => !document.hidden && look());
}

/** Milliseconds until eight o'clock tomorrow, close enough for a progress bar. */
function untilMorning() {
  const { hour, minute } = time.local(time.now());
  return (32 * 60 - Number(hour) * 60 - Number(minute)) * 60000;
}

export function heard(data) {
  time.setNow(data.now);
  tick();
  if (!moving) look();
}

async function look() {
  try {
    accept(await get("clock"));
  } catch {
    // the offline line says it already
  }
}

function accept(data) {
  time.setNow(data.now);
  next = data.next;
  allowed = data.can_travel;
  if (!allowed) byId("clock-note").textContent = S.noTravel;
  tick();
  buttons();
}

function tick() {
  const now = time.now();
  const parts = time.local(now);
  byId("clock-time").textContent = time.clockOf(now);
  byId("clock-time").dateTime = new Date(now).toISOString();
  byId("clock-day").textContent = `${time.dateOf(now)} ${parts.weekday}`;
  byId("status-time").textContent = time.clockOf(now);
  byId("strip-now").textContent = S.now(time.shortOf(now));
  if (time.dateOf(now) !== today) clockMoved();
  today = time.dateOf(now);
}

function buttons() {
  for (const id of ["jump-hour", "jump-morning"]) byId(id).disabled = !allowed || moving;
  byId("jump-next").disabled = !allowed || moving || !next;
  byId("next-due").textContent = next ? S.nextDue(time.shortOf(Date.parse(next))) : S.noNext;
}

async function jump(where, target) {
  const from = time.now();
  moving = true;
  buttons();
  clearTimeout(hiding);
  byId("travel").hidden = false;
  progress(from, from, target);
  const watch = setInterval(async () => {
    const data = await get("clock").catch(() => null);
    if (data && moving) progress(from, Date.parse(data.now), target);
  }, POLL_MS);
  try {
    accept(await post("clock", where));
    byId("travel-bar").value = 1;
    byId("travel-text").textContent = S.arrived(time.shortOf(time.now()));
    hiding = setTimeout(hide, STAYS_MS);
    tell("travelled");
  } catch (error) {
    toast(error.message);
    hide();
  } finally {
    clearInterval(watch);
    moving = false;
    buttons();
  }
}

function hide() {
  byId("travel").hidden = true;
}

function progress(from, now, target) {
  byId("travel-bar").value = Math.max(0, Math.min(1, (now - from) / (target - from || 1)));
  byId("travel-text").textContent = S.travelling(time.shortOf(now));
}
