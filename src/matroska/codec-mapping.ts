import type { AudioCodec, SubtitleCodec, VideoCodec } from '../media/codec.js';

const VIDEO: ReadonlyMap<string, VideoCodec> = new Map([
  ['V_MPEG4/ISO/AVC', 'h264'],
  ['V_MPEGH/ISO/HEVC', 'hevc'],
  ['V_MPEGI/ISO/VVC', 'vvc'],
  ['V_AV1', 'av1'],
  ['V_VP8', 'vp8'],
  ['V_VP9', 'vp9'],
  ['V_MPEG1', 'mpeg1video'],
  ['V_MPEG2', 'mpeg2video'],
  ['V_MPEG4/ISO/SP', 'mpeg4'],
  ['V_MPEG4/ISO/ASP', 'mpeg4'],
  ['V_MPEG4/ISO/AP', 'mpeg4'],
  ['V_MPEG4/MS/V3', 'msmpeg4v3'],
  ['V_REAL/RV10', 'rv10'],
  ['V_REAL/RV20', 'rv20'],
  ['V_REAL/RV30', 'rv30'],
  ['V_REAL/RV40', 'rv40'],
  ['V_THEORA', 'theora'],
  ['V_DIRAC', 'dirac'],
  ['V_PRORES', 'prores'],
  ['V_FFV1', 'ffv1'],
  ['V_MJPEG', 'mjpeg'],
  ['V_UNCOMPRESSED', 'rawvideo'],
]);

const AUDIO: ReadonlyMap<string, AudioCodec> = new Map([
  ['A_AAC', 'aac'],
  ['A_AC3', 'ac3'],
  ['A_EAC3', 'eac3'],
  ['A_AC4', 'ac4'],
  ['A_DTS', 'dts'],
  ['A_TRUEHD', 'truehd'],
  ['A_MLP', 'mlp'],
  ['A_FLAC', 'flac'],
  ['A_OPUS', 'opus'],
  ['A_VORBIS', 'vorbis'],
  ['A_MPEG/L1', 'mp1'],
  ['A_MPEG/L2', 'mp2'],
  ['A_MPEG/L3', 'mp3'],
  ['A_ALAC', 'alac'],
  ['A_TTA1', 'tta'],
  ['A_WAVPACK4', 'wavpack'],
  ['A_REAL/14_4', 'ra_144'],
]);

const SUBTITLES: ReadonlyMap<string, SubtitleCodec> = new Map([
  ['S_TEXT/UTF8', 'subrip'],
  ['S_TEXT/ASCII', 'subrip'],
  ['S_TEXT/ASS', 'ass'],
  ['S_ASS', 'ass'],
  ['S_TEXT/SSA', 'ssa'],
  ['S_SSA', 'ssa'],
  ['S_TEXT/WEBVTT', 'webvtt'],
  ['D_WEBVTT/SUBTITLES', 'webvtt'],
  ['D_WEBVTT/CAPTIONS', 'webvtt'],
  ['D_WEBVTT/DESCRIPTIONS', 'webvtt'],
  ['S_TEXT/USF', 'usf'],
  ['S_VOBSUB', 'dvd_subtitle'],
  ['S_DVBSUB', 'dvb_subtitle'],
  ['S_HDMV/PGS', 'hdmv_pgs_subtitle'],
  ['S_HDMV/TEXTST', 'hdmv_text_subtitle'],
  ['S_KATE', 'kate'],
  ['S_ARIBSUB', 'arib_caption'],
]);

/** Names the codec of a video CodecID, other than the two that carry another container's description. */
export function videoCodec(codecId: string): VideoCodec {
  return VIDEO.get(codecId) ?? 'unknown';
}

/**
 * Names the codec of an audio CodecID. Those of the RealAudio family that interleave packets stay unknown: their
 * frames cannot be taken one by one.
 * @param bitDepth - the track's bits a sample, by which PCM forms are told apart.
 */
export function audioCodec(codecId: string, bitDepth: number | undefined): AudioCodec {
  const exact = AUDIO.get(codecId) ?? pcmCodec(codecId, bitDepth);
  if (exact !== 'unknown') return exact;
  // Suffixes say more of a codec that the table knows: A_AAC/MPEG4/LC, A_AC3/BSID9, A_DTS/EXPRESS, A_OPUS/EXPERIMENTAL.
  const slash = codecId.indexOf('/');
  return slash < 0 ? 'unknown' : (AUDIO.get(codecId.slice(0, slash)) ?? 'unknown');
}

/** Names the codec of a subtitle CodecID. */
export function subtitleCodec(codecId: string): SubtitleCodec {
  return SUBTITLES.get(codecId) ?? 'unknown';
}

function pcmCodec(codecId: string, bitDepth: number | undefined): AudioCodec {
  const endian = codecId === 'A_PCM/INT/BIG' ? 'be' : 'le';
  if (codecId === 'A_PCM/FLOAT/IEEE') {
    return bitDepth === 32 ? 'pcm_f32le' : bitDepth === 64 ? 'pcm_f64le' : 'unknown';
  }
  if (codecId !== 'A_PCM/INT/LIT' && codecId !== 'A_PCM/INT/BIG') return 'unknown';
  switch (bitDepth) {
    case 8:
      return 'pcm_u8';
    case 16:
      return `pcm_s16${endian}`;
    case 24:
      return `pcm_s24${endian}`;
    case 32:
      return `pcm_s32${endian}`;
    default:
      return 'unknown';
  }
}
