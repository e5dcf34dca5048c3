/** A picture of subtitles. */
export interface PictureCue {
  /** When it appears. */
  readonly startMs: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Of pixels that say nothing of each other, which no encoder makes small; else of bars. */
  readonly isNoise: boolean;
}

/** Builds a file of PGS (`.sup`) for 720x480 with pictures in three colours. */
export function buildPictureFile(cues: readonly PictureCue[]): Uint8Array {
  const file: number[] = [];
  let state = 7;
  for (const [n, { startMs, width, height, isNoise }] of cues.entries()) {
    const pts = startMs * 90;
    const size = [...u16(width), ...u16(height)];
    const segment = (type: number, body: readonly number[]): void => {
      file.push(0x50, 0x47, ...u16(pts >>> 16), ...u16(pts), 0, 0, 0, 0);
      file.push(type, ...u16(body.length), ...body);
    };
    const rows: number[] = [];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        rows.push(1 + (isNoise ? (state >>> 16) % 3 : (y >> 3) % 3));
      }
      rows.push(0, 0);
    }
    // What is shown, where, the colours, the picture, the end.
    segment(0x16, [...u16(720), ...u16(480), 0x10, ...u16(n), 0x80, 0, 0, 1, 0, 0, 0, 0, ...u16(100), 1, 0]);
    segment(0x17, [1, 0, ...u16(100), 1, 0, ...size]);
    segment(0x14, [0, 0, 1, 235, 128, 128, 255, 2, 16, 128, 128, 255, 3, 81, 90, 240, 200]);
    segment(0x15, [0, 0, 0, 0xc0, 0, ...u16(rows.length + 4), ...size, ...rows]);
    segment(0x80, []);
  }
  return new Uint8Array(file);
}

function u16(value: number): [number, number] {
  return [(value >>> 8) & 0xff, value & 0xff];
}
