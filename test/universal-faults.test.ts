/** Streams of encoded video that are left, whose engines die, that are long, or that are asked for in parts. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { MalformedMediaError, RequestError } from '../src/errors.js';
import { openBytes } from '../src/io/bytes-source.js';
import { openFile } from '../src/io/file.js';
import { streamTranscodeUniversal } from '../src/pipelines/universal.js';
import { readFragmentedMp4 } from './support/fragmented-mp4.js';
import { heldMemory } from './support/held-memory.js';
import { readBoxes } from './support/mp4-boxes.js';
import { joinBytes, readUniversal } from './support/read-stream.js';
import { assertSameBytes } from './support/same-bytes.js';
import { ScriptedSource } from './support/scripted-source.js';
import { missingTools } from './support/tools.js';
import { universalSourceNamed, universalSourcePath } from './support/universal-sources.js';

const skip = missingTools('streams of encoded video', 'ffmpeg');
const name = 'mpeg4-mp3.mkv';

let pool: EnginePool;
let bytes: Uint8Array;

before(async () => {
  pool = createEnginePool({ size: 2 });
  if (skip === false) bytes = await readFile(universalSourcePath(universalSourceNamed(name)));
});

after(async () => {
  await pool[Symbol.asyncDispose]();
});

describe('a stream of encoded video', { skip }, () => {
  it('comes out the same when its engines are killed on the way', async () => {
    const alone = await readUniversal(openBytes(bytes), { engine: pool });
    const { restarts } = pool.stats;
    const chunks: Uint8Array[] = [];
    let lists = 0;
    for await (const list of streamTranscodeUniversal(openBytes(bytes), { engine: pool }).chunks()) {
      chunks.push(joinBytes(list));
      if (lists++ === 1) for (const pid of pool.stats.pids) process.kill(pid, 'SIGKILL');
    }
    assertSameBytes(joinBytes(chunks), alone.bytes, 'it');
    assert.ok(pool.stats.restarts > restarts);
  });

  it('is the same when memory is used again', async () => {
    const path = universalSourcePath(universalSourceNamed(name));
    const alone = await readUniversal(await openFile(path), { engine: pool });
    const stream = streamTranscodeUniversal(await openFile(path), { engine: pool, reuseMemory: true });
    const chunks: Uint8Array[] = [];
    for await (const list of stream.chunks()) chunks.push(joinBytes(list));
    assertSameBytes(joinBytes(chunks), alone.bytes, 'it');
  });

  it('leaves no job behind when its reader goes', async () => {
    const source = new ScriptedSource(bytes);
    const stream = streamTranscodeUniversal(source, { engine: pool });
    for await (const list of stream.chunks()) if (list.length > 1) break;
    assert.equal((await stream.summary).outcome, 'cancelled');
    assert.equal(pool.stats.jobsQueued, 0);
    assert.equal(source.open, 0);
    // An engine that goes on is ended, and answers for the next job are not mixed up with those for the last.
    await readUniversal(openBytes(bytes), { engine: pool, maxDurationMs: 500 });
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const stream = streamTranscodeUniversal(openBytes(bytes), { engine: pool, signal: controller.signal });
    const reason = new RangeError('enough');
    await assert.rejects(async () => {
      for await (const list of stream.chunks()) if (list.length > 1) controller.abort(reason);
    }, reason);
    assert.equal((await stream.summary).outcome, 'cancelled');
  });

  it('fails when no picture can be decoded, instead of sending sound alone', async () => {
    const path = universalSourcePath(universalSourceNamed('mpeg4-aac.mp4'));
    const damaged = Uint8Array.from(await readFile(path));
    const mdat = readBoxes(damaged).find(({ type }) => type === 'mdat')!;
    mdat.bytes.fill(0, 16);
    await assert.rejects(readUniversal(openBytes(damaged), { engine: pool }), MalformedMediaError);
  });
});

describe('what is asked of a stream', { skip }, () => {
  it('is placed where it is to go on, and without an init segment', async () => {
    const options = { engine: pool, startMs: 2000, maxDurationMs: 2000, startDecodeTimeMs: 7000 } as const;
    const whole = await readUniversal(openBytes(bytes), options);
    const part = await readUniversal(openBytes(bytes), { ...options, emitInitSegment: false });
    const boxes = readBoxes(whole.bytes);
    const initBytes = boxes[0]!.bytes.length + boxes[1]!.bytes.length;
    assertSameBytes(part.bytes, whole.bytes.subarray(initBytes), 'it');
    for (const { parts, timescale, type } of readFragmentedMp4(whole.bytes).tracks) {
      const begins = parts[0]!.baseMediaDecodeTime / timescale;
      assert.ok(begins >= 7 && begins < 7.03, `${type} begins at ${begins} s`);
      const ends = parts.at(-1)!;
      const end = (ends.baseMediaDecodeTime + ends.duration) / timescale;
      assert.ok(Math.abs(end - 9) < 0.03, `${type} ends at ${end} s`);
    }
  });

  it('is scaled to a height, whatever its codec', async () => {
    const path = universalSourcePath(universalSourceNamed('h264-aac.mp4'));
    const { description } = await readUniversal(await openFile(path), {
      engine: pool,
      height: 90,
      maxDurationMs: 500,
    });
    assert.equal(description.tracks[0]!.action, 'transcode');
    assert.equal(description.tracks[0]!.reason, 'a height of 90 was asked for');
    const same = await readUniversal(await openFile(path), { engine: pool, height: 180, maxDurationMs: 500 });
    assert.equal(same.description.tracks[0]!.action, 'copy');
  });

  it('is refused when it makes no sense', () => {
    for (const options of [
      { crf: 0 },
      { crf: 52 },
      { maxBitRate: 1 },
      { height: 1.5 },
      { startDecodeTimeMs: -1 },
      { video: 'copy', forceVideoReencode: true },
    ] as const) {
      assert.throws(() => streamTranscodeUniversal(openBytes(bytes), options), RequestError);
    }
  });

  it('does not send the init segment before the encoder has told its parameter sets', async () => {
    const { bytes: sent, description } = await readUniversal(openBytes(bytes), { engine: pool, crf: 30 });
    assert.match(description.mimeType, /^video\/mp4; codecs="avc1\.[0-9A-F]{6},mp4a\.40\.2"$/i);
    const [video] = readFragmentedMp4(sent).tracks;
    assert.equal(video!.sampleEntry, 'avc1');
    // Each fragment begins with a picture that holds them too, so that another encoder can go on.
    for (const { firstSample } of video!.parts) {
      const { flags, data } = video!.samples[firstSample]!;
      assert.equal(flags & 0x10000, 0, `sample ${firstSample} is a sync sample`);
      assert.equal(data[4]! & 0x1f, 7, `sample ${firstSample} begins with a sequence parameter set`);
    }
  });
});

describe('a long stream', { skip }, () => {
  it('holds no more at its end than at its beginning', async () => {
    const path = universalSourcePath(universalSourceNamed('h264-one-group.mkv'));
    const file = await readFile(path);
    const held: number[] = [];
    for (const startMs of [0, 0, 0]) {
      const stream = streamTranscodeUniversal(openBytes(file), {
        engine: pool,
        startMs,
        forceVideoReencode: true,
        preset: 'ultrafast',
      });
      for await (const list of stream.chunks()) assert.ok(list.length > 0);
      assert.equal((await stream.summary).tracks[0]!.samples, 600);
      held.push(heldMemory());
    }
    const growth = held[2]! - held[1]!;
    assert.ok(growth < 2 * 2 ** 20, `${growth} bytes more`);
  });
});
