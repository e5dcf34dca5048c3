/**
 * Every fixture from sources that read badly, fail, end, stall, are left, or hold damaged bytes. Whatever happens, the
 * stream ends with an error of the taxonomy, or the signal's reason, or whole; says so once; and leaves nothing behind.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { InvariantError, MalformedMediaError, SegmintError, UnsupportedMediaError } from '../src/errors.js';
import { streamTranscodeFmp4 } from '../src/pipelines/continuous.js';
import type { ContinuousOptions } from '../src/pipelines/continuous-options.js';
import type { StreamSummary } from '../src/pipelines/stream-report.js';
import { describeMedia } from '../src/pipelines/describe.js';
import { readPlainMatroska, walkEbml, type EbmlElement } from './support/ebml-walker.js';
import { decodingMessages } from './support/ffmpeg.js';
import { FIXTURES, fixtureBytes } from './support/fixtures.js';
import { readFragmentedMp4 } from './support/fragmented-mp4.js';
import { HostileSource, type SourceTrouble } from './support/hostile-source.js';
import { heldMemory } from './support/held-memory.js';
import { writeMatroska } from './support/odd-matroska.js';
import { joinBytes } from './support/read-stream.js';
import { assertSameBytes, isSameBytes } from './support/same-bytes.js';
import { seededRandom } from './support/seeded-random.js';
import { missingTools } from './support/tools.js';

/** Fixtures that go through every offset of their structure: copied and encoded sound, and sound alone. */
const thorough = new Set(['h264-aac', 'h264-ac3', 'vp9-vorbis', 'audio-only-flac', 'hevc-opengop-aac']);
/** Offsets that are tried of every other fixture. */
const fewOffsets = 8;

let pool: EnginePool;
let folder: string;
let resourcesBefore: string[];

before(async () => {
  resourcesBefore = lastingResources();
  pool = createEnginePool({ size: 2 });
  await pool.ready();
  folder = mkdtempSync(join(tmpdir(), 'segmint-hostile-'));
});

after(async () => {
  const { pids } = pool.stats;
  await pool[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
  assert.equal(pids.length, 2);
  for (const pid of pids) assert.ok(!existsSync(`/proc/${pid}`), `engine ${pid} still lives`);
  // Handles are closed in the turn of the event loop after the one in which that is asked for.
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(lastingResources(), resourcesBefore);
});

for (const fixture of FIXTURES) {
  describe(fixture.name, () => {
    let bytes: Uint8Array;
    let whole: Uint8Array;
    let offsets: readonly number[];

    before(async () => {
      bytes = await fixtureBytes(pool, fixture.name);
      whole = (await run(new HostileSource(bytes))).sent;
      const all = boundaries(walkEbml(bytes));
      const step = thorough.has(fixture.name)
        ? Math.ceil(all.length / 150)
        : Math.ceil(all.length / fewOffsets);
      offsets = all.filter((_, i) => i % step === 0);
    });

    it('comes out the same whatever the sizes of the reads', async () => {
      // One byte at a time is slow: all of a few fixtures, the head and the first blocks of the others.
      const oneByteUntil = thorough.has(fixture.name) ? Infinity : 5000;
      const troubles: SourceTrouble[] = [
        { chunkBytes: (at) => (at < oneByteUntil ? 1 : 61), seekable: false, knowsSize: false },
        { chunkBytes: 1009 },
        { chunkBytes: 1009, seekable: false },
        { chunkBytes: 65_537, knowsSize: false },
      ];
      for (const trouble of troubles) {
        const { sent, error } = await run(new HostileSource(bytes, trouble));
        assert.equal(error, undefined);
        assertSameBytes(sent, whole, JSON.stringify(trouble));
      }
    });

    it('fails as the source does, wherever that is', async () => {
      for (const failsAt of offsets) {
        const source = new HostileSource(bytes, { chunkBytes: 4096, failsAt, seekable: failsAt % 2 === 0 });
        const { sent, error } = await run(source);
        // What stands behind the media need not be read.
        if (error === undefined) assertSameBytes(sent, whole);
        else assert.equal(error instanceof SegmintError && error.code, 'source_failed');
        assertPrefix(sent, whole, `fails at ${failsAt}`);
      }
    });

    it('ends with the source, wherever that is: whole samples, or an error', async () => {
      let decoded = 0;
      for (const endsAt of offsets) {
        const source = new HostileSource(bytes, { chunkBytes: 4096, endsAt, seekable: endsAt % 2 === 0 });
        const { sent, error, summary } = await run(source);
        if (error !== undefined) {
          assert.ok(
            error instanceof MalformedMediaError || error instanceof UnsupportedMediaError,
            inspect(error),
          );
          assert.equal(sent.length, 0, `something was sent of ${endsAt} bytes`);
          continue;
        }
        assert.equal(summary.isTruncated, endsAt < bytes.length, `${endsAt} of ${bytes.length}: truncated`);
        assertSamplesOfWhole(sent, whole, endsAt);
        if (decoded++ % 50 === 3 && missingTools('what truncated sources decode to', 'ffmpeg') === false) {
          const path = join(folder, 'truncated.mp4');
          writeFileSync(path, sent);
          assert.deepEqual(await decodingMessages(path), [], `ends at ${endsAt}`);
        }
      }
    });

    it('ends at once when it is aborted while the source stalls', async () => {
      for (const stallsAt of offsets.filter((_, i) => i % 3 === 0)) {
        const controller = new AbortController();
        const reason = new SignalReason();
        const source = new HostileSource(bytes, {
          chunkBytes: 4096,
          stallsAt,
          seekable: stallsAt % 2 === 0,
          onStall: () => controller.abort(reason),
        });
        const { sent, error } = await run(source, { signal: controller.signal });
        if (error === undefined) assertSameBytes(sent, whole);
        else assert.equal(error, reason);
        assertPrefix(sent, whole, `stalls at ${stallsAt}`);
      }
    });

    it('ends at once when it is aborted at any read', async () => {
      const reads = new HostileSource(bytes, { chunkBytes: 4096 });
      await run(reads);
      const step = thorough.has(fixture.name) ? 1 : Math.ceil(reads.reads / fewOffsets);
      for (let at = 0; at < reads.reads; at += step) {
        const controller = new AbortController();
        const reason = new SignalReason();
        const source = new HostileSource(bytes, {
          chunkBytes: 4096,
          onRead: (count) => {
            if (count === at) controller.abort(reason);
          },
        });
        const { sent, error } = await run(source, { signal: controller.signal });
        assert.equal(error, reason, `aborted at read ${at} of ${reads.reads}`);
        assertPrefix(sent, whole, `aborted at read ${at}`);
      }
    });

    it('survives damaged bytes', async () => {
      const random = seededRandom(fixture.name);
      const runs = thorough.has(fixture.name) ? 60 : 6;
      for (let i = 0; i < runs; i++) {
        const damaged = damage(bytes, random);
        const source = new HostileSource(damaged, { chunkBytes: 4096, seekable: i % 2 === 0 });
        const startMs = i % 3 === 2 ? 1000 : 0;
        const { sent, error } = await run(source, { startMs });
        if (error === undefined) readFragmentedMp4(sent);
        else assert.ok(error instanceof SegmintError, `run ${i}: ${inspect(error)}`);
      }
    });
  });
}

describe('what is no media', () => {
  const random = seededRandom('no media');
  const sources: Readonly<Record<string, Uint8Array>> = {
    'no bytes': new Uint8Array(0),
    'one byte': Uint8Array.of(0x1a),
    'an EBML ID alone': Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3),
    zeros: new Uint8Array(100_000),
    ones: new Uint8Array(100_000).fill(0xff),
    noise: Uint8Array.from({ length: 100_000 }, () => random(256)),
    text: new TextEncoder().encode('<!doctype html><title>Not found</title>'.repeat(100)),
  };
  for (const [name, bytes] of Object.entries(sources)) {
    it(`is refused in a sentence: ${name}`, async () => {
      for (const seekable of [true, false]) {
        const { sent, error } = await run(new HostileSource(bytes, { chunkBytes: 7, seekable }));
        assert.ok(error instanceof MalformedMediaError, inspect(error));
        assert.match(error.message, /^[A-Z].*\.$/);
        assert.equal(sent.length, 0);
      }
    });
  }
});

describe('a stream that cannot begin', () => {
  it('leaves nothing open, nor does a description', async () => {
    const bytes = await fixtureBytes(pool, 'h264-many-tracks');
    const refused: ContinuousOptions[] = [
      { videoTrack: 'none', audioTrack: 'none' },
      { audioTrack: 99 },
      { target: { video: new Set(), audio: new Set() } },
    ];
    for (const options of refused) {
      const source = new HostileSource(bytes, { chunkBytes: 4096 });
      const { error } = await run(source, { ...options, closeSource: true });
      assert.ok(error instanceof SegmintError);
    }
    const source = new HostileSource(bytes, { chunkBytes: 4096 });
    await describeMedia(source);
    assert.equal(source.openStreams, 0);
    assert.equal(source.closed, 0);
  });

  it('leaves no stream of its source open when there is nothing to send in it', async () => {
    const plain = readPlainMatroska(await fixtureBytes(pool, 'h264-many-tracks'));
    const noTracks = writeMatroska({ ...plain, tracks: [], frames: [] });
    const { error } = await run(new HostileSource(noTracks, { chunkBytes: 100 }));
    assert.ok(error instanceof SegmintError, inspect(error));
    const source = new HostileSource(noTracks, { chunkBytes: 100 });
    await describeMedia(source).catch((thrown: unknown) => assert.ok(thrown instanceof SegmintError));
    assert.equal(source.openStreams, 0);
  });
});

describe('a reader that goes away', () => {
  it('is noticed at any list, and everything is closed', async () => {
    for (const name of ['h264-23976-eac3', 'h264-aac']) {
      const bytes = await fixtureBytes(pool, name);
      for (let lists = 0; lists < 6; lists++) {
        const source = new HostileSource(bytes, { chunkBytes: 4096 });
        const stream = streamTranscodeFmp4(source, { engine: pool });
        let read = 0;
        for await (const list of stream.chunks()) {
          assert.ok(list.length > 0);
          if (read++ === lists) break;
        }
        const { outcome, error } = await stream.summary;
        assert.equal(outcome, read > lists ? 'cancelled' : 'complete');
        assert.equal(error, undefined);
        assertLeft(source);
      }
    }
  });

  it('may ask what the stream is, and leave', async () => {
    const source = new HostileSource(await fixtureBytes(pool, 'h264-ac3'), { chunkBytes: 4096 });
    const stream = streamTranscodeFmp4(source, { engine: pool });
    assert.match((await stream.description).mimeType, /^video\/mp4/);
    await stream.chunks().return?.();
    assert.equal((await stream.summary).outcome, 'cancelled');
    assertLeft(source);
  });

  it('may be gone before the stream begins', async () => {
    const source = new HostileSource(await fixtureBytes(pool, 'h264-ac3'));
    const reason = new SignalReason();
    const { error, summary } = await run(source, { signal: AbortSignal.abort(reason) });
    assert.equal(error, reason);
    assert.equal(summary.bytes, 0);
    assert.equal(source.reads, 0);
  });
});

describe('hundreds of failures', () => {
  it('leave no memory held and the engines well', async () => {
    const bytes = await fixtureBytes(pool, 'h264-ac3');
    const whole = (await run(new HostileSource(bytes))).sent;
    const failing = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        const failsAt = Math.round((bytes.length * i) / count);
        await run(new HostileSource(bytes, { chunkBytes: 16_384, failsAt }));
        await run(new HostileSource(bytes.subarray(0, failsAt), { chunkBytes: 16_384 }), { audio: 'copy' });
      }
    };
    await failing(40);
    const before = heldMemory();
    await failing(120);
    const grown = heldMemory() - before;
    // One leaked run would hold the fixture's chunks, 140 kB, and 240 ran.
    assert.ok(grown < 2_000_000, `${grown} bytes more are held`);
    assertSameBytes((await run(new HostileSource(bytes))).sent, whole);
    assert.equal(pool.stats.jobsRunning, 0);
    assert.equal(pool.stats.jobsQueued, 0);
  });
});

/** Why a test's signal aborts. */
class SignalReason {
  readonly name = 'SignalReason';
}

interface Ending {
  readonly sent: Uint8Array;
  readonly error: unknown;
  readonly summary: StreamSummary;
}

/** Reads a stream to whatever end it comes to, and checks what must hold of every end. */
async function run(source: HostileSource, options: ContinuousOptions = {}): Promise<Ending> {
  const logged: StreamSummary[] = [];
  const stream = streamTranscodeFmp4(source, {
    engine: pool,
    ...options,
    log: (summary) => logged.push(summary),
  });
  const chunks: Uint8Array[] = [];
  let error: unknown;
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (caught) {
    error = caught;
  }
  const sent = joinBytes(chunks);
  assert.equal(logged.length, 1, 'the summary is logged once');
  const summary = logged[0]!;
  assert.equal(await stream.summary, summary);
  assert.ok(!(error instanceof InvariantError), inspect(error));
  if (error === undefined) {
    assert.equal(summary.outcome, 'complete');
    assert.equal(summary.error, undefined);
    await stream.description;
  } else if (options.signal?.aborted === true && error === options.signal.reason) {
    assert.equal(summary.outcome, 'cancelled');
  } else {
    assert.ok(error instanceof SegmintError, `an error of another kind: ${inspect(error)}`);
    assert.equal(summary.outcome, 'failed');
    assert.equal(summary.error?.code, error.code);
    assert.equal(summary.error.message, error.message);
    if (chunks.length === 0) await assert.rejects(stream.description, (thrown) => thrown === error);
  }
  assert.equal(summary.bytes, sent.length);
  assertLeft(source);
  return { sent, error, summary };
}

/** Checks that a source was closed once and that nothing is at it any more. */
function assertLeft(source: HostileSource): void {
  assert.equal(source.closed, 1, 'the source is closed once');
  assert.equal(source.openStreams, 0, 'no stream of the source is open');
  assert.equal(source.pendingReads, 0, 'no read waits');
}

function assertPrefix(sent: Uint8Array, whole: Uint8Array, what: string): void {
  assert.ok(sent.length <= whole.length && isSameBytes(sent, whole.subarray(0, sent.length)), what);
}

/** What a truncated source gives is what the whole one gives, up to a sample. */
function assertSamplesOfWhole(sent: Uint8Array, whole: Uint8Array, endsAt: number): void {
  const expected = readFragmentedMp4(whole).tracks;
  for (const { trackId, type, samples, sampleEntry } of readFragmentedMp4(sent).tracks) {
    const from = expected.find((track) => track.trackId === trackId);
    assert.ok(from !== undefined && samples.length <= from.samples.length + 1);
    if (sampleEntry === 'mp4a') continue;
    // Zero may be another where the source ends before the track that begins first.
    const shift = (samples[0]?.decodeTime ?? 0) - from.samples[0]!.decodeTime;
    samples.forEach(({ data, decodeTime, compositionOffset }, i) => {
      const same = from.samples[i]!;
      assertSameBytes(data, same.data, `${type} sample ${i} of a source that ends at ${endsAt}`);
      assert.equal(decodeTime + compositionOffset - shift, same.decodeTime + same.compositionOffset);
    });
  }
}

/** Where elements and their data begin, and the middles between, in order. */
function boundaries(elements: readonly EbmlElement[]): number[] {
  const edges = (list: readonly EbmlElement[]): number[] =>
    list.flatMap((element) => [element.offset, element.dataOffset, ...edges(element.children), element.end]);
  const sorted = [...new Set(edges(elements))].sort((a, b) => a - b);
  return sorted
    .flatMap((edge, i) => [edge, (edge + (sorted[i + 1] ?? edge)) >> 1])
    .filter((edge, i, all) => edge !== all[i - 1]);
}

/** Changes a few bytes, more often in the head, or takes some out, or puts some in. */
function damage(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const damaged = bytes.slice();
  const head = Math.min(1200, bytes.length);
  for (let count = 1 + random(12); count > 0; count--) {
    const at = random(2) === 0 ? random(head) : random(bytes.length);
    damaged[at] = random(3) === 0 ? 0xff : random(256);
  }
  const at = random(bytes.length);
  const length = random(300);
  const how = random(4);
  if (how === 0) return joinBytes([damaged.subarray(0, at), damaged.subarray(at + length)]);
  if (how !== 1) return damaged;
  const inserted = Uint8Array.from({ length }, () => random(256));
  return joinBytes([damaged.subarray(0, at), inserted, damaged.subarray(at)]);
}

/** What keeps the event loop going, apart from what is gone with its next turn. */
function lastingResources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => name !== 'CloseReq' && name !== 'Immediate')
    .sort();
}
