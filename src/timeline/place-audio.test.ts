import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { believeTimes } from './believe-times.js';
import { placeAudio, type AudioPlacementRules, type TimedPacket } from './place-audio.js';

const ms = 1_000_000;

function rulesOf(rate: number, fields: Partial<AudioPlacementRules> = {}): AudioPlacementRules {
  const timing = { timescale: 1e9, timePrecision: ms };
  return { timing, rate, quantum: undefined, granule: 0, anchorTime: 0, ...fields };
}

/** Packets that begin at the given ticks, timed as Matroska does. */
function timed(
  starts: readonly number[],
  lengths: readonly number[],
  rate: number,
  toMs = Math.round,
): TimedPacket[] {
  return starts.map((start, i) => ({
    time: toMs((start * 1000) / rate) * ms,
    frames: lengths[i]!,
    timeIsOwn: true,
  }));
}

function abutting(from: number, lengths: readonly number[]): number[] {
  let at = from;
  return lengths.map((length) => (at += length) - length);
}

describe('placeAudio', () => {
  const codecs: [name: string, rate: number, frames: number, packetsAtLeast: number][] = [
    ['AAC', 44_100, 1024, 8],
    ['AAC', 48_000, 1024, 8],
    ['HE-AAC', 44_100, 2048, 8],
    ['AC-3', 48_000, 1536, 4],
    ['Opus', 48_000, 960, 4],
    ['DTS', 48_000, 512, 8],
    ['MP3', 44_100, 1152, 8],
    ['FLAC', 44_100, 4096, 8],
    ['FLAC', 44_100, 4608, 8],
    ['TrueHD', 48_000, 40, 40],
    ['TrueHD', 96_000, 80, 40],
  ];
  for (const [name, rate, frames, packetsAtLeast] of codecs) {
    for (const toMs of [Math.round, Math.floor]) {
      it(`finds ${name} of ${frames} samples at ${rate} Hz exactly, from anywhere (${toMs.name})`, () => {
        fc.assert(
          fc.property(
            fc.integer({ min: 0, max: 50_000_000 }),
            fc.integer({ min: packetsAtLeast, max: 400 }),
            (first, count) => {
              const lengths = Array<number>(count).fill(frames);
              const starts = abutting(first * frames, lengths);
              assert.deepEqual(placeAudio(timed(starts, lengths, rate, toMs), rulesOf(rate)), starts);
            },
          ),
          { numRuns: 60 },
        );
      });
    }
  }

  it('agrees on what two windows share, also where the anchor itself is rounded', () => {
    const track = fc.record({
      rate: fc.constantFrom(44_100, 48_000),
      frames: fc.constantFrom(1024, 1536, 1152, 4096),
      origin: fc.integer({ min: 0, max: 500_000 }),
    });
    const windows = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 200, max: 600 }));
    fc.assert(
      fc.property(track, windows, windows, ({ rate, frames, origin }, ...places) => {
        const lengths = Array<number>(1000).fill(frames);
        const starts = abutting(origin, lengths);
        const packets = timed(starts, lengths, rate);
        const rules = rulesOf(rate, { anchorTime: packets[0]!.time });
        const [one, other] = places.map(([from, count]) => ({
          from,
          placed: placeAudio(packets.slice(from, from + count), rules),
        }));
        for (let i = Math.max(one!.from, other!.from); i < 1000; i++) {
          const a = one!.placed[i - one!.from];
          const b = other!.placed[i - other!.from];
          if (a === undefined || b === undefined) break;
          assert.equal(a, b, `packet ${i}`);
          // No tool can know better than the rounding allows.
          assert.ok(Math.abs(a - starts[i]!) <= rate / 2000 + 1);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('finds packets of two lengths (Vorbis), whatever part of them it sees', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(128, 576, 1024, 1024, 1024, 1024), { minLength: 100, maxLength: 300 }),
        fc.integer({ min: 0, max: 60 }),
        (lengths, from) => {
          const starts = abutting(0, lengths);
          const packets = timed(starts, lengths, 44_100).slice(from);
          assert.deepEqual(placeAudio(packets, rulesOf(44_100, { granule: 64 })), starts.slice(from));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('follows its first packet where the muxer rounds the others another way', () => {
    // FFmpeg's Opus: the first block at 0, the second at 21 ms, and then each 20 ms; CodecDelay is 6.5 ms.
    const times = Array.from({ length: 300 }, (_, n) => (n === 0 ? 0 : 20 * n + 1) * ms - 6.5 * ms);
    const packets = times.map((time) => ({ time, frames: 960, timeIsOwn: true }));
    for (const from of [0, 1, 150]) {
      const starts = placeAudio(packets.slice(from), rulesOf(48_000, { anchorTime: times[0]! }));
      assert.deepEqual(
        starts,
        times.slice(from).map((_, i) => (i + from) * 960 - 312),
      );
    }
  });

  it('keeps gaps and overlaps', () => {
    const times = [1500, 1532, 1564, 5000, 5032, 5010, 5042];
    const packets = times.map((time) => ({ time: time * ms, frames: 1536, timeIsOwn: true }));
    const starts = placeAudio(packets, rulesOf(48_000, { anchorTime: 1500 * ms }));
    assert.deepEqual(starts, [72_000, 73_536, 75_072, 240_000, 241_536, 240_480, 242_016]);
  });

  it('lets the frames of a lace follow one another, also behind a lace that was cut off', () => {
    const lace = (time: number, own: boolean): TimedPacket => ({
      time: time * ms,
      frames: 1024,
      timeIsOwn: own,
    });
    const packets = [lace(700, true), lace(700, false), lace(700, false), lace(764, true), lace(764, false)];
    const rules = rulesOf(48_000, { anchorTime: 700 * ms });
    assert.deepEqual(placeAudio(packets, rules), [33_600, 34_624, 35_648, 36_672, 37_696]);
    assert.deepEqual(placeAudio(packets.slice(2), rules).slice(1), [36_672, 37_696]);
  });

  it('follows a clock that drifts, and does not add up', () => {
    const count = 30_000;
    const packets = Array.from({ length: count }, (_, n) => ({
      time: Math.round(n * 21.3355) * ms, // 100 parts in a million slow
      frames: 1024,
      timeIsOwn: true,
    }));
    for (const from of [0, 5, 29_000]) {
      placeAudio(packets.slice(from), rulesOf(48_000)).forEach((start, i) => {
        assert.ok(Math.abs(start / 48 - (i + from) * 21.3355) <= 6, `packet ${i}: ${start / 48}`);
      });
    }
  });

  it('stays within the slack of times that jitter, and lets all of them abut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 60, maxLength: 200 }), (jitter) => {
        const packets = jitter.map((by, n) => ({ time: (n * 20 + by) * ms, frames: 960, timeIsOwn: true }));
        // A median of the jitter can come out more than the slack off in a very unlucky second only.
        placeAudio(packets, rulesOf(48_000)).forEach((start, n) => {
          assert.ok(Math.abs(start - n * 960) <= 240);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('does not run away from a rate that the container states wrong', () => {
    const packets = Array.from({ length: 500 }, (_, n) => ({
      time: Math.round(n * (1024 / 48)) * ms,
      frames: 1024,
      timeIsOwn: true,
    }));
    placeAudio(packets, rulesOf(44_100)).forEach((start, n) => {
      assert.ok(Math.abs(start / 44.1 - n * (1024 / 48)) < 15, `packet ${n}`);
    });
  });

  it('puts packets of unknown length whole quanta apart, or where they say', () => {
    const packets = [0, 46, 186, 232, 372, 1000].map((time) => ({
      time: time * ms,
      frames: undefined,
      timeIsOwn: true,
    }));
    const starts = placeAudio(packets, rulesOf(44_100, { quantum: 2048 }));
    assert.deepEqual(starts.slice(0, 5), [0, 2048, 8192, 10_240, 16_384]);
    assert.ok(Math.abs(starts[5]! - 44_100) <= 220);
    assert.deepEqual(placeAudio(packets, rulesOf(48_000)), [0, 2208, 8928, 11_136, 17_856, 48_000]);
  });
});

describe('believeTimes', () => {
  const hour = 3_600_000 * ms;
  const packets = Array.from({ length: 20 }, (_, n) => ({
    time: n * 32 * ms,
    frames: 1536,
    timeIsOwn: true,
  }));

  it('believes times that are true', () => {
    assert.deepEqual(believeTimes(packets, rulesOf(48_000)), packets);
  });

  it('does not believe one that points elsewhere', () => {
    for (const lie of [hour, -hour, 100 * ms]) {
      const lied = packets.with(7, { ...packets[7]!, time: 7 * 32 * ms + lie });
      const believed = believeTimes(lied, rulesOf(48_000));
      assert.deepEqual(believed[7], { time: 7 * 32 * ms, frames: 1536, timeIsOwn: false });
      assert.deepEqual(believed.toSpliced(7, 1), packets.toSpliced(7, 1));
    }
  });

  it('believes a gap', () => {
    const gap = packets.map((packet, n) => (n < 9 ? packet : { ...packet, time: packet.time + 700 * ms }));
    assert.deepEqual(believeTimes(gap, rulesOf(48_000)), gap);
  });

  it('gives the later frames of a lace the time at which they are heard', () => {
    const laced = packets.slice(0, 3).map((packet, n) => ({ ...packet, time: 0, timeIsOwn: n === 0 }));
    const times = believeTimes(laced, rulesOf(48_000)).map(({ time }) => time / ms);
    assert.deepEqual(times, [0, 32, 64]);
  });
});
