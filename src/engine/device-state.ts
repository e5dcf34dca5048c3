import type { DeviceFailure, VideoDevice } from './video-device.js';

/** Failures in a row after which a device is left alone for a while. */
const MAX_FAULTS = 3;

/** How long it is, in milliseconds. One more failure afterwards is enough to do so again. */
const ASIDE_MS = 300_000;

/**
 * How long a learnt limit is believed, in milliseconds: other programs, which take sessions too, may have ended, and not
 * every driver says clearly that a format is what it does not like.
 */
const LIMIT_MS = 600_000;

/** Formats that a device refused and that are remembered: a server meets few, and a hostile client could ask for many. */
const MAX_REFUSED = 256;

/** What is known of a hardware encoder that has worked once. */
export class DeviceState {
  /** Its kind. */
  readonly device: VideoDevice;
  #open = 0;
  #limit = Infinity;
  #limitUntilMs = 0;
  #faults = 0;
  #asideUntilMs = 0;
  readonly #maxSessions: number;
  /** Formats that it refused, and until when that is believed. */
  readonly #refused = new Map<string, number>();

  /**
   * @param device - its kind.
   * @param maxSessions - the most that can be open at the same time: one an engine.
   */
  constructor(device: VideoDevice, maxSessions: number) {
    this.device = device;
    this.#maxSessions = maxSessions;
  }

  /**
   * Whether it should be given a job.
   * @param format - names what the pictures are like.
   * @param nowMs - the time.
   */
  isUsable(format: string, nowMs: number): boolean {
    const limit = nowMs < this.#limitUntilMs ? this.#limit : Infinity;
    const refusedUntilMs = this.#refused.get(format) ?? 0;
    return nowMs >= this.#asideUntilMs && nowMs >= refusedUntilMs && this.#open < limit;
  }

  /** It is given a job. */
  begin(): void {
    this.#open += 1;
  }

  /** It has done a job, or failed, or was not wanted any more. */
  end(): void {
    this.#open -= 1;
  }

  /** It has done a job. */
  succeed(): void {
    this.#faults = 0;
  }

  /**
   * It has not done a job. Before {@link end}.
   * @param failure - how.
   * @param format - names what the pictures are like.
   * @param nowMs - the time.
   * @returns true when that is a fault, and false when it is a limit of the device, which was learnt.
   */
  fail(failure: DeviceFailure, format: string, nowMs: number): boolean {
    if (failure === 'format') {
      if (this.#refused.size >= MAX_REFUSED) this.#refused.clear();
      this.#refused.set(format, nowMs + LIMIT_MS);
      return false;
    }
    const open = Math.min(this.#open, this.#maxSessions);
    // With no other session open, there is no number of sessions to be learnt.
    if (failure === 'fault' || open < 2) return true;
    this.#limit = Math.max(1, Math.min(open, nowMs < this.#limitUntilMs ? this.#limit : Infinity) - 1);
    this.#limitUntilMs = nowMs + LIMIT_MS;
    return false;
  }

  /** The fault was its own: another encoder could do what it could not. */
  blame(nowMs: number): void {
    this.#faults += 1;
    if (this.#faults >= MAX_FAULTS) this.#asideUntilMs = nowMs + ASIDE_MS;
  }
}
