// All that the panel shows, as text for a report of a fault. Addresses are left out: they may hold a key or a signature.
import type { PlayerSession } from '../player-session.js';
import { takeSample } from './live-samples.js';
import { failuresOf } from './problem-list.js';

/**
 * Writes the report.
 * @param session - what is played.
 * @param plays - what this browser says that it plays, as the query that the server was asked with.
 * @returns JSON: `info` as in `info.json`, without the item's reference, which may be an address; and what is live.
 */
export function writeReport(session: PlayerSession, plays: string): string {
  const { state, journal, video } = session;
  // Undefined is left out of JSON.
  const info = { ...state.info.value, ref: undefined };
  const report = {
    made: new Date().toISOString(),
    browser: { userAgent: navigator.userAgent, plays: Object.fromEntries(new URLSearchParams(plays)) },
    playing: {
      way: state.way.value?.kind,
      phase: state.phase.value,
      position: state.position.value,
      duration: state.duration.value,
      speed: state.speed.value,
      audio: state.audio.value,
      quality: state.quality.value,
      size: `${video.videoWidth}×${video.videoHeight}`,
    },
    failures: failuresOf(session),
    now: takeSample(session),
    totals: journal.totals,
    segments: journal.segments,
    info,
  };
  return JSON.stringify(report, undefined, 2);
}
