import type { MuxTrack } from '../isobmff/mux-track.js';
import { millisecondsOf } from '../time/instant.js';
import type { BegunStream } from './begin-stream.js';
import type { ResolvedOptions } from './continuous-options.js';
import type { StreamDescription, StreamTrack } from './stream-report.js';

/**
 * Describes a stream that has begun.
 * @param begun - the stream; its start is settled.
 * @param declared - the tracks as the init segment declares them.
 * @param request - what was asked for.
 */
export function describeStream(
  begun: BegunStream,
  declared: readonly MuxTrack[],
  request: ResolvedOptions,
): StreamDescription {
  const { selection, demuxer, sourceStart } = begun;
  const tracks: StreamTrack[] = [];
  for (const { type, configuration } of declared) {
    const { track, decision } = selection[type]!;
    tracks.push({
      id: track.id,
      type,
      codec: track.codec,
      codecString: configuration.codecString,
      action: decision.action === 'transcode' ? 'transcode' : 'copy',
      reason: decision.reason,
    });
  }
  const codecs = tracks.map((track) => track.codecString).join(',');
  const startOnSource = begun.assembler.startOnSource ?? sourceStart;
  const { durationNs } = demuxer.info;
  return {
    mimeType: `${begun.video === undefined ? 'audio' : 'video'}/mp4; codecs="${codecs}"`,
    tracks,
    leftOut: selection.leftOut,
    startMs: request.startMs,
    trueStartMs: Math.max(0, millisecondsOf(startOnSource) - millisecondsOf(sourceStart)),
    sourceDurationMs: durationNs === undefined ? undefined : durationNs / 1e6,
  };
}

/** What the init segment says of the stream's length, so that a progressive player can show it. */
export function durationOf(
  { sourceDurationMs, trueStartMs }: StreamDescription,
  { timeline, maxDurationMs, startDecodeTimeMs }: ResolvedOptions,
): { durationMs?: number; durationInHeaders: boolean } {
  const lengths = [
    sourceDurationMs === undefined ? undefined : sourceDurationMs - trueStartMs,
    maxDurationMs,
  ].filter((length) => length !== undefined);
  if (lengths.length === 0) return { durationInHeaders: false };
  const offset = startDecodeTimeMs ?? (timeline === 'absolute' ? trueStartMs : 0);
  return { durationMs: Math.round(Math.max(0, Math.min(...lengths)) + offset), durationInHeaders: true };
}
