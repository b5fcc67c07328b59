// The camera as a scanner of the hub's page: the browser's own reader where it has one, else ours, to which a frame is sent.
// It looks three times a second, and reads the same code once in four seconds.
const form = document.getElementById("scan");
const camera = document.getElementById("camera");
const eye = document.getElementById("eye");
const seen = document.getElementById("seen");
const snap = document.getElementById("snap");
const frame = document.createElement("canvas");
const PAUSE = 350;
const SAME = 4000;
const GIVE_UP = 5000;
const WIDEST = 1280;
const last = { code: "", at: 0 };

let detector = null;

function say(words, tone = "") {
  seen.textContent = words;
  seen.hidden = !words;
  eye.dataset.tone = tone;
}

// Some browsers have the name of a reader, and nothing behind it.
async function ownReader() {
  const formats = await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => []) ?? [];
  return formats.length ? new BarcodeDetector({ formats }) : null;
}

async function ours() {
  const scale = Math.min(1, WIDEST / eye.videoWidth);
  frame.width = eye.videoWidth * scale;
  frame.height = eye.videoHeight * scale;
  frame.getContext("2d").drawImage(eye, 0, 0, frame.width, frame.height);
  const body = new FormData();
  body.set("csrf", form.elements.csrf.value);
  body.set("photo", await new Promise(done => frame.toBlob(done, "image/jpeg", .8)), "frame.jpg");
  const signal = AbortSignal.timeout(GIVE_UP);
  const answer = await fetch("/hub/read", { method: "POST", body, credentials: "same-origin", signal });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  return (await answer.json()).codes[0];
}

async function watch() {
  if (!eye.srcObject) return;
  try {
    const code = detector ? (await detector.detect(eye))[0]?.rawValue : await ours();
    if (seen.textContent === seen.dataset.away) say(seen.dataset.ready);
    if (code && eye.srcObject && (code !== last.code || Date.now() - last.at > SAME)) {
      Object.assign(last, { code, at: Date.now() });
      form.dispatchEvent(new CustomEvent("read", { detail: code }));
    }
  } catch {
    if (!detector && eye.srcObject) say(seen.dataset.away, "warn");
  }
  setTimeout(watch, PAUSE);
}

function stop() {
  eye.srcObject.getTracks().forEach(track => track.stop());
  eye.srcObject = null;
  eye.hidden = true;
  say("");
}

async function start() {
  try {
    eye.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: WIDEST } } });
  } catch {
    snap.hidden = false; // no camera, or it is not ours to use: a photo can still be chosen
    return say(seen.dataset.none, "warn");
  }
  eye.hidden = false;
  await eye.play();
  detector = await ownReader();
  say(seen.dataset.ready);
  watch();
}

async function turn() {
  await (eye.srcObject ? stop() : start());
  camera.lastElementChild.textContent = eye.srcObject ? camera.dataset.stop : camera.dataset.start;
}

form.addEventListener("told", event => {
  if (eye.srcObject) say(event.detail.words ?? "", event.detail.tone);
});
camera.addEventListener("click", turn);
camera.hidden = !navigator.mediaDevices;
snap.hidden = !camera.hidden;
