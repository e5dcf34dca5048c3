import { ByteWriter } from '../bytes/byte-writer.js';

/** What the codec configurations below are made from. */
export interface AudioFacts {
  /** Samples a second at which the codec works. */
  readonly sampleRate: number;
  /** Samples a second after decoding. */
  readonly outputSampleRate: number;
  /** Channels. */
  readonly channels: number;
  /** Bits a sample; 0 when not stated. */
  readonly bitDepth: number;
  /** Duration of the file in nanoseconds, when it is known. */
  readonly durationNs: number | undefined;
}

const AAC_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

/**
 * Gives an audio track's decoder configuration in the form that libavcodec takes for extradata, which for some codecs
 * is not what Matroska stores.
 * @param codecId - the track's CodecID.
 * @param stored - the CodecPrivate; returned itself where no change is needed.
 */
export function audioExtradata(
  codecId: string,
  stored: Uint8Array | undefined,
  facts: AudioFacts,
): Uint8Array | undefined {
  if (codecId === 'A_ALAC') return stored && buildAlacAtom(stored);
  if (codecId === 'A_TTA1') return stored ?? buildTtaHeader(facts);
  if (codecId.startsWith('A_AAC/')) return stored ?? buildAudioSpecificConfig(codecId, facts);
  return stored;
}

/** Matroska stores the ALACSpecificConfig alone; libavcodec wants the `alac` atom around it. */
function buildAlacAtom(config: Uint8Array): Uint8Array {
  const writer = new ByteWriter(12 + config.length);
  writer.u32(12 + config.length);
  writer.ascii('alac');
  writer.u32(0); // version and flags
  writer.bytes(config);
  return writer.finish();
}

/**
 * Builds the header of a TTA file, which Matroska leaves out. The number of samples tells decoders how long the last
 * frame is; it comes from the file's duration, and where there is none the last frame is taken for a whole one.
 * @see TTA1 format, https://tta.sourceforge.net/en/codec-format.html
 */
function buildTtaHeader(facts: AudioFacts): Uint8Array {
  const header = new Uint8Array(22);
  const view = new DataView(header.buffer);
  header.set([0x54, 0x54, 0x41, 0x31]); // TTA1
  view.setUint16(4, 1, true);
  view.setUint16(6, facts.channels, true);
  view.setUint16(8, facts.bitDepth, true);
  view.setUint32(10, facts.outputSampleRate, true);
  const samples = ((facts.durationNs ?? 0) / 1e9) * facts.outputSampleRate;
  view.setUint32(14, samples === 0 ? 0x7fffffff : Math.min(Math.round(samples), 0x7fffffff), true);
  return header;
}

/**
 * Builds an AudioSpecificConfig from the old AAC CodecIDs, which name the profile and have no CodecPrivate.
 * @see ISO/IEC 14496-3, section 1.6.2.1
 */
function buildAudioSpecificConfig(codecId: string, facts: AudioFacts): Uint8Array | undefined {
  const parts = codecId.split('/');
  const objectType = parts.includes('MAIN') ? 1 : parts.includes('SSR') ? 3 : parts.includes('LTP') ? 4 : 2;
  const rate = AAC_RATES.indexOf(facts.sampleRate);
  if (rate < 0 || facts.channels > 7) return undefined;
  const base = [(objectType << 3) | (rate >> 1), ((rate & 1) << 7) | (facts.channels << 3)];
  if (!parts.includes('SBR')) return new Uint8Array(base);
  const outputRate = AAC_RATES.indexOf(facts.outputSampleRate);
  if (outputRate < 0) return new Uint8Array(base);
  // Backward compatible signalling: sync extension 0x2b7, object type 5 (SBR), flag, the output rate's index.
  return new Uint8Array([...base, 0x56, 0xe5, 0x80 | (outputRate << 3)]);
}
