import type { FileType } from './boxes/ftyp.js';
import type { MuxTrack } from './mux-track.js';

/*
 * A brand is a promise: a reader that knows only this brand can play the file. So:
 *
 * - `iso6` is the first one that knows all that fragments use (default-base-is-moof from iso5; tfdt, styp and signed
 *   composition offsets). Older ones, `isom` to `iso5`, would promise too much.
 * - `mp42` is what defines `mp4a` and `esds`, without demanding an object descriptor as `mp41` does.
 * - `cmfc` and `cmf2` are CMAF's structural brands. A CMAF track file holds one track, so a file of several does not
 *   carry them. `cmf2` adds what is always true here: no edit list, `trun` version 1, no reliance on trex defaults.
 * - `av01` is demanded by the AV1 binding, `dby1` announces Dolby's extensions.
 * - CMAF media profiles (`cfhd`, `caac`, …) bound level and picture size, which a source need not keep. Not claimed.
 *
 * ISO/IEC 14496-12, annex E; ISO/IEC 23000-19, 7.2; AV1 Codec ISO Media File Format Binding, 2.1.
 */

/** Chooses the brands of an init segment. */
export function initSegmentBrands(tracks: readonly MuxTrack[]): FileType {
  const compatibleBrands = ['iso6', 'mp42'];
  if (tracks.length === 1) compatibleBrands.push('cmfc', 'cmf2');
  if (tracks.some(isAv1)) compatibleBrands.push('av01');
  if (tracks.some(isDolbyVision)) compatibleBrands.push('dby1');
  return { majorBrand: 'iso6', compatibleBrands };
}

/**
 * Chooses the brands of a media segment: `msdh` says that it is one of DASH, without an index; `cmfs` that it is a CMAF
 * segment, which holds one track.
 * @see ISO/IEC 23009-1, 6.3.4.2; ISO/IEC 23000-19, 7.3.3.1
 */
export function mediaSegmentBrands(trackCount: number): FileType {
  const compatibleBrands = trackCount === 1 ? ['msdh', 'iso6', 'cmfs'] : ['msdh', 'iso6'];
  return { majorBrand: 'msdh', compatibleBrands };
}

function isAv1(track: MuxTrack): boolean {
  return track.configuration.decoder.kind === 'box' && track.configuration.decoder.type === 'av1C';
}

function isDolbyVision(track: MuxTrack): boolean {
  return track.type === 'video' && (track.dolbyVision ?? track.configuration.dolbyVision) !== undefined;
}
