// Keying by hand at speed: one key answers and moves on, Enter saves, nothing typed meanwhile is lost.
(() => {
  const root = document.querySelector("[data-keying]");
  const READ = { 0: "n", " ": "-", s: "-" };
  const waiting = [];  // keys pressed while a form is on its way
  let busy = false;

  const form = () => root.querySelector("form.entry");
  const fields = () => [...root.querySelectorAll(".key")];

  function go(field) {
    if (!field) return root.querySelector(".save").focus();
    field.focus();
    field.select();
  }

  function tell(words) {
    const line = root.querySelector(".told");
    line.textContent = words;
    line.className = "told bad";
  }

  function wrong(field) {
    field.value = "";
    field.setAttribute("aria-invalid", "true");
    field.closest("li").classList.add("wrong");
  }

  function put(field, key) {
    const read = READ[key] ?? key;
    if (!field.dataset.keys.includes(read === "-" ? "s" : read)) return wrong(field);
    field.value = read;
    field.removeAttribute("aria-invalid");
    field.closest("li").classList.remove("wrong");
    const all = fields();
    go(all[all.indexOf(field) + 1]);
  }

  function back(at) {
    const all = fields();
    const here = all.indexOf(at);
    const field = here >= 0 && at.value ? at : all[here < 0 ? all.length - 1 : Math.max(here - 1, 0)];
    field.value = "";
    go(field);
  }

  // What a key does; false where the browser should do what it always does.
  function press(key) {
    const at = document.activeElement;
    const field = at && at.classList.contains("key") ? at : null;
    const saving = at && at.classList.contains("save");
    if (key === "Enter" && (field || at.id === "number" || saving)) form().requestSubmit();
    else if (key === "Backspace" && (field || saving)) back(at);
    else if (key === "ArrowUp" && field) go(fields()[Math.max(fields().indexOf(field) - 1, 0)]);
    else if (key === "ArrowDown" && field) go(fields()[fields().indexOf(field) + 1]);
    else if (key.length === 1 && field) put(field, key.toLowerCase());
    else return false;
    return true;
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !form()) return;
    if (busy && (event.key.length === 1 || event.key === "Enter" || event.key === "Backspace")) {
      waiting.push(event.key);
      event.preventDefault();
    } else if (!busy && press(event.key)) event.preventDefault();
  });

  // The page that comes back takes the place of this one, its first field under the next key.
  function show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const next = page.querySelector("[data-keying]");
    if (!next) return location.reload();
    root.replaceChildren(...next.childNodes);
    begin();
  }

  function begin() {
    root.querySelectorAll(".scripted").forEach((each) => { each.hidden = false; });
    const wanted = root.querySelector("[autofocus]") || fields()[0];
    if (wanted) go(wanted);
  }

  async function save(entry) {
    busy = true;
    entry.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(new FormData(entry));
      const answer = await fetch(entry.action, { method: "POST", body, headers: { Accept: "text/html" } });
      const html = await answer.text();
      if (answer.status >= 500) throw new Error(answer.status);
      show(html);
    } catch {
      entry.removeAttribute("aria-busy");
      waiting.length = 0;
      tell(root.dataset.lost);
    }
    busy = false;
    while (waiting.length && !busy) press(waiting.shift());
  }

  root.addEventListener("submit", (event) => {
    if (!event.target.matches("form.entry, form.undo")) return;
    event.preventDefault();
    if (!busy) save(event.target);
  });

  begin();
})();
