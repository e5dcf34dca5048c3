/**
 * Loaded into a server's process before the program (`node --import`), to be asked over its IPC channel how it fares.
 * The program knows nothing of it.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ServerState } from './segmint-server.js';

/** How often the event loop has to answer, in milliseconds. What the histogram holds is the time from answer to answer. */
const resolution = 5;

const delay = monitorEventLoopDelay({ resolution });
delay.enable();

process.on('message', () => {
  const longestDelayMs = Math.max(0, delay.max / 1e6 - resolution);
  const usualDelayMs = Math.max(0, delay.percentile(99) / 1e6 - resolution);
  delay.disable();
  // Twice: what finalizers let go of at the first is collected at the second.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  process.send!({
    longestDelayMs,
    usualDelayMs,
    rssBytes: rss,
    heapBytes: heapUsed,
    bufferBytes: arrayBuffers,
    resources,
  } satisfies ServerState);
  // Without the time that collecting took.
  delay.reset();
  delay.enable();
});
// Not what keeps the program from ending.
process.channel?.unref();
