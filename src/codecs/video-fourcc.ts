import type { VideoCodec } from '../media/codec.js';
import { byFourcc } from './by-fourcc.js';

/** Fourccs of AVI in capitals. */
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
  ['ffvhuff', 'FFVH'],
  ['utvideo', 'ULRA ULRG ULY0 ULY2 ULY4 ULH0 ULH2 ULH4 UQY0 UQY2 UQRA UQRG UMY2 UMH2 UMY4 UMH4 UMRA UMRG'],
  ['magicyuv', 'M8RG M8RA M8G0 M8Y0 M8Y2 M8Y4 M8YA M0RG M0R0 M0RA M0G0 M0Y0 M0Y2 M0Y4 M2RG M2RA'],
  ['lagarith', 'LAGS'],
  ['fraps', 'FPS1'],
  ['zmbv', 'ZMBV'],
  ['tscc', 'TSCC'],
  ['tscc2', 'TSC2'],
  ['msvideo1', 'MSVC CRAM WHAM'],
  ['cinepak', 'CVID'],
  ['indeo2', 'RT21'],
  ['indeo3', 'IV31 IV32'],
  ['indeo4', 'IV41'],
  ['indeo5', 'IV50'],
  ['vp6', 'VP60 VP61 VP62'],
  ['vp6f', 'VP6F FLV4'],
  ['vp7', 'VP70 VP71'],
  ['flv1', 'FLV1'],
  ['snow', 'SNOW'],
  ['asv1', 'ASV1'],
  ['asv2', 'ASV2'],
  ['mss1', 'MSS1'],
  ['mss2', 'MSS2'],
  ['dvvideo', 'DVSD DVHD DVH1 DVSL DV25 DV50 CDVC CDVH CDV5 DVIS PDVC DVCS DVCP'],
  ['dnxhd', 'AVDN AVDH'],
  ['cfhd', 'CFHD'],
  ['png', 'MPNG PNG1'],
  ['jpeg2000', 'MJP2 MJ2C LJ2C LJ2K IPJ2'],
  ['jpegls', 'MJLS'],
  ['v210', 'V210 C210'],
  ['v410', 'V410'],
  ['r210', 'R210'],
  ['dirac', 'DRAC BBCD'],
  ['mjpeg', 'MJPG AVRN LJPG DMB1 JPGL IJPG'],
  ['svq1', 'SVQ1'],
  ['svq3', 'SVQ3'],
  ['prores', 'APCN APCH APCS APCO AP4H AP4X'],
];

/** Fourccs of sample entries in small letters. */
const QUICKTIME_SPELLINGS: readonly (readonly [VideoCodec, string])[] = [
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
  ['dirac', 'drac'],
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
  ['jpegls', 'mjls'],
  ['ffv1', 'ffv1'],
  ['hap', 'hap1 hap5 hapy hapa hapm'],
  ['v210', 'v210'],
  ['v308', 'v308'],
  ['v408', 'v408'],
  ['v410', 'v410'],
  ['r210', 'r210'],
  ['rawvideo', '2vuy yuv2 yuvs raw'],
];

const RIFF = byFourcc(SPELLINGS);
const QUICKTIME = byFourcc(QUICKTIME_SPELLINGS);

/**
 * Names a codec by the fourcc that AVI files call it by.
 * @param fourcc - in letters of any size.
 */
export function riffVideoCodec(fourcc: string): VideoCodec {
  return RIFF.get(fourcc.toUpperCase()) ?? 'unknown';
}

/**
 * Names a codec by the fourcc of a sample entry. What QuickTime has no name for, programs call as AVI does.
 * @param fourcc - in letters of any size.
 */
export function quickTimeVideoCodec(fourcc: string): VideoCodec {
  return QUICKTIME.get(fourcc.toLowerCase()) ?? riffVideoCodec(fourcc);
}
