import { checkLimit } from '../bytes/limits.js';
import type { DolbyVision, TrackRole } from '../media/track.js';
import { type ContentEncodings, NO_ENCODINGS, parseContentEncodings } from './content-encoding.js';
import type { ElementCursor } from './element-cursor.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';
import { parseVideoSettings, type VideoSettings } from './video-settings.js';

/** A TrackEntry as it stands in the file, defaults filled in. */
export interface TrackEntry {
  /** TrackNumber; 0 when it is missing. */
  readonly number: number;
  /** TrackUID. */
  readonly uid: bigint;
  /** TrackType: 1 video, 2 audio, 17 subtitle, and others that no player uses. */
  readonly type: number;
  /** FlagEnabled. */
  readonly isEnabled: boolean;
  /** FlagDefault. */
  readonly isDefault: boolean;
  /** FlagForced. */
  readonly isForced: boolean;
  /** What FlagOriginal, FlagCommentary and those for impaired people say. */
  readonly roles: readonly TrackRole[];
  /** DefaultDuration in nanoseconds; undefined when not stated or absurd. */
  readonly defaultDuration: number | undefined;
  /** TrackTimestampScale; 1 when not stated or absurd. */
  readonly timestampScale: number;
  /** Name. */
  readonly name: string | undefined;
  /** Language, in its older form. */
  readonly language: string | undefined;
  /** LanguageBCP47. */
  readonly languageBcp47: string | undefined;
  /** CodecID. */
  readonly codecId: string;
  /** CodecPrivate as stored. */
  readonly codecPrivate: Uint8Array | undefined;
  /** CodecDelay in nanoseconds. */
  readonly codecDelay: number;
  /** SeekPreRoll in nanoseconds. */
  readonly seekPreRoll: number;
  /** Video, when there is one. */
  readonly video: VideoSettings | undefined;
  /** Audio; all defaults when there is none. */
  readonly audio: AudioSettings;
  /** ContentEncodings. */
  readonly encodings: ContentEncodings;
  /** Dolby Vision record of a BlockAdditionMapping. */
  readonly dolbyVision: DolbyVision | undefined;
}

/** What an Audio element says. */
export interface AudioSettings {
  /** SamplingFrequency in hertz. */
  readonly sampleRate: number;
  /** OutputSamplingFrequency in hertz, where stated. */
  readonly outputSampleRate: number | undefined;
  /** Channels. */
  readonly channels: number;
  /** BitDepth, where stated. */
  readonly bitDepth: number | undefined;
}

/** Box types under which BlockAdditionMapping stores a Dolby Vision record: the type is the fourcc as a number. */
const DOLBY_VISION: ReadonlyMap<number, DolbyVision['boxType']> = new Map([
  [0x64766343, 'dvcC'],
  [0x64767643, 'dvvC'],
  [0x64767743, 'dvwC'],
]);

const DEFAULT_AUDIO: AudioSettings = {
  sampleRate: 8000,
  outputSampleRate: undefined,
  channels: 1,
  bitDepth: undefined,
};

/** The longest frame, delay or pre-roll that is believed: 100 seconds in nanoseconds. */
const MAX_SPAN_NS = 100_000_000_000;

/** What the flags say that a track is for. RFC 9559, sections 5.1.4.1.6 to 5.1.4.1.10. */
const ROLES = {
  [ID.FlagOriginal]: 'original',
  [ID.FlagCommentary]: 'commentary',
  [ID.FlagHearingImpaired]: 'hearing-impaired',
  [ID.FlagVisualImpaired]: 'visually-impaired',
} as const satisfies Readonly<Record<number, TrackRole>>;

/**
 * Parses a TrackEntry.
 * @throws {MalformedMediaError | LimitExceededError} when it is broken.
 * @see RFC 9559, section 5.1.4.1
 */
export function parseTrackEntry(entry: ElementCursor): TrackEntry {
  const track: { -readonly [K in keyof TrackEntry]: TrackEntry[K] } = {
    number: 0,
    uid: 0n,
    type: 0,
    isEnabled: true,
    isDefault: true,
    isForced: false,
    roles: [],
    defaultDuration: undefined,
    timestampScale: 1,
    name: undefined,
    language: undefined,
    languageBcp47: undefined,
    codecId: '',
    codecPrivate: undefined,
    codecDelay: 0,
    seekPreRoll: 0,
    video: undefined,
    audio: DEFAULT_AUDIO,
    encodings: NO_ENCODINGS,
    dolbyVision: undefined,
  };
  let mappings = 0;
  while (entry.next()) {
    switch (entry.id) {
      case ID.TrackNumber:
        track.number = entry.uint();
        break;
      case ID.TrackUID:
        track.uid = entry.bigUint();
        break;
      case ID.TrackType:
        track.type = entry.uint();
        break;
      case ID.FlagEnabled:
        track.isEnabled = entry.uint(1) === 1;
        break;
      case ID.FlagDefault:
        track.isDefault = entry.uint(1) === 1;
        break;
      case ID.FlagForced:
        track.isForced = entry.uint() === 1;
        break;
      case ID.FlagOriginal:
      case ID.FlagCommentary:
      case ID.FlagHearingImpaired:
      case ID.FlagVisualImpaired: {
        if (entry.uint() === 1) track.roles = [...new Set([...track.roles, ROLES[entry.id]])];
        break;
      }
      case ID.DefaultDuration:
        track.defaultDuration = believableSpan(entry.uint()) || undefined;
        break;
      case ID.TrackTimestampScale:
        track.timestampScale = believableScale(entry.float());
        break;
      case ID.Name:
        track.name = entry.text() || undefined;
        break;
      case ID.Language:
        track.language = entry.text();
        break;
      case ID.LanguageBCP47:
        track.languageBcp47 = entry.text();
        break;
      case ID.CodecID:
        track.codecId = entry.text();
        break;
      case ID.CodecPrivate:
        checkLimit('CodecPrivate size', entry.size, LIMITS.codecPrivateBytes, { offset: entry.dataOffset });
        // Copied, as it lives as long as the demuxer and must not keep a whole chunk of the source alive.
        if (entry.size > 0) track.codecPrivate = entry.view().slice();
        break;
      case ID.CodecDelay:
        track.codecDelay = believableSpan(entry.uint());
        break;
      case ID.SeekPreRoll:
        track.seekPreRoll = believableSpan(entry.uint());
        break;
      case ID.Video:
        track.video = parseVideoSettings(entry.master());
        break;
      case ID.Audio:
        track.audio = parseAudioSettings(entry.master());
        break;
      case ID.ContentEncodings:
        track.encodings = parseContentEncodings(entry.master());
        break;
      case ID.BlockAdditionMapping:
        checkLimit('number of BlockAdditionMappings', ++mappings, LIMITS.blockAdditionMappings);
        track.dolbyVision ??= parseDolbyVision(entry.master());
        break;
    }
  }
  return track;
}

function parseAudioSettings(audio: ElementCursor): AudioSettings {
  const settings: { -readonly [K in keyof AudioSettings]: AudioSettings[K] } = { ...DEFAULT_AUDIO };
  while (audio.next()) {
    switch (audio.id) {
      case ID.SamplingFrequency:
        settings.sampleRate = believableRate(audio.float()) ?? DEFAULT_AUDIO.sampleRate;
        break;
      case ID.OutputSamplingFrequency:
        settings.outputSampleRate = believableRate(audio.float());
        break;
      case ID.Channels:
        settings.channels = Math.min(audio.uint(1), 255);
        break;
      case ID.BitDepth:
        settings.bitDepth = Math.min(audio.uint(), 255) || undefined;
        break;
    }
  }
  return settings;
}

/** @see RFC 9559, section 5.1.4.1.17; Dolby Vision in Matroska, "BlockAddIDType dvcC / dvvC" */
function parseDolbyVision(mapping: ElementCursor): DolbyVision | undefined {
  let boxType: DolbyVision['boxType'] | undefined;
  let record: Uint8Array | undefined;
  while (mapping.next()) {
    if (mapping.id === ID.BlockAddIDType) boxType = DOLBY_VISION.get(mapping.uint());
    else if (mapping.id === ID.BlockAddIDExtraData) record = mapping.view().slice();
  }
  return boxType === undefined || record === undefined ? undefined : { boxType, record };
}

function believableRate(hertz: number): number | undefined {
  return hertz >= 1 && hertz <= 10_000_000 ? Math.round(hertz) : undefined;
}

function believableSpan(ns: number): number {
  return ns <= MAX_SPAN_NS ? ns : 0;
}

function believableScale(scale: number): number {
  return scale >= 0.01 && scale <= 100 ? scale : 1;
}
