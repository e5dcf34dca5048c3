import { LimitExceededError } from '../../errors.js';
import { checkLimit } from '../../bytes/limits.js';
import type { Sample } from '../../media/sample.js';
import type { ByteRun } from './byte-run.js';
import type { DamageLog } from '../../media/damage-log.js';
import { LIMITS } from './limits.js';
import type { Plan } from './planned-samples.js';
import { GAP_BYTES, type SourceReader } from './source-reader.js';

/** Bytes of one reading. */
const EXTENT_BYTES = 2 << 20;
/** How often the bytes of a file may be claimed by samples: honest files share none. */
const MAX_CLAIMS = 4;
const CLAIMS_ALLOWANCE = 16 << 20;
/** What a sample counts beside its bytes, so that there is an end of empty ones too. */
const SAMPLE_COST = 8;

/** Fills plans with bytes. */
export class SampleFetcher {
  readonly #readerOf: (trackId: number) => SourceReader;
  readonly #size: number | undefined;
  readonly #damage: DamageLog;
  #claimed = 0;
  #farthest = 0;

  /**
   * @param readerOf - who reads the samples of a track.
   * @param size - of the source, when it is known.
   * @param damage - told of samples that cannot be had.
   */
  constructor(readerOf: (trackId: number) => SourceReader, size: number | undefined, damage: DamageLog) {
    this.#readerOf = readerOf;
    this.#size = size;
    this.#damage = damage;
  }

  /**
   * Reads the samples of a plan, near ones together.
   * @returns those whose bytes are there.
   * @throws {SourceError} as the source does.
   * @throws {LimitExceededError} when a sample, or all together, claim absurdly many bytes.
   */
  async fetch(plan: Plan): Promise<Sample[]> {
    const order = this.#readable(plan);
    const fetched = new Set<number>();
    for (let from = 0; from < order.length;) {
      const to = extentEnd(plan, order, from);
      await this.#fetchExtent(plan, order.slice(from, to), fetched);
      from = to;
    }
    const samples: Sample[] = [];
    for (const [i, sample] of plan.samples.entries()) {
      if (fetched.has(i)) samples.push(sample);
    }
    return samples;
  }

  /** Samples that are within the source and of a form that can be told, by offset. */
  #readable({ samples, sizes, forms }: Plan): number[] {
    const order: number[] = [];
    let isSorted = true;
    for (const [i, { offset, trackId }] of samples.entries()) {
      const size = sizes[i]!;
      if (this.#size !== undefined && offset + size > this.#size) {
        this.#claim(offset, 0);
        this.#truncated(offset, offset + size - this.#size);
        continue;
      }
      checkLimit('size of a sample', size, LIMITS.sampleBytes, { offset, track: trackId });
      this.#claim(offset, size);
      if (forms[i]!.kind === 'foreign') {
        this.#damage.add('dropped', offset, size, `Track ${trackId} changes to another codec or form here.`);
        continue;
      }
      const last = order.at(-1);
      isSorted &&= last === undefined || isBefore(samples[last]!, samples[i]!);
      order.push(i);
    }
    if (isSorted) return order;
    return order.sort((a, b) => (isBefore(samples[a]!, samples[b]!) ? -1 : 1));

    function isBefore(a: Sample, b: Sample): boolean {
      return a.offset <= b.offset;
    }
  }

  async #fetchExtent(plan: Plan, members: readonly number[], fetched: Set<number>): Promise<void> {
    const { samples, sizes } = plan;
    const first = samples[members[0]!]!;
    let end = first.offset;
    for (const i of members) end = Math.max(end, samples[i]!.offset + sizes[i]!);
    const run = await this.#readerOf(first.trackId).read(first.offset, end - first.offset);
    for (const i of members) {
      const data = this.#dataOf(plan, i, run);
      if (data === undefined) continue;
      samples[i]!.data = data;
      fetched.add(i);
    }
  }

  #dataOf({ samples, sizes, forms }: Plan, i: number, run: ByteRun): Uint8Array | undefined {
    const { offset, isSync } = samples[i]!;
    const data = run.view(offset, sizes[i]!);
    if (data === undefined) {
      const isBehind = offset < run.offset || this.#size !== undefined;
      if (isBehind)
        this.#damage.add('dropped', offset, sizes[i]!, 'A sample lies before what is read already.');
      else this.#truncated(offset, 0);
      return undefined;
    }
    const form = forms[i]!;
    if (form.kind !== 'prefixed' || !isSync) return data;
    const joined = new Uint8Array(form.prefix.length + data.length);
    joined.set(form.prefix);
    joined.set(data, form.prefix.length);
    return joined;
  }

  #truncated(offset: number, missing: number): void {
    this.#damage.add('truncated', offset, missing, 'The source ends before samples that the file tells of.');
  }

  /** Tables can claim the same bytes again and again, at no cost to themselves. */
  #claim(offset: number, size: number): void {
    this.#claimed += size + SAMPLE_COST;
    this.#farthest = Math.max(this.#farthest, offset + size);
    const most = MAX_CLAIMS * (this.#size ?? this.#farthest) + CLAIMS_ALLOWANCE;
    if (this.#claimed <= most) return;
    throw new LimitExceededError('The samples of the file claim many times the bytes that it has.', {
      context: { offset, limit: most },
    });
  }
}

/** Where samples, which are in order of their offsets, lie too far apart to be read at once. */
function extentEnd({ samples, sizes }: Plan, order: readonly number[], from: number): number {
  const start = samples[order[from]!]!;
  let end = start.offset + sizes[order[from]!]!;
  let to = from + 1;
  for (; to < order.length; to++) {
    const i = order[to]!;
    const { offset } = samples[i]!;
    if (offset - end > GAP_BYTES || Math.max(end, offset + sizes[i]!) - start.offset > EXTENT_BYTES) break;
    end = Math.max(end, offset + sizes[i]!);
  }
  return to;
}
