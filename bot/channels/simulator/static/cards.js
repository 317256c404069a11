/** Cards with working buttons and votes, as the current member sees them. */
import { anchor, h, icon, ownPicture, toast } from "./dom.js";
import { newKey, post } from "./net.js";
import { state } from "./state.js";
import { S } from "./strings.js";

export function card(message) {
  const tap = message.taps?.[state.me];
  const answer = tap?.answer ?? message.answer;
  const shown = answer?.card ?? message.card;
  const done = answer ? answer.replace_text : null;
  const frozen = Boolean(answer) && !answer.card;
  const picture = ownPicture(shown.image_url);
  return h(
    "article",
    { class: "card", "aria-label": shown.title || S.card },
    shown.source ? h("p", { class: "card-source" }, shown.source) : null,
    picture ? h("img", { class: "card-picture", src: picture, alt: "", loading: "lazy" }) : null,
    h("p", { class: "card-title", dir: "auto" }, anchorOrWords(shown.url, shown.title)),
    shown.description ? h("p", { class: "card-about", dir: "auto" }, shown.description) : null,
    shown.emphasis ? h("p", { class: "card-emphasis", dir: "auto" }, shown.emphasis) : null,
    shown.body ? h("p", { class: "card-body", dir: "auto" }, shown.body) : null,
    shown.quote ? h("p", { class: "card-body", dir: "auto" }, shown.quote) : null,
    facts(shown.facts),
    shown.questions.length ? ballot(message, shown, { tap, done, frozen }) : null,
    buttons(message, shown, { tap, done, frozen }),
  );
}

const anchorOrWords = (url, words) => (url ? anchor(url, words) : words);

function facts(pairs) {
  if (!pairs.length) return null;
  return h("dl", { class: "card-facts" }, pairs.map(([name, value]) => [h("dt", {}, name), h("dd", { dir: "auto" }, value)]).flat());
}

function buttons(message, shown, { tap, done, frozen }) {
  if (!shown.buttons.length) return null;
  const list = shown.buttons.map((button) => {
    const style = `card-button style-${button.style}`;
    if (button.url) return anchor(button.url, button.text, { class: style });
    const mine = tap?.button === button.key;
    const words = frozen && mine && done ? done : button.text;
    const press = (event) => send(event.currentTarget, message, { button: button.key });
    return h("button", { type: "button", class: `${style}${mine && frozen ? " mine" : ""}`, disabled: frozen, onclick: press }, words);
  });
  const said = frozen && done && !shown.buttons.some((button) => tap?.button === button.key);
  return h("div", { class: `card-buttons count-${Math.min(list.length, 3)}` }, list, said ? h("p", { class: "card-done" }, done) : null);
}

function ballot(message, shown, { tap, done, frozen }) {
  const chosen = new Set(tap?.chosen ?? []);
  const form = h("form", { class: "ballot" });
  for (const question of shown.questions) {
    const listed = shown.kind && shown.shape === "multiple_interaction";
    form.append(listed ? selector(question, chosen, frozen) : options(message, question, chosen, frozen));
  }
  const words = frozen ? done || S.chosen : shown.submit?.text || S.submit;
  const submit = h("button", { type: "submit", class: "card-button style-1 card-submit", disabled: frozen }, words);
  form.append(submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const picked = [...new FormData(form).values()].filter(Boolean);
    if (!picked.length) toast(S.choose);
    else send(submit, message, { button: shown.submit?.key, option: picked });
  });
  return form;
}

function options(message, question, chosen, frozen) {
  const type = question.many ? "checkbox" : "radio";
  const legend = question.title || (question.many ? S.many : S.single);
  return h(
    "fieldset",
    { class: "options", disabled: frozen },
    h("legend", { class: question.title ? "" : "sr" }, legend, question.many && question.title ? h("small", {}, S.many) : null),
    question.choices.map((choice) => {
      const picked = chosen.size ? chosen.has(choice.id) : choice.checked;
      const name = `${message.id}-${question.key}`;
      return h(
        "label",
        { class: `option${frozen && picked ? " picked" : ""}` },
        h("input", { type, name, value: choice.id, checked: picked }),
        h("span", { dir: "auto" }, choice.text),
        frozen && picked ? icon("check") : null,
      );
    }),
  );
}

function selector(question, chosen, frozen) {
  const picked = question.choices.find((choice) => (chosen.size ? chosen.has(choice.id) : choice.checked));
  return h(
    "label",
    { class: "selector" },
    h("span", {}, question.title || S.select),
    h(
      "select",
      { name: question.key, disabled: frozen },
      h("option", { value: "" }, S.select),
      question.choices.map((choice) => h("option", { value: choice.id, selected: choice === picked }, choice.text)),
    ),
  );
}

async function send(button, message, what) {
  const words = button.textContent;
  button.disabled = true;
  button.textContent = S.pressing;
  try {
    await post("taps", { member: state.me, message_id: message.id, key: newKey(), ...what });
  } catch (error) {
    toast(error.message);
  }
  if (button.isConnected) {
    button.textContent = words;
    button.disabled = false;
  }
}
