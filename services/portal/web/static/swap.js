// Plain forms, made quicker. Without this file everything still works: each action is a form or a link with its own address.
//
// data-swap="#a #b"            on a form: sent without leaving the page, and those parts taken from the page that comes back
// data-swap-on="change|input"  on a control: sends its form when the control changes, for the parts of the nearest data-swap
// data-preview="/address"      on a form: where such a change is sent instead, to learn what would happen
// data-push                    on a form: the address of the answer becomes the address of the page
// data-poll="3"                on a part with an id: taken afresh every 3 seconds for as long as it carries this
const live = document.getElementById("live");
const net = document.getElementById("net");
const running = new Map();

function say(words) {
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = words; });
}

function warn(kind) {
  net.hidden = !kind;
  if (!kind) return;
  net.lastElementChild.textContent = net.dataset[kind];
  say(net.dataset[kind]);
}

function watch() {
  const timers = [setTimeout(warn, 4000, "slow"), setTimeout(warn, 15000, "slower")];
  return () => { timers.forEach(clearTimeout); warn(navigator.onLine ? null : "offline"); };
}

function find(ids) {
  return ids.trim().split(/\s+/).map(id => document.querySelector(id)).filter(Boolean);
}

// Times are sent in UTC, for whoever has no scripts; here they are told by the reader's own clock.
function localise() {
  const language = document.documentElement.lang;
  const thisYear = new Date().getFullYear();
  const told = (time, how) => {
    const at = new Date(time.dateTime);
    const year = at.getFullYear() === thisYear ? undefined : "numeric";
    return new Intl.DateTimeFormat(language, { day: "numeric", year, ...how }).format(at);
  };
  for (const time of document.querySelectorAll("time[data-local]")) {
    const here = told(time, { month: time.dataset.local || "long", hour: "numeric", minute: "2-digit" });
    time.textContent = (time.dataset.said || "{when}").replace("{when}", () => here);
  }
  for (const note of document.querySelectorAll("[data-zone]")) note.textContent = note.dataset.zone;
  for (const time of document.querySelectorAll("time[data-day]")) {
    time.textContent = time.dataset.day.replace("{day}", told(time, { month: "long" }));
  }
}
localise();

function take(doc, parts) {
  const focused = document.activeElement?.id;
  for (const part of parts) {
    const fresh = doc.getElementById(part.id);
    if (!fresh || part.isEqualNode(fresh)) continue;
    for (const box of fresh.querySelectorAll("textarea")) box.value = document.getElementById(box.id)?.value ?? box.value;
    part.replaceWith(fresh);
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  localise();
}

async function page(url, options) {
  const answer = await fetch(url, { ...options, headers: { "X-Swap": "1" }, credentials: "same-origin" });
  return [answer, new DOMParser().parseFromString(await answer.text(), "text/html")];
}

async function swap(owner, url, options, wanted) {
  const former = running.get(owner);
  former?.abort();
  const mine = new AbortController();
  // What was asked for and has not come is taken from this answer, which knows the whole form as it is now.
  const ids = mine.ids = former ? `${former.ids} ${wanted}` : wanted;
  running.set(owner, mine);
  find(ids).forEach(part => part.setAttribute("aria-busy", "true"));
  const stop = watch();
  let failed = null;
  try {
    const [answer, doc] = await page(url, { ...options, signal: mine.signal });
    if (!find(ids).every(part => doc.getElementById(part.id))) {
      if (answer.redirected) return location.assign(answer.url);
      if (answer.status === 401) return location.assign(location.pathname);
      failed = "failed";
    } else {
      find(ids).forEach(part => part.removeAttribute("aria-busy"));
      take(doc, find(ids));
      say(doc.getElementById("live").textContent);
      if (owner.hasAttribute("data-push")) history.replaceState(null, "", answer.url);
      if (answer.status === 422) document.querySelector("[data-problems]")?.focus();
    }
  } catch (error) {
    if (error.name !== "AbortError") failed = navigator.onLine ? "failed" : "offline";
  } finally {
    stop();
    if (running.get(owner) === mine) {
      running.delete(owner);
      find(ids).forEach(part => part.removeAttribute("aria-busy"));
      if (failed) warn(failed);
    }
  }
}

function answers(form, submitter) {
  return new URLSearchParams([...new FormData(form, submitter)].filter(([, value]) => typeof value === "string"));
}

function send(form, ids, submitter) {
  const data = answers(form, submitter);
  const url = new URL(form.action, location.href);
  if (form.method !== "get") return swap(form, url, { method: "POST", body: data }, ids);
  url.search = data;
  return swap(form, url, {}, ids);
}

// A form that leaves the page: say so when there is no connection, and when the answer takes long.
function leave(event) {
  if (!navigator.onLine) {
    event.preventDefault();
    return warn("offline");
  }
  event.submitter?.setAttribute("aria-busy", "true");
  watch();
}

document.addEventListener("submit", event => {
  const form = event.target;
  if (!form.dataset.swap) return leave(event);
  event.preventDefault();
  send(form, form.dataset.swap, event.submitter);
});

let pause, due = "";
function changed(event) {
  const control = event.target.closest(`[data-swap-on~="${event.type}"]`);
  if (!control) return;
  const { form } = control;
  const preview = form.dataset.preview;
  due += ` ${control.closest("[data-swap]").dataset.swap}`;
  clearTimeout(pause);
  pause = setTimeout(() => {
    const ids = due;
    due = "";
    return preview ? swap(form, preview, { method: "POST", body: answers(form) }, ids) : send(form, ids);
  }, event.type === "input" ? 250 : 0);
}
document.addEventListener("change", changed);
document.addEventListener("input", changed);

async function poll(id, left) {
  const part = document.getElementById(id);
  if (!part?.dataset.poll || !left) return;
  await new Promise(done => setTimeout(done, part.dataset.poll * 1000));
  if (!document.hidden) {
    const [answer, doc] = await page(location.href, {}).catch(() => [{}]);
    if (answer.ok) {
      take(doc, [document.getElementById(id)]);
      if (!document.getElementById(id).dataset.poll) say(document.querySelector("h1").textContent);
    }
  }
  poll(id, left - 1);
}
document.querySelectorAll("[data-poll]").forEach(part => poll(part.id, 100));

addEventListener("offline", () => warn("offline"));
addEventListener("online", () => warn(null));
addEventListener("pageshow", event => {
  if (event.persisted) document.querySelectorAll("[aria-busy]").forEach(part => part.removeAttribute("aria-busy"));
});
