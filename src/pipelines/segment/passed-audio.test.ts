import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleOf } from '../../../test/support/samples.js';
import { MalformedMediaError, OverloadedError } from '../../errors.js';
import type { SampleOptions } from '../../media/demuxer.js';
import type { Sample } from '../../media/sample.js';
import { AudioAllowance } from './audio-allowance.js';
import { PassedAudio } from './passed-audio.js';

const VIDEO = 1;
const SOUND = 2;

/** A picture every hundred bytes, with a packet of sound behind each; a Cluster every thousand. */
class Stripes {
  readonly asked: SampleOptions[] = [];
  /** Bytes of a packet of sound. */
  packetBytes = 1;

  async *samples(options: SampleOptions = {}): AsyncGenerator<readonly Sample[]> {
    this.asked.push(options);
    for (let at = options.startOffset ?? 0; at < 10_000; at += 500) {
      await Promise.resolve();
      if (at % 1000 === 0) options.entryOffsets?.push(at);
      const batch = Array.from({ length: 5 }, (_, i) => [
        sampleAt(VIDEO, at + 100 * i, 90),
        sampleAt(SOUND, at + 100 * i + 90, this.packetBytes),
      ]).flat();
      yield batch.filter(({ trackId }) => options.trackIds?.has(trackId) ?? true);
    }
  }
}

function sampleAt(trackId: number, offset: number, size: number): Sample {
  const data = new Uint8Array(size).fill(offset % 251);
  return sampleOf({ trackId, presentationTime: offset, offset, data });
}

async function readTo(passed: PassedAudio, from: number, to: number): Promise<void> {
  for await (const batch of passed.read(VIDEO, from, {})) {
    assert.ok(batch.every(({ trackId }) => trackId === VIDEO));
    if (batch.at(-1)!.offset >= to) return;
  }
}

async function offsetsKnown(passed: PassedAudio, from: number): Promise<number[]> {
  const offsets: number[] = [];
  for await (const { packets } of passed.follow(SOUND, from, new AbortController().signal)) {
    offsets.push(...packets.map(({ offset }) => offset));
  }
  return offsets;
}

describe('PassedAudio', () => {
  it('gives what was met, once and in order, over stretches that overlap', async () => {
    const passed = new PassedAudio(new Stripes(), SOUND);
    await readTo(passed, 2000, 3200);
    await readTo(passed, 1000, 2200);
    assert.deepEqual(
      await offsetsKnown(passed, 1400),
      Array.from({ length: 21 }, (_, i) => 1490 + 100 * i),
    );
    assert.equal(passed.knownFrom(SOUND, 3300), 1000);
    assert.equal(passed.knownFrom(SOUND, 900), undefined);
    assert.equal(passed.entryBefore(SOUND, 3000), 2000);
    assert.equal(passed.entryBefore(SOUND, 2000), 1000);
    assert.equal(passed.entryBefore(SOUND, 1000), undefined);
  });

  it('waits for what is being read, and no longer than that goes on', async () => {
    const passed = new PassedAudio(new Stripes(), SOUND);
    const reading = passed.read(VIDEO, 0, {});
    await reading.next();
    const waiting = offsetsKnown(passed, 300);
    for (let batches = 0; batches < 3; batches++) await reading.next();
    await reading.return();
    assert.deepEqual(
      await waiting,
      Array.from({ length: 17 }, (_, i) => 390 + 100 * i),
    );
  });

  it('stops waiting when nobody waits for it any more', async () => {
    const passed = new PassedAudio(new Stripes(), SOUND);
    const reading = passed.read(VIDEO, 0, {});
    await reading.next();
    const leaving = new AbortController();
    const following = passed.follow(SOUND, 0, leaving.signal);
    await following.next();
    const next = following.next();
    leaving.abort(new DOMException('gone', 'AbortError'));
    await assert.rejects(next, { name: 'AbortError' });
    await reading.return();
  });

  it('keeps the tracks that were asked for last, and of them no more than its bound', async () => {
    const stripes = new Stripes();
    const passed = new PassedAudio(stripes, undefined);
    await readTo(passed, 0, 900);
    assert.deepEqual(await offsetsKnown(passed, 0), []);
    for (const trackId of [SOUND, 3, 4, SOUND]) passed.want(trackId);
    stripes.packetBytes = 600_000;
    await readTo(passed, 0, 900);
    assert.deepEqual(stripes.asked.at(-1)!.trackIds, new Set([VIDEO, 4, SOUND]));
    assert.equal((await offsetsKnown(passed, 0)).length, 10);
    await readTo(passed, 1000, 1900);
    assert.ok(passed.size <= 8 << 20);
    assert.deepEqual(await offsetsKnown(passed, 0), []);
    assert.equal((await offsetsKnown(passed, 1000)).length, 10);
  });

  /** Whose sound is broken behind its first picture. */
  class BrokenSound {
    readonly asked: (ReadonlySet<number> | undefined)[] = [];
    failure: Error = new MalformedMediaError('The sound is broken.');

    async *samples({ trackIds }: SampleOptions = {}): AsyncGenerator<readonly Sample[]> {
      this.asked.push(trackIds);
      await Promise.resolve();
      yield [sampleAt(VIDEO, 0, 1)];
      if (trackIds?.has(SOUND) === true) throw this.failure;
      yield [sampleAt(VIDEO, 1, 1), sampleAt(VIDEO, 2, 1)];
    }
  }

  async function offsetsRead(passed: PassedAudio): Promise<number[]> {
    const offsets: number[] = [];
    for await (const batch of passed.read(VIDEO, 0, {})) offsets.push(...batch.map(({ offset }) => offset));
    return offsets;
  }

  it('goes on with the video alone where the two cannot be read together', async () => {
    const source = new BrokenSound();
    const passed = new PassedAudio(source, SOUND);
    assert.deepEqual(await offsetsRead(passed), [0, 1, 2]);
    assert.deepEqual(await offsetsRead(passed), [0, 1, 2]);
    const both = new Set([VIDEO, SOUND]);
    assert.deepEqual(source.asked, [both, new Set([VIDEO]), new Set([VIDEO])]);
  });

  it('fails as the reading does where that is ended, and keeps audio afterwards as before', async () => {
    const source = new BrokenSound();
    const passed = new PassedAudio(source, SOUND);
    source.failure = new OverloadedError('It gave way.');
    await assert.rejects(offsetsRead(passed), OverloadedError);
    await assert.rejects(offsetsRead(passed), OverloadedError);
    assert.deepEqual(source.asked, [new Set([VIDEO, SOUND]), new Set([VIDEO, SOUND])]);
  });

  it('keeps its share where many are open, and nothing when it is closed', async () => {
    const allowance = new AudioAllowance(30_000);
    const first = new PassedAudio(new Stripes(), SOUND, allowance);
    const readAll = async (passed: PassedAudio): Promise<void> => {
      for (let at = 0; at < 10_000; at += 1000) await readTo(passed, at, at + 900);
    };
    await readAll(first);
    assert.ok(first.size > 20_000 && first.size <= 30_000, `${first.size} bytes`);
    const others = [1, 2].map(() => new PassedAudio(new Stripes(), SOUND, allowance));
    assert.ok(first.size <= 10_000, `${first.size} bytes`);
    for (const other of others) await readAll(other);
    assert.ok([first, ...others].every(({ size }) => size > 5000 && size <= 10_000));
    for (const each of [first, ...others]) each[Symbol.dispose]();
    assert.deepEqual([first.size, allowance.share], [0, 30_000]);
  });
});
