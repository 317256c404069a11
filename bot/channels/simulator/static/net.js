/** Talks to the simulator's JSON interface and listens to its live feed. */
import { S } from "./strings.js";

const API = "/simulator/api/";

/** The server said no, or was not there (status 0). `message` is for the person. */
export class Refused extends Error {
  constructor(status, message, field = "") {
    super(message);
    this.status = status;
    this.field = field;
  }
}

export async function get(path, query = {}) {
  const filled = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const search = new URLSearchParams(filled).toString();
  return call(path + (search ? `?${search}` : ""), { cache: "no-store" });
}

export async function post(path, body) {
  return call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(API + path, { credentials: "same-origin", ...options });
  } catch {
    throw new Refused(0, S.offline);
  }
  const data = await response.json().catch(() => null);
  if (response.ok) return data;
  const words = { 413: S.tooBig, 503: S.notStored }[response.status] ?? data?.error ?? S.failed;
  throw new Refused(response.status, words, data?.field ?? "");
}

/** An id that makes a repeat of the same message harmless. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Listens from `revision` on, for as long as the page lives. The browser reconnects by
 * itself after a broken line; after a refusal (the server restarts) we do it.
 */
export function listen(revision, { onMessage, onClock, onLine }) {
  let last = revision;
  let wait = 1000;
  const connect = () => {
    const source = new EventSource(`${API}stream?after=${last}`);
    source.onopen = () => {
      wait = 1000;
      onLine(true);
    };
    source.addEventListener("message", (event) => {
      last = Number(event.lastEventId) || last;
      onMessage(JSON.parse(event.data));
    });
    source.addEventListener("clock", (event) => onClock(JSON.parse(event.data)));
    source.onerror = () => {
      onLine(false);
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, 15000);
    };
    addEventListener("pagehide", () => source.close(), { once: true });
  };
  connect();
}
