import type { VideoCodec } from '../media/codec.js';

const SPELLINGS: readonly (readonly [VideoCodec, string])[] = [
  ['h264', 'H264 X264 AVC1 DAVC VSSH Q264 V264 GAVC SMV2'],
  ['hevc', 'HEVC H265 X265 HVC1 HEV1'],
  ['vvc', 'VVC1 VVI1 H266'],
  ['av1', 'AV01'],
  ['vp8', 'VP80'],
  ['vp9', 'VP90'],
  ['mpeg1video', 'MPG1 PIM1'],
  ['mpeg2video', 'MPG2 MPEG M2V1 EM2V'],
  ['mpeg4', 'XVID DIVX DX50 FMP4 MP4V MP4S M4S2 3IV2 3IVX RMP4 BLZ0 UMP4 XVIX WV1F DM4V SEDG FVFW'],
  ['msmpeg4v1', 'MPG4 MP41'],
  ['msmpeg4v2', 'MP42 DIV2'],
  ['msmpeg4v3', 'MP43 DIV3 DIV4 DIV5 DIV6 MPG3 AP41 COL0 COL1 DVX3'],
  ['h263', 'H263 U263 S263 X263'],
  ['wmv1', 'WMV1'],
  ['wmv2', 'WMV2'],
  ['wmv3', 'WMV3'],
  ['vc1', 'WVC1 WMVA'],
  ['theora', 'THEO'],
  ['ffv1', 'FFV1'],
  ['huffyuv', 'HFYU'],
  ['dirac', 'DRAC BBCD'],
  ['mjpeg', 'MJPG AVRN LJPG DMB1 JPGL IJPG'],
  ['svq1', 'SVQ1'],
  ['svq3', 'SVQ3'],
  ['prores', 'APCN APCH APCS APCO AP4H AP4X'],
];

/** Codecs by the upper-case fourcc that AVI and QuickTime files, and so Matroska's mappings of both, call them by. */
export const VIDEO_FOURCCS: ReadonlyMap<string, VideoCodec> = new Map(
  SPELLINGS.flatMap(([codec, fourccs]) => fourccs.split(' ').map((fourcc) => [fourcc, codec] as const)),
);
