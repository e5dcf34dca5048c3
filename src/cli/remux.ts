import type { StreamSummary, TrackSummary } from '../pipelines/stream-report.js';
import { streamTranscodeUniversal } from '../pipelines/universal.js';
import type { UniversalOptions } from '../pipelines/universal-options.js';
import { openFileOutput } from './file-output.js';
import { formatBytes, formatTime, printable } from './format.js';
import { openEngines, type EncoderOption } from './open-engines.js';
import { openSource } from './open-source.js';
import { writeAll } from './output.js';
import { CountedSource, showProgress } from './progress.js';
import { openStdoutOutput } from './stdout-output.js';
import type { Terminal } from './terminal.js';

/** Options of {@link remux}, as the command line gives them. */
export interface RemuxOptions
  extends
    EncoderOption,
    Pick<
      UniversalOptions,
      | 'audio'
      | 'video'
      | 'audioTrack'
      | 'videoTrack'
      | 'audioChannels'
      | 'timeline'
      | 'crf'
      | 'preset'
      | 'height'
    > {
  /** Path, or `-` for standard output. */
  readonly output: string;
  /** Start in milliseconds. */
  readonly start?: number;
  /** Duration in milliseconds. */
  readonly duration?: number;
  /** Bits a second of encoded audio. */
  readonly audioBitrate?: number;
  /** The most bits a second of encoded video. */
  readonly maxBitrate?: number;
  /** Headers for an HTTP source. */
  readonly header?: Readonly<Record<string, string>>;
  /** Modules that open further kinds of sources. */
  readonly plugin?: readonly string[];
  /** Prints the summary as JSON. */
  readonly json?: boolean;
  /** Replaces the output when it exists. */
  readonly force?: boolean;
}

/**
 * `segmint remux`: writes a source as fragmented MP4.
 * @param sourceName - path, URL or `-`.
 * @param options - as parsed.
 * @param terminal - where messages go.
 * @param signal - ends it, and leaves no output behind.
 */
export async function remux(
  sourceName: string,
  options: RemuxOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const isStdout = options.output === '-';
  const headers = options.header ?? {};
  await using engine = await openEngines(options, options.video === 'h264' || options.audio === 'aac');
  await using source = new CountedSource(
    await openSource(sourceName, { signal, headers, plugins: options.plugin }),
  );
  const stream = streamTranscodeUniversal(source, {
    startMs: options.start,
    maxDurationMs: options.duration,
    audioTrack: options.audioTrack,
    videoTrack: options.videoTrack,
    audio: options.audio,
    video: options.video,
    audioChannels: options.audioChannels,
    audioBitRate: options.audioBitrate,
    timeline: options.timeline,
    crf: options.crf,
    maxBitRate: options.maxBitrate,
    preset: options.preset,
    height: options.height,
    engine,
    closeSource: false,
    reuseMemory: true,
    signal,
  });
  // Asked for first: what cannot be remuxed at all leaves the output untouched.
  const { leftOut } = await stream.description;
  const lists = stream.chunks();
  const output = isStdout
    ? openStdoutOutput()
    : await openFileOutput(options.output, { force: options.force === true }).catch(
        async (error: unknown) => {
          // The description has begun the work.
          await lists.return?.();
          throw error;
        },
      );
  {
    using progress = await showProgress(source, terminal.isInteractive);
    await writeAll(lists, output, (bytes) => progress.written(bytes), signal);
  }
  const summary = await stream.summary;
  for (const { type, id, reason } of leftOut) {
    terminal.complain(`Left out: ${type} track ${id}: ${printable(reason)}.`);
  }
  if (summary.damageCount > 0) terminal.complain(damageText(summary));
  for (const track of summary.tracks) {
    if (track.decodeErrors > 0) terminal.complain(undecodedText(track));
  }
  if (options.json === true) {
    const text = JSON.stringify(summary, undefined, 2);
    if (isStdout) terminal.complain(text);
    else terminal.print(text);
  } else if (terminal.isInteractive) {
    terminal.complain(`${output.name}: ${summaryText(summary)}`);
  }
}

function summaryText({ tracks, durationMs, bytes, elapsedMs }: StreamSummary): string {
  const speed = elapsedMs > 0 ? `, ${formatBytes((bytes / elapsedMs) * 1000)}/s` : '';
  return `${tracks.map(trackText).join(', ')}; ${formatTime(durationMs)}, ${formatBytes(bytes)}${speed}`;
}

function trackText({ type, codec, codecString, action }: TrackSummary): string {
  return action === 'copy' ? `${type} ${codec} copied` : `${type} ${codec} encoded as ${codecString}`;
}

function undecodedText({ type, id, decodeErrors }: TrackSummary): string {
  const packets = decodeErrors === 1 ? 'one packet' : `${decodeErrors} packets`;
  const missing = type === 'audio' ? 'silent' : 'without pictures';
  return `Warning: ${packets} of ${type} track ${id} could not be decoded; their time is ${missing}.`;
}

function damageText({ damage, damageCount, isTruncated }: StreamSummary): string {
  const first = damage[0];
  const reason = first === undefined ? '' : printable(first.reason).replace(/\.$/, '');
  const where = first === undefined ? '' : `, first at byte ${first.offset}: ${reason}`;
  const places = damageCount === 1 ? 'one damaged place was' : `${damageCount} damaged places were`;
  const end = isTruncated && damageCount > 1 ? ' The source ends before it should.' : '';
  return `Warning: ${places} passed over${where}.${end}`;
}
