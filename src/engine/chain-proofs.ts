import { CHAIN_DEVICES, chainVariantsOf, type ChainReport, type ChainVariant } from './device-chain.js';
import type { VideoDevice } from './video-device.js';

/** Tries a chain with test pictures. */
export type ProveChain = (device: VideoDevice, codec: string, variant: ChainVariant) => Promise<ChainReport>;

/**
 * How long a trial counts, in milliseconds, for which the device had no session left: jobs are on it already when the first film
 * of a codec comes.
 */
const BUSY_MS = 600_000;

/** What is known of a chain. */
interface Proof {
  readonly variants: readonly ChainVariant[];
  readonly untilMs: number;
}

/** What is known of chains: decoding, filters and encoding without leaving a device's memory. Each is tried once. */
export class ChainProofs {
  readonly #prove: ProveChain;
  readonly #now: () => number;
  readonly #asked = new Map<string, Promise<readonly ChainReport[]>>();
  readonly #known = new Map<string, Proof>();

  /**
   * @param prove - tries one.
   * @param now - the time in milliseconds.
   */
  constructor(prove: ProveChain, now: () => number) {
    this.#prove = prove;
    this.#now = now;
  }

  /**
   * Tries the chains of a codec, once; the answer holds from then on, save that a device was busy.
   * @param device - the kind of hardware; its encoder works.
   * @param codec - what is decoded, as `VideoTrack` names it.
   * @returns one for each kind of picture; only the first where that does not work; none where there is nothing to be tried.
   * @throws {OverloadedError} when the engines have no time for it; the next call tries again.
   */
  reports(device: VideoDevice, codec: string): Promise<readonly ChainReport[]> {
    const key = `${device} ${codec}`;
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const asked = this.#proveAll(device, codec);
    this.#asked.set(key, asked);
    asked.then(
      (reports) => {
        const variants = reports.filter(({ isWorking }) => isWorking).map(({ variant }) => variant);
        const wasBusy = reports.some(({ failure }) => failure === 'sessions');
        this.#known.set(key, { variants, untilMs: wasBusy ? this.#now() + BUSY_MS : Infinity });
      },
      () => this.#asked.delete(key),
    );
    return asked;
  }

  /**
   * What a chain does right. Nobody waits for it: where nothing is known yet, it begins to be found out.
   * @param device - the kind of hardware; its encoder works.
   * @param codec - what is decoded.
   * @returns nothing, as long as nothing is known.
   */
  known(device: VideoDevice, codec: string): readonly ChainVariant[] {
    const key = `${device} ${codec}`;
    const known = this.#known.get(key);
    if (known !== undefined && this.#now() < known.untilMs) return known.variants;
    if (known !== undefined) {
      this.#known.delete(key);
      this.#asked.delete(key);
    }
    // Engines without time for it are asked again by the next job.
    this.reports(device, codec).catch(() => undefined);
    return [];
  }

  async #proveAll(device: VideoDevice, codec: string): Promise<readonly ChainReport[]> {
    const reports: ChainReport[] = [];
    if (!CHAIN_DEVICES.includes(device)) return reports;
    for (const variant of chainVariantsOf(codec)) {
      const report = await this.#prove(device, codec, variant);
      reports.push(report);
      if (!report.isWorking && report.variant === 'plain') break;
    }
    return reports;
  }
}
