// The hub's page, made quicker. Without this file each scan is a form that is sent and a page that comes back.
//
// Scans are kept on this device until the server has answered them, in the order read, each with its own id and this
// device's clock: without a connection they wait, and sending one twice counts it once.
const form = document.getElementById("scan");
const field = form.elements.code;
const waiting = document.getElementById("waiting");
const live = document.getElementById("live");
const sound = document.getElementById("sound");
const camera = document.getElementById("camera");
const eye = document.getElementById("eye");
const KEY = `hub:${form.dataset.who}`;
const MOST = 500;
const AGAIN = 4000;
const PARTS = ["told", "answer", "shift"];
const NOTES = { ok: [880], info: [660, 660], warn: [440, 330], bad: [220, 165] };

let busy = false;
let later = 0;
let ended = false;

const kept = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");
const keep = scans => localStorage.setItem(KEY, JSON.stringify(scans));
const without = ids => keep(kept().filter(scan => !ids.has(scan.client_scan_id)));

function tell(words) {
  waiting.hidden = !words;
  waiting.lastElementChild.textContent = words;
}

function show() {
  const scans = kept();
  const words = ended ? waiting.dataset.again : scans.length === 1 ? waiting.dataset.one
    : waiting.dataset.many.replace("{count}", scans.length);
  tell(scans.length && (later || ended || !navigator.onLine) ? words : "");
}

function add(code) {
  code = code.replace(/[\x00-\x1f\x7f]/g, "").trim().slice(0, 200);
  if (!code) return;
  keep([...kept(), {
    code, hub: form.elements.hub.value || null, occurred_at: new Date().toISOString(), client_scan_id: crypto.randomUUID(),
  }]);
  field.value = "";
  show();
  send();
}

async function send() {
  const scans = kept().slice(0, MOST);
  if (busy || !scans.length) return;
  busy = true;
  clearTimeout(later);
  later = 0;
  try {
    await post(scans);
  } catch {
    later = setTimeout(send, AGAIN);
  } finally {
    busy = false;
    show();
  }
  if (!later && !ended) send();
}

// Leaves on the device what was not answered. One that the server cannot read must not hold up those behind it.
async function post(scans) {
  const answer = await fetch("/api/v1/scans", {
    method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ scans }),
  });
  if (answer.status === 401 || answer.status === 403) ended = true;
  else if (answer.ok) await answered(scans, (await answer.json()).scans);
  else if (answer.status === 422 || answer.status === 400) {
    if (scans.length > 1) return post(scans.slice(0, 1));
    without(new Set([scans[0].client_scan_id]));
    const words = `${waiting.dataset.refused} ${scans[0].code}`;
    live.textContent = words;
    setTimeout(tell, 0, words);
  } else throw new Error(answer.status);
}

async function answered(scans, answers) {
  without(new Set(scans.map(scan => scan.client_scan_id)));
  const last = answers.at(-1);
  const asked = new URLSearchParams({ hub: form.elements.hub.value });
  if (last.scan_id) asked.set("scan", last.scan_id);
  else for (const name of ["result", "code"]) asked.set(name, last[name]);
  history.replaceState(null, "", `/hub?${asked}`);
  const page = await fetch(`/hub?${asked}`, { credentials: "same-origin" });
  if (!page.ok) return;
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
  for (const id of PARTS) document.getElementById(id).replaceWith(fresh.getElementById(id));
  live.textContent = fresh.getElementById("live").textContent;
  signal(fresh.querySelector("[data-tone]")?.dataset.tone ?? document.querySelector("[data-tone]")?.dataset.tone);
  if (!document.querySelector("#answer form")) field.focus();
}

function signal(tone) {
  if (!sound.checked || !NOTES[tone]) return;
  navigator.vibrate?.(tone === "ok" ? 60 : [120, 60, 120]);
  const audio = signal.audio ??= new AudioContext();
  NOTES[tone].forEach((pitch, place) => {
    const voice = new OscillatorNode(audio, { frequency: pitch });
    const volume = new GainNode(audio, { gain: .15 });
    voice.connect(volume).connect(audio.destination);
    voice.start(audio.currentTime + place * .14);
    voice.stop(audio.currentTime + place * .14 + .11);
  });
}

// The browser's own reader, where it has one: it looks three times a second, and reads the same code once in four seconds.
function read(detector, seen) {
  if (!eye.srcObject) return;
  detector.detect(eye).then(found => {
    const code = found[0]?.rawValue;
    if (code && (code !== seen.code || Date.now() - seen.at > 4000)) {
      Object.assign(seen, { code, at: Date.now() });
      add(code);
    }
  }).catch(() => {}).finally(() => setTimeout(read, 350, detector, seen));
}

async function look() {
  const words = camera.lastElementChild.textContent;
  camera.lastElementChild.textContent = camera.dataset.stop;
  camera.dataset.stop = words;
  if (eye.srcObject) {
    eye.srcObject.getTracks().forEach(track => track.stop());
    eye.srcObject = null;
    eye.hidden = true;
    return;
  }
  try {
    eye.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    eye.hidden = false;
    await eye.play();
    read(new BarcodeDetector(), {});
  } catch {
    camera.hidden = true; // no camera, or it is not ours to use
  }
}

form.addEventListener("submit", event => {
  event.preventDefault();
  event.stopPropagation();
  add(field.value);
  field.focus();
});
sound.checked = localStorage.getItem("hub:sound") === "yes";
sound.addEventListener("change", () => localStorage.setItem("hub:sound", sound.checked ? "yes" : "no"));
camera.hidden = !("BarcodeDetector" in window && navigator.mediaDevices);
camera.addEventListener("click", look);
document.getElementById("gear").hidden = false;
addEventListener("online", send);
addEventListener("offline", show);
show();
send();
