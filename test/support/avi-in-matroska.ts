import { ID } from '../../src/matroska/schema.js';
import { viewAvi } from './avi-chunks.js';
import * as ebml from './ebml-writer.js';

/** A Cluster a second, at 25 pictures a second. */
const CLUSTER_PICTURES = 25;
const PICTURE_MS = 40;

/**
 * Writes the video of an AVI file as Matroska, as programs do that copy without looking: `V_MS/VFW/FOURCC`, whose blocks
 * state decode times.
 * @param avi - a file of one track of 25 pictures a second.
 */
export function wrapAvi(avi: Uint8Array, width: number, height: number): Uint8Array {
  const { format, chunks, isKey } = viewAvi(avi);
  const video = ebml.element(ID.Video, ebml.uint(ID.PixelWidth, width), ebml.uint(ID.PixelHeight, height));
  const fields = { codecId: 'V_MS/VFW/FOURCC', codecPrivate: format, defaultDuration: PICTURE_MS * 1e6 };
  const clusters: Uint8Array[] = [];
  for (let from = 0; from < chunks.length; from += CLUSTER_PICTURES) {
    const blocks = chunks
      .slice(from, from + CLUSTER_PICTURES)
      .map((data, i) =>
        ebml.simpleBlock({ time: i * PICTURE_MS, frames: [data], isKey: isKey[from + i] === true }),
      );
    clusters.push(ebml.cluster(from * PICTURE_MS, ...blocks));
  }
  return ebml.matroskaFile([ebml.trackEntry(fields, video)], ...clusters);
}
