import { stripAdts } from '../codecs/aac/adts.js';
import { parseAudioSpecificConfig } from '../codecs/aac/audio-specific-config.js';
import { LatmReader } from '../codecs/aac/latm.js';
import { ac3Channels } from '../codecs/ac3/channels.js';
import { isEac3SyncFrame, parseAc3SyncFrame } from '../codecs/ac3/sync-frame.js';
import { buildRecordOfByteStream } from '../codecs/byte-stream-record.js';
import { eac3Channels } from '../codecs/eac3/dec3.js';
import { parseEac3AccessUnit } from '../codecs/eac3/access-unit.js';
import { avcNalType, avcNalTypeOf } from '../codecs/h264/nal-type.js';
import { isParameterSet } from '../codecs/hevc/hevc-decoder-configuration-record.js';
import { hevcNalTypeOf } from '../codecs/hevc/nal-type.js';
import { parseMpegAudioFrame } from '../codecs/mp3/frame-header.js';
import { viewLengthPrefixedNalUnits } from '../codecs/nal/length-prefixed.js';
import { configureVideo } from '../codecs/video.js';
import { SegmintError } from '../errors.js';
import { canonicalLanguage } from '../media/canonical-language.js';
import type { AudioTrack, SubtitleTrack, Track, TrackBase, VideoTrack } from '../media/track.js';
import type { ElementaryFrame } from './elementary-stream.js';
import type { ElementaryStreamInfo, StreamContent } from './stream-info.js';

/** Ticks a second of all times of a transport stream. */
export const clockRate = 90_000;

/** AAC of no higher rate may be HE-AAC, of twice the rate, though nothing says so. */
const highestCoreRate = 24_000;

/**
 * Whether only decoding tells what the sound of a track is: AAC of a low rate may be HE-AAC, of twice the rate, and one channel
 * of that may become two.
 * @param track - as {@link describeTrack} describes it.
 */
export function isDecodedOnly(track: Track): track is AudioTrack {
  return track.type === 'audio' && track.codec === 'aac' && track.outputSampleRate === undefined;
}

/**
 * Describes a stream by what its map and its first frames say.
 * @param info - what the map says.
 * @param frames - its first frames, in stored order.
 * @param isWhole - there are no others.
 * @returns `more` when later frames may tell; undefined when frames say what is not understood here.
 */
export function describeTrack(
  info: ElementaryStreamInfo,
  frames: readonly ElementaryFrame[],
  isWhole: boolean,
): Track | 'more' | undefined {
  try {
    return describe(info, frames, isWhole);
  } catch (error) {
    if (error instanceof SegmintError) return undefined;
    throw error;
  }
}

function describe(
  info: ElementaryStreamInfo,
  frames: readonly ElementaryFrame[],
  isWhole: boolean,
): Track | 'more' | undefined {
  const { content } = info;
  switch (content.type) {
    case 'video':
      return describeVideo(baseOf(info, content.codec), content.codec, frames, isWhole);
    case 'audio':
      return frames[0] === undefined ? 'more' : describeAudio(info, content, frames[0].data);
    case 'subtitle':
      return {
        ...baseOf(info, content.codec),
        type: 'subtitle',
        codec: content.codec,
      } satisfies SubtitleTrack;
    default:
      return undefined;
  }
}

function baseOf({ pid, language, roles }: ElementaryStreamInfo, codec: string): TrackBase {
  return {
    id: pid,
    codecTag: `mpegts/${codec}`,
    codecPrivate: undefined,
    timescale: clockRate,
    timePrecision: 1,
    language: canonicalLanguage(language),
    name: undefined,
    isDefault: false,
    isForced: false,
    roles,
    isEnabled: true,
    defaultDuration: undefined,
    encryption: undefined,
  };
}

/** As many pictures as tell the frame rate. */
const ratedPictures = 24;

function describeVideo(
  base: TrackBase,
  codec: 'h264' | 'hevc',
  frames: readonly ElementaryFrame[],
  isWhole: boolean,
): VideoTrack | 'more' | undefined {
  const first = frames.findIndex(({ data }) => parameterSetsOf(codec, data).length > 1);
  // Before their parameter sets, fields are not known as such.
  const known = frames.slice(Math.max(0, first));
  // Pictures without a time of their own, several in a PES packet, are left to who knows how to time them.
  if (known.some(({ pts, isCorrupt }) => pts === undefined && !isCorrupt)) return undefined;
  if (first < 0 || (!isWhole && known.length < ratedPictures)) return 'more';
  const sets = parameterSetsOf(codec, frames[first]!.data);
  const codecPrivate = buildRecordOfByteStream(codec, joinByteStream(sets));
  if (codecPrivate === undefined) return undefined;
  const bare: VideoTrack = {
    ...base,
    type: 'video',
    codec,
    codecPrivate,
    defaultDuration: frameTicksOf(known),
    width: 0,
    height: 0,
    pixelAspectRatio: [1, 1],
    rotation: 0,
    color: undefined,
    masteringDisplay: undefined,
    contentLight: undefined,
    dolbyVision: undefined,
    stereoMode: 0,
    isInterlaced: false,
  };
  const { width, height, pixelAspectRatio, color, masteringDisplay, contentLight } = configureVideo(
    bare,
    frames[first]!.data,
  );
  const shape = pixelAspectRatio ?? bare.pixelAspectRatio;
  return { ...bare, width, height, pixelAspectRatio: shape, color, masteringDisplay, contentLight };
}

function parameterSetsOf(codec: 'h264' | 'hevc', data: Uint8Array): Uint8Array[] {
  return viewLengthPrefixedNalUnits(data, 4).filter((nal) => {
    if (codec === 'hevc') return isParameterSet(hevcNalTypeOf(nal)) && nal[1]! >> 3 === 0;
    const type = avcNalTypeOf(nal);
    return type === avcNalType.sequenceParameterSet || type === avcNalType.pictureParameterSet;
  });
}

function joinByteStream(units: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(units.flatMap((unit) => [0, 0, 0, 1, ...unit]));
}

/** The duration of a frame, where decode times are that far apart, but for rounding. */
function frameTicksOf(frames: readonly ElementaryFrame[]): number | undefined {
  const times = frames.flatMap(({ dts }) => dts ?? []);
  const steps = times.slice(1).map((time, i) => time - times[i]!);
  const least = Math.min(...steps);
  const most = Math.max(...steps);
  if (steps.length === 0 || least <= 0 || most - least > 2) return undefined;
  return Math.round((times.at(-1)! - times[0]!) / steps.length);
}

function describeAudio(
  info: ElementaryStreamInfo,
  content: StreamContent & { type: 'audio' },
  frame: Uint8Array,
): AudioTrack | undefined {
  const described = readAudio(content.codec, frame);
  if (described === undefined) return undefined;
  return {
    ...baseOf(info, described.codec),
    type: 'audio',
    bitDepth: undefined,
    codecDelay: 0,
    seekPreRoll: 0,
    outputSampleRate: undefined,
    ...described,
  };
}

type AudioFacts = Pick<AudioTrack, 'codec' | 'sampleRate' | 'channels'> & {
  readonly outputSampleRate?: number | undefined;
  readonly codecPrivate?: Uint8Array;
};

type AudioKind = (StreamContent & { type: 'audio' })['codec'];

/** The rate after decoding stays open where configuration and sound may differ: in HE-AAC, of which either version may be implicit. */
function readAac(configuration: Uint8Array): AudioFacts | undefined {
  const config = parseAudioSpecificConfig(configuration);
  const { objectType, sbr, coreSampleRate, sampleRate, channels } = config;
  if (channels === 0) return undefined;
  const mayReplicate = sbr === 'unknown' && objectType === 2 && coreSampleRate <= highestCoreRate;
  const isOpen = mayReplicate || (sbr === 'present' && channels === 1);
  return { codec: 'aac', sampleRate, outputSampleRate: isOpen ? undefined : sampleRate, channels };
}

function readAudio(kind: AudioKind, frame: Uint8Array): AudioFacts | undefined {
  if (kind === 'aac') return readAac(stripAdts(frame).config);
  if (kind === 'latm') {
    const config = new LatmReader().readConfig(frame);
    const facts = readAac(config);
    return facts && { ...facts, codecPrivate: config };
  }
  if (kind === 'mpeg') {
    const header = parseMpegAudioFrame(frame);
    return header && { codec: `mp${header.layer}`, sampleRate: header.sampleRate, channels: header.channels };
  }
  if (isEac3SyncFrame(frame)) {
    const frames = parseEac3AccessUnit(frame);
    return { codec: 'eac3', sampleRate: frames[0]!.sampleRate, channels: eac3Channels(frames) };
  }
  const { sampleRate, acmod, hasLfe } = parseAc3SyncFrame(frame);
  return { codec: 'ac3', sampleRate, channels: ac3Channels(acmod, hasLfe) };
}
