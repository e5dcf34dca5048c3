import { createHash } from 'node:crypto';
import type { FragmentedTrack } from './fragmented-mp4.js';
import { readFragmentedMp4 } from './fragmented-mp4.js';
import type { ReadStream } from './read-stream.js';

/** Names of the sample flags that make a difference, ISO/IEC 14496-12, section 8.8.3.1. */
function flagNames(flags: number): string {
  const dependsOn = ['', 'depends', 'independent', ''][(flags >>> 24) & 3]!;
  const leading = ['', 'leading-lost', '', 'leading'][(flags >>> 26) & 3]!;
  const disposable = ((flags >>> 22) & 3) === 2 ? 'disposable' : '';
  const sync = (flags & 0x10000) === 0 ? 'sync' : '';
  return [sync, dependsOn, leading, disposable].filter((name) => name !== '').join(' ');
}

/**
 * Describes a stream as text, one line a sample, for a person to read and for tests to compare.
 * @param stream - a stream, read.
 */
export function dumpStream({ bytes, description, summary }: ReadStream): string {
  const { tracks, fragments } = readFragmentedMp4(bytes);
  const lines = [
    description.mimeType,
    `begins at ${round(description.trueStartMs)} ms of ${round(description.sourceDurationMs)} ms, lasts ${round(summary.durationMs)} ms`,
    `init segment ${bytes.length - fragmentBytes(bytes)} bytes, hash ${hashOf(bytes.subarray(0, bytes.length - fragmentBytes(bytes)))}`,
  ];
  for (const [i, { type, timescale, sampleEntry }] of tracks.entries()) {
    const { id, action, reason, dropped } = summary.tracks[i]!;
    lines.push(
      `${type}: ${sampleEntry}, ${timescale} ticks a second, ${action} of track ${id}: ${reason}; ${dropped} dropped`,
    );
  }
  for (const { type, id, reason } of description.leftOut)
    lines.push(`left out: ${type} track ${id}: ${reason}`);
  for (const { kind, offset, length, reason } of summary.damage) {
    lines.push(`damage: ${kind} at ${offset}, ${length} bytes: ${reason}`);
  }
  for (let fragment = 0; fragment < fragments; fragment++) {
    lines.push('', `fragment ${fragment + 1}`);
    for (const track of tracks) lines.push(...dumpPart(track, fragment));
  }
  return `${lines.join('\n')}\n`;
}

function dumpPart(track: FragmentedTrack, fragment: number): string[] {
  const part = track.parts.find((one) => one.fragment === fragment);
  if (part === undefined) return [];
  const samples = track.samples.slice(part.firstSample, part.firstSample + part.sampleCount);
  return samples.map(({ decodeTime, compositionOffset, duration, flags, data }) => {
    const times = [
      `decoded ${String(decodeTime).padStart(7)}`,
      `shown ${String(decodeTime + compositionOffset).padStart(7)}`,
      `lasts ${String(duration).padStart(5)}`,
    ].join('  ');
    return `  ${track.type}  ${times}  ${String(data.length).padStart(4)} bytes  ${hashOf(data)}  ${flagNames(flags)}`;
  });
}

function fragmentBytes(bytes: Uint8Array): number {
  const { moov } = readFragmentedMp4(bytes);
  return bytes.length - moov.offset - moov.bytes.length;
}

function hashOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 8);
}

function round(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '?' : String(Math.round(milliseconds * 1000) / 1000);
}
