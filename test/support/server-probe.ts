/**
 * Loaded into a server's process before the program (`node --import`), to be asked over its IPC channel how it fares.
 * The program knows nothing of it.
 */
import { openSync, readSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ServerState } from './segmint-server.js';

/** How often the event loop has to answer, in milliseconds. What the histogram holds is the time from answer to answer. */
const resolution = 5;

const delay = monitorEventLoopDelay({ resolution });
delay.enable();

/** Tells the nanoseconds that the main thread has had a core; undefined where the system does not. */
const schedule = openSchedule();
let longestWorkNs = 0;
let workedNs = schedule?.() ?? 0;
const look = (): void => {
  const now = schedule!();
  longestWorkNs = Math.max(longestWorkNs, now - workedNs);
  workedNs = now;
};
if (schedule !== undefined) setInterval(look, resolution).unref();

function openSchedule(): (() => number) | undefined {
  try {
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
    const bytes = new Uint8Array(64);
    const decoder = new TextDecoder();
    return () => Number(decoder.decode(bytes.subarray(0, readSync(file, bytes, 0, 64, 0))).split(' ')[0]);
  } catch {
    return undefined;
  }
}

process.on('message', () => {
  const longestDelayMs = Math.max(0, delay.max / 1e6 - resolution);
  const usualDelayMs = Math.max(0, delay.percentile(99) / 1e6 - resolution);
  delay.disable();
  if (schedule !== undefined) look();
  const longestWorkMs = longestWorkNs / 1e6;
  // Twice: what finalizers let go of at the first is collected at the second.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  process.send!({
    longestDelayMs,
    usualDelayMs,
    ...(schedule && { longestWorkMs }),
    rssBytes: rss,
    heapBytes: heapUsed,
    bufferBytes: arrayBuffers,
    resources,
  } satisfies ServerState);
  // Without the time that collecting took.
  delay.reset();
  delay.enable();
  workedNs = schedule?.() ?? 0;
  longestWorkNs = 0;
});
// Not what keeps the program from ending.
process.channel?.unref();
