import { EngineError } from '../errors.js';
import { ChainProofs, type ProveChain } from './chain-proofs.js';
import type { ChainVariant } from './device-chain.js';
import { deviceFailureOf } from './device-failure.js';
import { DeviceState } from './device-state.js';
import {
  VIDEO_DEVICES,
  type DeviceReport,
  type VideoDevice,
  type VideoEncoderChoice,
} from './video-device.js';

/** What {@link VideoEncoders} stands on. */
export interface VideoEncodersOptions {
  /** Which encoders may be used. */
  readonly choice: VideoEncoderChoice;
  /** The most jobs at the same time. */
  readonly maxSessions: number;
  /** Tells why a kind of hardware cannot be here, without trying it. */
  readonly obstacleOf: (device: VideoDevice) => string | undefined;
  /** Tries a kind of hardware. */
  readonly probe: (device: VideoDevice) => Promise<DeviceReport>;
  /** Tries a chain of it. */
  readonly prove: ProveChain;
  /** The time in milliseconds; the system's monotonic clock when absent. */
  readonly now?: (() => number) | undefined;
}

/** A job, as far as the choice of its encoder goes. */
export interface VideoEncoding<T> {
  /** Names what the pictures are like: a device that does not make such is not asked again. */
  readonly format: string;
  /** The encoder, if the caller insists on one; x264 stands behind it all the same. */
  readonly encoder: 'libx264' | VideoDevice | undefined;
  /** What is decoded; absent when nothing is. */
  readonly source?: VideoSource | undefined;
  /** Does it: by x264 or a device, and by a chain of that where its variants are given. */
  readonly run: (way: EncodingWay) => Promise<T>;
}

/** What is decoded, as far as the choice of a chain goes. */
export interface VideoSource {
  /** The codec, as `VideoTrack` names it. */
  readonly codec: string;
  /** Names what its pictures are like: a chain that does not take such is not asked again. */
  readonly format: string;
}

/** How a job is done. */
export interface EncodingWay {
  /** The encoder; x264 when absent. */
  readonly device?: VideoDevice | undefined;
  /** What its chain does right, when decoding and filters are to be its work as well; the processor's when absent. */
  readonly chain?: readonly ChainVariant[] | undefined;
}

/** What became of a job. */
export interface VideoEncodingResult<T> {
  /** What was made. */
  readonly made: T;
  /** Which hardware failed, in words for a person. */
  readonly remarks: readonly string[];
}

/**
 * Chooses an encoder for each job, and learns: which hardware works, how many sessions it has, which formats it does not
 * make, and when it is better left alone. Whatever fails is done again by the next kind of hardware, and by x264 at last.
 */
export class VideoEncoders {
  /** Which encoders may be used. */
  readonly choice: VideoEncoderChoice;
  readonly #options: VideoEncodersOptions;
  readonly #now: () => number;
  readonly #reports = new Map<VideoDevice, Promise<DeviceReport>>();
  readonly #states = new Map<VideoDevice, DeviceState>();
  /** What is known of each one's chain, beside what is known of its encoder. */
  readonly #chainStates = new Map<VideoDevice, DeviceState>();
  /** The chains, and what trying them told. */
  readonly chains: ChainProofs;
  #present: readonly VideoDevice[] | undefined;

  /** @param options - what it stands on. */
  constructor(options: VideoEncodersOptions) {
    this.choice = options.choice;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.chains = new ChainProofs(options.prove, this.#now);
  }

  /**
   * Tries a kind of hardware, once; the answer holds from then on.
   * @param device - the kind.
   * @throws {OverloadedError} when the engines have no time for it; the next call tries again.
   */
  report(device: VideoDevice): Promise<DeviceReport> {
    const known = this.#reports.get(device);
    if (known !== undefined) return known;
    const asked = this.#options.probe(device);
    this.#reports.set(device, asked);
    asked.catch(() => this.#reports.delete(device));
    return asked;
  }

  /**
   * Makes sure that the encoder that was chosen works.
   * @throws {EngineError} when it is a kind of hardware that does not work here.
   */
  async checkChoice(): Promise<void> {
    const { choice } = this;
    if (choice === 'auto' || choice === 'software') return;
    const { isWorking, detail } = await this.report(choice);
    if (isWorking) return;
    const obstacle = this.#options.obstacleOf(choice);
    const why = obstacle === undefined ? detail : `${obstacle} (${detail})`;
    throw new EngineError(`The encoder ${choice} does not work here: ${why}.`, {
      context: { device: choice },
    });
  }

  /**
   * Has a job done by the best encoder there is. Where no hardware comes into question, `run` is called before this
   * returns.
   * @param encoding - the job.
   * @throws what x264's run throws, and what is no failure of an encoder.
   */
  async encode<T>(encoding: VideoEncoding<T>): Promise<VideoEncodingResult<T>> {
    const { format, run } = encoding;
    const failed: Fault[] = [];
    const conclude = (made: T): VideoEncodingResult<T> => {
      // Only now it is clear that not the job itself was impossible.
      for (const { state } of failed) state.blame(this.#now());
      return { made, remarks: failed.map(({ what, why }) => `${what} failed: ${why}`) };
    };
    for (const device of this.#candidates(encoding.encoder)) {
      const state = await this.#stateOf(device);
      if (state === undefined) continue;
      for (const chain of this.#chainsOf(device, encoding)) {
        if (!state.isUsable(format, this.#now())) break;
        state.begin();
        try {
          const made = await run({ device, chain });
          state.succeed();
          if (chain !== undefined) this.#chainStateOf(device).succeed();
          return conclude(made);
        } catch (error) {
          if (!(error instanceof EngineError)) throw error;
          const fault =
            chain === undefined
              ? this.#failEncoder(state, error, format)
              : this.#failChain(state, error, encoding);
          if (fault !== undefined) failed.push(fault);
        } finally {
          state.end();
        }
      }
    }
    return conclude(await run({}));
  }

  /** First with the device's chain where it is known to work, then without. */
  #chainsOf(
    device: VideoDevice,
    { source, format }: VideoEncoding<unknown>,
  ): readonly (readonly ChainVariant[] | undefined)[] {
    if (source === undefined) return [undefined];
    const variants = this.chains.known(device, source.codec);
    const isUsable = this.#chainStateOf(device).isUsable(chainFormat(source, format), this.#now());
    return variants.length > 0 && isUsable ? [variants, undefined] : [undefined];
  }

  #failEncoder(state: DeviceState, error: EngineError, format: string): Fault | undefined {
    const isFault = state.fail(deviceFailureOf(error), format, this.#now());
    return isFault ? { state, what: state.device, why: reasonOf(error) } : undefined;
  }

  /** The encoder itself is tried anew, with frames from the processor, unless it is clear that it has no session left. */
  #failChain(
    state: DeviceState,
    error: EngineError,
    { source, format }: VideoEncoding<unknown>,
  ): Fault | undefined {
    const failure = deviceFailureOf(error);
    if (failure === 'sessions' && !state.fail(failure, format, this.#now())) return undefined;
    const chain = this.#chainStateOf(state.device);
    if (failure === 'format') {
      chain.fail(failure, chainFormat(source, format), this.#now());
      return undefined;
    }
    return { state: chain, what: `Decoding by ${state.device}`, why: reasonOf(error) };
  }

  #candidates(encoder: VideoEncoding<unknown>['encoder']): readonly VideoDevice[] {
    const wanted = encoder ?? this.choice;
    if (wanted === 'libx264' || wanted === 'software' || this.choice === 'software') return [];
    if (wanted !== 'auto') return [wanted];
    this.#present ??= VIDEO_DEVICES.filter((device) => this.#options.obstacleOf(device) === undefined);
    return this.#present;
  }

  #chainStateOf(device: VideoDevice): DeviceState {
    let state = this.#chainStates.get(device);
    if (state === undefined) {
      state = new DeviceState(device, this.#options.maxSessions);
      this.#chainStates.set(device, state);
    }
    return state;
  }

  /** Undefined when the device does not work. */
  async #stateOf(device: VideoDevice): Promise<DeviceState | undefined> {
    const { isWorking } = await this.report(device);
    if (!isWorking) return undefined;
    let state = this.#states.get(device);
    if (state === undefined) {
      state = new DeviceState(device, this.#options.maxSessions);
      this.#states.set(device, state);
    }
    return state;
  }
}

/** What failed, and whose fault it is if the job is then done otherwise. */
interface Fault {
  readonly state: DeviceState;
  readonly what: string;
  readonly why: string;
}

function chainFormat(source: VideoSource | undefined, format: string): string {
  return `${source?.codec} ${source?.format} to ${format}`;
}

function reasonOf({ message }: EngineError): string {
  return message.replace(/\.$/, '');
}
