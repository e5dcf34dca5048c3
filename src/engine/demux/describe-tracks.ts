import { Buffer } from 'node:buffer';
import { buildRecordOfByteStream } from '../../codecs/byte-stream-record.js';
import { canonicalLanguage } from '../../media/canonical-language.js';
import { AUDIO_CODECS, SUBTITLE_CODECS, VIDEO_CODECS } from '../../media/codec.js';
import type { Chapter, MediaInfo, Tag } from '../../media/media-info.js';
import type { TimedStream } from '../../media/sample-builder.js';
import type { Track, TrackBase } from '../../media/track.js';
import { rescale } from '../../time/rescale.js';
import type { ChapterDescription, OpenReply, SideDataName, StreamDescription } from './demux-protocol.js';
import { readContentLight, readDolbyVision, readMasteringDisplay, readRotation } from './side-data.js';

/** A stream that is a track, and how its times are counted. */
export interface StreamTrack extends TimedStream {
  /** The stream's index in libavformat. */
  readonly index: number;
  /** Where decode times alone are stated: the first picture is shown when so many more have been decoded. */
  readonly shownLater: number;
  /** Its packets are byte streams of NAL units, and its samples are to have lengths instead. */
  readonly isByteStream: boolean;
}

/**
 * In these libavformat guesses durations by the packets that it happens to have seen, and the decode times of pictures are on
 * one clock with sound: a picture that is reordered is shown later. (In AVI the first picture is shown at its own.)
 */
const ASF: ReadonlySet<string> = new Set(['asf', 'asf_o']);

/** Durations above this are a lie or a mistake. */
const MAX_DURATION_NS = 24 * 3600 * 1e9;

/** A time base of milliseconds or coarser is a rounded one, and counted in nanoseconds, as Matroska's is. */
const COARSE_TIMESCALE = 1000;
const FINE_TIMESCALE = 1e9;

/** Streams of pictures without a container: their times are counted, from zero on. */
const UNTIMED: ReadonlySet<string> = new Set(['h264', 'hevc']);

/** Whether nothing says when anything is decoded or shown. */
export function isUntimed(container: string): boolean {
  return UNTIMED.has(container);
}

/** Containers that state when pictures are decoded, and not when they are shown: of ASF all but what Windows recorded of television. */
const DECODE_TIMES_ONLY: ReadonlySet<string> = new Set(['avi', ...ASF, ...UNTIMED]);

/** Whether a container's pictures have decode times alone. */
export function hasDecodeTimesOnly(container: string): boolean {
  return DECODE_TIMES_ONLY.has(container);
}

/** Codecs of program streams whose times libavformat guesses wrong where a packet holds several pictures. */
const MISGUESSED: ReadonlySet<string> = new Set(['h264', 'hevc', 'mpeg4']);
/** Codecs whose times it guesses right, save that a picture may be given the time of the next one. */
const GUESSED: ReadonlySet<string> = new Set(['mpeg1video', 'mpeg2video']);

/**
 * Pictures of MPEG-1 and MPEG-2 without a container: libavformat counts their times. It finds out with the second one
 * whether pictures are reordered, and takes the first for one that is shown as soon as it is decoded.
 */
const COUNTED = 'mpegvideo';

/** Whether what libavformat guesses of a stream's times is to be left out: they are found by the order of pictures. */
export function isMisguessed(container: string, codec: string): boolean {
  return container === 'mpeg' && MISGUESSED.has(codec);
}

/** Describes the streams that a player could use. */
export function describeTracks(reply: OpenReply): StreamTrack[] {
  const { streams } = reply;
  const useful = streams.filter(
    ({ type, isAttachedPicture, timeBase }) =>
      type !== 'other' && !isAttachedPicture && timeBase[0] > 0 && timeBase[1] > 0,
  );
  const ids = streams.map(({ id }) => id);
  // Program streams and transport streams number what they hold; others leave zeros.
  const hasOwnIds = ids.every((id) => id > 0) && new Set(ids).size === ids.length;
  return useful.map((stream) => describeTrack(reply, stream, hasOwnIds ? stream.id : stream.index + 1));
}

/** Says what the container says of itself. */
export function describeMedia(reply: OpenReply, tracks: readonly StreamTrack[]): MediaInfo {
  const { container, durationUs, metadata } = reply;
  const statedNs = durationUs === null ? undefined : durationUs * 1000;
  const durationNs = heardNs(tracks) ?? statedNs;
  return {
    container: container.split(',')[0]!,
    durationNs: durationNs !== undefined && durationNs <= MAX_DURATION_NS ? durationNs : undefined,
    title: find(metadata, 'title'),
    writingApp: find(metadata, 'encoder') ?? find(metadata, 'software'),
    tracks: tracks.map(({ track }) => track),
    chapters: describeChapters(reply.chapters),
    tags: [
      ...tagsOf(metadata, undefined),
      ...tracks.flatMap(({ index, track }) => tagsOf(reply.streams[index]!.metadata, track.id)),
    ],
    attachments: [],
    hasPicture: chooseAttachedPicture(reply) !== undefined,
  };
}

/** How long the sound is that is meant to be heard, where that is not all of it. */
function heardNs(tracks: readonly StreamTrack[]): number | undefined {
  const lengths = tracks.map(({ heard, ticksPerUnit, track }) =>
    heard === undefined ? 0 : rescale(heard.end * ticksPerUnit, track.timescale, 1e9),
  );
  const longest = Math.max(0, ...lengths);
  return longest > 0 ? longest : undefined;
}

/**
 * Chooses the picture by which the whole is known, among those that are attached: the front cover, else the first.
 * @returns the index of its stream.
 */
export function chooseAttachedPicture({ streams }: OpenReply): number | undefined {
  const pictures = streams.filter(({ isAttachedPicture }) => isAttachedPicture);
  // By the names of ID3v2, which FLAC and Vorbis comments share.
  const front = pictures.find(({ metadata }) => find(metadata, 'comment') === 'Cover (front)');
  return (front ?? pictures[0])?.index;
}

function describeChapters(chapters: readonly ChapterDescription[]): Chapter[] {
  return chapters
    .map(({ startUs, endUs, title }) => ({
      startNs: startUs * 1000,
      endNs: endUs > startUs ? endUs * 1000 : undefined,
      titles: title === '' ? [] : [{ language: 'und', title }],
    }))
    .sort((a, b) => a.startNs - b.startNs);
}

function describeTrack(
  { container, hasStatedTimesOnly }: OpenReply,
  stream: StreamDescription,
  id: number,
): StreamTrack {
  const [unit, denominator] = stream.timeBase;
  const isCoarse = unit === 1 && denominator === COARSE_TIMESCALE;
  const timescale = isCoarse ? FINE_TIMESCALE : denominator;
  const ticksPerUnit = isCoarse ? FINE_TIMESCALE / COARSE_TIMESCALE : unit;
  const { language } = stream.metadata;
  const extradata = decodeBytes(stream.extradata);
  const record = buildRecordOfByteStream(stream.codec, extradata);
  const base: TrackBase = {
    id,
    codecTag: describeCodecTag(container, stream),
    codecPrivate: record ?? extradata,
    timescale,
    timePrecision: isCoarse ? ticksPerUnit : 1,
    language: canonicalLanguage(language),
    name: find(stream.metadata, 'title'),
    isDefault: stream.isDefault,
    isForced: stream.isForced,
    roles: stream.roles,
    isEnabled: true,
    defaultDuration: stream.type === 'video' ? frameTicks(stream, timescale) : undefined,
    encryption: stream.sideData.encryption === undefined ? undefined : 'cenc',
  };
  return {
    index: stream.index,
    wrapBits: stream.wrapBits,
    ticksPerUnit,
    isUntimed: isUntimed(container),
    isPartlyTimed:
      (hasStatedTimesOnly && isMisguessed(container, stream.codec)) ||
      ((container === 'mpeg' || container === COUNTED) && GUESSED.has(stream.codec)),
    isFirstGuessed: container === COUNTED,
    shownLater: ASF.has(container) ? Math.max(0, stream.reorderedPictures) : 0,
    isByteStream: record !== undefined,
    hasDurations: !ASF.has(container),
    track: specialise(base, stream),
  };
}

function specialise(base: TrackBase, stream: StreamDescription): Track {
  const sideData = (name: SideDataName): Uint8Array | undefined => decodeBytes(stream.sideData[name] ?? '');
  switch (stream.type) {
    case 'video': {
      const [horizontal, vertical] = stream.pixelAspectRatio;
      const [primaries, transfer, matrix] = stream.color;
      const isStated = stream.colorRange !== 0 || [primaries, transfer, matrix].some((point) => point !== 2);
      return {
        ...base,
        type: 'video',
        codec: known(VIDEO_CODECS, stream.codec),
        width: stream.width,
        height: stream.height,
        pixelAspectRatio: horizontal > 0 && vertical > 0 ? [horizontal, vertical] : [1, 1],
        rotation: readRotation(sideData('displayMatrix')),
        color: isStated ? { primaries, transfer, matrix, fullRange: rangeOf(stream.colorRange) } : undefined,
        masteringDisplay: readMasteringDisplay(sideData('masteringDisplay')),
        contentLight: readContentLight(sideData('contentLight')),
        dolbyVision: readDolbyVision(sideData('dolbyVision')),
        stereoMode: 0,
        isInterlaced: stream.isInterlaced,
        ...(stream.bitsPerSample > 0 ? { bitsPerPixel: stream.bitsPerSample } : {}),
      };
    }
    case 'audio':
      return {
        ...base,
        type: 'audio',
        codec: audioCodec(stream.codec),
        sampleRate: stream.sampleRate,
        // libavformat states what comes out of the decoder: with SBR twice the rate that the stream itself states.
        outputSampleRate: stream.codec.startsWith('aac') ? positive(stream.sampleRate) : undefined,
        channels: stream.channels,
        bitDepth: positive(stream.bitsPerRawSample) ?? positive(stream.bitsPerSample),
        blockAlign: positive(stream.blockAlign),
        bitRate: positive(stream.bitRate),
        codecDelay: 0,
        seekPreRoll: 0,
      };
    default:
      return { ...base, type: 'subtitle', codec: known(SUBTITLE_CODECS, stream.codec) };
  }
}

/** What LATM carries is AAC: a converter takes it out. */
function audioCodec(name: string): (typeof AUDIO_CODECS)[number] {
  return name === 'aac_latm' ? 'aac' : known(AUDIO_CODECS, name);
}

function known<T extends string>(names: readonly T[], name: string): T | 'unknown' {
  return names.find((one) => one === name) ?? 'unknown';
}

/** What the container calls the codec, else what libavcodec does: tags of numbers say nothing to a person. */
function describeCodecTag(container: string, { codec, codecTag }: StreamDescription): string {
  const name = /^[\x20-\x5a\x5c-\x7e]{4}$/.test(codecTag) ? codecTag.trim() : codec;
  return `${container.split(',')[0]!}/${name}`;
}

function frameTicks({ frameRate }: StreamDescription, timescale: number): number | undefined {
  const [frames, seconds] = frameRate;
  const ticks = frames > 0 ? (seconds * timescale) / frames : 0;
  return ticks >= 1 ? Math.round(ticks) : undefined;
}

function rangeOf(range: number): boolean | undefined {
  return range === 0 ? undefined : range === 2;
}

function tagsOf(metadata: Readonly<Record<string, string>>, trackId: number | undefined): Tag[] {
  return Object.entries(metadata).map(([name, value]) => ({ name, value, trackId }));
}

function find(metadata: Readonly<Record<string, string>>, name: string): string | undefined {
  const value = Object.entries(metadata).find(([key]) => key.toLowerCase() === name)?.[1];
  return value === '' ? undefined : value;
}

function positive(value: number): number | undefined {
  return value > 0 ? value : undefined;
}

function decodeBytes(base64: string): Uint8Array | undefined {
  return base64 === '' ? undefined : Uint8Array.from(Buffer.from(base64, 'base64'));
}
