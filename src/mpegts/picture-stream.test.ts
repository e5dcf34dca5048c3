import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createAvcInspector } from '../codecs/h264/inspect-sample.js';
import { viewAnnexBNalUnits } from '../codecs/nal/annex-b.js';
import { viewLengthPrefixedNalUnits } from '../codecs/nal/length-prefixed.js';
import type { ElementaryFrame } from './elementary-stream.js';
import { FrameMemory } from './frame-memory.js';
import { createAvcJudge } from './picture-rules.js';
import { PictureStream } from './picture-stream.js';

const long = [0, 0, 0, 1];
const short = [0, 0, 1];
/** A delimiter, parameter sets in all but name, an IDR slice that begins a picture, and one that goes on with it. */
const delimiter = [9, 0xf0];
const sequence = [0x67, 1, 2, 3];
const first = [0x65, 0x88, 0x84, 0x21];
const further = [0x65, 0x02, 0x84, 0x21, 0x37];
const last = [0x65, 0x01, 0x84, 0x21, 0x37];
const inter = [0x41, 0x9a, 0x02];

interface Part {
  readonly bytes: readonly number[];
  readonly pts: number;
}

function cut(parts: readonly Part[], pieceBytes = 4096, step = Infinity): ElementaryFrame[] {
  const frames: ElementaryFrame[] = [];
  const stream = new PictureStream({
    memory: new FrameMemory({ pieceBytes }),
    judge: createAvcJudge(),
    inspect: createAvcInspector(4),
    duration: 0,
    take: (frame) => frames.push({ ...frame, data: frame.data.slice() }),
  });
  parts.forEach(({ bytes, pts }, i) => {
    stream.begin({ pts, dts: pts, offset: i });
    for (let at = 0; at < bytes.length; at += step) {
      stream.append(Uint8Array.from(bytes), at, Math.min(bytes.length, at + step));
    }
  });
  stream.finish();
  return frames;
}

const unitsOf = ({ data }: ElementaryFrame): number[][] =>
  viewLengthPrefixedNalUnits(data, 4).map((nal) => [...nal]);

describe('PictureStream', () => {
  it('gives lengths in place of start codes of either kind, and leaves out zeros behind units', () => {
    const picture = [
      ...long,
      ...delimiter,
      ...short,
      ...sequence,
      0,
      0,
      ...short,
      ...first,
      ...short,
      ...further,
    ];
    const frames = cut([
      { bytes: [...picture, 0, 0, 0], pts: 1 },
      { bytes: [...long, ...delimiter, ...short, ...inter], pts: 2 },
    ]);
    assert.deepEqual(frames.map(unitsOf), [
      [delimiter, sequence, first, further],
      [delimiter, inter],
    ]);
    assert.deepEqual(
      frames.map(({ pts, isKey, offset }) => [pts, isKey, offset]),
      [
        [1, true, 0],
        [2, false, 1],
      ],
    );
  });

  it('finds pictures without delimiters, several in a PES packet, and one in several', () => {
    const slices = [...short, ...first, ...short, ...further];
    const frames = cut([
      { bytes: [...slices, ...slices], pts: 1 },
      { bytes: [...short, ...last], pts: 2 },
      { bytes: [...short, ...inter], pts: 3 },
    ]);
    assert.deepEqual(frames.map(unitsOf), [[first, further], [first, further, last], [inter]]);
    // The second begins in no PES packet of its own; that of the third packet's time is the picture that begins in it.
    assert.deepEqual(
      frames.map(({ pts }) => pts),
      [1, undefined, 3],
    );
  });

  it('gives the units that are there, however they are cut into PES packets, appended and kept', () => {
    const unit = fc.constantFrom(delimiter, sequence, first, further, inter, [
      0x41,
      0x9a,
      ...new Array<number>(300).fill(7),
    ]);
    const coded = fc.tuple(fc.constantFrom(short, long), unit).map(([code, nal]) => [...code, ...nal]);
    const parts = fc.array(fc.array(coded, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });
    const cuts = fc.record({
      pieceBytes: fc.integer({ min: 64, max: 4096 }),
      step: fc.integer({ min: 1, max: 400 }),
    });
    fc.assert(
      fc.property(parts, cuts, (packets, { pieceBytes, step }) => {
        const all = packets.map((units, pts) => ({ bytes: units.flat(), pts }));
        const frames = cut(all, pieceBytes, step);
        const given = frames.flatMap(unitsOf);
        const stored = viewAnnexBNalUnits(Uint8Array.from(all.flatMap(({ bytes }) => bytes))).map((nal) => [
          ...nal,
        ]);
        // What follows the last picture is none.
        assert.deepEqual(given, stored.slice(0, given.length));
      }),
    );
  });
});
