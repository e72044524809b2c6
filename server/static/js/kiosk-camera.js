// Reads QR codes with the camera. The camera is on only while this step is shown, and no picture leaves the page.

const EVERY = 200;
const LARGEST = 800; // pixels of a side that the decoder looks at

let running = null;

/** Turn the camera on and call `found` once with a code's text. Tells whether there is a camera that may be used. */
export async function start(video, found) {
  stop();
  const mine = (running = { stream: null, timer: null });
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: { ideal: 1280 } } });
    if (running !== mine) {
      close(stream);
      return false;
    }
    mine.stream = stream;
    await import("./vendor/jsQR.js");
    video.srcObject = stream;
    await video.play();
  } catch {
    if (running === mine) stop();
    return false;
  }
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  mine.timer = setInterval(() => {
    const text = read(video, canvas, context);
    if (!text || running !== mine) return;
    stop();
    found(text);
  }, EVERY);
  return true;
}

function read(video, canvas, context) {
  if (!video.videoWidth) return "";
  const scale = Math.min(1, LARGEST / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return self.jsQR(data, canvas.width, canvas.height, { inversionAttempts: "dontInvert" })?.data ?? "";
}

function close(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Turn the camera off. */
export function stop() {
  clearInterval(running?.timer);
  close(running?.stream);
  running = null;
}
