// Pictures of an item by their times: a WebVTT file whose cues name parts of larger pictures.

/** A picture that stands for a stretch of time. */
export interface Thumbnail {
  /** Seconds. */
  readonly start: number;
  /** Seconds. */
  readonly end: number;
  readonly url: string;
  /** Where it is in the larger picture, in pixels: left, top, width, height. */
  readonly part: readonly [number, number, number, number];
}

/**
 * Fetches the pictures of an item.
 * @param url - of the WebVTT file; the pictures are relative to it.
 * @returns the pictures in order; none when there are none.
 */
export async function fetchThumbnails(url: string, signal: AbortSignal): Promise<readonly Thumbnail[]> {
  const response = await fetch(url, { signal });
  return response.ok ? parseThumbnails(await response.text(), response.url) : [];
}

/** The picture of a time, in seconds. */
export function thumbnailAt(thumbnails: readonly Thumbnail[], seconds: number): Thumbnail | undefined {
  let [low, high] = [0, thumbnails.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (thumbnails[middle]!.end > seconds) high = middle;
    else low = middle + 1;
  }
  return thumbnails[low] ?? thumbnails.at(-1);
}

function parseThumbnails(text: string, base: string): readonly Thumbnail[] {
  return text.split(/\r?\n\r?\n/).flatMap((block) => {
    const lines = block.split(/\r?\n/);
    const times = lines.findIndex((line) => line.includes('-->'));
    const [start, end] = (lines[times] ?? '').split('-->').map(parseTime);
    const [, address, part] = /^(\S+)#xywh=([\d,]+)$/.exec(lines[times + 1] ?? '') ?? [];
    const [left, top, width, height] = (part ?? '').split(',').map(Number);
    if (start === undefined || end === undefined || address === undefined) return [];
    if (left === undefined || top === undefined || width === undefined || height === undefined) return [];
    return [{ start, end, url: new URL(address, base).href, part: [left, top, width, height] as const }];
  });
}

/** Hours may be left out. */
function parseTime(text: string): number {
  return text
    .trim()
    .split(/\s/)[0]!
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
}
