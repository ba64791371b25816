// The web chat without page loads. Without this file the same form posts page by page.
(() => {
  "use strict";
  const root = document.querySelector("[data-chat]");
  if (!root || !window.fetch || !window.crypto) return;
  const words = root.dataset;
  const form = root.querySelector("form");
  const log = root.querySelector(".log");
  const line = root.querySelector(".line");
  const key = `motcua:${words.counter}`;

  // Storage may be blocked or full; then the page's own memory has to do. A form left lying for half
  // an hour is not shown to whoever comes next, unless an answer still waits to be sent.
  const load = () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(key));
      return kept && (kept.pending || Date.now() - kept.at < 30 * 60_000) ? kept : null;
    } catch { return null; }
  };
  const keep = () => {
    try { sessionStorage.setItem(key, JSON.stringify({ ...state, at: Date.now() })); } catch { /* memory only */ }
  };
  const forget = () => { try { sessionStorage.removeItem(key); } catch { /* nothing was kept */ } };

  const random = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(24));
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
  };
  // pending: the one update that is not yet known to be stored; last: what the server showed last.
  const state = load() || { conversation: random(), pending: null, last: null };
  let busy = false;

  function make(name, attributes, ...children) {
    const found = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) found.setAttribute(attribute, value);
    found.append(...children);
    return found;
  }

  function tell(text, bad) {
    line.textContent = text || "";
    line.classList.toggle("bad", Boolean(bad));
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

  function progressLine({ number, of }) {
    const found = make("p", { class: "progress" }, words.progress.replace("{number}", number).replace("{of}", of));
    found.insertAdjacentHTML("beforeend", `<svg viewBox="0 0 ${+of} 1" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="${+of}" height="1"/><rect class="fill" width="${+number}" height="1"/></svg>`);
    return found;
  }

  // The place is the page's heading already.
  const place = [...root.querySelectorAll(".place > *")].map((each) => each.textContent).join("\n");

  function show({ messages, response_code: code }) {
    const message = messages.at(-1);
    const { question } = message;
    const said = message.said.replace(place, "").trim();
    const turn = make("div", { class: "turn", tabindex: "-1" });
    if (said) turn.append(make("p", { class: question ? "said" : "said main", id: "said" }, said));
    if (code) turn.append(make("strong", { class: "code" }, code));
    if (message.progress) turn.append(progressLine(message.progress));
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
    form.querySelector(".turn").replaceWith(turn);
    root.querySelectorAll(".opening").forEach((each) => each.remove());
    root.querySelector(".again").hidden = Boolean(message.choices.length || message.input);
    (turn.querySelector("h2") || turn).focus({ preventScroll: true });
    turn.scrollIntoView({ block: "nearest" });
  }

  // Keeps what was answered in sight: not while one question takes several taps, and not after going back.
  function remember(label, next) {
    const asked = form.querySelector("h2")?.textContent;
    const chosen = [...form.querySelectorAll(".chosen")].map((each) => each.lastChild.textContent).join(", ");
    const told = label || chosen;
    if (log.lastElementChild?.firstChild.textContent === next) log.lastElementChild.remove();
    else if (asked && asked !== next && told) {
      log.append(make("li", {}, make("p", { class: "asked" }, asked), make("p", { class: "answered" }, told)));
    }
    log.hidden = !log.children.length;
  }

  function arrived(reply) {
    const { label } = state.pending;
    const over = !reply.messages.some(({ choices, input }) => choices.length || input);
    Object.assign(state, { conversation: reply.conversation, pending: null, last: reply });
    tell("");
    over ? forget() : keep();
    if (reply.language && reply.language !== words.language) {
      location.replace(`?lang=${reply.language}`);  // the kept reply is shown again after the load
      return;
    }
    remember(label, reply.messages.at(-1).question);
    show(reply);
  }

  const pause = (ms) => new Promise((go) => {
    const timer = setTimeout(go, ms);
    addEventListener("online", () => { clearTimeout(timer); go(); }, { once: true });
  });

  const post = () => fetch("/api/v1/chat", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      conversation: state.conversation,
      update_id: state.pending.id,
      event: state.pending.event,
      language: words.language,
    }),
  });

  // Sends the pending update until the server has it; the same id makes a repeat harmless.
  async function deliver() {
    if (busy) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    for (let wait = 1000; state.pending; wait = Math.min(wait * 2, 30000)) {
      try {
        const answer = await post();
        if (answer.ok) { arrived(await answer.json()); break; }
        if (answer.status < 500 && answer.status !== 429) {
          state.pending = null;
          keep();
          tell(words.refused, true);
          break;
        }
        tell(words.waiting, true);
      } catch { tell(words.offline, true); }
      await pause(wait);
    }
    form.removeAttribute("aria-busy");
    busy = false;
  }

  function send(event, label) {
    if (busy || state.pending) return;
    if (!state.last) event.start = words.counter;
    state.pending = { id: random(), event, label };
    keep();
    deliver();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    const own = form.querySelector("textarea");
    if (button && button.name === "tap") {
      send({ tap: button.value }, button.closest(".choices") ? button.textContent : "");
    } else if (own && own.value.trim()) {
      send({ text: own.value.trim() }, own.value.trim());
    } else if (own) own.focus();
  });

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (!/^[1-9]$/.test(event.key) || event.target.closest("input, textarea")) return;
    const number = [...form.querySelectorAll(".choices .num")].find((each) => each.textContent === event.key);
    if (number) number.closest("button").click();
  });

  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      tell(button.dataset.copied);
    });
  }
  if (state.last) show(state.last);
  if (state.pending) deliver();
})();
