import type { PagePlayer, PagePlayerOptions } from './page-player.js';

/** The element alone: the browser plays the presentation by itself. */
export function openNative({ url, video }: PagePlayerOptions): PagePlayer {
  video.src = url;
  return {
    languages: () => Array.from(video.audioTracks ?? [], ({ language }) => language),
    selectAudio: (index) =>
      Array.from(video.audioTracks ?? []).forEach((track, i) => (track.enabled = i === index)),
    selectHeight: () => undefined,
    buffers: undefined,
  };
}
