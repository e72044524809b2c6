// A ticket on paper: drawn once as a picture, which the browser prints, or a receipt printer at a serial or USB port.

import { ASK_PAPER, DOTS, bytesOf, noPaper } from "./kiosk-escpos.js";

const SERIAL = { baudRate: 115_200 };
const PATIENCE = 10_000;
const ANSWER = 500;
const FONT = '"Pretendard GOV", "Noto Sans KR", "Noto Sans CJK KR", "Noto Sans CJK JP", "Malgun Gothic", sans-serif';

/** Draw a ticket: `lines` are {text, size, bold}, in dots of a 58 mm paper; `qr` is an image or nothing. */
export function draw(lines, qr, paper) {
  const width = DOTS[paper] ?? DOTS[80];
  const scale = width / DOTS[58];
  const canvas = Object.assign(document.createElement("canvas"), { width, height: 4000 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  Object.assign(context, { textAlign: "center", textBaseline: "top", fillStyle: "#fff" });
  context.fillRect(0, 0, width, canvas.height);
  context.fillStyle = "#000";
  let y = 8;
  for (const { text, size, bold } of lines) {
    let high = Math.round(size * scale);
    const font = () => (context.font = `${bold ? 800 : 500} ${high}px ${FONT}`);
    font();
    while (!text.includes(" ") && high > 24 && context.measureText(text).width > width) {
      high -= 4;
      font();
    }
    for (const line of wrap(context, text, width - 8)) {
      context.fillText(line, width / 2, y);
      y += Math.round(high * 1.3);
    }
    y += Math.round(6 * scale);
  }
  if (qr) {
    const side = Math.round(200 * scale);
    context.imageSmoothingEnabled = false;
    context.drawImage(qr, (width - side) / 2, y, side, side);
    y += side;
  }
  const cut = Object.assign(document.createElement("canvas"), { width, height: y + 8 });
  cut.getContext("2d").drawImage(canvas, 0, 0);
  return cut;
}

function wrap(context, text, width) {
  const lines = [];
  let line = "";
  for (const part of text.match(/[\x21-\x7e]+\s*|./gu) ?? []) {
    if (line && context.measureText(line + part).width > width) {
      lines.push(line.trim());
      line = "";
    }
    line += part;
  }
  return [...lines, line.trim()];
}

/** Print with the browser. Whether paper came out it does not say. */
export async function printInBrowser(canvas, slip, paper) {
  const picture = new Image();
  picture.alt = "";
  picture.src = canvas.toDataURL();
  await picture.decode();
  slip.dataset.paper = String(paper);
  slip.replaceChildren(picture);
  print();
}

/** Print at a receipt printer. Raises an error if there is none, if it has no paper or does not take the bytes in time. */
export async function printAtPort(canvas) {
  const bytes = bytesOf(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height));
  const [port] = (await navigator.serial?.getPorts()) ?? [];
  if (port) return toSerial(port, bytes);
  const [device] = (await navigator.usb?.getDevices()) ?? [];
  if (device) return toUsb(device, bytes);
  throw new Error("no printer is connected");
}

const within = (doing, limit) => Promise.race([
  doing,
  new Promise((_, reject) => setTimeout(() => reject(new Error("the printer does not answer")), limit)),
]);

async function toSerial(port, bytes) {
  await within(port.open(SERIAL), PATIENCE);
  try {
    const writer = port.writable.getWriter();
    try {
      await within(writer.write(Uint8Array.from(ASK_PAPER)), PATIENCE);
      if (await outOfPaper(port)) throw new Error("no paper");
      await within(writer.write(bytes), PATIENCE);
    } finally {
      writer.releaseLock();
    }
  } finally {
    await port.close();
  }
}

/** Many printers have one-way cables: no answer counts as paper. */
async function outOfPaper(port) {
  const reader = port.readable?.getReader();
  if (!reader) return false;
  try {
    const { value } = await within(reader.read(), ANSWER);
    return value?.length > 0 && noPaper(value[value.length - 1]);
  } catch {
    return false;
  } finally {
    await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}

async function toUsb(device, bytes) {
  await within(device.open(), PATIENCE);
  try {
    if (!device.configuration) await device.selectConfiguration(1);
    const printer = device.configuration.interfaces.find((one) => one.alternate.interfaceClass === 7);
    const end = printer?.alternate.endpoints.find((one) => one.direction === "out" && one.type === "bulk");
    if (!end) throw new Error("not a printer");
    await device.claimInterface(printer.interfaceNumber);
    const result = await within(device.transferOut(end.endpointNumber, bytes), PATIENCE);
    if (result.status !== "ok") throw new Error(result.status);
  } finally {
    await device.close();
  }
}

/** Let the staff choose the printer, which the browser remembers from then on. */
export const connectSerial = () => navigator.serial.requestPort();
export const connectUsb = () => navigator.usb.requestDevice({ filters: [{ classCode: 7 }] });
