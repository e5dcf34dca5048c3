import { SegmintError } from '../errors.js';
import type { Source } from '../media/source.js';
import type { BegunStream } from './begin-stream.js';
import type { ResolvedOptions } from './continuous-options.js';
import type { SourceDemuxer } from './source-demuxer.js';
import type { StreamDescription, StreamSummary, TrackSummary } from './stream-report.js';

/** What the summary needs of a run, gathered on the way. */
export interface Progress {
  /** The demuxer, once the source is understood. */
  demuxer: SourceDemuxer | undefined;
  /** The stream, once its tracks are selected. */
  begun: BegunStream | undefined;
  /** What was said of it. */
  description: StreamDescription | undefined;
  /** Fragments handed out. */
  fragments: number;
  /** Bytes handed out. */
  bytes: number;
}

/** How many damaged places the record lists; it counts them all. */
const listedDamage = 20;

/** Makes the record of a stream that has ended. */
export function summarizeStream(
  source: Source,
  request: ResolvedOptions,
  { demuxer, begun, description, fragments, bytes }: Progress,
  outcome: StreamSummary['outcome'],
  failure: unknown,
  elapsedMs: number,
): StreamSummary {
  const lanes = { video: begun?.video, audio: begun?.audio };
  const tracks: TrackSummary[] = (description?.tracks ?? []).map((track) => ({
    ...track,
    samples: lanes[track.type]?.sent ?? 0,
    bytes: lanes[track.type]?.sentBytes ?? 0,
    dropped: lanes[track.type]?.dropped ?? 0,
    decodeErrors: lanes[track.type]?.decodeErrors ?? 0,
  }));
  const damage = demuxer?.damage ?? [];
  return {
    outcome,
    source: source.name,
    startMs: request.startMs,
    trueStartMs: description?.trueStartMs,
    durationMs: fragments === 0 ? 0 : (begun?.assembler.cutMs ?? 0),
    tracks,
    fragments,
    bytes,
    elapsedMs: Math.round(elapsedMs),
    damage: damage.slice(0, listedDamage),
    damageCount: demuxer?.damageCount ?? 0,
    isTruncated: damage.at(-1)?.kind === 'truncated',
    error:
      outcome === 'complete' || failure === undefined
        ? undefined
        : {
            code: failure instanceof SegmintError ? failure.code : 'unknown',
            message: failure instanceof Error ? failure.message : 'The stream was ended.',
          },
  };
}
