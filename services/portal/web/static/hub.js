// The hub's page, made quicker. Without this file each scan is a form that is sent and a page that comes back.
//
// Scans are kept on this device until the server has answered them, in the order read, each under a name of its own, with
// its own id and this device's clock. So they wait without a connection, two tabs lose nothing of each other's, and sending
// one twice counts it once. Each tab shows what its own scans met, whichever tab sent them.
const form = document.getElementById("scan");
const field = form.elements.code;
const where = form.elements.hub;
const waiting = document.getElementById("waiting");
const look = document.getElementById("look");
const live = document.getElementById("live");
const sound = document.getElementById("sound");
const others = new BroadcastChannel(`hub:${form.dataset.who}`);
const NAME = `hub:${form.dataset.who}:`;
const LOOK = `look:${form.dataset.who}`;
const AT = `at:${form.dataset.who}`;
const MOST = 500;
const AGAIN = 4000;
const LONG = 3000;
const GIVE_UP = 30000;
const PARTS = ["told", "answer", "shift"];
const NOTES = { ok: [880], info: [660, 660], warn: [440, 330], bad: [220, 165] };
const mine = new Set();

let busy = false;
let slow = false;
let later = 0;
let ended = false;

const names = () => Object.keys(localStorage).filter(name => name.startsWith(NAME)).sort();
const kept = most => names().slice(0, most).map(name => JSON.parse(localStorage.getItem(name))).filter(Boolean);
const nameOf = scan => `${NAME}${scan.occurred_at}:${scan.client_scan_id}`;
const forget = scans => scans.forEach(scan => localStorage.removeItem(nameOf(scan)));
// crypto.randomUUID is there over https only, and a hub's own network may have none.
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");

function tell(words) {
  waiting.hidden = !words;
  waiting.querySelector("span").textContent = words;
  waiting.querySelector("a").hidden = !ended;
}

function show() {
  const many = names().length;
  const words = ended ? waiting.dataset.again : many === 1 ? waiting.dataset.one
    : waiting.dataset.many.replace("{count}", many);
  tell(many && (later || slow || ended || !navigator.onLine) ? words : "");
}

function add(code) {
  code = code.replace(/[\x00-\x1f\x7f]/g, "").trim().slice(0, 200);
  if (!code) return;
  const scan = { code, hub: where.value || null, occurred_at: new Date().toISOString(), client_scan_id: newId() };
  try {
    localStorage.setItem(nameOf(scan), JSON.stringify(scan));
  } catch { // the device is full: nothing may seem to be kept that is not
    tell(waiting.dataset.full);
    return signal("bad");
  }
  mine.add(scan.client_scan_id);
  field.value = "";
  show();
  send();
}

async function send() {
  if (busy) return;
  const scans = kept(MOST);
  if (!scans.length) return;
  busy = true;
  clearTimeout(later);
  later = 0;
  const long = setTimeout(() => { slow = true; show(); }, LONG);
  try {
    await post(scans);
  } catch {
    later = setTimeout(send, AGAIN);
  } finally {
    clearTimeout(long);
    busy = slow = false;
    show();
  }
  if (!later && !ended) send();
}

// Leaves on the device what was not answered. One that the server cannot read must not hold up those behind it.
async function post(scans) {
  const answer = await fetch("/api/v1/scans", {
    method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ scans }), signal: AbortSignal.timeout(GIVE_UP),
  });
  if (answer.status === 401 || answer.status === 403) ended = true;
  else if (answer.ok) {
    const answers = (await answer.json()).scans.map((told, place) => [scans[place].client_scan_id, told]);
    forget(scans);
    others.postMessage(answers);
    await answered(answers);
  } else if (answer.status === 422 || answer.status === 400) {
    if (scans.length > 1) return post(scans.slice(0, 1));
    forget(scans);
    const words = `${waiting.dataset.refused} ${scans[0].code}`;
    live.textContent = words;
    signal("bad");
    setTimeout(tell, 0, words);
  } else throw new Error(answer.status);
}

async function answered(answers) {
  const told = answers.filter(([id]) => mine.delete(id)).map(([, answer]) => answer);
  const last = told.at(-1);
  if (!last) return;
  const needing = told.length > 1 ? told.filter(each => look.dataset[each.result]) : [];
  if (needing.length) list(needing);
  if (last.consolidation_id) return location.assign(`/hub/bags/${last.consolidation_id}`);
  const asked = new URLSearchParams({ hub: where.value });
  if (last.scan_id) asked.set("scan", last.scan_id);
  else for (const name of ["result", "code"]) asked.set(name, last[name]);
  history.replaceState(null, "", `/hub?${asked}`);
  if (!await refresh(asked)) return;
  const tone = document.querySelector("#answer [data-tone]")?.dataset.tone;
  signal(needing.length ? "bad" : tone);
  form.dispatchEvent(new CustomEvent("told", { detail: { tone, words: document.getElementById("answered")?.textContent } }));
}

// The page's parts, as they are now.
async function refresh(asked) {
  const page = await fetch(`/hub?${asked}`, { credentials: "same-origin" }).catch(() => null);
  if (!page?.ok || page.redirected) return false;
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
  for (const id of PARTS) document.getElementById(id).replaceWith(fresh.getElementById(id));
  live.textContent = fresh.getElementById("live").textContent;
  if (!document.querySelector("#answer form")) field.focus();
  return true;
}

// Of several that were sent at once the page shows the last: those that need somebody are named, until they are put away.
function list(scans) {
  const all = [...JSON.parse(sessionStorage.getItem(LOOK) ?? "[]"), ...scans];
  sessionStorage.setItem(LOOK, JSON.stringify(all));
  look.querySelector("ul").replaceChildren(...all.map(row));
  look.hidden = !all.length;
}

function row(scan) {
  const line = document.createElement("li");
  const code = document.createElement(scan.scan_id ? "a" : "strong");
  code.className = "num";
  code.textContent = scan.code;
  if (scan.scan_id) code.href = `/hub?scan=${scan.scan_id}`;
  line.append(code, ` ${look.dataset[scan.result]}`);
  return line;
}

function signal(tone) {
  if (!sound.checked || !NOTES[tone]) return;
  navigator.vibrate?.(tone === "ok" ? 60 : [120, 60, 120]);
  const audio = signal.audio ??= new AudioContext();
  audio.resume();
  NOTES[tone].forEach((pitch, place) => {
    const voice = new OscillatorNode(audio, { frequency: pitch });
    const volume = new GainNode(audio, { gain: .15 });
    voice.connect(volume).connect(audio.destination);
    voice.start(audio.currentTime + place * .14);
    voice.stop(audio.currentTime + place * .14 + .11);
  });
}

// What this page needs without a connection is kept by a worker, so that it opens again all the same.
async function keepPage() {
  const held = await navigator.serviceWorker?.register("/hub/worker.js", { scope: "/hub" });
  if (held) (await navigator.serviceWorker.ready).active.postMessage("keep");
}

form.addEventListener("submit", event => {
  event.preventDefault();
  event.stopPropagation();
  add(field.value);
  field.focus();
});
form.addEventListener("read", event => add(event.detail));
look.querySelector("button").addEventListener("click", () => {
  sessionStorage.removeItem(LOOK);
  list([]);
  field.focus();
});
sound.checked = localStorage.getItem("hub:sound") === "yes";
sound.addEventListener("change", () => {
  localStorage.setItem("hub:sound", sound.checked ? "yes" : "no");
  signal("ok");
});
others.addEventListener("message", event => answered(event.data));
addEventListener("storage", show);
addEventListener("online", () => {
  if (!names().length) refresh(new URLSearchParams({ hub: where.value }));
  send();
});
addEventListener("offline", show);
document.getElementById("gear").hidden = false;
where.value ||= [...where.options].find(each => each.value === localStorage.getItem(AT))?.value ?? "";
where.addEventListener("change", () => localStorage.setItem(AT, where.value));
list([]);
kept().forEach(scan => mine.add(scan.client_scan_id));
show();
send();
keepPage().catch(() => {}); // not over plain http: then the page needs a connection to be opened
