import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adtsRule, dolbyRule, type AudioFrameRule } from './audio-rules.js';
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
});
