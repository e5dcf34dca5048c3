import type { DeliveryRecord } from '../delivery/delivery-record.js';

/**
 * Writes the `Server-Timing` header of a segment: where it came from, and what it cost. Browsers show it beside the request,
 * and a page can read it.
 * @param record - how the segment came about.
 * @returns metrics: `cache` with `hit` or `miss`, `ahead` and `shared` where they apply, and of what was made `queue`, `make`,
 *   `read` and `transcode` in milliseconds and `source` with the bytes read.
 * @see W3C Server Timing, section 3 (the Server-Timing header field)
 */
export function writeServerTiming(record: DeliveryRecord): string {
  const { origin, isPrefetched, isShared, waitedMs, madeMs, readingMs, transcodingMs, sourceBytes } = record;
  const metrics = [`cache;desc=${origin === 'store' ? 'hit' : 'miss'}`];
  if (isPrefetched) metrics.push('ahead');
  if (isShared) metrics.push('shared');
  if (origin === 'made') {
    const times = { queue: waitedMs, make: madeMs, read: readingMs, transcode: transcodingMs };
    for (const [name, ms] of Object.entries(times)) metrics.push(`${name};dur=${Math.round(ms * 10) / 10}`);
    metrics.push(`source;desc="${sourceBytes}"`);
  }
  return metrics.join(', ');
}
