// The face is looked at on this device and nowhere else: only the result leaves it. Without camera or detector the page
// says so, and the emergency way stands below.

const told = document.getElementById("face-told");
const video = document.getElementById("face-video");
const form = document.querySelector("form[enctype]");

async function start() {
  if (!("FaceDetector" in window) || !navigator.mediaDevices?.getUserMedia) throw new Error("none");
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" } });
  await video.play();
  document.getElementById("face-check").hidden = false;
}

async function compare() {
  const faces = await new window.FaceDetector({ maxDetectedFaces: 2 }).detect(video);
  const matched = faces.length === 1;
  form.elements.matched.value = matched ? "true" : "";
  form.elements.device.value = `FaceDetector, ${faces.length} face(s)`;
  told.textContent = matched ? told.dataset.found : told.dataset.none;
}

document.getElementById("face-button")?.addEventListener("click", () => compare().catch(() => (told.textContent = told.dataset.none)));
start().catch(() => (told.textContent = told.dataset.none));
