import { BitReader } from '../../bytes/bit-reader.js';
import { UnsupportedMediaError } from '../../errors.js';
import { writeAudioSpecificConfig } from './audio-specific-config-writer.js';
import { samplingFrequencyOf, statedFrequencyOf } from './sampling-frequency.js';

/** Shortest header: without the two bytes of CRC. */
export const ADTS_HEADER_BYTES = 7;

/**
 * Whether a sample is one ADTS frame: the syncword, layer 0, and a frame length that is the sample's own. A raw AAC
 * frame cannot begin so: its first element would be the end.
 * @see ISO/IEC 14496-3, section 1.A.2.2
 */
export function isAdtsFrame(sample: Uint8Array): boolean {
  return hasAdtsHeader(sample) && frameLength(sample) === sample.length;
}

/**
 * Views the raw AAC frame inside an ADTS frame.
 * @param sample - a frame that {@link isAdtsFrame} accepts.
 * @returns a view of `sample` without the header.
 */
export function viewAdtsPayload(sample: Uint8Array): Uint8Array {
  const hasCrc = (sample[1]! & 1) === 0;
  return sample.subarray(hasCrc ? ADTS_HEADER_BYTES + 2 : ADTS_HEADER_BYTES);
}

/**
 * Takes an ADTS frame apart.
 * @param sample - a frame that {@link isAdtsFrame} accepts.
 * @returns `config`, a new AudioSpecificConfig made from the header, and `payload`, a view of `sample`.
 * @throws {UnsupportedMediaError} for several raw frames in one, and for channels that only a program config element
 * inside the frame tells: neither can be declared in MP4 without rewriting the stream.
 * @throws {MalformedMediaError} for a reserved sampling frequency.
 * @see ISO/IEC 14496-3, section 1.A.2.2
 */
export function stripAdts(sample: Uint8Array): { readonly config: Uint8Array; readonly payload: Uint8Array } {
  const reader = new BitReader(sample, 'ADTS header');
  reader.skip(16);
  const profile = reader.bits(2);
  const index = reader.bits(4);
  reader.skip(1); // private_bit
  const channelConfiguration = reader.bits(3);
  reader.skip(4 + 13 + 11); // original_copy, home, copyright, frame_length, buffer fullness
  const rawBlocks = reader.bits(2) + 1;
  if (rawBlocks > 1 || channelConfiguration === 0) {
    throw new UnsupportedMediaError(
      rawBlocks > 1
        ? 'The ADTS stream packs several AAC frames under one header, which cannot be copied.'
        : 'The ADTS stream tells its channels only inside its frames, which cannot be copied.',
      { context: { spec: 'ISO/IEC 14496-3, section 1.A.2.2' } },
    );
  }
  const config = writeAudioSpecificConfig({
    objectType: profile + 1,
    coreSampleRate: samplingFrequencyOf(index),
    channelConfiguration,
    sbrSampleRate: undefined,
  });
  return { config, payload: viewAdtsPayload(sample) };
}

/**
 * Tells apart frames that need differently configured decoders: by profile, sampling frequency and channels.
 * @param sample - a frame that {@link isAdtsFrame} accepts.
 * @returns the same number for frames that one decoder takes.
 * @see ISO/IEC 14496-3, section 1.A.2.2.1 (adts_fixed_header)
 */
export function adtsForm(sample: Uint8Array): number {
  const privateBit = 2;
  return ((sample[2]! & ~privateBit) << 2) | (sample[3]! >> 6);
}

/** The sampling frequency's number in an ADTS frame; samples that {@link isAdtsFrame} accepts. */
export function adtsFrequencyIndex(sample: Uint8Array): number {
  return (sample[2]! >> 2) & 15;
}

/**
 * Reads the sampling frequency out of the header of an ADTS frame.
 * @param head - the frame's first bytes at least; not copied.
 * @returns undefined for what is not the beginning of a frame, and for a reserved frequency.
 * @see ISO/IEC 14496-3, section 1.A.2.2.1 (adts_fixed_header)
 */
export function adtsRate(head: Uint8Array): number | undefined {
  if (!hasAdtsHeader(head)) return undefined;
  return statedFrequencyOf(adtsFrequencyIndex(head));
}

function hasAdtsHeader(head: Uint8Array): boolean {
  return head.length >= ADTS_HEADER_BYTES && head[0] === 0xff && (head[1]! & 0xf6) === 0xf0;
}

function frameLength(sample: Uint8Array): number {
  return ((sample[3]! & 3) << 11) | (sample[4]! << 3) | (sample[5]! >> 5);
}
