import { readFileSync, writeFileSync } from 'node:fs';
import { viewBoxes, type BoxView } from '../../src/isobmff/box-view.js';
import * as mp4 from './mp4-writer.js';

/**
 * Puts other edit lists into an MP4 file whose movie box stands behind the media, and whose tracks have lists.
 * @param path - of the file; written anew.
 * @param listOf - makes the `edts` of a track, by its number from 0.
 */
export function writeEdits(path: string, listOf: (track: number) => Uint8Array): void {
  const boxes = viewBoxes(Uint8Array.from(readFileSync(path)), 0);
  const edited = boxes.map((part) =>
    part.type === 'moov' ? withEdits(part, listOf) : mp4.box(part.type, part.body),
  );
  writeFileSync(path, mp4.join(...edited));
}

function withEdits({ type, body }: BoxView, listOf: (track: number) => Uint8Array): Uint8Array {
  let track = 0;
  const children = viewBoxes(body, 0).map((child): Uint8Array => {
    if (child.type !== 'trak') return mp4.box(child.type, child.body);
    const number = track++;
    const boxes = viewBoxes(child.body, 0).map((part) =>
      part.type === 'edts' ? listOf(number) : mp4.box(part.type, part.body),
    );
    return mp4.box('trak', ...boxes);
  });
  return mp4.box(type, ...children);
}
