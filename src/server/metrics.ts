import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DeliveryRecord } from '../delivery/delivery-record.js';

/** An answer that has ended. */
export interface AnswerFacts {
  /** The route's pattern; never the address, which clients choose. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  /** Bytes that went to the connection. */
  readonly bytes: number;
  /** Milliseconds from the request to the end of the answer. */
  readonly ms: number;
  /** Whether all of it was sent. */
  readonly isWhole: boolean;
}

/** What a segment is: which kind of object, not which one. */
export type SegmentKind = 'init' | 'video' | 'audio' | 'subtitle';

/** Seconds: a segment out of memory takes a millisecond, an encoded one seconds, and a queue may be long. */
const SEGMENT_BUCKETS = [0.002, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30];
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * What a server has done, for Prometheus. No label takes values that a client chooses.
 * @see https://prometheus.io/docs/practices/naming/
 */
export class ServerMetrics {
  /** Its metrics, and those of the process and its event loop. */
  readonly registry = new Registry();
  readonly #requests: Counter<'route' | 'method' | 'status'>;
  readonly #brokenAnswers: Counter<'route'>;
  readonly #sentBytes: Counter<'route'>;
  readonly #segments: Counter<'kind' | 'origin'>;
  readonly #segmentSeconds: Histogram<'kind' | 'origin'>;
  readonly #segmentSourceBytes: Counter;
  readonly #streams: Counter<'outcome'>;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#requests = new Counter({
      ...{ name: 'segmint_http_requests_total', help: 'Answers that have ended', registers },
      labelNames: ['route', 'method', 'status'],
    });
    this.#brokenAnswers = new Counter({
      ...{ name: 'segmint_http_broken_total', help: 'Answers that were not sent to their end', registers },
      labelNames: ['route'],
    });
    this.#sentBytes = new Counter({
      ...{ name: 'segmint_http_sent_bytes_total', help: 'Bytes sent, headers included', registers },
      labelNames: ['route'],
    });
    this.#segments = new Counter({
      ...{ name: 'segmint_segments_total', help: 'Segments given, by where they came from', registers },
      labelNames: ['kind', 'origin'],
    });
    this.#segmentSeconds = new Histogram({
      ...{ name: 'segmint_segment_seconds', help: 'Waiting for a segment and making it', registers },
      labelNames: ['kind', 'origin'],
      buckets: SEGMENT_BUCKETS,
    });
    this.#segmentSourceBytes = new Counter({
      ...{
        name: 'segmint_segment_source_bytes_total',
        help: 'Bytes of sources read for segments',
        registers,
      },
    });
    this.#streams = new Counter({
      ...{ name: 'segmint_streams_total', help: 'Continuous streams that have ended', registers },
      labelNames: ['outcome'],
    });
  }

  /** Counts an answer. */
  countAnswer({ route, method, status, bytes, isWhole }: AnswerFacts): void {
    this.#requests.inc({ route, method: METHODS.has(method) ? method : 'other', status });
    this.#sentBytes.inc({ route }, Math.max(0, bytes));
    if (!isWhole) this.#brokenAnswers.inc({ route });
  }

  /** Counts a segment that was given. */
  countSegment(kind: SegmentKind, record: DeliveryRecord): void {
    const origin = originOf(record);
    this.#segments.inc({ kind, origin });
    this.#segmentSeconds.observe({ kind, origin }, (record.waitedMs + record.madeMs) / 1000);
    if (!record.isShared) this.#segmentSourceBytes.inc(record.sourceBytes);
  }

  /** Counts a stream that has ended. */
  countStream(outcome: string): void {
    this.#streams.inc({ outcome });
  }

  /**
   * Adds something whose value is asked for whenever the metrics are read.
   * @param name - with the unit, such as `segmint_store_bytes`.
   * @param help - for people.
   * @param read - gives the value; undefined where it is not known.
   */
  addGauge(name: string, help: string, read: () => number | undefined): void {
    new Gauge({
      ...{ name, help, registers: [this.registry] },
      collect() {
        const value = read();
        if (value !== undefined) this.set(value);
      },
    });
  }

  /** The same of something that only grows; its name ends in `_total`. */
  addCounter(name: string, help: string, read: () => number): void {
    new Counter({
      ...{ name, help, registers: [this.registry] },
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
}

function originOf({ origin, isShared, isPrefetched }: DeliveryRecord): string {
  if (isPrefetched) return 'prefetched';
  return isShared ? 'shared' : origin;
}
