import { forgetResume } from '../shared/resume.js';
import type { PlayerState } from './player-state.js';

/**
 * Keeps the state of a player right by what its element tells.
 * @param onTime - told when the time may be another one.
 * @param signal - ends it.
 */
export function watchElement(
  video: HTMLVideoElement,
  state: PlayerState,
  onTime: () => void,
  signal: AbortSignal,
): void {
  const on = (names: readonly string[], heard: () => void): void => {
    for (const name of names) video.addEventListener(name, heard, { signal });
  };
  on(['play', 'pause', 'ended', 'seeked', 'emptied', 'playing'], () => {
    state.isPaused.value = video.paused;
    state.isEnded.value = video.ended;
  });
  on(['playing'], () => (state.hasBegun.value = true));
  on(['waiting', 'seeking', 'loadstart'], () => (state.isWaiting.value = state.phase.value !== 'failed'));
  on(['playing', 'canplay', 'seeked'], () => (state.isWaiting.value = false));
  on(['seeking', 'seeked', 'loadedmetadata'], onTime);
  on(['ratechange'], () => (state.speed.value = video.playbackRate));
  on(['ended'], () => forgetResume(state.ref.value));
}
