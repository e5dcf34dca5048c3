// Remembers where the viewer is, so that they find it again.
import { effect } from '@preact/signals';
import { writeResume } from '../shared/resume.js';
import type { PlayerSession } from './player-session.js';

/** Seconds of playing between two notes. */
const EVERY = 5;

/**
 * Writes down now and then where the viewer is, and when they pause or leave.
 * @returns what ends that.
 */
export function keepResume(session: PlayerSession, signal: AbortSignal): () => void {
  const { state, video } = session;
  let written = { ref: '', position: NaN };
  function write(): void {
    const [ref, position] = [state.ref.peek(), state.position.peek()];
    if (state.phase.peek() !== 'playing' || video.readyState === 0) return;
    written = { ref, position };
    writeResume(ref, position, state.duration.peek());
  }
  for (const name of ['pause', 'seeked']) video.addEventListener(name, write, { signal });
  addEventListener('pagehide', write, { signal });
  return effect(() => {
    const position = state.position.value;
    const isLongAgo = written.ref !== state.ref.value || !(Math.abs(position - written.position) < EVERY);
    if (isLongAgo && !video.paused) write();
  });
}
