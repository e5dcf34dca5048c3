import type { AudioCodec, VideoCodec } from '../media/codec.js';
import type { PlayerRequest } from '../pipelines/segment/segmented-media.js';

/** Names of the video codecs that MP4 carries to players: those of segmint, and sample entries as in RFC 6381. */
const VIDEO: ReadonlyMap<string, VideoCodec> = new Map([
  ['h264', 'h264'],
  ['avc1', 'h264'],
  ['avc3', 'h264'],
  ['hevc', 'hevc'],
  ['hvc1', 'hevc'],
  ['hev1', 'hevc'],
  ['av1', 'av1'],
  ['av01', 'av1'],
  ['vp9', 'vp9'],
  ['vp09', 'vp9'],
]);

/** The same of audio codecs. */
const AUDIO: ReadonlyMap<string, AudioCodec> = new Map([
  ['aac', 'aac'],
  ['mp4a', 'aac'],
  ['opus', 'opus'],
  ['flac', 'flac'],
  ['ac3', 'ac3'],
  ['ac-3', 'ac3'],
  ['eac3', 'eac3'],
  ['ec-3', 'eac3'],
  ['mp3', 'mp3'],
  ['alac', 'alac'],
]);

/** MPEG audio in an `mp4a` sample entry: MP3 by its object types. */
const MP3 = /^mp4a\.(?:40\.34|69|6b)$/;

/**
 * Parses what a player says it plays: `video=` and `audio=`, lists with commas of codec names or RFC 6381 codec strings.
 * Names that are not known are passed over: a player may tell all that it knows. H.264 and AAC are always counted in, as
 * they are what everything else is turned into. `ladder=none` asks for no lower forms of the video.
 * @param query - as the web framework gives it: text, or a list where a name is repeated.
 */
export function parsePlayerQuery(query: Readonly<Record<string, unknown>>): PlayerRequest {
  const video = namesIn(query['video']).map(videoCodecNamed);
  const audio = namesIn(query['audio']).map(audioCodecNamed);
  return {
    video: new Set<VideoCodec>(['h264', ...video.filter((codec) => codec !== undefined)]),
    audio: new Set<AudioCodec>(['aac', ...audio.filter((codec) => codec !== undefined)]),
    ladder: query['ladder'] === 'none' ? 'none' : 'all',
  };
}

/** The video codec that a name or an RFC 6381 codec string means; undefined when it is not known. */
export function videoCodecNamed(name: string): VideoCodec | undefined {
  return VIDEO.get(sampleEntryOf(name.toLowerCase()));
}

/** The audio codec that a name or an RFC 6381 codec string means; undefined when it is not known. */
export function audioCodecNamed(name: string): AudioCodec | undefined {
  return MP3.test(name.toLowerCase()) ? 'mp3' : AUDIO.get(sampleEntryOf(name.toLowerCase()));
}

function namesIn(value: unknown): readonly string[] {
  const texts = Array.isArray(value) ? value : [value];
  return texts
    .filter((text) => typeof text === 'string')
    .flatMap((text) => text.split(','))
    .map((name) => name.trim());
}

function sampleEntryOf(name: string): string {
  return name.split('.', 1)[0]!;
}
