import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import HLS from 'hls-parser';
import { targetDurationOf, writeMediaPlaylist, type SegmentTimes } from './media-playlist.js';

HLS.setOptions({ strictMode: true });

function write(times: SegmentTimes): string {
  return writeMediaPlaylist({
    times,
    targetDuration: targetDurationOf([times]),
    initUri: 'init.mp4',
    segmentUri: (n) => `${n}.m4s`,
  });
}

function read(text: string): HLS.types.MediaPlaylist {
  const playlist = HLS.parse(text);
  assert.ok(!playlist.isMasterPlaylist);
  return playlist;
}

const ntsc: SegmentTimes = { timescale: 24_000, starts: [0, 150_150, 300_300], end: 310_310 };

describe('writeMediaPlaylist', () => {
  it('writes a playlist of a whole presentation', () => {
    assert.equal(
      write(ntsc),
      `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXTINF:6.256250,
0.m4s
#EXTINF:6.256250,
1.m4s
#EXTINF:0.417083,
2.m4s
#EXT-X-ENDLIST
`,
    );
  });

  it('is read by a strict parser as what it is', () => {
    const playlist = read(write(ntsc));
    assert.equal(playlist.version, 7);
    assert.equal(playlist.playlistType, 'VOD');
    assert.equal(playlist.endlist, true);
    assert.equal(playlist.independentSegments, true);
    assert.equal(playlist.targetDuration, 6);
    assert.equal(playlist.segments.length, 3);
    assert.deepEqual(
      playlist.segments.map(({ uri, duration, map }) => [uri, duration, map.uri]),
      [
        ['0.m4s', 6.25625, 'init.mp4'],
        ['1.m4s', 6.25625, 'init.mp4'],
        ['2.m4s', 0.417083, 'init.mp4'],
      ],
    );
  });

  it('does not let durations drift, and keeps to the target duration', () => {
    const anyTimes = fc
      .record({
        timescale: fc.constantFrom(1000, 11_025, 24_000, 44_100, 90_000, 1_000_000_000),
        lengths: fc.array(fc.integer({ min: 1, max: 20_000_000 }), { minLength: 1, maxLength: 200 }),
      })
      .map(({ timescale, lengths }): SegmentTimes => {
        let end = 0;
        const starts = lengths.map((length) => (end += Math.max(1, Math.floor((length * timescale) / 1e6))));
        return { timescale, starts: [0, ...starts.slice(0, -1)], end };
      });
    fc.assert(
      fc.property(anyTimes, (times) => {
        const { segments } = read(write(times));
        let sum = 0;
        for (const [i, { duration }] of segments.entries()) {
          sum += duration;
          const truth = (times.starts[i + 1] ?? times.end) / times.timescale;
          assert.ok(Math.abs(sum - truth) < 1e-6, `${sum} is not ${truth}`);
        }
      }),
    );
  });
});

describe('targetDurationOf', () => {
  const cases: [seconds: number, expected: number][] = [
    [0.2, 1],
    [6.499999, 6],
    [6.4999997, 7], // stated as 6.500000
    [6.5, 7],
    [12.012, 12],
  ];
  for (const [length, expected] of cases) {
    it(`is ${expected} for a segment of ${length} s`, () => {
      const times = { timescale: 10_000_000, starts: [0], end: Math.round(length * 1e7) };
      assert.equal(targetDurationOf([times]), expected);
      read(write(times));
    });
  }

  it('is that of the longest segment of all renditions', () => {
    assert.equal(targetDurationOf([ntsc, { timescale: 48_000, starts: [0, 480_000], end: 480_001 }]), 10);
  });
});
