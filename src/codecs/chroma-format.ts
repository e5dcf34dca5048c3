import type { VideoConfiguration } from './configuration.js';

/** Names of chroma_format_idc 0 to 3, as H.264 and HEVC number them. */
export const chromaFormats: readonly VideoConfiguration['chroma'][] = ['4:0:0', '4:2:0', '4:2:2', '4:4:4'];
