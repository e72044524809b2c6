// A picture as the bytes of an ESC/POS receipt printer: raster bands (GS v 0), feed and cut. Dots: 8 on a millimetre.

export const DOTS = { 58: 384, 80: 576 };
const BAND = 128; // rows at a time; small printers have small memories
const DARK = 128;

const ESC = 0x1b;
const GS = 0x1d;
export const INITIALISE = [ESC, 0x40];
export const ASK_PAPER = [0x10, 0x04, 0x04]; // DLE EOT 4
const FEED_AND_CUT = [ESC, 0x64, 4, GS, 0x56, 66, 0];

/** Whether a printer's answer to `ASK_PAPER` says that there is no paper. */
export const noPaper = (answer) => (answer & 0b0110_0000) !== 0;

/** The bytes that print the pixels of a picture whose width is a multiple of eight. */
export function bytesOf({ data, width, height }) {
  const parts = [INITIALISE];
  for (let top = 0; top < height; top += BAND) parts.push(band(data, width, top, Math.min(BAND, height - top)));
  parts.push(FEED_AND_CUT);
  return Uint8Array.from(parts.flatMap((one) => [...one]));
}

function band(data, width, top, rows) {
  const across = width / 8;
  const bytes = new Uint8Array(8 + across * rows);
  bytes.set([GS, 0x76, 0x30, 0, across & 0xff, across >> 8, rows & 0xff, rows >> 8]);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = ((top + y) * width + x) * 4;
      const grey = (data[at] * 3 + data[at + 1] * 6 + data[at + 2]) / 10;
      if (data[at + 3] >= DARK && grey < DARK) bytes[8 + y * across + (x >> 3)] |= 0x80 >> (x & 7);
    }
  }
  return bytes;
}
