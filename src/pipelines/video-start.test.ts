import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VideoSampleTraits } from '../codecs/configuration.js';
import type { Sample } from '../media/sample.js';
import { VideoStart } from './video-start.js';

const sample = (presentationTime: number, size = 1): Sample => ({
  trackId: 1,
  presentationTime,
  decodeTime: undefined,
  duration: undefined,
  isSync: false,
  discardPadding: 0,
  offset: 0,
  data: new Uint8Array(size),
});

const traits = (
  randomAccess: VideoSampleTraits['randomAccess'],
  leading: VideoSampleTraits['leading'] = 'none',
): VideoSampleTraits => ({
  hasPicture: true,
  randomAccess,
  leading,
  isDisposable: false,
  hasParameterSets: false,
});

/** Feeds `kind:time` pictures (K startable, R recovery point, P other, L leading) and gives the times begun with. */
function feed(start: VideoStart, pictures: string): number[] | undefined {
  for (const picture of pictures.split(' ')) {
    const time = Number(picture.slice(1));
    const kind = picture.startsWith('K') ? 'start' : picture.startsWith('R') ? 'recovery' : 'none';
    const begun = start.push(sample(time), traits(kind, picture.startsWith('L') ? 'skipped' : 'none'));
    if (begun !== undefined) return begun.map((held) => held.sample.presentationTime);
  }
  return undefined;
}

describe('VideoStart', () => {
  it('begins at the first startable picture when no time is wanted', () => {
    const start = new VideoStart(undefined);
    assert.deepEqual(feed(start, 'P0 R1 P2 K3 P4'), [3]);
    assert.equal(start.dropped, 3);
  });

  it('begins at the last startable picture that is not after the wanted time', () => {
    assert.deepEqual(feed(new VideoStart(25), 'K0 P5 K10 P15 K20 P24 P26 K30'), [20, 24, 26]);
    assert.deepEqual(feed(new VideoStart(20), 'K0 P5 K10 P15 K20 P24'), [20, 24]);
    assert.deepEqual(feed(new VideoStart(19), 'K0 P5 K10 P15 K20 P24'), [10, 15, 20]);
  });

  it('does not take a recovery point, from which browsers cannot start', () => {
    assert.deepEqual(feed(new VideoStart(25), 'K0 P5 R10 P15 R20 P26'), [0, 5, 10, 15, 20, 26]);
  });

  it('is not led on by leading pictures, which precede what is already decided', () => {
    assert.deepEqual(feed(new VideoStart(21), 'K0 P5 K20 L16 L18 P24'), [20, 16, 18, 24]);
  });

  it('says that it has missed when no startable picture lies before, and offers the next', () => {
    const start = new VideoStart(15);
    assert.equal(feed(start, 'P10 P14'), undefined);
    assert.equal(start.hasMissed, false);
    assert.deepEqual(feed(start, 'P16 R20 K30 P34'), [30]);
    assert.equal(start.hasMissed, true);
  });

  it('settles for what it has when the source ends', () => {
    const start = new VideoStart(100);
    assert.equal(feed(start, 'K0 P5 K10 P15'), undefined);
    assert.deepEqual(
      start.finish()?.map((held) => held.sample.presentationTime),
      [10, 15],
    );
    assert.equal(new VideoStart(0).finish(), undefined);
  });

  it('does not hold an endless group of pictures', () => {
    const start = new VideoStart(1e12);
    start.push(sample(0), traits('start'));
    const eightMiB = 8 * 1024 * 1024;
    const begun = Array.from({ length: 9 }, (_, i) => start.push(sample(i + 1, eightMiB), traits('none')));
    assert.equal(
      begun.findIndex((held) => held !== undefined),
      7,
    );
  });
});
