import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedMediaError } from '../../errors.js';
import type { SampleOptions } from '../../media/demuxer.js';
import type { Sample } from '../../media/sample.js';
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
  const times = { presentationTime: offset, decodeTime: undefined, duration: undefined };
  const data = new Uint8Array(size).fill(offset % 251);
  return { trackId, ...times, isSync: true, discardPadding: 0, offset, data };
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

  it('reads the video alone after a reading has failed', async () => {
    const asked: (ReadonlySet<number> | undefined)[] = [];
    const passed = new PassedAudio(
      {
        async *samples({ trackIds } = {}) {
          asked.push(trackIds);
          await Promise.resolve();
          if (trackIds?.has(SOUND) === true) throw new MalformedMediaError('The sound is broken.');
          yield [sampleAt(VIDEO, 0, 1)];
        },
      },
      SOUND,
    );
    await assert.rejects(readTo(passed, 0, 0), MalformedMediaError);
    await readTo(passed, 0, 0);
    assert.deepEqual(asked, [new Set([VIDEO, SOUND]), new Set([VIDEO])]);
  });
});
