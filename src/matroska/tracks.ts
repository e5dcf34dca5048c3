import { checkLimit } from '../bytes/limits.js';
import { codedPixelAspectRatio } from '../codecs/pixel-aspect-ratio.js';
import { quickTimeVideoCodec } from '../codecs/video-fourcc.js';
import { MalformedMediaError } from '../errors.js';
import type { AudioTrack, SubtitleTrack, Track, TrackBase, VideoTrack } from '../media/track.js';
import { parseAcmFormat } from './acm.js';
import { audioExtradata } from './audio-private.js';
import { audioCodec, subtitleCodec, videoCodec } from './codec-mapping.js';
import { decodeContent, type DecodingStep, type Inflate, requireDecodable } from './content-encoding.js';
import { ElementCursor } from './element-cursor.js';
import { languageTag } from './language.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';
import { parseTrackEntry, type TrackEntry } from './track-entry.js';
import { parseVfwFormat, printFourcc } from './vfw.js';

/** A track, and what the demuxer needs to know of it to read its blocks. */
export interface MatroskaTrack {
  /** What the reader of samples sees. */
  readonly track: Track;
  /** TrackUID, by which tags name the track. */
  readonly uid: bigint;
  /** TrackTimestampScale; 1 in all files of today. */
  readonly timestampScale: number;
  /** Nanoseconds that come off every time of the track. */
  readonly codecDelay: number;
  /** DefaultDuration in nanoseconds. */
  readonly defaultDuration: number | undefined;
  /** Every frame is a random access point, whatever blocks say: muxers often leave the flag out for audio. */
  readonly isAlwaysSync: boolean;
  /**
   * Times are decode times: `V_MS/VFW/FOURCC` stores what AVI knows, and where frames are reordered their
   * presentation times are not in the file.
   */
  readonly hasDecodeTimes: boolean;
  /** How a stored frame becomes the codec's. */
  readonly frameSteps: readonly DecodingStep[];
}

/** What tracks are read with. */
export interface TrackContext {
  /** Nanoseconds a Segment Tick. */
  readonly timestampScale: number;
  /** Duration of the file, when it is known. */
  readonly durationNs: number | undefined;
  /** Inflates a compressed CodecPrivate. */
  readonly inflate: Inflate | undefined;
}

/**
 * Parses a Tracks element into the tracks that a player can use, in stored order.
 * @throws {MalformedMediaError | LimitExceededError} when it is broken, or has two tracks of one number.
 * @throws {UnsupportedMediaError} when a CodecPrivate is compressed in a way that is not supported.
 * @see RFC 9559, section 5.1.4
 */
export function parseTracks(data: Uint8Array, offset: number, context: TrackContext): MatroskaTrack[] {
  const found = new Map<number, MatroskaTrack>();
  let entries = 0;
  const tracks = new ElementCursor(data, offset, 'Segment/Tracks');
  while (tracks.next()) {
    if (tracks.id !== ID.TrackEntry) continue;
    checkLimit('number of tracks', ++entries, LIMITS.tracks, { offset: tracks.dataOffset });
    const entry = parseTrackEntry(tracks.master());
    const track = buildTrack(entry, context);
    if (track === undefined) continue;
    if (entry.number === 0 || found.has(entry.number)) {
      throw tracks.malformed(
        entry.number === 0 ? 'has no TrackNumber' : `has the TrackNumber ${entry.number} of another track`,
      );
    }
    found.set(entry.number, track);
  }
  return [...found.values()];
}

function buildTrack(entry: TrackEntry, context: TrackContext): MatroskaTrack | undefined {
  const track = buildMediaTrack(entry, context);
  if (track === undefined) return undefined;
  return {
    track,
    uid: entry.uid,
    timestampScale: entry.timestampScale,
    codecDelay: entry.codecDelay,
    defaultDuration: entry.defaultDuration,
    isAlwaysSync: track.type !== 'video' && track.codec !== 'truehd' && track.codec !== 'mlp',
    hasDecodeTimes: entry.codecId === 'V_MS/VFW/FOURCC',
    frameSteps: [...entry.encodings.frameSteps, ...framingSteps(entry)],
  };
}

/** What Matroska leaves out of each frame of some codecs. */
function framingSteps(entry: TrackEntry): DecodingStep[] {
  if (entry.codecId === 'V_PRORES') return [{ kind: 'prores' }];
  if (entry.codecId !== 'A_WAVPACK4') return [];
  const [low, high] = entry.codecPrivate ?? [];
  // 0x403 is the oldest version of the current format, and what is meant where nothing is said.
  return [{ kind: 'wavpack', version: low === undefined ? 0x403 : low | ((high ?? 0) << 8) }];
}

function buildMediaTrack(entry: TrackEntry, context: TrackContext): Track | undefined {
  const base: TrackBase = {
    id: entry.number,
    codecTag: entry.codecId,
    codecPrivate: restorePrivate(entry, context.inflate),
    timescale: 1_000_000_000,
    timePrecision: context.timestampScale,
    language: languageTag(entry.languageBcp47, entry.language),
    name: entry.name,
    isDefault: entry.isDefault,
    isForced: entry.isForced,
    roles: entry.roles,
    isEnabled: entry.isEnabled,
    defaultDuration: entry.defaultDuration,
    encryption: entry.encodings.encryption,
  };
  switch (entry.type) {
    case 1:
      return buildVideoTrack(base, entry);
    case 2:
      return buildAudioTrack(base, entry, context.durationNs);
    case 17:
      return buildSubtitleTrack(base);
    case 33:
      // Old WebM files store WebVTT subtitles as tracks of the metadata type.
      return base.codecTag.startsWith('D_WEBVTT/') ? buildSubtitleTrack(base) : undefined;
    default:
      return undefined;
  }
}

function restorePrivate(entry: TrackEntry, inflate: Inflate | undefined): Uint8Array | undefined {
  const steps = entry.encodings.privateSteps;
  if (entry.codecPrivate === undefined || steps.length === 0) return entry.codecPrivate;
  requireDecodable(steps, inflate, entry.number);
  return decodeContent(entry.codecPrivate, steps, inflate, LIMITS.codecPrivateBytes);
}

function buildVideoTrack(base: TrackBase, entry: TrackEntry): VideoTrack {
  const { video } = entry;
  const track: VideoTrack = {
    ...base,
    type: 'video',
    ...videoFormat(base, video?.colourSpace),
    width: video?.width ?? 0,
    height: video?.height ?? 0,
    pixelAspectRatio: [1, 1],
    rotation: video?.rotation ?? 0,
    color: video?.color,
    masteringDisplay: video?.masteringDisplay,
    contentLight: video?.contentLight,
    dolbyVision: entry.dolbyVision,
    stereoMode: video?.stereoMode ?? 0,
    isInterlaced: video?.isInterlaced ?? false,
  };
  return { ...track, pixelAspectRatio: video?.pixelAspectRatio ?? codedPixelAspectRatio(track) ?? [1, 1] };
}

/** Codecs whose pixels have as many bits as the description says. */
const PIXEL_DEPTHS: ReadonlySet<string> = new Set([
  'cinepak',
  'ffvhuff',
  'huffyuv',
  'msvideo1',
  'qtrle',
  'rawvideo',
  'tscc',
  'zmbv',
]);

/** Names a video codec, with extradata as libavcodec takes it, where Matroska wraps another container's description. */
function videoFormat(
  base: TrackBase,
  colourSpace: string | undefined,
): Pick<VideoTrack, 'codec' | 'codecTag' | 'codecPrivate' | 'bitsPerPixel'> {
  const { codecTag, codecPrivate } = base;
  if (codecTag === 'V_MS/VFW/FOURCC') {
    if (codecPrivate === undefined) throw missingPrivate(base);
    const format = parseVfwFormat(codecPrivate);
    return {
      codec: format.codec,
      codecTag: `${codecTag} ${format.fourcc}`,
      codecPrivate: format.extradata,
      ...(format.bitsPerPixel > 0 && PIXEL_DEPTHS.has(format.codec)
        ? { bitsPerPixel: format.bitsPerPixel }
        : {}),
    };
  }
  if (codecTag === 'V_QUICKTIME' && codecPrivate !== undefined && codecPrivate.length >= 8) {
    // A sample description: its size, then the fourcc.
    const fourcc = printFourcc(codecPrivate.subarray(4, 8));
    const named = { codec: quickTimeVideoCodec(fourcc), codecTag: `${codecTag} ${fourcc}` };
    if (!PIXEL_DEPTHS.has(named.codec)) return { ...named, codecPrivate };
    const bitsPerPixel = codecPrivate.length < 84 ? 0 : (codecPrivate[82]! << 8) | codecPrivate[83]!;
    if (bitsPerPixel === 0) return { ...named, codecPrivate: undefined };
    // The table of colours that fewer bits need is not read here: better none than wrong colours.
    return bitsPerPixel <= 8
      ? { ...named, codec: 'unknown', codecPrivate }
      : { ...named, codecPrivate: undefined, bitsPerPixel };
  }
  if (codecTag === 'V_UNCOMPRESSED' && colourSpace !== undefined) {
    return { codec: videoCodec(codecTag), codecTag: `${codecTag} ${colourSpace}`, codecPrivate };
  }
  if (codecTag.startsWith('V_REAL/') && codecPrivate !== undefined) {
    // libavcodec takes what follows the 26 bytes of the RealMedia type description.
    return { codec: videoCodec(codecTag), codecTag, codecPrivate: codecPrivate.subarray(26) };
  }
  return { codec: videoCodec(codecTag), codecTag, codecPrivate };
}

function buildAudioTrack(base: TrackBase, entry: TrackEntry, durationNs: number | undefined): AudioTrack {
  const { audio } = entry;
  const common = { codecDelay: entry.codecDelay, seekPreRoll: entry.seekPreRoll };
  if (base.codecTag === 'A_MS/ACM') {
    if (base.codecPrivate === undefined) throw missingPrivate(base);
    const format = parseAcmFormat(base.codecPrivate);
    return {
      ...base,
      ...common,
      type: 'audio',
      codec: format.codec,
      codecTag: `${base.codecTag} 0x${format.formatTag.toString(16).padStart(4, '0')}`,
      codecPrivate: format.extradata,
      sampleRate: format.sampleRate || audio.sampleRate,
      outputSampleRate: audio.outputSampleRate,
      channels: format.channels || audio.channels,
      bitDepth: format.bitDepth ?? audio.bitDepth,
      blockAlign: format.blockAlign,
      bitRate: format.bitRate,
    };
  }
  return {
    ...base,
    ...common,
    type: 'audio',
    codec: audioCodec(base.codecTag, audio.bitDepth),
    codecPrivate: audioExtradata(base.codecTag, base.codecPrivate, {
      sampleRate: audio.sampleRate,
      outputSampleRate: audio.outputSampleRate ?? audio.sampleRate,
      channels: audio.channels,
      bitDepth: audio.bitDepth ?? 0,
      durationNs,
    }),
    sampleRate: audio.sampleRate,
    outputSampleRate: audio.outputSampleRate,
    channels: audio.channels,
    bitDepth: audio.bitDepth,
    blockAlign: undefined,
    bitRate: undefined,
  };
}

function buildSubtitleTrack(base: TrackBase): SubtitleTrack {
  return { ...base, type: 'subtitle', codec: subtitleCodec(base.codecTag) };
}

function missingPrivate(base: TrackBase): MalformedMediaError {
  return new MalformedMediaError(
    `Track ${base.id} is ${base.codecTag}, and has no CodecPrivate to say which codec that is.`,
    { context: { track: base.id, element: 'Segment/Tracks/TrackEntry/CodecPrivate' } },
  );
}
