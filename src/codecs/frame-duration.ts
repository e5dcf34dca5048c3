import { MalformedMediaError, SegmintError } from '../errors.js';
import type { AudioTrack } from '../media/track.js';
import { rescale } from '../time/rescale.js';
import { adtsFrequencyIndex, isAdtsFrame } from './aac/adts.js';
import { resolveAacConfig } from './aac/configure.js';
import { ac3FrameSamples, isEac3SyncFrame, parseAc3SyncFrame } from './ac3/sync-frame.js';
import { adpcmBlockSamples } from './adpcm/block-samples.js';
import { amrPacketSamples, amrSampleRate } from './amr/packet-samples.js';
import { alacPacketSamples, parseAlacSpecificConfig } from './alac/magic-cookie.js';
import { samplesByBytes } from './bytes-duration.js';
import { parseDtsCoreFrame } from './dts/core-frame.js';
import { parseDtsExtensionSubstream } from './dts/extension-substream.js';
import { parseEac3AccessUnit } from './eac3/access-unit.js';
import { eac3Samples } from './eac3/dec3.js';
import { flacFrameSamples } from './flac/frame-header.js';
import { parseFlacStreamInfo } from './flac/streaminfo.js';
import { mpegAudioSamples, parseMpegAudioFrame } from './mp3/frame-header.js';
import { opusSampleRate } from './opus/configure.js';
import { opusPacketSamples } from './opus/toc.js';
import { countMlpAccessUnits, mlpBaseSamples, parseMlpMajorSync } from './truehd/major-sync.js';
import { ttaFrameSamples } from './tta/frame-samples.js';
import { ttaPacketSamples } from './tta/packet-samples.js';
import { parseVorbisHeaders } from './vorbis/headers.js';
import { createVorbisMeasure } from './vorbis/packet-duration.js';
import { wavpackBlockSamples } from './wavpack/block-samples.js';
import { wmaFrameSamples } from './wma/frame-samples.js';

/** Tells how long the packets of one track are. */
export interface FrameDuration {
  /**
   * Samples a channel in one packet, at {@link FrameDuration.rate}. Called once for each packet, in stored order:
   * Vorbis and TrueHD refer to those before.
   * @returns undefined where the packet does not tell. Never throws.
   */
  (packet: Uint8Array): number | undefined;
  /** Samples a second in which durations are whole; for HE-AAC the rate after SBR. Always above zero. */
  readonly rate: number;
  /** Whether the container or a packet tells that rate; it is the container's timescale else, and no packet tells its length. */
  readonly isRateKnown: boolean;
  /** Where packets do not tell their length: they begin a multiple of this many samples apart. */
  readonly quantum: number | undefined;
  /**
   * The same for a packet that no other follows, where that one may be shorter than it seems; takes some milliseconds. Undefined
   * where every packet tells its length.
   */
  readonly ofLast?: ((packet: Uint8Array) => number | undefined) | undefined;
}

/** A packet's samples on the packet's own clock. */
interface Measured {
  readonly samples: number;
  readonly sampleRate: number;
}

/**
 * Makes the measure of a track's packets. Its rate is that of `configureAudio`'s declaration.
 * @param track - the track as its container describes it.
 * @param firstPacket - a packet whose header gives the rate where only packets do (AC-3, DTS, MPEG audio, TrueHD);
 * without it the container is believed. Not kept.
 * @returns a measure; for codecs whose packets do not tell (WMA, ...) it answers undefined for each.
 */
export function createFrameDuration(track: AudioTrack, firstPacket?: Uint8Array): FrameDuration {
  const measure = createMeasure(track, firstPacket);
  const isRateKnown = measure.rate > 0;
  const { rate, quantum, of, ofLast } = isRateKnown ? measure : unmeasured(track.timescale);
  return Object.assign((packet: Uint8Array) => neverThrow(of, packet), {
    rate,
    isRateKnown,
    quantum,
    ofLast,
  });
}

interface Measure {
  readonly rate: number;
  readonly of: (packet: Uint8Array) => number | undefined;
  readonly quantum?: number;
  readonly ofLast?: (packet: Uint8Array) => number | undefined;
}

function createMeasure(track: AudioTrack, firstPacket: Uint8Array | undefined): Measure {
  try {
    return measureOf(track, firstPacket);
  } catch (error) {
    // Private data that cannot be read costs the durations; whether it costs the track, others decide.
    if (error instanceof SegmintError) return unmeasured(track.sampleRate);
    throw error;
  }
}

function unmeasured(rate: number): Measure {
  return { rate, of: () => undefined };
}

function neverThrow(of: Measure['of'], packet: Uint8Array): number | undefined {
  try {
    return of(packet);
  } catch (error) {
    if (error instanceof SegmintError) return undefined;
    throw error;
  }
}

function measureOf(track: AudioTrack, firstPacket: Uint8Array | undefined): Measure {
  switch (track.codec) {
    case 'aac': {
      const { config } = resolveAacConfig(track, firstPacket);
      const isAdts = firstPacket !== undefined && isAdtsFrame(firstPacket);
      const index = isAdts ? adtsFrequencyIndex(firstPacket) : -1;
      const isOfOtherRate = (packet: Uint8Array): boolean =>
        isAdts && isAdtsFrame(packet) && adtsFrequencyIndex(packet) !== index;
      return {
        rate: config.sampleRate,
        of: (packet) => (packet.length > 0 && !isOfOtherRate(packet) ? config.frameSamples : undefined),
      };
    }
    case 'opus':
      return { rate: opusSampleRate, of: opusPacketSamples };
    case 'flac': {
      const rate = parseFlacStreamInfo(demandPrivate(track)).sampleRate;
      return { rate, of: flacFrameSamples };
    }
    case 'vorbis': {
      const headers = parseVorbisHeaders(demandPrivate(track));
      return { rate: headers.sampleRate, of: createVorbisMeasure(headers) };
    }
    case 'alac': {
      const config = parseAlacSpecificConfig(demandPrivate(track));
      return { rate: config.sampleRate, of: (packet) => alacPacketSamples(packet, config.frameLength) };
    }
    case 'truehd':
    case 'mlp':
      return measureMlp(track.sampleRate, firstPacket);
    case 'ac3':
    case 'eac3':
      return measureByHeader(track, firstPacket, measureDolby);
    case 'dts':
      return measureByHeader(track, firstPacket, measureDts);
    case 'mp1':
    case 'mp2':
    case 'mp3':
      return measureByHeader(track, firstPacket, measureMpegAudio);
    case 'wavpack':
      return { rate: track.sampleRate, of: wavpackBlockSamples };
    case 'tta': {
      const samples = ttaFrameSamples(track.sampleRate);
      const ofLast = (packet: Uint8Array): number | undefined =>
        ttaPacketSamples(packet, track.channels, samples);
      return { rate: track.sampleRate, of: () => samples, ofLast };
    }
    case 'adpcm_ms':
    case 'adpcm_ima_wav':
      return measureAdpcm(track, track.codec);
    case 'wmav1':
    case 'wmav2':
    case 'wmapro':
    case 'wmalossless': {
      const quantum = wmaFrameSamples(track.codec, track.sampleRate, track.codecPrivate);
      return { rate: track.sampleRate, of: () => undefined, quantum };
    }
    case 'amr_nb':
    case 'amr_wb': {
      const { codec } = track;
      return { rate: amrSampleRate(codec), of: (packet) => amrPacketSamples(codec, packet) };
    }
    default:
      return measurePcm(track);
  }
}

/** Codecs whose every packet states its rate: one at another rate than the track's is converted where that is exact. */
function measureByHeader(
  track: AudioTrack,
  firstPacket: Uint8Array | undefined,
  measure: (packet: Uint8Array) => Measured | undefined,
): Measure {
  const rate = (firstPacket === undefined ? undefined : measure(firstPacket)?.sampleRate) ?? track.sampleRate;
  return {
    rate,
    of: (packet) => {
      const measured = measure(packet);
      if (measured === undefined || measured.sampleRate === rate) return measured?.samples;
      const isExact = (measured.samples * rate) % measured.sampleRate === 0;
      return isExact ? rescale(measured.samples, measured.sampleRate, rate) : undefined;
    },
  };
}

function measureDolby(packet: Uint8Array): Measured {
  if (isEac3SyncFrame(packet)) {
    const frames = parseEac3AccessUnit(packet);
    return { samples: eac3Samples(frames), sampleRate: frames[0]!.sampleRate };
  }
  const first = parseAc3SyncFrame(packet);
  // An AC-3 core may be followed by E-AC-3 dependent frames, which last as long as it does.
  let samples = ac3FrameSamples;
  for (let at = first.frameSize; at + 7 <= packet.length;) {
    const rest = packet.subarray(at);
    if (isEac3SyncFrame(rest) || rest[0] !== 0x0b || rest[1] !== 0x77) break;
    samples += ac3FrameSamples;
    at += parseAc3SyncFrame(rest).frameSize;
  }
  return { samples, sampleRate: first.sampleRate };
}

function measureDts(packet: Uint8Array): Measured | undefined {
  return parseDtsCoreFrame(packet) ?? parseDtsExtensionSubstream(packet);
}

function measureMpegAudio(packet: Uint8Array): Measured | undefined {
  const samples = mpegAudioSamples(packet);
  const sampleRate = parseMpegAudioFrame(packet)?.sampleRate;
  return samples === undefined || sampleRate === undefined ? undefined : { samples, sampleRate };
}

/** Only a major sync states the rate; between two of them access units stay as long as the last one said. */
function measureMlp(trackRate: number, firstPacket: Uint8Array | undefined): Measure {
  const first = firstPacket === undefined ? undefined : parseMlpMajorSync(firstPacket);
  const rate = first?.sampleRate ?? trackRate;
  let samples = first?.samples ?? mlpSamplesAt(trackRate);
  return {
    rate,
    of: (packet) => {
      const sync = parseMlpMajorSync(packet);
      if (sync !== undefined) samples = sync.sampleRate === rate ? sync.samples : undefined;
      const units = countMlpAccessUnits(packet);
      return samples === undefined || units === 0 ? undefined : samples * units;
    },
  };
}

/** 40 samples at 44.1 and 48 kHz, 80 and 160 at their multiples. */
function mlpSamplesAt(rate: number): number | undefined {
  for (const base of [44100, 48000]) {
    const factor = rate / base;
    if (factor === 1 || factor === 2 || factor === 4) return mlpBaseSamples * factor;
  }
  return undefined;
}

function measureAdpcm(track: AudioTrack, codec: 'adpcm_ms' | 'adpcm_ima_wav'): Measure {
  const { sampleRate, channels, blockAlign } = track;
  return {
    rate: sampleRate,
    of: (packet) => {
      const blockSize = blockAlign ?? packet.length;
      const samples = adpcmBlockSamples(codec, blockSize, channels);
      return samples === undefined || packet.length < blockSize
        ? undefined
        : samples * Math.floor(packet.length / blockSize);
    },
  };
}

/** Bytes a sample of PCM: the depth stands in the codec's name. Of other simple codecs the bytes of a packet tell, too. */
function measurePcm(track: AudioTrack): Measure {
  const bits = /^pcm_[suf](\d+)(?:[lb]e)?$/.exec(track.codec)?.[1];
  const isLaw = track.codec === 'pcm_alaw' || track.codec === 'pcm_mulaw';
  const frameSize = (isLaw ? 1 : Number(bits ?? 0) / 8) * track.channels;
  return {
    rate: track.sampleRate,
    of: (packet) =>
      frameSize > 0 && packet.length % frameSize === 0
        ? packet.length / frameSize
        : samplesByBytes(track, packet),
  };
}

function demandPrivate(track: AudioTrack): Uint8Array {
  if (track.codecPrivate !== undefined) return track.codecPrivate;
  throw new MalformedMediaError(`The ${track.codec} track has no private data.`, {
    context: { track: track.id },
  });
}
