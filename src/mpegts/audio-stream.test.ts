import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { adtsRule, createLoasRule, dolbyRule, type AudioFrameRule } from './audio-rules.js';
import { AudioStream } from './audio-stream.js';
import type { ElementaryFrame } from './elementary-stream.js';
import { FrameMemory } from './frame-memory.js';

/** A frame of AAC at 44.1 kHz, of a size and filled with a number. */
function adts(size: number, fill: number): number[] {
  const head = [0xff, 0xf1, 0x50, 0x80 | (size >> 11), (size >> 3) & 0xff, ((size & 7) << 5) | 0x1f, 0xfc];
  return [...head, ...new Array<number>(size - head.length).fill(fill)];
}

/** A frame of E-AC-3 at 48 kHz with six blocks, of a substream type. */
function eac3(type: number, size: number): number[] {
  const words = size / 2 - 1;
  const head = [0x0b, 0x77, (type << 6) | (words >> 8), words & 0xff, 0x34, 0x80, 0, 0];
  return [...head, ...new Array<number>(size - head.length).fill(1)];
}

/**
 * A frame of LATM, filled with a number: with a configuration (object type and rate of five bits and four, two channels) or
 * with none of its own.
 * @see ISO/IEC 14496-3, section 1.7.3
 */
function latm(config: string | undefined, size: number, fill: number): number[] {
  const mux = config === undefined ? '1' : `001${'0'.repeat(13)}${config}0010000000${'1'.repeat(8)}00`;
  const bits = `${mux}${size.toString(2).padStart(8, '0')}`;
  const all = bits + fill.toString(2).padStart(8, '0').repeat(size);
  const body = (all.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, '0'), 2));
  return [0x56, 0xe0 | (body.length >> 8), body.length & 0xff, ...body];
}

function createStream(rule: AudioFrameRule) {
  const frames: ElementaryFrame[] = [];
  const losses: number[] = [];
  const stream = new AudioStream({
    memory: new FrameMemory({ pieceBytes: 1024 }),
    rule,
    take: (frame) => frames.push(frame),
    reportLoss: (offset) => losses.push(offset),
  });
  const send = (pts: number, offset: number, bytes: readonly number[]): void => {
    stream.begin({ pts, dts: pts, offset });
    stream.append(Uint8Array.from(bytes), 0, bytes.length);
    stream.complete();
  };
  return { frames, losses, stream, send };
}

describe('AudioStream', () => {
  it('times frames that cross PES packets, whose times are of the first frames that begin in them', () => {
    const { frames, stream, send } = createStream(adtsRule);
    const bytes = [...adts(100, 1), ...adts(200, 2), ...adts(150, 3), ...adts(120, 4)];
    send(90_000, 10, bytes.slice(0, 350));
    send(100_000, 20, bytes.slice(350));
    stream.finish();
    assert.deepEqual(
      frames.map(({ pts, offset, data }) => [pts, offset, data.length, data[7]]),
      [
        [90_000, 10, 100, 1],
        [90_000 + 2090, 10, 200, 2],
        // 2 x 1024 / 44100 s, rounded once.
        [90_000 + 4180, 10, 150, 3],
        [100_000, 20, 120, 4],
      ],
    );
  });

  it('begins with the first whole frame, and leaves out one of which a part is missing', () => {
    const { frames, losses, stream, send } = createStream(adtsRule);
    send(0, 1, [...adts(100, 1).slice(30), ...adts(90, 2), ...adts(80, 3)]);
    send(9000, 2, adts(300, 4).slice(0, 100));
    stream.markLoss();
    send(18_000, 3, [...adts(300, 4).slice(250), ...adts(70, 5), ...adts(60, 6)]);
    stream.finish();
    assert.deepEqual(
      frames.map(({ data }) => data[7]),
      [2, 3, 5, 6],
    );
    assert.equal(frames[2]!.pts, 18_000);
    assert.deepEqual(losses, [2]);
  });

  it('keeps dependent substreams with what they depend on', () => {
    const { frames, stream, send } = createStream(dolbyRule);
    send(0, 1, [...eac3(0, 64), ...eac3(1, 32), ...eac3(0, 64)]);
    send(5760, 2, [...eac3(1, 32), ...eac3(0, 64)]);
    stream.finish();
    assert.deepEqual(
      frames.map(({ pts, data }) => [pts, data.length]),
      [
        [0, 96],
        [2880, 96],
        [5760, 64],
      ],
    );
  });

  it('times frames of LATM by the configuration that holds for them, and leaves out those before the first', () => {
    const { frames, losses, stream, send } = createStream(createLoasRule());
    const [at48, at44] = ['000100011', '000100100'];
    const sizes = [latm(at48, 20, 1), latm(undefined, 30, 2)].map(({ length }) => length);
    send(0, 1, [...latm(undefined, 20, 9), ...latm(undefined, 20, 9)]);
    const bytes = [...latm(at48, 20, 1), ...latm(undefined, 30, 2), ...latm(at44, 20, 3)];
    const cut = sizes[0]! + sizes[1]! + 5;
    send(9000, 2, bytes.slice(0, cut));
    send(20_000, 3, [...bytes.slice(cut), ...latm(undefined, 20, 4)]);
    send(30_000, 4, latm(undefined, 20, 5));
    stream.finish();
    assert.deepEqual(
      frames.map(({ pts, duration, offset }) => [pts, duration, offset]),
      [
        [9000, 1920, 2],
        [9000 + 1920, 1920, 2],
        // 1024 / 44100 s.
        [9000 + 3840, 2090, 2],
        [20_000, 2090, 3],
        [30_000, 2090, 4],
      ],
    );
    assert.deepEqual(
      frames.slice(0, 2).map(({ data }) => data.length),
      sizes,
    );
    assert.deepEqual(losses, [1, 1]);
  });

  it('ends with frames, whatever the bytes of LATM are', () => {
    const frame = fc.oneof(
      fc.constantFrom(latm('000100011', 20, 1), latm(undefined, 30, 2)),
      fc.array(fc.nat(255), { maxLength: 40 }).map((bytes) => [0x56, 0xe0, bytes.length, ...bytes]),
      fc.array(fc.nat(255), { maxLength: 40 }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(frame, { maxLength: 4 }), { maxLength: 8 }), (packets) => {
        const { frames, stream, send } = createStream(createLoasRule());
        packets.forEach((all, i) => send(i * 9000, i, all.flat()));
        stream.finish();
        const bytes = packets.flat(2).length;
        assert.ok(frames.reduce((sum, { data }) => sum + data.length, 0) <= bytes);
        for (const { data, duration } of frames) {
          assert.deepEqual([data[0], data[1]! & 0xe0, duration > 0], [0x56, 0xe0, true]);
        }
      }),
    );
  });
});
