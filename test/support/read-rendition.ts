import type { SegmentedMedia } from '../../src/pipelines/segment/segmented-media.js';
import { joinBytes } from './read-stream.js';

/** A rendition, as far as it has to be known to be read. */
interface Rendition {
  readonly id: string;
  readonly segmentCount: number;
}

/** Reads the init segment of a rendition, and all its segments in order. */
export async function readRendition(
  media: SegmentedMedia,
  { id, segmentCount }: Rendition,
): Promise<Uint8Array[]> {
  const parts = [joinBytes((await media.initSegment(id)).chunks)];
  for (let number = 0; number < segmentCount; number++) {
    parts.push(joinBytes((await media.segment(id, number)).chunks));
  }
  return parts;
}

/** The same, each segment by a reader of its own, the last one first. */
export async function readRenditionApart(
  open: () => Promise<SegmentedMedia>,
  { id, segmentCount }: Rendition,
): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for (let number = segmentCount - 1; number >= 0; number--) {
    await using media = await open();
    parts.unshift(joinBytes((await media.segment(id, number)).chunks));
  }
  await using media = await open();
  return [joinBytes((await media.initSegment(id)).chunks), ...parts];
}
