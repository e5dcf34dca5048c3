/** What the index of a VobSub pair says. */
export interface VobsubIndex {
  /** Pixels of the plane. */
  readonly width: number;
  readonly height: number;
  /** Sixteen colours, 0xRRGGBB. */
  readonly palette: readonly number[];
  /** When pictures begin, and where they are in the other file. */
  readonly entries: readonly { readonly seconds: number; readonly position: number }[];
}

/** Most pictures of one part. */
const MAX_ENTRIES = 100_000;

/** Parses the index of a VobSub pair (`.idx`). Lines that are something else are left out. */
export function parseVobsubIndex(text: string): VobsubIndex {
  const [, width = '720', height = '576'] = /^size:\s*(\d{1,5})x(\d{1,5})/m.exec(text) ?? [];
  const [, colours = ''] = /^palette:\s*(.*)$/m.exec(text) ?? [];
  const entries: { seconds: number; position: number }[] = [];
  const line = /^timestamp:\s*(\d+):(\d\d):(\d\d):(\d{3}),\s*filepos:\s*([0-9a-f]{1,12})\b/gim;
  for (const [, hours, minutes, seconds, ms, position] of text.matchAll(line)) {
    if (entries.length >= MAX_ENTRIES) break;
    entries.push({
      seconds: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(ms) / 1000,
      position: Number.parseInt(position!, 16),
    });
  }
  const palette = colours.split(',').map((colour) => Number.parseInt(colour.trim(), 16) & 0xffffff);
  return { width: Number(width), height: Number(height), palette, entries };
}
