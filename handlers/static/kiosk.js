// A tablet at the counter: one person after the other, and short network cuts in between.
import { random, turnOf } from "./turn.js";

const RESET_S = 30;
const COUNT_S = 10;
const THANKS_S = 12;
const QUEUE = "motcua:kiosk";

// One section a language, so that switching needs no network; the first is where everybody begins.
const sections = [...document.querySelectorAll("[data-kiosk]")];
const firsts = new Map(sections.map((each) => [each, each.querySelector(".turn").cloneNode(true)]));
const waiting = document.querySelector(".waiting");

// What the server does not have yet, oldest first; nothing else is ever stored on the tablet. Ids are
// made here, so that an update which arrives twice is counted once.
let queue = JSON.parse(localStorage.getItem(QUEUE) || "[]");
let root = sections[0];
let person = random();
let last = null;
let idle = 0;
let sending = false;

const find = (selector) => root.querySelector(selector);
const over = () => Boolean(last) && !last.choices.length && !last.input;

function keep() {
  localStorage.setItem(QUEUE, JSON.stringify(queue));
  waiting.textContent = queue.length ? waiting.dataset.words.replace("{n}", queue.length) : "";
}

function turnTo(section) {
  root = section;
  sections.forEach((each) => { each.hidden = each !== root; });
  scrollTo(0, 0);
}

function show(message, code) {
  const place = [...root.querySelectorAll(".place > *")].map((each) => each.textContent).join("\n");
  last = message;
  find(".turn").replaceWith(turnOf(message, code, root.dataset, place));
  (find("h2") || find(".turn")).focus({ preventScroll: true });
  scrollTo(0, 0);
  idle = over() ? RESET_S - THANKS_S : 0;
}

// The next person finds what the first found. An answer begun stays as it is and is closed now.
function reset() {
  const stop = last?.choices.find((each) => each.payload.endsWith("|.stop"));
  if (stop) add({ tap: stop.payload });
  [person, last, idle] = [random(), null, 0];
  for (const each of sections) {
    each.querySelector(".turn").replaceWith(firsts.get(each).cloneNode(true));
    each.querySelector(".clock").textContent = each.querySelector(".line").textContent = "";
  }
  turnTo(sections[0]);
}

function add(event) {
  queue.push({ conversation: person, update_id: random(), event, language: root.dataset.language });
  keep();
  deliver();
}

const post = (update) => fetch(new URL("../api/v1/kiosk", import.meta.url), {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(update),
}).catch(() => null);

const lost = (answer) => !answer || answer.status >= 500 || [403, 429].includes(answer.status);

// Without the network the tap is kept here and the person is thanked; the rest of the survey would
// need the server's next question.
function offline(answer) {
  if (answer?.status === 403) find(".line").textContent = root.dataset.ended;
  if (over() || !queue.some((each) => each.conversation === person)) return;
  show({ said: root.dataset.offline, question: "", choices: [], input: false, progress: null });
}

async function deliver() {
  if (sending) return;
  sending = true;
  while (queue.length) {
    const [update] = queue;
    const answer = await post(update);
    if (lost(answer)) { offline(answer); break; }
    queue = queue.slice(1);
    keep();
    if (update.conversation !== person || over()) continue;
    if (!answer.ok) { reset(); continue; }
    const reply = await answer.json();
    const spoken = sections.find((each) => each.dataset.language === reply.language);
    if (spoken && spoken !== root) turnTo(spoken);
    show(reply.messages.at(-1), reply.response_code);
  }
  sending = false;
}

addEventListener("submit", (event) => {
  event.preventDefault();
  const { submitter } = event;
  const own = find("textarea");
  const said = submitter.name === "tap" ? { tap: submitter.value } : { text: own.value.trim() };
  if (said.text === "") return;
  root.querySelectorAll("button").forEach((each) => { each.disabled = true; });
  add(last ? said : { start: root.dataset.counter, ...said });
});

addEventListener("click", ({ target }) => {
  if (target.closest("[data-switch]")) turnTo(sections.find((each) => each !== root));
});

for (const touch of ["pointerdown", "keydown", "input"]) {
  addEventListener(touch, () => { if (!over()) idle = 0; });
}

setInterval(() => {
  if (!last && root === sections[0]) return;
  idle += 1;
  const left = RESET_S - idle;
  find(".clock").textContent = left <= COUNT_S && !over() ? root.dataset.countdown.replace("{n}", left) : "";
  if (left <= 0) reset();
}, 1000);

setInterval(deliver, 5000);
addEventListener("online", deliver);
keep();
deliver();
