import type { CountedSegmentStore } from '../delivery/counted-segment-store.js';
import type { Scheduler, WorkKind } from '../delivery/scheduler.js';
import type { SegmentService } from '../delivery/segment-service.js';
import type { SegmentStore } from '../delivery/segment-store.js';
import { describeEngine } from '../engine/describe-engine.js';
import type { EnginePool } from '../engine/pool.js';
import { readResidentBytes } from '../engine/resident-memory.js';
import { SourceError } from '../errors.js';
import type { ServerMetrics } from '../server/metrics.js';
import type { ReadinessCheck } from '../server/readiness.js';
import { abortable } from '../io/abortable.js';

/** What a server is made of, as far as operators want to know of it. */
export interface WatchedParts {
  readonly engine: EnginePool;
  readonly scheduler: Scheduler;
  readonly segments: SegmentService;
  readonly store: CountedSegmentStore;
}

const KINDS: readonly WorkKind[] = ['open', 'copy', 'fetch', 'encode'];

/** Adds to the metrics what is asked of the parts whenever they are read. */
export function watchParts(
  metrics: ServerMetrics,
  { engine, scheduler, segments, store }: WatchedParts,
): void {
  const gauge = metrics.addGauge.bind(metrics);
  const counter = metrics.addCounter.bind(metrics);
  const resident = (): number[] => engine.stats.pids.map((pid) => readResidentBytes(pid) ?? 0);
  counter('segmint_engine_jobs_total', 'Jobs that engines have answered', () => engine.stats.jobsDone);
  gauge('segmint_engine_jobs_running', 'Jobs that engines are at', () => engine.stats.jobsRunning);
  gauge('segmint_engine_jobs_waiting', 'Jobs that wait for an engine', () => engine.stats.jobsQueued);
  counter(
    'segmint_engine_restarts_total',
    'Engines that died and were replaced',
    () => engine.stats.restarts,
  );
  gauge('segmint_engines', 'Engine processes', () => engine.stats.pids.length);
  gauge('segmint_engine_resident_bytes', 'Memory of all engines', () =>
    resident().reduce((a, b) => a + b, 0),
  );
  gauge('segmint_engine_resident_max_bytes', 'Memory of the largest engine', () =>
    Math.max(0, ...resident()),
  );
  for (const kind of KINDS) {
    const stats = (): Scheduler['stats'][WorkKind] => scheduler.stats[kind];
    gauge(`segmint_work_${kind}_running`, `Pieces of work that run: ${kind}`, () => stats().running);
    gauge(`segmint_work_${kind}_waiting`, `Pieces that viewers wait for: ${kind}`, () => stats().waiting);
    gauge(
      `segmint_work_${kind}_ahead`,
      `Pieces that wait to be made ahead: ${kind}`,
      () => stats().waitingAhead,
    );
    counter(
      `segmint_work_${kind}_refused_total`,
      `Pieces refused, as too many wait: ${kind}`,
      () => stats().refused,
    );
  }
  counter('segmint_prefetch_begun_total', 'Segments begun ahead', () => segments.prefetchStats.begun);
  counter(
    'segmint_prefetch_used_total',
    'Segments made ahead that were asked for',
    () => segments.prefetchStats.used,
  );
  counter('segmint_store_hits_total', 'Objects that the store had', () => store.counts.hits);
  counter('segmint_store_misses_total', 'Objects that the store had not', () => store.counts.misses);
  counter('segmint_store_puts_total', 'Objects given to the store', () => store.counts.puts);
  counter('segmint_store_errors_total', 'Failures of the store', () => store.counts.errors);
}

/**
 * Whether engines do jobs. One that has answered since the last time has shown it; else it is asked to.
 * @param engine - the engines.
 */
export function engineCheck(engine: EnginePool): ReadinessCheck {
  let jobsBefore = 0;
  return {
    part: 'engine',
    isNeeded: true,
    check: async (signal) => {
      const { jobsDone } = engine.stats;
      if (jobsDone === jobsBefore) await abortable(describeEngine(engine, ['h264']), signal);
      jobsBefore = engine.stats.jobsDone;
    },
  };
}

/**
 * Whether a store keeps what it is given. Without it segments are made again each time: slower, and still right.
 * @param store - behind any memory.
 */
export function storeCheck(store: SegmentStore): ReadinessCheck {
  const probe = new TextEncoder().encode('segmint');
  return {
    part: 'store',
    isNeeded: false,
    check: async (signal) => {
      await store.put('readiness', [probe]);
      const kept = await store.get('readiness', { signal });
      if (kept?.byteLength !== probe.byteLength)
        throw new SourceError('The store does not give what it was given.');
    },
  };
}
