import { setTimeout as delay } from 'node:timers/promises';
import type { MediaSubject } from '../delivery/media-shelf.js';
import type { SegmentService } from '../delivery/segment-service.js';
import type { PlayerRequest, Rendition, SegmentedDescription } from '../pipelines/segment/segmented-media.js';
import { errorResponse, type ErrorResponse } from './error-response.js';

/** Whether a file can be had as HLS, and what it is then; plain JSON. */
export type HlsSummary =
  | {
      readonly state: 'ready';
      /** Where the index comes from; absent for audio alone. */
      readonly index?: SegmentedDescription['index'];
      readonly plan: PlanSummary;
      /** Those of the master playlist for this player. */
      readonly renditions: readonly Rendition[];
    }
  /** It is still being found out, which goes on: ask again. */
  | { readonly state: 'pending' }
  | { readonly state: 'unavailable'; readonly error: ErrorResponse['body']['error'] };

/** How a file is cut into segments. */
interface PlanSummary {
  /** How many segments. */
  readonly segments: number;
  readonly durationSeconds: number;
  readonly shortestSeconds: number;
  readonly longestSeconds: number;
}

/**
 * Says whether a file can be had as HLS, and how. Never fails, and never takes long: opening goes on behind it.
 * @param subject - the file.
 * @param segments - opens it.
 * @param player - what it plays and wants.
 * @param patienceMs - how long to wait for the opening.
 * @param signal - ends the opening, unless others wait for it: whoever asked has left without waiting.
 */
export async function summarizeHls(
  subject: MediaSubject,
  segments: SegmentService,
  player: PlayerRequest,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<HlsSummary> {
  const waiting = new AbortController();
  try {
    const outOfPatience = delay(patienceMs, { state: 'pending' } as const, { signal: waiting.signal });
    outOfPatience.catch(() => undefined);
    return await Promise.race([openAndDescribe(subject, segments, player, signal), outOfPatience]);
  } finally {
    waiting.abort();
  }
}

async function openAndDescribe(
  subject: MediaSubject,
  segments: SegmentService,
  player: PlayerRequest,
  signal: AbortSignal | undefined,
): Promise<HlsSummary> {
  try {
    using loan = await segments.borrow(subject, signal);
    const { index, plan, durationSeconds, renditions } = loan.media.describe(player);
    const lengths = plan.starts.map(
      (start, n) => ((plan.starts[n + 1] ?? plan.end) - start) / plan.timescale,
    );
    return {
      state: 'ready',
      ...(index === undefined ? {} : { index }),
      plan: {
        segments: lengths.length,
        durationSeconds,
        shortestSeconds: lengths.reduce((least, length) => Math.min(least, length)),
        longestSeconds: lengths.reduce((most, length) => Math.max(most, length)),
      },
      renditions,
    };
  } catch (error) {
    return { state: 'unavailable', error: errorResponse(error).body.error };
  }
}
