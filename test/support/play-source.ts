import type { EnginePool } from '../../src/engine/pool.js';
import type { Source } from '../../src/media/source.js';
import { everyBrowserTarget } from '../../src/pipelines/player-target.js';
import { openSegmented } from '../../src/pipelines/segment/open-segmented.js';
import { joinBytes, readUniversal } from './read-stream.js';

/** Everything that a source gives when it is played as one stream. */
export async function playStream(source: Source, engine: EnginePool): Promise<Uint8Array> {
  return (await readUniversal(source, { engine })).bytes;
}

/** Everything that a source gives when it is played as HLS: init segments and segments of its copied renditions. */
export async function playSegments(source: Source, engine: EnginePool): Promise<Uint8Array> {
  await using media = await openSegmented(source, { engine });
  const parts: Uint8Array[] = [];
  const { renditions } = media.describe({ ...everyBrowserTarget, ladder: 'none' });
  for (const { id, segmentCount } of renditions) {
    parts.push(...(await media.initSegment(id)).chunks);
    // From the end to the beginning, as no cache and no stream likes it.
    for (let number = segmentCount - 1; number >= 0; number--) {
      const { chunks } = await media.segment(id, number);
      parts.push(joinBytes(chunks));
    }
  }
  return joinBytes(parts);
}
