import type { AudioDecoderConfig } from '../audio-job.js';

/** Bytes of an ALACSpecificConfig, which is what Matroska stores. */
const ALAC_CONFIG_BYTES = 24;

/**
 * Makes of what a container stores what libavcodec's decoder expects, where the two differ: Matroska leaves out what a
 * decoder can be told otherwise.
 * @param config - the codec, and what the container says about it.
 * @param codecPrivate - what the container stores.
 * @returns the decoder's extradata; `codecPrivate` itself for most codecs.
 */
export function completeExtradata(
  config: Omit<AudioDecoderConfig, 'codecPrivate'>,
  codecPrivate: Uint8Array,
): Uint8Array {
  if (config.codec === 'alac' && codecPrivate.byteLength === ALAC_CONFIG_BYTES) {
    return wrapAlacConfig(codecPrivate);
  }
  if (config.codec === 'tta' && codecPrivate.byteLength === 0) return buildTtaHeader(config);
  return codecPrivate;
}

/** libavcodec reads ALACSpecificConfig from inside its MP4 full box: size, `alac`, version and flags. */
function wrapAlacConfig(alacConfig: Uint8Array): Uint8Array {
  const box = new Uint8Array(12 + ALAC_CONFIG_BYTES);
  const view = new DataView(box.buffer);
  view.setUint32(0, box.byteLength);
  view.setUint32(4, 0x616c6163);
  box.set(alacConfig, 12);
  return box;
}

/** A_TTA1 has no CodecPrivate in Matroska: the TTA1 header is made of what the track says. */
function buildTtaHeader(config: Omit<AudioDecoderConfig, 'codecPrivate'>): Uint8Array {
  const header = new Uint8Array(22);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x54544131);
  view.setUint16(4, 1, true);
  view.setUint16(6, config.channels, true);
  view.setUint16(8, config.bitDepth ?? 16, true);
  view.setUint32(10, config.sampleRate, true);
  // The number of samples, which the decoder needs for the last frame alone and nobody knows here.
  view.setUint32(14, 0x7fffffff, true);
  return header;
}
