import { byFourcc } from '../../codecs/by-fourcc.js';
import { quickTimeVideoCodec } from '../../codecs/video-fourcc.js';
import type { AudioCodec, SubtitleCodec, VideoCodec } from '../../media/codec.js';

const AUDIO = byFourcc<AudioCodec>([
  ['aac', 'mp4a'],
  ['ac3', 'ac-3 sac3'],
  ['eac3', 'ec-3'],
  ['ac4', 'ac-4'],
  ['dts', 'dtsc dtsh dtsl dtse dtsx dts'],
  ['truehd', 'mlpa'],
  ['flac', 'fLaC'],
  ['opus', 'Opus'],
  ['alac', 'alac'],
  ['mp3', '.mp3'],
  ['mp2', '.mp2'],
  ['mp1', '.mp1'],
  ['amr_nb', 'samr'],
  ['amr_wb', 'sawb'],
  ['pcm_alaw', 'alaw'],
  ['pcm_mulaw', 'ulaw'],
  ['adpcm_ima_qt', 'ima4'],
  ['qdm2', 'QDM2'],
]);

const SUBTITLES = byFourcc<SubtitleCodec>([
  ['mov_text', 'tx3g text'],
  ['webvtt', 'wvtt'],
  ['ttml', 'stpp'],
  ['eia_608', 'c608'],
]);

/** objectTypeIndication of `esds`. ISO/IEC 14496-1, table 5, and the registration authority's list. */
const VIDEO_OBJECTS: ReadonlyMap<number, VideoCodec> = new Map([
  [0x20, 'mpeg4'],
  [0x21, 'h264'],
  [0x23, 'hevc'],
  ...[0x60, 0x61, 0x62, 0x63, 0x64, 0x65].map((type) => [type, 'mpeg2video'] as const),
  [0x6a, 'mpeg1video'],
  [0x6c, 'mjpeg'],
  [0x6d, 'png'],
  [0x6e, 'jpeg2000'],
  [0xa3, 'vc1'],
  [0xa4, 'dirac'],
  [0xb1, 'vp9'],
]);

const AUDIO_OBJECTS: ReadonlyMap<number, AudioCodec> = new Map([
  [0x40, 'aac'],
  [0x66, 'aac'],
  [0x67, 'aac'],
  [0x68, 'aac'],
  [0x69, 'mp3'],
  [0x6b, 'mp3'],
  [0xa5, 'ac3'],
  [0xa6, 'eac3'],
  [0xa9, 'dts'],
  [0xaa, 'dts'],
  [0xab, 'dts'],
  [0xac, 'dts'],
  [0xad, 'opus'],
  [0xc1, 'flac'],
  [0xdd, 'vorbis'],
]);

/**
 * Names the codec of a visual sample entry.
 * @param format - its fourcc.
 * @param objectType - of its `esds`, where it has one.
 */
export function videoCodecOf(format: string, objectType: number | undefined): VideoCodec {
  const described = objectType === undefined ? undefined : VIDEO_OBJECTS.get(objectType);
  return described ?? quickTimeVideoCodec(format);
}

/**
 * Names the codec of an audio sample entry that is not PCM.
 * @param format - its fourcc.
 * @param objectType - of its `esds`, where it has one.
 */
export function audioCodecOf(format: string, objectType: number | undefined): AudioCodec {
  if (format === 'mp4a' && objectType !== undefined) return AUDIO_OBJECTS.get(objectType) ?? 'unknown';
  return AUDIO.get(format) ?? twoccCodec(format);
}

/** Codecs that QuickTime names by the number that WAV files have for them: `ms` and the number. */
function twoccCodec(format: string): AudioCodec {
  if (!format.startsWith('ms')) return 'unknown';
  switch ((format.charCodeAt(2) << 8) | format.charCodeAt(3)) {
    case 0x02:
      return 'adpcm_ms';
    case 0x11:
      return 'adpcm_ima_wav';
    case 0x55:
      return 'mp3';
    case 0x2000:
      return 'ac3';
    default:
      return 'unknown';
  }
}

/**
 * Names the codec of a subtitle's sample entry.
 * @param format - its fourcc.
 */
export function subtitleCodecOf(format: string): SubtitleCodec {
  return SUBTITLES.get(format) ?? 'unknown';
}
