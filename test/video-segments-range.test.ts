import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { RequestError } from '../src/errors.js';
import { openBytes } from '../src/io/bytes-source.js';
import { openFile } from '../src/io/file.js';
import { openIterable } from '../src/io/iterable.js';
import { ID } from '../src/matroska/schema.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { streamSegmentFmp4, type SegmentStreamOptions } from '../src/pipelines/segment/stream-segment.js';
import { browserTarget } from '../src/pipelines/player-target.js';
import { walkEbml } from './support/ebml-walker.js';
import { readBoxes, readTrackFragments, type Mp4TrackFragment } from './support/mp4-boxes.js';
import { joinBytes } from './support/read-stream.js';
import { missingTools } from './support/tools.js';
import { videoSourceNamed, videoSourcePath } from './support/video-sources.js';

// A segment that is made of a header and some Clusters is that which is made of the whole file.

describe(
  'a segment of a header and a range of Clusters',
  { skip: missingTools('segments of a range', 'ffmpeg') },
  () => {
    let engine: EnginePool;
    before(() => {
      engine = createEnginePool({ size: 1 });
    });
    after(() => engine[Symbol.asyncDispose]());

    for (const name of ['h264-ac3', 'h264-aac', 'hevc-ac3']) {
      it(`${name}: holds what the same segment of the whole file holds`, async () => {
        const path = videoSourcePath(videoSourceNamed(name));
        await using media = await openSegmented(await openFile(path), { engine });
        const { plan, renditions } = media.describe(browserTarget);
        assert.ok(plan.starts.length >= 3);
        for (let n = 0; n < plan.starts.length; n++) {
          const startMs = (plan.starts[n]! * 1000) / plan.timescale;
          const endMs = ((plan.starts[n + 1] ?? plan.end) * 1000) / plan.timescale;
          const made = await readSegment(rangeOf(path, startMs - 1500, endMs + 2500), {
            startDecodeTimeMs: startMs,
            maxDurationMs: endMs - startMs,
            sequenceNumber: n + 1,
            engine,
          });
          for (const [i, { id }] of renditions.entries()) {
            const whole = readSegmentBytes(joinBytes((await media.segment(id, n)).chunks))[0]!;
            const part = made[i]!;
            assert.equal(part.trackId, i + 1);
            assert.equal(part.baseMediaDecodeTime, whole.baseMediaDecodeTime, `${id} ${n} begins`);
            assert.deepEqual(part.samples, whole.samples, `${id} ${n}`);
          }
        }
      });
    }

    it('makes audio alone, from a source that can be read only once', async () => {
      const path = videoSourcePath(videoSourceNamed('h264-ac3'));
      const bytes = readFileSync(path);
      const once = openIterable(
        (async function* () {
          await Promise.resolve();
          for (let at = 0; at < bytes.length; at += 5000) yield bytes.subarray(at, at + 5000);
        })(),
      );
      const [audio, ...others] = readSegmentBytes(
        await collect(
          streamSegmentFmp4(once, {
            startDecodeTimeMs: 2000,
            maxDurationMs: 3000,
            videoTrack: 'none',
            engine,
          }),
        ),
      );
      assert.equal(others.length, 0);
      // The frames of 1024 samples that begin in the three seconds.
      assert.equal(audio!.baseMediaDecodeTime, Math.ceil(96_000 / 1024) * 1024);
      assert.equal(audio!.samples.length, Math.ceil(240_000 / 1024) - Math.ceil(96_000 / 1024));
    });

    it('says when nothing begins from the start on', async () => {
      const path = videoSourcePath(videoSourceNamed('h264-ac3'));
      await assert.rejects(
        readSegment(rangeOf(path, 0, 3000), { startDecodeTimeMs: 60_000, maxDurationMs: 6000, engine }),
        RequestError,
      );
      await assert.rejects(
        readSegment(rangeOf(path, 0, 3000), { startDecodeTimeMs: -1, maxDurationMs: 6000, engine }),
        RequestError,
      );
    });
  },
);

async function readSegment(bytes: Uint8Array, options: SegmentStreamOptions): Promise<Mp4TrackFragment[]> {
  return readSegmentBytes(await collect(streamSegmentFmp4(openBytes(bytes), options)));
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return joinBytes(chunks);
}

function readSegmentBytes(bytes: Uint8Array): Mp4TrackFragment[] {
  const boxes = readBoxes(bytes);
  assert.deepEqual(
    boxes.map(({ type }) => type),
    ['styp', 'moof', 'mdat'],
  );
  return readTrackFragments(bytes, boxes[1]!);
}

/** The head of a file, and its Clusters of some time: the last one before it, up to the first one behind. */
function rangeOf(path: string, fromMs: number, toMs: number): Uint8Array {
  const bytes = new Uint8Array(readFileSync(path));
  const segment = walkEbml(bytes).find(({ id }) => id === ID.Segment)!;
  const clusters = segment.children.filter(({ id }) => id === ID.Cluster);
  const timeOf = (cluster: (typeof clusters)[number]): number => {
    const timestamp = cluster.children.find(({ id }) => id === ID.Timestamp)!;
    return bytes.subarray(timestamp.dataOffset, timestamp.end).reduce((sum, byte) => sum * 256 + byte, 0);
  };
  const first = clusters.findLast((cluster) => timeOf(cluster) <= fromMs) ?? clusters[0]!;
  const last = clusters.find((cluster) => timeOf(cluster) > toMs) ?? clusters.at(-1)!;
  return joinBytes([bytes.subarray(0, clusters[0]!.offset), bytes.subarray(first.offset, last.end)]);
}
