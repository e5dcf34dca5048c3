import { SegmintError } from '../errors.js';
import type { AudioTrack } from '../media/track.js';
import { resolveAacConfig } from './aac/configure.js';
import { buildSilentAccessUnit } from './aac/silent-access-unit.js';
import { buildSilentFlacFrame } from './flac/silent-frame.js';
import { parseFlacStreamInfo } from './flac/streaminfo.js';
import { parseOpusHead } from './opus/opus-head.js';
import { buildSilentOpusPacket, opusSilenceSamples } from './opus/silent-packet.js';

/** A packet that decodes to silence. */
export interface SilentPacket {
  /** The packet, in MP4's form. */
  readonly data: Uint8Array;
  /** Samples that it decodes to, at the rate of the track's packets. */
  readonly samples: number;
}

/** Samples of a FLAC frame of silence, where STREAMINFO allows it. */
const flacSilenceSamples = 4096;

/**
 * Builds a packet of silence that fits among a track's own packets.
 * @param track - the track as its container describes it.
 * @param firstPacket - a packet of it with its headers, where one was found.
 * @returns undefined for codecs for which segmint can make none.
 */
export function buildSilentPacket(
  track: AudioTrack,
  firstPacket: Uint8Array | undefined,
): SilentPacket | undefined {
  try {
    return silenceOf(track, firstPacket);
  } catch (error) {
    // Headers that cannot be read cost the silence; whether they cost the track, others decide.
    if (error instanceof SegmintError) return undefined;
    throw error;
  }
}

function silenceOf(track: AudioTrack, firstPacket: Uint8Array | undefined): SilentPacket | undefined {
  const { codec, codecPrivate } = track;
  if (codec === 'aac') {
    const { config } = resolveAacConfig(track, firstPacket);
    const data = buildSilentAccessUnit(config);
    return data && { data, samples: config.frameSamples };
  }
  if (codecPrivate === undefined) return undefined;
  if (codec === 'opus') {
    return { data: buildSilentOpusPacket(parseOpusHead(codecPrivate)), samples: opusSilenceSamples };
  }
  if (codec === 'flac') {
    const info = parseFlacStreamInfo(codecPrivate);
    const samples = Math.min(flacSilenceSamples, Math.max(16, info.maxBlockSize));
    return { data: buildSilentFlacFrame(info, samples), samples };
  }
  return undefined;
}
