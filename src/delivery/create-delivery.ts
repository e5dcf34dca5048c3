import { availableParallelism } from 'node:os';
import { engineBuild } from '../engine/engine-build.js';
import type { EnginePool } from '../engine/pool.js';
import { machineMemoryBytes } from '../io/machine-memory.js';
import { AudioAllowance } from '../pipelines/segment/audio-allowance.js';
import { openSegmented } from '../pipelines/segment/open-segmented.js';
import { createScheduler } from './create-scheduler.js';
import type { Scheduler } from './scheduler.js';
import { SegmentService } from './segment-service.js';
import type { SegmentStore } from './segment-store.js';
import { StillService } from './still-service.js';
import { WorkMeter } from './work-meter.js';

/** What segments are made with. */
export interface DeliveryOptions {
  /** Decodes and encodes; not owned. */
  readonly engine: EnginePool;
  /** Keeps what was made, and indexes; not owned. */
  readonly store: SegmentStore;
  /** Whether segments are made before players ask for them; of no use where the store keeps nothing. */
  readonly prefetch: boolean;
  /** Bytes that may be read of a remote source to find the keyframes that no index tells; 64 MiB by default. */
  readonly scanBytes?: number | undefined;
  /** Takes a failure of the store, which costs time only. */
  readonly onStoreError: (error: unknown) => void;
}

/** Makes and keeps segments. */
export interface Delivery extends AsyncDisposable {
  /** Gives segments. */
  readonly segments: SegmentService;
  /** Gives posters and thumbnails. */
  readonly stills: StillService;
  /** Says what is made when. */
  readonly scheduler: Scheduler;
}

/** An open media holds its index and a file: some hundred KB, and a minute covers a player's pauses between requests. */
const SHELF = { maxOpen: 32, idleMs: 60_000, lingerMs: 60_000 };

/** Share of the machine's or the container's memory for segments that are being made and sent. */
const HELD_SHARE = 0.25;

/** Puts together what makes segments, with limits that suit the machine. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { engine, store, prefetch, scanBytes, onStoreError } = options;
  // While there are files to be opened.
  engineBuild();
  const meter = new WorkMeter();
  const metered = meter.engines(engine);
  const audioAllowance = new AudioAllowance();
  const maxHeldBytes = HELD_SHARE * machineMemoryBytes();
  const scheduler = createScheduler({ engine, cores: availableParallelism(), maxHeldBytes });
  // Streams keep engines busy, too, and the scheduler knows nothing of when they end.
  const listening = engine.onSpare(() => scheduler.lookAgain());
  const segments = new SegmentService({
    open: (source, { signal }) =>
      openSegmented(source, {
        ...{ engine: metered, signal, closeSource: false, cache: store },
        ...{ scanBytes, audioAllowance },
      }),
    store,
    shelf: SHELF,
    scheduler,
    meter,
    prefetch,
    onStoreError,
  });
  const stills = new StillService({ engine, scheduler, store, onStoreError });
  return {
    ...{ segments, stills, scheduler },
    [Symbol.asyncDispose]: async () => {
      listening[Symbol.dispose]();
      await stills[Symbol.asyncDispose]();
      await segments[Symbol.asyncDispose]();
    },
  };
}
