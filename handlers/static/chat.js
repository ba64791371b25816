// The web chat without page loads. Without this file the same form posts page by page.
import { make, random, turnOf } from "./turn.js";

(() => {
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

  // pending: the one update that is not yet known to be stored; last: what the server showed last.
  const state = load() || { conversation: random(), pending: null, last: null };
  let busy = false;

  function tell(text, bad) {
    line.textContent = text || "";
    line.classList.toggle("bad", Boolean(bad));
  }

  // The place is the page's heading already.
  const place = [...root.querySelectorAll(".place > *")].map((each) => each.textContent).join("\n");

  function show({ messages, response_code: code }) {
    const message = messages.at(-1);
    const turn = turnOf(message, code, words, place);
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
      location.replace(`?lang=${reply.language}${words.large && "&large=1"}`);  // the kept reply is shown again after the load
      return;
    }
    remember(label, reply.messages.at(-1).question);
    show(reply);
  }

  const pause = (ms) => new Promise((go) => {
    const timer = setTimeout(go, ms);
    addEventListener("online", () => { clearTimeout(timer); go(); }, { once: true });
  });

  const post = () => fetch(new URL("../api/v1/chat", import.meta.url), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      conversation: state.conversation,
      update_id: state.pending.id,
      event: state.pending.event,
      language: words.language,
      simple: words.large === "1",
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
