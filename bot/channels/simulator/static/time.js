/** The community's time: its zone, and a present that may have been moved. */
import { S } from "./strings.js";

let zone = "Asia/Shanghai";
let present = Date.now();
let readAt = performance.now();
let format = makeFormat();

function makeFormat() {
  return new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    weekday: "short",
  });
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

export function setZone(name) {
  zone = name;
  format = makeFormat();
}

export function setNow(iso) {
  present = Date.parse(iso);
  readAt = performance.now();
}

/** Believe a message that comes from later than the present that we know. */
export function notBefore(iso) {
  if (Date.parse(iso) > now()) setNow(iso);
}

/** The community's present in milliseconds. */
export const now = () => present + (performance.now() - readAt);

/** The local parts of an instant: {year, month, day, hour, minute, weekday}, all text. */
export function local(instant) {
  const parts = Object.fromEntries(format.formatToParts(instant).map((part) => [part.type, part.value]));
  return { ...parts, weekday: S.weekdays[WEEKDAYS.indexOf(parts.weekday)] };
}

export const clockOf = (instant) => {
  const { hour, minute } = local(instant);
  return `${hour}:${minute}`;
};

export const dateOf = (instant) => {
  const { year, month, day } = local(instant);
  return `${year}-${month}-${day}`;
};

/** 2026-11-25 周三 21:05 */
export function fullOf(instant) {
  const parts = local(instant);
  return `${dateOf(instant)} ${parts.weekday} ${parts.hour}:${parts.minute}`;
}

/** 11月25日 周三 21:05 */
export function shortOf(instant) {
  const parts = local(instant);
  return `${Number(parts.month)}月${Number(parts.day)}日 ${parts.weekday} ${parts.hour}:${parts.minute}`;
}

/** As WeChat stamps a chat: 21:05, 昨天 21:05, 周三 21:05, 11月25日 21:05. */
export function stampOf(instant) {
  const day = dayWords(instant, (parts) => `${Number(parts.month)}月${Number(parts.day)}日`);
  return day ? `${day} ${clockOf(instant)}` : clockOf(instant);
}

/** As WeChat stamps its list: 21:05, 昨天, 周三, 11/25. */
export function listStampOf(instant) {
  return dayWords(instant, (parts) => `${Number(parts.month)}/${Number(parts.day)}`) || clockOf(instant);
}

function dayWords(instant, older) {
  const days = (Date.parse(dateOf(now())) - Date.parse(dateOf(instant))) / 86400000;
  const parts = local(instant);
  if (days === 0) return "";
  if (days === 1) return S.yesterday;
  if (days > 1 && days < 7) return parts.weekday;
  const year = parts.year === local(now()).year ? "" : `${parts.year}年`;
  return year + older(parts);
}

/** Tomorrow's local date as YYYY-MM-DD. */
export function tomorrow() {
  const midday = Date.parse(`${dateOf(now())}T12:00:00Z`);
  return new Date(midday + 86400000).toISOString().slice(0, 10);
}
