// A question as it is shown in the web chat and on the kiosk, from the server's JSON.

// 192 random bits, as a secret or an id.
export function random() {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

export function make(name, attributes, ...children) {
  const found = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) found.setAttribute(attribute, value);
  found.append(...children);
  return found;
}

// "5 · Rất hài lòng" -> a round number and the words; the whole label stays the accessible name.
function answerButton({ payload, label, chosen }) {
  const [number, ...rest] = label.replace(/^✓ /, "").split(" · ");
  const button = make("button", { name: "tap", value: payload, ...(chosen && { class: "chosen", "aria-pressed": "true" }) });
  if (rest.length) {
    button.append(make("span", { class: "num" }, number), make("span", { class: "unseen" }, " · "), make("span", {}, rest.join(" · ")));
  } else button.append(label);
  return button;
}

function progressLine({ number, of }, words) {
  const found = make("p", { class: "progress" }, words.progress.replace("{number}", number).replace("{of}", of));
  found.insertAdjacentHTML("beforeend", `<svg viewBox="0 0 ${+of} 1" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="${+of}" height="1"/><rect class="fill" width="${+number}" height="1"/></svg>`);
  return found;
}

export function turnOf(message, code, words, place) {
  const { question } = message;
  const said = message.said.replace(place, "").trim();
  const turn = make("div", { class: "turn", tabindex: "-1" });
  if (said) turn.append(make("p", { class: question ? "said" : "said main", id: "said" }, said));
  if (code) turn.append(make("strong", { class: "code" }, code));
  if (message.progress) turn.append(progressLine(message.progress, words));
  if (words.audio?.split(" ").includes(message.key)) {
    turn.append(make("audio", { controls: "", preload: "none", src: new URL(`../audio/${words.language}/${message.key}.mp3`, import.meta.url) }));
  }
  if (question) turn.append(make("h2", { id: "question", tabindex: "-1", ...(said && { "aria-describedby": "said" }) }, question));
  const answers = message.choices.filter((each) => !each.control);
  const controls = message.choices.filter((each) => each.control);
  if (answers.length) turn.append(make("div", { class: "choices", role: "group", "aria-labelledby": "question" }, ...answers.map(answerButton)));
  if (message.input) {
    turn.append(make("div", { class: "own" },
      make("label", { for: "text" }, words.write),
      make("textarea", { id: "text", name: "text", maxlength: "2000" }),
      make("button", { name: "send", value: "1" }, words.send)));
  }
  if (controls.length) {
    turn.append(make("div", { class: "controls" }, ...controls.map(({ payload, label }) =>
      make("button", { class: "plain", name: "tap", value: payload }, label))));
  }
  return turn;
}
