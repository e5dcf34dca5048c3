import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createAvcInspector } from '../codecs/h264/inspect-sample.js';
import { viewAnnexBNalUnits } from '../codecs/nal/annex-b.js';
import { viewLengthPrefixedNalUnits } from '../codecs/nal/length-prefixed.js';
import { codeField, codeFieldSets, type CodedField } from '../../test/support/coded-fields.js';
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

function cut(
  parts: readonly Part[],
  pieceBytes = 4096,
  step = Infinity,
  beginningsOnly = false,
): ElementaryFrame[] {
  const frames: ElementaryFrame[] = [];
  const stream = new PictureStream({
    memory: new FrameMemory({ pieceBytes }),
    beginningsOnly,
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

  it('makes one picture of two fields of a frame, and of no others', () => {
    const sets = codeFieldSets();
    const field = (structure: CodedField['structure'], frameNum: number, isReference = true) =>
      codeField({ structure, frameNum, isReference, order: 0, kind: 'repeat' });
    const begin = codeField({ structure: 'top', frameNum: 0, order: 0, kind: 'idr' });
    const pictures: (readonly Uint8Array[])[] = [
      [...sets, begin, field('bottom', 0)],
      // Two frames that nothing refers to have one and the same number.
      [field('top', 1, false), field('bottom', 1, false)],
      [field('bottom', 1, false), field('top', 1, false)],
      // Alone: the other parity is of another frame, or is no reference, or is missing.
      [field('top', 1)],
      [field('bottom', 2)],
      [field('top', 2, false)],
      [field('top', 3)],
      [field('frame', 3)],
      [field('bottom', 3)],
      [field('top', 4), field('bottom', 4)],
      // A frame begins anew with an IDR picture, whatever its number.
      [field('bottom', 0)],
      [begin],
    ];
    for (const isDelimited of [true, false]) {
      const code = (unit: Uint8Array): number[] => [
        ...(isDelimited && (unit[0]! & 0x1f) < 6 ? [...long, ...delimiter] : []),
        ...short,
        ...unit,
      ];
      const alone = pictures.flatMap((all) => all.map(code)).map((bytes, pts) => ({ bytes, pts }));
      const together = pictures.map((all, pts) => ({ bytes: all.flatMap(code), pts }));
      const inOne = [{ bytes: together.flatMap(({ bytes }) => bytes), pts: 0 }];
      for (const parts of [alone, together, inOne]) {
        for (const [pieceBytes, step] of [
          [4096, Infinity],
          [64, 7],
        ] as const) {
          const frames = cut(parts, pieceBytes, step);
          const given = frames.map((frame) => unitsOf(frame).filter(([type]) => type !== 9));
          assert.deepEqual(
            given,
            pictures.map((all) => all.map((unit) => [...unit])),
          );
        }
      }
      const times = cut(together).map(({ pts, isKey }) => [pts, isKey]);
      assert.deepEqual(
        times,
        pictures.map((_, i) => [i, i === 0 || i === pictures.length - 1]),
      );
      // The time of a frame is that of its first field.
      let count = 0;
      const firsts = pictures.map((all) => (count += all.length) - all.length);
      assert.deepEqual(
        cut(alone).map(({ pts }) => pts),
        firsts,
      );
      const sparse = cut(together, 4096, 100, true).map(({ pts }) => pts);
      assert.deepEqual(
        sparse,
        times.map(([pts]) => pts),
      );
    }
  });
});
