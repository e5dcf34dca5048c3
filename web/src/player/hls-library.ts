// hls.js, and whether there is a use for it.
import type Hls from 'hls.js';
import { mediaSourceClass } from '../shared/abilities.js';

const HLS_TYPE = 'application/vnd.apple.mpegurl';

let library: Promise<typeof Hls> | undefined;

/** Loads hls.js, when it is needed first. */
export function loadLibrary(): Promise<typeof Hls> {
  library ??= import('hls.js').then((module) => module.default);
  return library;
}

/** Whether this browser plays HLS in one way or the other. */
export function playsHls(): boolean {
  return mediaSourceClass() !== undefined || document.createElement('video').canPlayType(HLS_TYPE) !== '';
}
