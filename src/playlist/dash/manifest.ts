import { rescale } from '../../time/rescale.js';
import type { SegmentTimes } from '../hls/media-playlist.js';
import { buildAdaptationSets } from './adaptation-set.js';
import type { Manifest } from './manifest-model.js';
import { checkRuns } from './segment-timeline.js';
import { writeXml } from './xml.js';

const MICROSECONDS = 1_000_000;

/**
 * Writes the manifest of a presentation that is complete.
 *
 * `minBufferTime` is the longest segment: who has been given that many seconds at `bandwidth`, which every segment keeps to, has
 * each sample in time wherever its segment's bits stand.
 * @returns text of lines that end with a line feed.
 * @throws {LimitExceededError} when it would list more segments than a document should.
 * @see ISO/IEC 23009-1, section 5.3.1 (MPD), 8.4 (ISO base media file format live profile)
 */
export function writeManifest(manifest: Manifest): string {
  const all = [...manifest.video, ...manifest.audio].map(({ times }) => times);
  checkRuns(all);
  const end = Math.max(...all.map(({ end, timescale }) => rescale(end, timescale, MICROSECONDS, 'up')));
  const longest = xmlDuration(Math.max(...all.map(longestSegment)));
  return writeXml({
    name: 'MPD',
    attributes: {
      xmlns: 'urn:mpeg:dash:schema:mpd:2011',
      profiles: 'urn:mpeg:dash:profile:isoff-live:2011',
      type: 'static',
      mediaPresentationDuration: xmlDuration(end),
      maxSegmentDuration: longest,
      minBufferTime: longest,
    },
    content: [
      { name: 'Period', attributes: { id: '0', start: 'PT0S' }, content: buildAdaptationSets(manifest) },
    ],
  });
}

/** In microseconds, and not less. */
function longestSegment({ starts, end, timescale }: SegmentTimes): number {
  const longest = starts.reduce((most, start, n) => Math.max(most, (starts[n + 1] ?? end) - start), 0);
  return rescale(longest, timescale, MICROSECONDS, 'up');
}

/** A duration as XML Schema writes it. */
function xmlDuration(microseconds: number): string {
  const fraction = String(microseconds % MICROSECONDS)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `PT${Math.floor(microseconds / MICROSECONDS)}${fraction === '' ? '' : `.${fraction}`}S`;
}
