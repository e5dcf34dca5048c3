import { Buffer } from 'node:buffer';
import { FormatContext, type CodecContext } from 'node-av/lib';
import { check } from './native.js';

/** WAVE format tags of the codecs that need their block size, which only libavformat can give to a decoder here. */
const FORMAT_TAGS: Readonly<Record<string, number>> = {
  adpcm_ms: 0x0002,
  wmavoice: 0x000a,
  adpcm_ima_wav: 0x0011,
  sipr: 0x0130,
  wmav1: 0x0160,
  wmav2: 0x0161,
  wmapro: 0x0162,
  wmalossless: 0x0163,
  atrac3: 0x0270,
};

/** Bytes of WAVEFORMATEX without its extra bytes. */
const WAVEFORMATEX_BYTES = 18;

/** What a WAVE header says about its audio. */
export interface WaveParameters {
  /** wFormatTag. */
  readonly formatTag: number;
  /** nSamplesPerSec. */
  readonly sampleRate: number;
  /** nChannels. */
  readonly channels: number;
  /** wBitsPerSample. */
  readonly bitDepth: number;
  /** nBlockAlign. */
  readonly blockAlign: number;
  /** The bytes after WAVEFORMATEX. */
  readonly extradata: Uint8Array;
}

/**
 * Tells the WAVE format tag of a codec whose decoder must know its block size.
 * @param codec - libavcodec's name of the codec.
 * @returns undefined for all other codecs.
 */
export function waveFormatTag(codec: string): number | undefined {
  return FORMAT_TAGS[codec];
}

/**
 * Sets a decoder up from WAVE parameters. node-av has no setter for a decoder's block size, so libavformat is given a
 * WAVE header (in memory, as a `data:` URL) and hands on what it reads there.
 * @param context - the decoder, not open yet.
 * @param parameters - what the container says.
 * @see RFC 2361 and Microsoft's WAVEFORMATEX
 */
export function applyWaveParameters(context: CodecContext, parameters: WaveParameters): void {
  const url = `data:audio/wav;base64,${Buffer.from(writeWaveHeader(parameters)).toString('base64')}`;
  const format = new FormatContext();
  format.allocContext();
  check(format.openInputSync(url), 'Reading the WAVE parameters');
  try {
    const stream = format.streams[0]!;
    check(context.parametersToContext(stream.codecpar), 'Applying the WAVE parameters');
  } finally {
    format.closeInputSync();
  }
}

function writeWaveHeader(parameters: WaveParameters): Uint8Array {
  const formatBytes = WAVEFORMATEX_BYTES + parameters.extradata.byteLength;
  const dataBytes = 4096;
  const header = Buffer.alloc(12 + 8 + formatBytes + 8 + dataBytes);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(header.byteLength - 8, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(formatBytes, 16);
  header.writeUInt16LE(parameters.formatTag, 20);
  header.writeUInt16LE(parameters.channels & 0xffff, 22);
  header.writeUInt32LE(parameters.sampleRate, 24);
  header.writeUInt32LE(parameters.sampleRate, 28);
  header.writeUInt16LE(Math.min(parameters.blockAlign, 0xffff), 32);
  header.writeUInt16LE(parameters.bitDepth & 0xffff, 34);
  header.writeUInt16LE(parameters.extradata.byteLength & 0xffff, 36);
  header.set(parameters.extradata, 38);
  header.write('data', 20 + formatBytes, 'latin1');
  header.writeUInt32LE(dataBytes, 24 + formatBytes);
  return header;
}
