import { parseAudioSpecificConfig } from '../../codecs/aac/audio-specific-config.js';
import { opusSampleRate } from '../../codecs/opus/configure.js';
import { codedPixelAspectRatio } from '../../codecs/pixel-aspect-ratio.js';
import { SegmintError } from '../../errors.js';
import type { AudioCodec } from '../../media/codec.js';
import type { AudioTrack, DolbyVision, Track, TrackBase, VideoColor, VideoTrack } from '../../media/track.js';
import { findBox, openFullBox, type BoxView } from '../box-view.js';
import { parseClli } from '../boxes/clli.js';
import { parseColr } from '../boxes/colr.js';
import { parseEsds, type ElementaryStream } from '../boxes/esds.js';
import { parseMdcv } from '../boxes/mdcv.js';
import { parsePasp } from '../boxes/pasp.js';
import { audioCodecOf, subtitleCodecOf, videoCodecOf } from './codec-names.js';
import { audioPrivate, videoPrivate } from './codec-private.js';
import { readColorTable } from './color-table.js';
import { pcmFormatOf } from './pcm.js';
import {
  parseAudioSampleEntry,
  parsePlainSampleEntry,
  parseVisualSampleEntry,
  type AudioSampleEntry,
  type SampleEntry,
} from './sample-entry.js';
import type { SampleGrouping } from './sample-table.js';

/** What a track says outside its sample entries. */
export interface TrackFacts extends Pick<
  TrackBase,
  'id' | 'timescale' | 'language' | 'name' | 'isDefault' | 'defaultDuration'
> {
  /** How the picture is turned. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Whether left and right change places before the turn. */
  readonly isMirrored: boolean;
  /** Size at which the picture is shown before it is turned, in pixels; 0 when not said. */
  readonly displayWidth: number;
  readonly displayHeight: number;
}

/** A sample entry as players understand it. */
export interface TrackDescription {
  /** The track, if its samples are of this entry. */
  readonly track: Track;
  /** Which data reference holds the samples, counted from 1. */
  readonly dataReferenceIndex: number;
  /** How samples are taken together, if they are as many as there are samples of sound. */
  readonly grouping: SampleGrouping | undefined;
}

/**
 * Describes a track by one of its sample entries.
 * @param kind - what the track's handler says that it is.
 * @param box - the sample entry.
 * @param facts - what the track says elsewhere.
 * @param isIsoVersion1 - the `stsd` is of version 1.
 * @throws {MalformedMediaError | LimitExceededError} when the entry is broken.
 */
export function describeTrack(
  kind: Track['type'],
  box: BoxView,
  facts: TrackFacts,
  isIsoVersion1: boolean,
): TrackDescription {
  switch (kind) {
    case 'video':
      return describeVideo(box, facts);
    case 'audio':
      return describeAudio(parseAudioSampleEntry(box, isIsoVersion1), facts);
    case 'subtitle':
      return describeSubtitle(box, facts);
  }
}

function baseOf(entry: SampleEntry, facts: TrackFacts): Omit<TrackBase, 'codecPrivate'> {
  return {
    id: facts.id,
    codecTag: entry.format,
    timescale: facts.timescale,
    timePrecision: 1,
    language: facts.language,
    name: facts.name,
    isDefault: facts.isDefault,
    isForced: false,
    // "Enabled" means "chosen by itself": alternatives of another language are not, and can be chosen all the same.
    isEnabled: true,
    defaultDuration: facts.defaultDuration,
    encryption: entry.encryption,
  };
}

function describeVideo(box: BoxView, facts: TrackFacts): TrackDescription {
  const entry = parseVisualSampleEntry(box);
  const stream = elementaryStream(entry);
  const codec = videoCodecOf(entry.format, stream?.objectType);
  const isPaletted = codec === 'qtrle' || codec === 'rawvideo' || codec === 'cinepak';
  const mdcv = findBox(entry.boxes, 'mdcv');
  const clli = findBox(entry.boxes, 'clli');
  const fiel = findBox(entry.boxes, 'fiel');
  const bare: VideoTrack = {
    ...baseOf(entry, facts),
    type: 'video',
    codec,
    codecPrivate: isPaletted ? readColorTable(box) : videoPrivate(codec, entry, stream),
    width: entry.width,
    height: entry.height,
    pixelAspectRatio: [1, 1],
    rotation: facts.rotation,
    isMirrored: facts.isMirrored,
    color: colorOf(entry.boxes),
    masteringDisplay: mdcv && parseMdcv(mdcv),
    contentLight: clli && parseClli(clli),
    dolbyVision: dolbyVision(entry.boxes),
    stereoMode: 0,
    isInterlaced: fiel?.body[0] === 2,
    ...(isPaletted ? { bitsPerPixel: entry.depth } : {}),
  };
  const shape = pixelAspectRatio(entry, facts) ?? codedPixelAspectRatio(bare) ?? bare.pixelAspectRatio;
  const track: VideoTrack = { ...bare, pixelAspectRatio: shape };
  return { track, dataReferenceIndex: entry.dataReferenceIndex, grouping: undefined };
}

/**
 * Where there is no `pasp`, the size at which the track is shown tells the pixel's shape; a pixel's rounding does not. A size
 * that is that of the picture may be stated by who knows of no shapes.
 */
function pixelAspectRatio(
  { boxes, width, height }: { boxes: readonly BoxView[]; width: number; height: number },
  { displayWidth, displayHeight }: TrackFacts,
): readonly [number, number] | undefined {
  const pasp = findBox(boxes, 'pasp');
  const stated = pasp && parsePasp(pasp);
  if (stated !== undefined) return reduce(stated[0], stated[1]);
  const horizontal = Math.round(displayWidth) * height;
  const vertical = Math.round(displayHeight) * width;
  if (horizontal === 0 || vertical === 0) return undefined;
  const isSquare = Math.abs(displayWidth - (displayHeight * width) / height) <= 1;
  return isSquare ? undefined : reduce(horizontal, vertical);
}

function reduce(horizontal: number, vertical: number): readonly [number, number] {
  let [a, b] = [horizontal, vertical];
  while (b !== 0) [a, b] = [b, a % b];
  return [horizontal / a, vertical / a];
}

/** Of several `colr` the first that is no ICC profile; else what `vpcC` says. */
function colorOf(boxes: readonly BoxView[]): VideoColor | undefined {
  for (const box of boxes) {
    const color = box.type === 'colr' ? parseColr(box) : undefined;
    if (color !== undefined) return color;
  }
  const vpcC = findBox(boxes, 'vpcC');
  if (vpcC === undefined) return undefined;
  const { cursor } = openFullBox(vpcC);
  cursor.skip(2);
  const fullRange = (cursor.u8() & 1) !== 0;
  return { primaries: cursor.u8(), transfer: cursor.u8(), matrix: cursor.u8(), fullRange };
}

function dolbyVision(boxes: readonly BoxView[]): DolbyVision | undefined {
  for (const boxType of ['dvcC', 'dvvC', 'dvwC'] as const) {
    const box = findBox(boxes, boxType);
    if (box !== undefined) return { boxType, record: box.body.slice() };
  }
  return undefined;
}

function describeAudio(entry: AudioSampleEntry, facts: TrackFacts): TrackDescription {
  const stream = elementaryStream(entry);
  const pcm = pcmFormatOf(entry);
  const named = pcm?.codec ?? audioCodecOf(entry.format, stream?.objectType);
  const codecPrivate = audioPrivate(named, entry, stream);
  const codec = named === 'aac' ? mpeg4AudioCodec(codecPrivate) : named;
  const track: AudioTrack = {
    ...baseOf(entry, facts),
    type: 'audio',
    codec,
    codecPrivate: codec === named ? codecPrivate : undefined,
    ...soundFormat(codec, codecPrivate, entry, facts.timescale),
    bitDepth: pcm !== undefined ? pcm.sampleBytes * 8 : losslessDepth(codec, entry),
    blockAlign: codec.startsWith('adpcm') && entry.blockBytes > 0 ? entry.blockBytes : undefined,
    bitRate: stream === undefined || stream.bitRate === 0 ? undefined : stream.bitRate,
    codecDelay: 0,
    seekPreRoll: codec === 'opus' ? Math.round((OPUS_PREROLL_MS * facts.timescale) / 1000) : 0,
  };
  return {
    track,
    dataReferenceIndex: entry.dataReferenceIndex,
    grouping: groupingOf(entry, pcm && pcm.sampleBytes * entry.channels),
  };
}

/** RFC 7845, section 4.6. */
const OPUS_PREROLL_MS = 80;

/** The first five bits of an AudioSpecificConfig tell what MPEG-4 audio it is: 32 to 34 are the MPEG-1 layers. */
function mpeg4AudioCodec(config: Uint8Array | undefined): AudioCodec {
  if (config === undefined || config.length < 2 || config[0]! >> 3 !== 31) return 'aac';
  const objectType = 32 + (((config[0]! & 7) << 3) | (config[1]! >> 5));
  return objectType === 32 ? 'mp1' : objectType === 33 ? 'mp2' : objectType === 34 ? 'mp3' : 'aac';
}

/** Rate and channels: the codec's own configuration knows better than the entry, which cannot hold every rate. */
function soundFormat(
  codec: AudioCodec,
  codecPrivate: Uint8Array | undefined,
  entry: AudioSampleEntry,
  timescale: number,
): Pick<AudioTrack, 'sampleRate' | 'outputSampleRate' | 'channels'> {
  const sampleRate = entry.sampleRate === 0 ? timescale : entry.sampleRate;
  const stated = { sampleRate, outputSampleRate: undefined, channels: entry.channels };
  switch (codec) {
    case 'opus':
      return { ...stated, sampleRate: opusSampleRate, channels: codecPrivate?.[9] ?? entry.channels };
    case 'amr_nb':
      return { ...stated, sampleRate: 8000, channels: 1 };
    case 'amr_wb':
      return { ...stated, sampleRate: 16_000, channels: 1 };
    case 'flac':
    case 'alac':
      // Above 65535 Hz the entry says something else; the track's ticks are samples.
      return { ...stated, sampleRate: timescale > 0xffff ? timescale : sampleRate };
    case 'aac':
      return { ...stated, ...aacFormat(codecPrivate) };
    default:
      return stated;
  }
}

function aacFormat(config: Uint8Array | undefined): Partial<AudioTrack> {
  if (config === undefined) return {};
  try {
    const { coreSampleRate, sampleRate, channels } = parseAudioSpecificConfig(config);
    return {
      sampleRate: coreSampleRate,
      outputSampleRate: sampleRate === coreSampleRate ? undefined : sampleRate,
      ...(channels > 0 ? { channels } : {}),
    };
  } catch (error) {
    // Whether it costs the track, others decide.
    if (error instanceof SegmintError) return {};
    throw error;
  }
}

function losslessDepth(codec: AudioCodec, entry: AudioSampleEntry): number | undefined {
  return (codec === 'flac' || codec === 'alac') && entry.bitDepth > 0 ? entry.bitDepth : undefined;
}

/** Samples of sound that are taken as one; what libavformat takes too. */
const GROUP_SAMPLES = 1024;
/** A block of so many samples is a packet of its own. */
const LARGE_BLOCK_SAMPLES = 160;

function groupingOf(entry: AudioSampleEntry, frameBytes: number | undefined): SampleGrouping | undefined {
  if (frameBytes !== undefined && frameBytes > 0) {
    return { samples: GROUP_SAMPLES, blockSamples: 1, blockBytes: frameBytes };
  }
  const { blockSamples, blockBytes } = entry;
  if (blockSamples <= 1 || blockBytes === 0 || blockSamples > 0xffff || blockBytes > 0xffff) return undefined;
  const samples =
    blockSamples >= LARGE_BLOCK_SAMPLES
      ? blockSamples
      : Math.floor(GROUP_SAMPLES / blockSamples) * blockSamples;
  return { samples, blockSamples, blockBytes };
}

function describeSubtitle(box: BoxView, facts: TrackFacts): TrackDescription {
  const entry = parsePlainSampleEntry(box);
  const codec = subtitleCodecOf(entry.format);
  const isText = entry.format === 'tx3g' && entry.extension.length >= 4;
  const track: Track = {
    ...baseOf(entry, facts),
    type: 'subtitle',
    codec,
    codecPrivate: codec === 'mov_text' && entry.extension.length > 0 ? entry.extension.slice() : undefined,
    // displayFlags: all samples are forced. 3GPP TS 26.245, section 5.16; QuickTime File Format, "Subtitle sample data".
    isForced: isText && (entry.extension[0]! & 0x80) !== 0,
  };
  return { track, dataReferenceIndex: entry.dataReferenceIndex, grouping: undefined };
}

function elementaryStream({ boxes }: SampleEntry): ElementaryStream | undefined {
  const box = findBox(boxes, 'esds');
  if (box === undefined) return undefined;
  try {
    return parseEsds(box);
  } catch (error) {
    // A track can be of use without: ADTS, MP3 and MPEG video have their headers in their samples.
    if (error instanceof SegmintError) return undefined;
    throw error;
  }
}
