// The header by which the server tells what a segment cost. `PerformanceResourceTiming.serverTiming` has it parsed, but only on
// pages that came by https or from this machine, and many watch over plain http in their own network.

/** One metric of the header. */
export interface TimingMetric {
  /** Milliseconds. */
  readonly duration?: number;
  readonly description?: string;
}

/**
 * Parses the header.
 * @returns its metrics by their names; of two with one name the first.
 * @see W3C Server Timing, section 3
 */
export function parseServerTiming(header: string): ReadonlyMap<string, TimingMetric> {
  const metrics = new Map<string, TimingMetric>();
  for (const text of header.split(',')) {
    const [name = '', ...parameters] = text.split(';').map((part) => part.trim());
    if (name === '' || metrics.has(name)) continue;
    const values = new Map(parameters.map(parseParameter));
    const [duration, description] = [Number(values.get('dur')), values.get('desc')];
    metrics.set(name, {
      ...(Number.isFinite(duration) ? { duration } : {}),
      ...(description === undefined ? {} : { description }),
    });
  }
  return metrics;
}

function parseParameter(text: string): [name: string, value: string] {
  const [name = '', value = ''] = text.split('=', 2);
  return [name, value.replace(/^"(.*)"$/, '$1')];
}
