// What the segments of an item cost, as the server tells with each, and what failed of them. It is written while the item is
// played, so that the panel has something to show when it is opened; it keeps the last of each, and sums.
import { signal } from '@preact/signals';
import type Hls from 'hls.js';
import type { FragLoadedData } from 'hls.js';
import { problemIn, type Failure } from '../../shared/words.js';
import { parseServerTiming } from './server-timing.js';

/** Segments that are remembered: some minutes of video and audio. */
const MAX_SEGMENTS = 60;
/** Failures that are remembered. */
const MAX_FAILURES = 5;

/** Where a segment came from: it was made for this request, was in the server's store, or in the browser's cache. */
export type SegmentOrigin = 'made' | 'store' | 'browser' | 'unknown';

/** One segment that came. */
export interface SegmentFigures {
  readonly type: string;
  readonly number: number;
  /** Milliseconds from the request to the last byte. */
  readonly ms: number;
  readonly bytes: number;
  /** How long it plays. */
  readonly seconds: number;
  readonly origin: SegmentOrigin;
  /** Made before it was asked for. */
  readonly isAhead: boolean;
  /** Bytes of the source that were read for it, in this request. */
  readonly sourceBytes: number;
  /** Milliseconds in which it waited for its turn, was made, and in that was read and transcoded. */
  readonly queueMs: number;
  readonly makeMs: number;
  readonly readMs: number;
  readonly transcodeMs: number;
}

/** Sums over all segments of the item. */
export interface SegmentTotals {
  readonly segments: number;
  readonly bytes: number;
  /** Of segments that were made for a request of this page: what was sent, and what was read for it. */
  readonly madeBytes: number;
  readonly sourceBytes: number;
  /** That were there already, on the server or in the browser. */
  readonly hits: number;
}

const NOTHING: SegmentTotals = { segments: 0, bytes: 0, madeBytes: 0, sourceBytes: 0, hits: 0 };

/** The journal of an item. */
export class SegmentJournal {
  /** The last requests that failed, the oldest first; most are tried again. */
  readonly failures = signal<readonly Failure[]>([]);
  #segments: SegmentFigures[] = [];
  #totals = NOTHING;

  /** The last ones, the oldest first. */
  get segments(): readonly SegmentFigures[] {
    return this.#segments;
  }

  get totals(): SegmentTotals {
    return this.#totals;
  }

  /** Forgets all: another item is played. */
  clear(): void {
    // Browsers measure no more than 250 requests, unless the page lets go of them.
    performance.clearResourceTimings();
    this.#segments = [];
    this.failures.value = [];
    this.#totals = NOTHING;
  }

  /**
   * Writes down what a player loads, until that is destroyed.
   * @param hls - the player.
   * @param library - hls.js, which is loaded only when it is needed.
   */
  follow(hls: Hls, { Events }: typeof Hls): void {
    hls.on(Events.FRAG_LOADED, (_, loaded) => this.#add(figuresOf(loaded)));
    hls.on(Events.ERROR, (_, { response, networkDetails }) => {
      if ((response?.code ?? 0) < 400) return;
      const failure = problemIn(networkDetails as XMLHttpRequest | undefined);
      this.failures.value = [...this.failures.value, failure].slice(-MAX_FAILURES);
    });
  }

  #add(figures: SegmentFigures): void {
    if (this.#totals.segments % MAX_SEGMENTS === MAX_SEGMENTS - 1) performance.clearResourceTimings();
    this.#segments = [...this.#segments, figures].slice(-MAX_SEGMENTS);
    const { segments, bytes, madeBytes, sourceBytes, hits } = this.#totals;
    const isMade = figures.origin === 'made';
    const isHit = figures.origin === 'store' || figures.origin === 'browser';
    this.#totals = {
      segments: segments + 1,
      bytes: bytes + figures.bytes,
      madeBytes: madeBytes + (isMade ? figures.bytes : 0),
      sourceBytes: sourceBytes + figures.sourceBytes,
      hits: hits + (isHit ? 1 : 0),
    };
  }
}

function figuresOf({ frag, networkDetails, payload }: FragLoadedData): SegmentFigures {
  const header = (networkDetails as XMLHttpRequest | null)?.getResponseHeader('server-timing') ?? '';
  const timing = parseServerTiming(header);
  const entry = resourceOf(frag.url);
  const isCached = entry?.transferSize === 0 && entry.decodedBodySize > 0;
  // A header alone does not tell: it is kept with the rest, and with it the figures of its making.
  const origin = isCached ? 'browser' : originOf(timing.get('cache')?.description);
  const isMade = origin === 'made';
  const ms = (name: string): number => (isMade ? (timing.get(name)?.duration ?? 0) : 0);
  const { loading } = frag.stats;
  return {
    type: frag.type,
    number: Number(frag.sn),
    // hls.js is told less, where a segment had to be made: see hls-settings.ts.
    ms: entry?.duration ?? loading.end - loading.start,
    bytes: payload.byteLength,
    seconds: frag.duration,
    origin,
    isAhead: timing.has('ahead') && !isCached,
    sourceBytes: isMade ? Number(timing.get('source')?.description ?? 0) : 0,
    queueMs: ms('queue'),
    makeMs: ms('make'),
    readMs: ms('read'),
    transcodeMs: ms('transcode'),
  };
}

function originOf(cache: string | undefined): SegmentOrigin {
  if (cache === 'hit') return 'store';
  return cache === 'miss' ? 'made' : 'unknown';
}

/** What the browser measured of a request; nothing when it has measured too many. */
function resourceOf(url: string): PerformanceResourceTiming | undefined {
  return performance.getEntriesByName(url, 'resource').at(-1) as PerformanceResourceTiming | undefined;
}
