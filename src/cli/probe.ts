import { describeMedia, type MediaDescription, type TrackDescription } from '../pipelines/describe.js';
import { formatBytes, formatTable, formatTime, printable } from './format.js';
import { openSource } from './open-source.js';
import type { Terminal } from './terminal.js';

/** Options of {@link probe}. */
export interface ProbeOptions {
  /** Prints JSON. */
  readonly json?: boolean;
  /** Headers for an HTTP source. */
  readonly header?: Readonly<Record<string, string>>;
  /** Modules that open further kinds of sources. */
  readonly plugin?: readonly string[];
}

/**
 * `segmint probe`: says what is in a source and what would become of it.
 * @param sourceName - path, URL or `-`.
 * @param options - as parsed.
 * @param terminal - where it is said.
 * @param signal - ends it.
 */
export async function probe(
  sourceName: string,
  options: ProbeOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  await using source = await openSource(sourceName, {
    signal,
    headers: options.header ?? {},
    plugins: options.plugin,
  });
  const description = await describeMedia(source, { signal });
  terminal.print(
    options.json === true ? JSON.stringify(description, undefined, 2) : descriptionText(description),
  );
}

/** The description for a person to read. */
function descriptionText(description: MediaDescription): string {
  const { source, container, durationMs, size, title, chapters, attachments } = description;
  const facts = [
    container,
    durationMs === undefined ? 'unknown duration' : formatTime(durationMs),
    ...(size === undefined ? [] : [formatBytes(size)]),
    ...(chapters.length === 0 ? [] : [`${chapters.length} chapters`]),
    ...(attachments.length === 0 ? [] : [`${attachments.length} attachments`]),
  ];
  const heading = [printable(source), ...(title === undefined ? [] : [printable(title)]), facts.join(', ')];
  const rows = [
    ['TRACK', 'TYPE', 'CODEC', 'CODEC STRING', 'FORMAT', 'LANGUAGE', 'ACTION', 'REASON'],
    ...description.tracks.map(trackRow),
  ];
  return `${heading.join('\n')}\n\n${formatTable(rows)}`;
}

function trackRow(track: TrackDescription): readonly string[] {
  const flags = [
    ...(track.isDefault ? ['default'] : []),
    ...(track.isForced ? ['forced'] : []),
    ...track.roles,
  ];
  return [
    String(track.id),
    track.type,
    track.codec === 'unknown' ? printable(track.codecTag) : track.codec,
    track.codecString ?? '-',
    formatText(track),
    [printable(track.language), ...flags].join(' '),
    track.action,
    printable(track.reason),
  ];
}

function formatText({ video, audio }: TrackDescription): string {
  if (video !== undefined) {
    return [
      `${video.width}x${video.height}`,
      ...(video.framesPerSecond === undefined ? [] : [`${Number(video.framesPerSecond.toFixed(3))}/s`]),
      ...(video.bitDepth === undefined ? [] : [`${video.bitDepth} bit`]),
      ...(video.range === 'SDR' ? [] : [video.range]),
      ...(video.hasDolbyVision ? ['DV'] : []),
    ].join(' ');
  }
  if (audio !== undefined) return `${audio.sampleRate} Hz ${audio.channels} ch`;
  return '-';
}
