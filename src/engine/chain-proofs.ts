import { CHAIN_DEVICES, chainVariantsOf, type ChainReport, type ChainVariant } from './device-chain.js';
import type { VideoDevice } from './video-device.js';

/** Tries a chain with test pictures. */
export type ProveChain = (device: VideoDevice, codec: string, variant: ChainVariant) => Promise<ChainReport>;

/** What is known of chains: decoding, filters and encoding without leaving a device's memory. Each is tried once. */
export class ChainProofs {
  readonly #prove: ProveChain;
  readonly #asked = new Map<string, Promise<readonly ChainReport[]>>();
  readonly #known = new Map<string, readonly ChainVariant[]>();

  /** @param prove - tries one. */
  constructor(prove: ProveChain) {
    this.#prove = prove;
  }

  /**
   * Tries the chains of a codec, once; the answer holds from then on.
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
        const working = reports.filter(({ isWorking }) => isWorking);
        this.#known.set(
          key,
          working.map(({ variant }) => variant),
        );
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
    const known = this.#known.get(`${device} ${codec}`);
    // Engines without time for it are asked again by the next job.
    if (known === undefined) this.reports(device, codec).catch(() => undefined);
    return known ?? [];
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
