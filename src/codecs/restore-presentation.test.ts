import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeField, codeFieldSets, type CodedField } from '../../test/support/coded-fields.js';
import { fromHex } from '../../test/support/hex.js';
import { sampleOf } from '../../test/support/samples.js';
import { videoTrack } from '../../test/support/tracks.js';
import type { Sample } from '../media/sample.js';
import { PresentationRestorer } from './restore-presentation.js';

/** MPEG-2's picture headers by the types of their pictures; temporal references do not matter here. */
const PICTURES = { I: '00000100 000ffff8', P: '00000100 00d7fffb', B: '00000100 005ffffb' } as const;

function sample(
  type: keyof typeof PICTURES,
  decodeTime: number | undefined,
  presentationTime: number,
): Sample {
  const data = fromHex(PICTURES[type]);
  return sampleOf({ presentationTime, decodeTime, isSync: type === 'I', data });
}

function restoredTimes(samples: readonly Sample[]): (readonly [number, number | undefined])[] {
  const restorer = new PresentationRestorer([{ track: videoTrack('mpeg2video') }]);
  const restored = [...restorer.push(samples.map((one) => ({ sample: one }))), ...restorer.finish()];
  return restored.map(({ sample: { presentationTime, decodeTime } }) => [presentationTime, decodeTime]);
}

describe('PresentationRestorer', () => {
  it('gives pictures that have decode times alone those at which they are shown', () => {
    const stored = (['I', 'P', 'B', 'B', 'P', 'B'] as const).map((type, i) => sample(type, i * 40, i * 40));
    const shown = restoredTimes(stored).map(([presentationTime]) => presentationTime);
    assert.deepEqual(shown, [0, 120, 40, 80, 200, 160]);
  });

  it('goes by decode times that rise where those that are stated repeat', () => {
    const stored = [sample('I', 0, 0), sample('P', 40, 40), sample('B', 41, 40), sample('P', 80, 80)];
    const shown = restoredTimes(stored).map(([presentationTime]) => presentationTime);
    assert.deepEqual(shown, [0, 41, 40, 80]);
  });

  it('lets decoding begin at no empty picture, whatever the container says of it', () => {
    // What DivX says of itself in user data, and an I-VOP that is not coded.
    const data = fromHex('000001b2 44697658353033623133393370 000001b6 105f');
    const stored = [sampleOf({ presentationTime: 40, decodeTime: 40, isSync: true, data })];
    const restorer = new PresentationRestorer([{ track: videoTrack('mpeg4') }]);
    restorer.push(stored.map((one) => ({ sample: one })));
    assert.equal(restorer.finish()[0]!.sample.isSync, false);
  });

  it('leaves times of presentation that are stated after all', () => {
    // As libavformat gives television that Windows recorded: pictures that nothing is decoded before have one time.
    const stored = [
      sample('I', undefined, 40),
      sample('P', 40, 160),
      sample('B', 80, 80),
      sample('B', 120, 120),
    ];
    const times = restoredTimes([...stored, sample('P', 160, 200)]);
    assert.deepEqual(
      times.map(([presentationTime]) => presentationTime),
      [40, 160, 80, 120, 200],
    );
  });

  it('makes one sample of two fields of a frame, and gives it the time of the first', () => {
    const stream = (...units: readonly Uint8Array[]): Uint8Array =>
      Uint8Array.from(units.flatMap((unit) => [0, 0, 1, ...unit]));
    const field = (structure: CodedField['structure'], frameNum: number, order: number): Uint8Array =>
      stream(codeField({ structure, frameNum, order, kind: 'repeat' }));
    const begin = codeField({ structure: 'top', frameNum: 0, order: 0, kind: 'idr' });
    const fields = [
      stream(...codeFieldSets(), begin),
      field('bottom', 0, 1),
      field('top', 1, 4),
      field('bottom', 1, 5),
      field('top', 2, 2),
      field('bottom', 2, 3),
      field('top', 3, 6),
      field('bottom', 3, 7),
    ];
    // Stated for a frame, and again for a second field.
    const stated = new Map([
      [0, 40],
      [6, 160],
      [7, 180],
    ]);
    const restorer = new PresentationRestorer<{ sample: Sample; isTimed: boolean }>(
      [],
      [{ track: videoTrack('h264', { timescale: 1000 }) }],
    );
    const carriers = fields.map((data, i) => ({
      sample: sampleOf({
        presentationTime: stated.get(i) ?? 0,
        decodeTime: undefined,
        isSync: i === 0,
        data,
      }),
      isTimed: stated.has(i),
    }));
    const restored = [...restorer.push(carriers), ...restorer.finish()].map(({ sample: one }) => one);
    assert.deepEqual(
      restored.map(({ presentationTime }) => presentationTime),
      [40, 120, 80, 160],
    );
    assert.deepEqual(
      restored.map(({ data }) => data),
      [0, 2, 4, 6].map((i) => Uint8Array.from([...fields[i]!, ...fields[i + 1]!])),
    );
  });
});
