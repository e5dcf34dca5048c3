import { RequestError } from '../../src/errors.js';
import type { MediaInfo } from '../../src/media/media-info.js';
import type { Source } from '../../src/media/source.js';
import type { SubtitleTrack } from '../../src/media/track.js';
import type { PlayerTarget } from '../../src/pipelines/player-target.js';
import { parseRenditionId } from '../../src/pipelines/segment/rendition-id.js';
import type {
  SegmentBytes,
  SegmentedDescription,
  SegmentedMedia,
} from '../../src/pipelines/segment/segmented-media.js';
import type { SegmentContext } from '../../src/pipelines/segment/segment-track.js';
import { SourceAttachments } from '../../src/pipelines/subtitles/source-attachments.js';
import { SourceSubtitles } from '../../src/pipelines/subtitles/source-subtitles.js';

/** Waits until the signal aborts, and fails with its reason. */
export function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** Media of a video and an audio rendition with three segments each, whose bytes say what they are. */
export class FakeSegmentedMedia implements SegmentedMedia {
  readonly version: string | undefined;
  /** A track of number 3, without a cue; or none. */
  readonly subtitles: SourceSubtitles | undefined;
  /** One file, which is empty. */
  readonly attachments = new SourceAttachments(
    [{ name: 'empty.bin', mediaType: 'application/octet-stream', size: 0, offset: 0 }],
    new FakeSource(undefined),
  );
  /** What was made, such as `v1-0123456789ab/2`. */
  readonly made: string[] = [];
  /** How often the segments of a rendition were counted: a request does so just before it waits for one. */
  counts = 0;
  /** How often it was closed. */
  closings = 0;
  /** Called before a segment is given: lets a test hold, fail or count. */
  beforeSegment: (signal: AbortSignal | undefined) => Promise<void> = () => Promise.resolve();
  readonly #ids: readonly string[];

  constructor(version: string | undefined, { hasSubtitles = true } = {}) {
    this.version = version;
    this.subtitles = hasSubtitles ? new SourceSubtitles(subtitledContext()) : undefined;
    const suffix = version === undefined ? '' : `-${version}`;
    this.#ids = [`v1${suffix}`, `a2-aac${suffix}`];
  }

  describe(_target: PlayerTarget): SegmentedDescription {
    return {
      index: { origin: 'cues', keyframes: 3, tested: 2, largestGapSeconds: 6.5, faults: [] },
      plan: { timescale: 1000, starts: [0, 6000, 12_500], end: 15_000, keyframes: [0, 1, 2] },
      durationSeconds: 15,
      renditions: this.#ids.map((id) => ({
        id,
        type: id.startsWith('a') ? 'audio' : 'video',
        trackId: Number(id[1]),
        decision: { action: 'copy', reason: 'as the test wants it' },
        segmentCount: 3,
      })),
    };
  }

  masterPlaylist({ video, audio }: PlayerTarget): string {
    const plays = [...video, ...audio].sort().join('+');
    return `#EXTM3U\n#${plays}\n${this.#ids.map((id) => `${id}/playlist.m3u8\n`).join('')}`;
  }

  manifest({ video, audio }: PlayerTarget): string {
    const plays = [...video, ...audio].sort().join('+');
    return `<MPD><!-- ${plays} -->${this.#ids.map((id) => `<Representation id="${id}"/>`).join('')}</MPD>\n`;
  }

  mediaPlaylist(rendition: string): string {
    this.segmentCount(rendition);
    return `#EXTM3U\n${'#EXTINF:6.006,\n'.repeat(200)}`;
  }

  subtitlePlaylist(): string {
    return '#EXTM3U\n';
  }

  segmentCount(rendition: string): number {
    this.counts++;
    if (this.#ids.includes(rendition)) return 3;
    if (parseRenditionId(rendition)?.version !== undefined) {
      throw new RequestError('The source has changed.', 'not_found');
    }
    throw new RequestError(`There is no rendition ${rendition}.`, 'not_found');
  }

  initSegment(
    rendition: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<SegmentBytes> {
    return this.#make(`${rendition}/init`, options?.signal);
  }

  segment(
    rendition: string,
    number: number,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<SegmentBytes> {
    return this.#make(`${rendition}/${number}`, options?.signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.closings++;
    return Promise.resolve();
  }

  async #make(name: string, signal: AbortSignal | undefined): Promise<SegmentBytes> {
    this.made.push(name);
    await this.beforeSegment(signal);
    const bytes = new TextEncoder().encode(name);
    return { chunks: [bytes.subarray(0, 2), bytes.subarray(2)], byteLength: bytes.byteLength, remarks: [] };
  }
}

/** What there is of the subtitle track. */
function subtitledContext(): SegmentContext {
  const track: SubtitleTrack = {
    ...({ type: 'subtitle', codec: 'subrip' } as const),
    ...{ id: 3, codecTag: 'S_TEXT/UTF8', codecPrivate: undefined },
    ...{
      timescale: 1000,
      timePrecision: 1,
      language: 'en',
      name: undefined,
      isDefault: false,
      isForced: false,
    },
    ...{ isEnabled: true, defaultDuration: undefined, encryption: undefined },
  };
  const info: MediaInfo = {
    ...{ container: 'mp4', durationNs: undefined, title: undefined, writingApp: undefined },
    ...{ tracks: [track], chapters: [], tags: [], attachments: [] },
  };
  return {
    demuxer: {
      info,
      samples: async function* () {
        yield* [];
      },
      firstClusterOffset: 0,
      readsTracksAlone: true,
      clusterBefore: () => Promise.resolve(undefined),
    },
    index: undefined,
    plan: { timescale: 1000, starts: [0], end: 1000, keyframes: [] },
    origin: { ticks: 0, timescale: 1000 },
  };
}

/** A source that has nothing but an identity. */
export class FakeSource implements Source {
  readonly name = 'film.mkv';
  readonly size = 4;
  readonly seekable = true;
  readonly isLocal: boolean = true;
  readonly identity: string | undefined;
  /** How often it was closed. */
  closings = 0;

  constructor(identity: string | undefined) {
    this.identity = identity;
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    yield* [];
  }

  read(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array());
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.closings++;
    return Promise.resolve();
  }
}
