/**
 * Containers that may be opened, by libavformat's names. Every one reads the one input that it is given: none that names
 * other files or URLs (HLS, DASH, concat, SDP, image sequences), makes media of nothing (lavfi), or takes any text for
 * media (subtitles, tty).
 */
const FORMATS: readonly string[] = [
  // Broadcast and discs.
  'mpegts mpeg mpegvideo pva wtv mxf gxf dv nsv nut',
  // The web and the desktop.
  'avi flv asf asf_o matroska webm mov mp4 ogg rm ivf kux nuv',
  // Sound alone.
  'aac ac3 ac4 aiff amr amrnb amrwb ape au caf dsf dts dtshd eac3 flac loas mlp mp3 mpc mpc8 oma qcp tak truehd tta voc w64 wav wv',
  // Pictures alone.
  'av1 obu cavsvideo dirac h261 h263 h264 hevc m4v mjpeg vc1 vc1test vvc',
];

/** The list as libavformat's option takes it. */
export const ALLOWED_FORMATS = FORMATS.join(' ').split(' ').join(',');

/** Protocols for a file on this machine, and for the gateway; nothing else is ever opened. */
export const ALLOWED_PROTOCOLS = { file: 'file', gateway: 'http,tcp' } as const;
