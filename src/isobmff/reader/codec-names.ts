import type { AudioCodec, SubtitleCodec, VideoCodec } from '../../media/codec.js';

/** Fourccs that end in a space are spelt without it. */
function byFourcc<Codec>(spellings: readonly (readonly [Codec, string])[]): ReadonlyMap<string, Codec> {
  return new Map(
    spellings.flatMap(([codec, fourccs]) =>
      fourccs.split(' ').map((fourcc) => [fourcc.padEnd(4), codec] as const),
    ),
  );
}

/** Video by the sample entry's fourcc, those of QuickTime in small letters. */
const VIDEO = byFourcc<VideoCodec>([
  ['h264', 'avc1 avc2 avc3 avc4 dva1 dvav h264 x264 ai12 ai15 ai1q ai5q'],
  ['hevc', 'hvc1 hev1 hvc2 hev2 dvh1 dvhe'],
  ['vvc', 'vvc1 vvi1'],
  ['av1', 'av01 dav1'],
  ['vp8', 'vp08'],
  ['vp9', 'vp09'],
  ['mpeg4', 'divx dx50 xvid fmp4 mp4v 3iv2 3iv1'],
  ['h263', 's263 h263 u263'],
  ['mjpeg', 'jpeg mjpa mjpb mjpg dmb1 avdj'],
  ['prores', 'apch apcn apcs apco ap4h ap4x'],
  ['svq1', 'svq1 svqi'],
  ['svq3', 'svq3'],
  ['vc1', 'vc-1'],
  ['mpeg1video', 'm1v1 m1v mpg1'],
  [
    'mpeg2video',
    'm2v1 m2v mpeg mpg2 hdv1 hdv2 hdv3 hdv4 hdv5 hdv6 hdv7 hdv8 hdv9 xdv1 xdv2 xdv3 xdv4 xdv5 xdv6',
  ],
  ['dvvideo', 'dvc dvcp dvpp dv5n dv5p dvh5 dvh6 dvhp dvhq dvh2 dvh3 avdv'],
  ['dnxhd', 'avdn avdh'],
  ['cfhd', 'cfhd'],
  ['cinepak', 'cvid'],
  ['qtrle', 'rle'],
  ['png', 'png'],
  ['jpeg2000', 'mjp2'],
  ['ffv1', 'ffv1'],
  ['rawvideo', '2vuy yuv2 yuvs raw'],
]);

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
  return described ?? VIDEO.get(format.toLowerCase()) ?? 'unknown';
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
