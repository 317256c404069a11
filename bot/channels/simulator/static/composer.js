/** Where I write: who I am, quick words, pictures, text. */
import { avatar, byId, h, icon, toast } from "./dom.js";
import { catchUp } from "./chat.js";
import { newKey, post } from "./net.js";
import { addMember, become, direct, isGroup, nameOf, on, state } from "./state.js";
import { S } from "./strings.js";

const MAX_PICTURES = 9;
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_SIDE_PX = 1600;

let pictures = []; // {url, name}
let pending = { key: newKey(), said: "" };
let sending = false;

export function startComposer() {
  const draft = byId("draft");
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    sendDraft();
  });
  draft.addEventListener("input", refresh);
  draft.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    sendDraft();
  });
  draft.addEventListener("paste", (event) => pick([...event.clipboardData.files], event));
  byId("log").addEventListener("dragover", (event) => event.preventDefault());
  byId("log").addEventListener("drop", (event) => pick([...event.dataTransfer.files], event));
  byId("pick").addEventListener("click", () => byId("files").click());
  byId("files").addEventListener("change", async (event) => {
    await pick([...event.target.files]);
    event.target.value = "";
  });
  byId("chips").append(...S.chips.map((word) => h("button", { type: "button", class: "chip", onclick: () => sendWord(word) }, word)));
  byId("who-add").addEventListener("click", askName);
  byId("add-cancel").addEventListener("click", () => byId("add-dialog").close());
  byId("add-form").addEventListener("submit", addName);
  on("me", drawPeople);
  on("members", drawPeople);
  on("unread", drawPeople);
  drawPeople();
  refresh();
}

let drawn = "";

function drawPeople() {
  const people = state.members.map(({ id, name }) => ({ id, name, news: id !== state.me && state.unread.has(direct(id)) }));
  const picture = JSON.stringify([state.me, people]);
  if (picture === drawn) return;
  drawn = picture;
  const focused = byId("who").contains(document.activeElement);
  byId("who").replaceChildren(byId("who").querySelector("legend"), ...people.map(person));
  const mine = byId("who").querySelector("input:checked");
  if (focused) mine?.focus();
  mine?.closest("label").scrollIntoView({ block: "nearest", inline: "nearest" });
  byId("draft").placeholder = S.placeholder(nameOf(state.me));
}

function person({ id, name, news }) {
  const checked = id === state.me;
  return h(
    "label",
    { class: "person", title: name },
    h("input", { type: "radio", name: "me", value: id, checked, "aria-label": name, onchange: () => become(id) }),
    avatar(id, name),
    h("span", { class: "person-name", dir: "auto", "aria-hidden": "true" }, name),
    news ? h("span", { class: "dot" }, h("span", { class: "sr" }, S.unreadSome)) : null,
  );
}

function refresh() {
  const draft = byId("draft");
  draft.style.height = "auto";
  draft.style.height = `${draft.scrollHeight}px`;
  const something = Boolean(draft.value.trim() || pictures.length);
  byId("send").disabled = sending || !something;
  byId("composer").classList.toggle("filled", something);
  byId("send").textContent = sending ? S.sending : S.send;
}

async function sendWord(word) {
  if (sending) return;
  await send(word, []);
}

async function sendDraft() {
  const draft = byId("draft");
  const text = draft.value.trim();
  if (sending || (!text && !pictures.length)) return;
  if (!(await send(text, pictures.map((picture) => picture.url)))) return;
  draft.value = "";
  pictures = [];
  drawPictures();
  draft.focus();
}

/** Send and return whether it is stored; the same words tried again keep their key. */
async function send(text, images) {
  const body = { member: state.me, group: isGroup(state.open) ? state.open : null, text, images };
  const said = JSON.stringify(body);
  if (pending.said !== said) pending = { key: newKey(), said };
  sending = true;
  refresh();
  try {
    await post("messages", { ...body, key: pending.key });
    pending = { key: newKey(), said: "" };
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  } finally {
    sending = false;
    setTimeout(refresh);
    catchUp().catch(() => {});
  }
}

async function pick(files, event) {
  const chosen = files.filter((file) => file.type.startsWith("image/"));
  if (!chosen.length) return;
  event?.preventDefault();
  for (const file of chosen) {
    if (pictures.length >= MAX_PICTURES) {
      toast(S.tooManyPictures(MAX_PICTURES));
      break;
    }
    try {
      pictures.push({ url: await dataUrl(file), name: file.name });
    } catch {
      toast(S.badPicture(file.name));
    }
  }
  drawPictures();
}

/** The file as a data URL; a large one is drawn smaller first. */
async function dataUrl(file) {
  const bitmap = await createImageBitmap(file);
  const fits = file.size <= MAX_BYTES && /^image\/(png|jpeg|gif|webp)$/.test(file.type);
  if (fits) return read(file);
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = h("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.85);
}

function read(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

function drawPictures() {
  const list = byId("previews");
  list.hidden = !pictures.length;
  list.replaceChildren(
    ...pictures.map((picture, index) => {
      const remove = () => {
        pictures.splice(index, 1);
        drawPictures();
        byId("draft").focus();
      };
      return h("li", {}, h("img", { src: picture.url, alt: picture.name }), h("button", { type: "button", "aria-label": S.removePicture(index + 1), onclick: remove }, icon("close")));
    }),
  );
  refresh();
}

function askName() {
  byId("add-name").value = "";
  byId("add-error").textContent = "";
  byId("add-dialog").showModal();
}

async function addName(event) {
  event.preventDefault();
  try {
    const member = await post("members", { name: byId("add-name").value });
    byId("add-dialog").close();
    addMember(member);
    become(member.id);
    byId("draft").focus();
  } catch (error) {
    byId("add-error").textContent = error.message;
  }
}
