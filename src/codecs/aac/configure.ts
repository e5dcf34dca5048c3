import { UnsupportedMediaError } from '../../errors.js';
import type { AudioTrack } from '../../media/track.js';
import type { AudioConfiguration } from '../configuration.js';
import { isAdtsFrame, stripAdts } from './adts.js';
import { parseAudioSpecificConfig, type AudioSpecificConfig } from './audio-specific-config.js';
import { writeAudioSpecificConfig } from './audio-specific-config-writer.js';
import { isLoasFrame, LatmReader } from './latm.js';

/** Audio object types that a codec string names beside the core's. */
const objectType = { sbr: 5, ps: 29 } as const;

/** A track's configuration, as bytes and read. */
export interface ResolvedAacConfig {
  /** The AudioSpecificConfig's bytes. */
  readonly bytes: Uint8Array;
  /** What they say; with SBR that only the container tells of added. */
  readonly config: AudioSpecificConfig;
}

/**
 * Finds the AudioSpecificConfig of an AAC track: its private data, else the ADTS or LATM header of the first sample,
 * else what Matroska's old CodecIDs say (`A_AAC/MPEG4/LC/SBR`).
 * @throws {MalformedMediaError} when it cannot be read.
 * @throws {UnsupportedMediaError} when there is none to be had, or it is not AAC.
 */
export function resolveAacConfig(track: AudioTrack, firstSample: Uint8Array | undefined): ResolvedAacConfig {
  const bytes = findConfig(track, firstSample);
  const config = parseAudioSpecificConfig(bytes);
  return { bytes, config: withImplicitSbr(config, track.outputSampleRate) };
}

function findConfig(track: AudioTrack, firstSample: Uint8Array | undefined): Uint8Array {
  if (track.codecPrivate !== undefined && track.codecPrivate.length >= 2) return track.codecPrivate;
  if (firstSample !== undefined) {
    if (isAdtsFrame(firstSample)) return stripAdts(firstSample).config;
    if (isLoasFrame(firstSample)) return new LatmReader().read(firstSample).config;
  }
  return buildFromCodecId(track);
}

/** CodecIDs like `A_AAC/MPEG2/LC/SBR`, which files had before CodecPrivate was required. */
function buildFromCodecId(track: AudioTrack): Uint8Array {
  const match = /\/(MAIN|LC|SSR|LTP)(\/SBR)?$/i.exec(track.codecTag);
  const profile = match?.[1]?.toUpperCase() ?? 'LC';
  const channelConfiguration = track.channels === 8 ? 7 : track.channels;
  const isPlain = channelConfiguration >= 1 && channelConfiguration <= 7 && track.channels !== 7;
  if (!isPlain || track.sampleRate <= 0 || track.sampleRate > 96000) {
    throw new UnsupportedMediaError(
      `The AAC track has no configuration, and none can be made for ${track.channels} channels at ${track.sampleRate} Hz.`,
      { context: { track: track.id, codecTag: track.codecTag } },
    );
  }
  const isSbr = match?.[2] !== undefined;
  return writeAudioSpecificConfig({
    objectType: ['MAIN', 'LC', 'SSR', 'LTP'].indexOf(profile) + 1,
    coreSampleRate: track.sampleRate,
    channelConfiguration,
    sbrSampleRate: isSbr ? track.sampleRate * 2 : undefined,
  });
}

/** SBR that the configuration does not speak of, but the container's output rate gives away. */
function withImplicitSbr(
  config: AudioSpecificConfig,
  outputSampleRate: number | undefined,
): AudioSpecificConfig {
  const isImplicit =
    config.sbr === 'unknown' && config.objectType === 2 && outputSampleRate === config.coreSampleRate * 2;
  if (!isImplicit) return config;
  return {
    ...config,
    sbr: 'present',
    sampleRate: config.coreSampleRate * 2,
    frameSamples: config.frameSamples * 2,
  };
}

/**
 * Configures an AAC track. Its AudioSpecificConfig is kept byte for byte where the container has one.
 * @throws {MalformedMediaError | UnsupportedMediaError} when there is no configuration that can be read.
 */
export function configureAac(track: AudioTrack, firstSample: Uint8Array | undefined): AudioConfiguration {
  const { bytes, config } = resolveAacConfig(track, firstSample);
  const named = config.hasParametricStereo
    ? objectType.ps
    : config.sbr === 'present' && config.objectType === 2
      ? objectType.sbr
      : config.objectType;
  return {
    sampleEntry: 'mp4a',
    codecString: `mp4a.40.${named}`,
    decoder: { kind: 'descriptor', objectType: 0x40, specificInfo: bytes },
    sampleRate: config.sampleRate,
    channels: config.channels === 0 ? track.channels : config.channels,
    sampleSize: 16,
    preRoll: 0,
  };
}
