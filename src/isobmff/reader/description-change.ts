import { ByteWriter } from '../../bytes/byte-writer.js';
import { isSameBytes } from '../../bytes/same-bytes.js';
import { parseAvcDecoderConfigurationRecord } from '../../codecs/h264/avc-decoder-configuration-record.js';
import { parseHevcDecoderConfigurationRecord } from '../../codecs/hevc/hevc-decoder-configuration-record.js';
import type { NalLengthSize } from '../../codecs/nal/length-prefixed.js';
import { SegmintError } from '../../errors.js';
import type { Track } from '../../media/track.js';

/** What becomes of the samples of one sample entry, in a track that is declared by another. */
export type SampleForm =
  /** They are of the declared form. */
  | { readonly kind: 'declared' }
  /** They are, once these bytes are put before each sync sample: parameter sets of their own. */
  | { readonly kind: 'prefixed'; readonly prefix: Uint8Array }
  /** They are of another form, which cannot be told in-band. */
  | { readonly kind: 'foreign' };

const DECLARED: SampleForm = { kind: 'declared' };

/**
 * Decides what becomes of the samples of each of a track's sample entries.
 * @param tracks - the track as each entry describes it; undefined for one that cannot be read.
 * @param declared - index of the entry that declares the track.
 */
export function formsOf(tracks: readonly (Track | undefined)[], declared: number): SampleForm[] {
  const base = tracks[declared];
  const isAlone = tracks.every((track) => track === undefined || isSameDecoder(track, base));
  return tracks.map((track) => {
    if (track === undefined || base === undefined) return { kind: 'foreign' };
    if (isAlone) return DECLARED;
    const prefix = parameterSets(track, base);
    if (prefix !== undefined) return { kind: 'prefixed', prefix };
    return isSameDecoder(track, base) ? DECLARED : { kind: 'foreign' };
  });
}

function isSameDecoder(track: Track, base: Track | undefined): boolean {
  if (track.type !== base?.type || track.codec !== base.codec) return false;
  if (track.encryption !== base.encryption) return false;
  if (track.codec === 'unknown' && track.codecTag !== base.codecTag) return false;
  return isSameBytes(track.codecPrivate ?? new Uint8Array(0), base.codecPrivate ?? new Uint8Array(0));
}

/** Parameter sets of an H.264 or HEVC entry, as they stand in samples of the declared one. */
function parameterSets(track: Track, base: Track): Uint8Array | undefined {
  if (track.codec !== base.codec || track.encryption !== base.encryption) return undefined;
  const own = parseRecord(track);
  return own !== undefined && own.lengthSize === parseRecord(base)?.lengthSize
    ? writeUnits(own.units, own.lengthSize)
    : undefined;
}

function parseRecord({
  codec,
  codecPrivate,
}: Track): { readonly units: readonly Uint8Array[]; readonly lengthSize: NalLengthSize } | undefined {
  if (codecPrivate === undefined) return undefined;
  try {
    if (codec === 'hevc') return parseHevcDecoderConfigurationRecord(codecPrivate);
    if (codec !== 'h264') return undefined;
    const record = parseAvcDecoderConfigurationRecord(codecPrivate);
    const units = [...record.sequenceParameterSets, ...record.pictureParameterSets];
    return { units, lengthSize: record.lengthSize };
  } catch (error) {
    if (error instanceof SegmintError) return undefined;
    throw error;
  }
}

/** @returns undefined when a unit is longer than its length field can say. */
function writeUnits(units: readonly Uint8Array[], lengthSize: NalLengthSize): Uint8Array | undefined {
  if (units.some(({ length }) => length >= 2 ** (8 * lengthSize))) return undefined;
  const writer = new ByteWriter(units.reduce((size, unit) => size + lengthSize + unit.length, 0));
  for (const unit of units) {
    if (lengthSize === 4) writer.u32(unit.length);
    else if (lengthSize === 2) writer.u16(unit.length);
    else writer.u8(unit.length);
    writer.bytes(unit);
  }
  return writer.finish();
}
