import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleOf } from '../../../test/support/samples.js';
import type { IndexEntry } from '../../media/media-index.js';
import type { MediaInfo } from '../../media/media-info.js';
import type { Sample } from '../../media/sample.js';
import type { AudioTrack, SubtitleTrack, TrackBase } from '../../media/track.js';
import type { SegmentContext, SegmentDemuxer } from '../segment/segment-track.js';
import { SubtitleSamples } from './subtitle-samples.js';

const BASE: Omit<TrackBase, 'id'> = {
  codecTag: '',
  codecPrivate: undefined,
  timescale: 1_000_000_000,
  timePrecision: 1_000_000,
  language: 'und',
  name: undefined,
  isDefault: false,
  isForced: false,
  isEnabled: true,
  defaultDuration: undefined,
  encryption: undefined,
};
const SUBTITLE: SubtitleTrack = { ...BASE, id: 2, type: 'subtitle', codec: 'subrip' };
const AUDIO = { ...BASE, id: 1, type: 'audio', codec: 'opus' } as AudioTrack;
const SECOND = 1e9;

function sampleAt(trackId: number, seconds: number, duration?: number): Sample {
  const times = { presentationTime: seconds * SECOND, duration: duration && duration * SECOND };
  return sampleOf({ trackId, ...times, offset: 1000 + seconds, data: new Uint8Array([seconds]) });
}

/** A minute of sound, and a cue of two seconds every five, with an index. */
function contextWith(demuxer: Partial<SegmentDemuxer>, stated?: number): SegmentContext {
  const info: MediaInfo = {
    container: 'matroska',
    durationNs: 60 * SECOND,
    title: undefined,
    writingApp: undefined,
    tracks: [AUDIO, SUBTITLE],
    chapters: [],
    tags: stated === undefined ? [] : [{ name: 'NUMBER_OF_FRAMES', value: String(stated), trackId: 2 }],
    attachments: [],
  };
  const stored = Array.from({ length: 60 }, (_, s) =>
    s % 5 === 0 ? [sampleAt(2, s, 2), sampleAt(1, s, 1)] : [sampleAt(1, s, 1)],
  );
  return {
    demuxer: {
      info,
      firstClusterOffset: 0,
      clusterBefore: () => Promise.resolve(undefined),
      samples: async function* () {
        yield* stored;
      },
      ...demuxer,
    },
    index: undefined,
    plan: { timescale: 1, starts: [0], end: 60, keyframes: [] },
    origin: { ticks: 0, timescale: SECOND },
  };
}

const ENTRIES: readonly IndexEntry[] = Array.from({ length: 12 }, (_, n) => ({
  trackId: 2,
  timeNs: n * 5 * SECOND,
  offset: 0,
  relativePosition: n,
  durationNs: 2 * SECOND,
}));

async function startsOf(context: SegmentContext, startMs = 0, endMs = Infinity): Promise<number[]> {
  const starts: number[] = [];
  const { signal } = new AbortController();
  for await (const some of new SubtitleSamples(context, SUBTITLE).read({ startMs, endMs }, signal)) {
    starts.push(...some.map((sample) => sample.startMs / 1000));
  }
  return starts;
}

describe('the samples of a subtitle track', () => {
  const all = Array.from({ length: 12 }, (_, n) => n * 5);

  it('are those that the index names, of the range alone', async () => {
    const read: number[] = [];
    const context = contextWith({
      readCues: () => Promise.resolve(ENTRIES),
      readCuedSample: ({ timeNs }) => {
        read.push(timeNs / SECOND);
        return Promise.resolve(sampleAt(2, timeNs / SECOND));
      },
      samples: () => assert.fail('nothing is to be scanned'),
    });
    assert.deepEqual(await startsOf(context, 21_500, 30_000), [20, 25]);
    assert.deepEqual(read, [20, 25, 30]);
  });

  it('are each there once when the index turns out to be wrong', async () => {
    const context = contextWith({
      readCues: () => Promise.resolve(ENTRIES),
      readCuedSample: ({ timeNs }) =>
        Promise.resolve(timeNs === 50 * SECOND ? undefined : sampleAt(2, timeNs / SECOND, 2)),
    });
    assert.deepEqual(await startsOf(context), all);
  });

  it('are looked for where they are stored when the index has not all of them, or says not where', async () => {
    const readCuedSample = (): never => assert.fail('the index is of no use');
    const few = { readCues: () => Promise.resolve(ENTRIES.slice(3)), readCuedSample };
    assert.deepEqual(await startsOf(contextWith(few, 12)), all);
    const vague = ENTRIES.map((entry) => ({ ...entry, relativePosition: undefined }));
    assert.deepEqual(
      await startsOf(contextWith({ readCues: () => Promise.resolve(vague), readCuedSample })),
      all,
    );
    assert.deepEqual(await startsOf(contextWith({}), 11_000, 26_000), [10, 15, 20, 25]);
  });
});
