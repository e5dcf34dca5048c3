import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
  const restorer = new PresentationRestorer([videoTrack('mpeg2video')]);
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
    const restorer = new PresentationRestorer([videoTrack('mpeg4')]);
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
});
