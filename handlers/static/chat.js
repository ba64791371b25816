// The web chat without page loads. Everything also works without this file, as plain form posts.
(() => {
  "use strict";
  const root = document.querySelector("[data-chat]");
  if (!root || !window.fetch) return;
  const form = root.querySelector("form"), past = root.querySelector(".past"), notice = root.querySelector(".notice");
  const words = root.dataset, storeKey = "motcua:" + words.counter;
  const secret = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(24));
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
  };
  const memory = {
    read() { try { return JSON.parse(sessionStorage.getItem(storeKey)) || null; } catch { return null; } },
    write(value) { try { value ? sessionStorage.setItem(storeKey, JSON.stringify(value)) : sessionStorage.removeItem(storeKey); } catch { /* blocked: this page's memory is enough */ } },
  };
  let state = memory.read() || { conversation: secret(), begun: false, pending: null };
  let busy = false;

  const element = (name, attributes = {}, text = "") => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text) made.textContent = text;
    return made;
  };
  const say = (text) => { notice.textContent = text; };
  const save = () => memory.write(state);

  async function deliver() {
    if (busy || !state.pending) return;
    busy = true;
    root.classList.add("busy");
    for (let wait = 500; ; wait = Math.min(wait * 2, 8000)) {
      try {
        const answer = await fetch("/api/v1/chat", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ conversation: state.conversation, language: words.language, update_id: state.pending.id, event: state.pending.event }),
        });
        if (answer.ok) { const shown = state.pending.label; state.pending = null; state.begun = true; save(); say(""); show(await answer.json(), shown); break; }
        if (answer.status < 500 && answer.status !== 429) { state.pending = null; save(); say(words.refused); break; }
        say(words.waiting);
      } catch { say(words.offline); }
      await new Promise((again) => { const timer = setTimeout(again, wait); addEventListener("online", () => { clearTimeout(timer); again(); }, { once: true }); });
    }
    busy = false;
    root.classList.remove("busy");
  }
  function send(event, label) {
    if (busy || state.pending) return;
    if (!state.begun && !event.start) event.start = words.counter;
    state.pending = { id: secret(), event, label };
    save();
    deliver();
  }
  function button(choice) {
    const made = element("button", { type: "submit", name: "tap", value: choice.payload }, choice.label);
    if (choice.chosen) made.setAttribute("aria-pressed", "true");
    return made;
  }
  function show(reply, answered) {
    const message = reply.messages[0];
    if (reply.language !== words.language) { location.search = "?lang=" + reply.language; return; }
    const before = form.querySelector("legend");
    if (answered && before && !answered.control) {
      past.append(element("li", { class: "question" }, before.textContent), element("li", { class: "answer" }, answered.text));
    }
    const fieldset = element("fieldset"), legend = element("legend", { tabindex: "-1" });
    legend.textContent = message.question || message.said;
    fieldset.append(legend);
    const answers = element("div", { class: "answers" }), controls = element("div", { class: "controls" });
    for (const choice of message.choices) (choice.control ? controls : answers).append(button(choice));
    fieldset.append(answers);
    if (message.input) {
      const typed = element("div", { class: "typed" });
      typed.append(element("label", { for: "text" }, words.write), element("textarea", { id: "text", name: "text", rows: "3", maxlength: "2000" }), element("button", { type: "submit", class: "primary" }, words.send));
      fieldset.append(typed);
    }
    if (controls.children.length) fieldset.append(controls);
    form.querySelector("fieldset").replaceWith(fieldset);
    const at = root.querySelector(".progress");
    at.textContent = message.progress ? words.progress.replace("{number}", message.progress.number).replace("{of}", message.progress.of) : "";
    say(message.question ? message.said : "");
    for (const gone of root.querySelectorAll(".first-only")) gone.remove();
    if (!message.choices.length) { memory.write(null); state = { conversation: secret(), begun: false, pending: null }; root.querySelector(".again").hidden = false; }
    legend.focus();
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pressed = event.submitter, typed = form.querySelector("textarea");
    if (pressed && pressed.name === "tap") send({ tap: pressed.value }, { text: pressed.textContent.trim(), control: !!pressed.closest(".controls") });
    else if (typed && typed.value.trim()) send({ text: typed.value }, { text: typed.value.trim() });
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || /^(TEXTAREA|INPUT)$/.test(event.target.tagName)) return;
    const wanted = [...form.querySelectorAll(".answers button")].find((each) => each.textContent.replace("✓", "").trim().startsWith(event.key + " ·"));
    if (wanted && /^[1-9]$/.test(event.key)) wanted.click();
  });
  if (state.pending) deliver();
  else if (state.begun) send({ start: words.counter }, null);
})();
