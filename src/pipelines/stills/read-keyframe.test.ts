import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { writeIndexed } from '../../../test/support/indexed-matroska.js';
import { openBytes } from '../../io/bytes-source.js';
import { openMatroska } from '../../matroska/demuxer.js';
import type { VideoTrack } from '../../media/track.js';
import type { Source } from '../../media/source.js';
import { readKeyframe } from './read-keyframe.js';

/** Bytes of an ID of a Cluster and of its size, as the file has them. */
const CLUSTER_HEADER = 4 + 3;

describe('readKeyframe', () => {
  const { bytes, clusters } = writeIndexed({
    seconds: 3,
    picture: (second) => (second === 2 ? 'dependent' : 'idr'),
    padding: 100_000,
  });
  const { signal } = new AbortController();

  async function open() {
    let read = 0;
    const source = openBytes(bytes, { chunkSize: 64 << 10 });
    const counted: Source = {
      name: source.name,
      size: source.size,
      seekable: true,
      identity: undefined,
      async *stream(offset, options) {
        for await (const chunk of source.stream(offset, options)) {
          read += chunk.length;
          yield chunk;
        }
      },
      read: async (offset, length, options) => {
        read += length;
        return await source.read(offset, length, options);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    const demuxer = await openMatroska(counted);
    const track = demuxer.info.tracks.find(({ type }) => type === 'video') as VideoTrack;
    const places: { offset: number; timeNs: number; relativePosition: number }[] = [];
    for await (const batch of demuxer.samples({ trackIds: new Set([track.id]) })) {
      for (const { offset: block, presentationTime } of batch) {
        const offset = clusters.findLast((cluster) => cluster < block)!;
        const relativePosition = block - offset - CLUSTER_HEADER;
        places.push({ offset, timeNs: presentationTime, relativePosition });
      }
    }
    read = 0;
    return { demuxer, track, places, bytesRead: () => read };
  }

  it('reads the picture alone where the index tells its place', async () => {
    const { demuxer, track, places, bytesRead } = await open();
    const place = places[2]!;
    assert.equal(place.offset, clusters[1]);
    const from = { startOffset: place.offset };
    const entry = { trackId: track.id, ...place };
    const [cued] = await readKeyframe(demuxer, track, { from, entry }, 1, signal);
    assert.ok(bytesRead() < 4096, `${bytesRead()} bytes`);
    const [walked] = await readKeyframe(demuxer, track, { from }, 1, signal);
    assert.ok(bytesRead() > 64 << 10);
    assert.deepEqual(cued, walked);
  });

  it('looks for it where the index is wrong, or leads to a picture that needs others', async () => {
    const { demuxer, track, places } = await open();
    const from = { startOffset: clusters[0]! };
    for (const wrong of [{ ...places[0]!, relativePosition: 3 }, places[1]!]) {
      const entry = { trackId: track.id, ...wrong };
      const [found] = await readKeyframe(demuxer, track, { from, entry }, 1, signal);
      assert.equal(found?.presentationTime, places[0]!.timeNs);
    }
  });
});
