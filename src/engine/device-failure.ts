import type { EngineError } from '../errors.js';
import type { DeviceFailure } from './video-device.js';

/** What NVENC says when it has no session left, by which of its codes ever. */
const NO_SESSION = /OpenEncodeSession|client key/i;

/** What it says last when it does not make such pictures, and when it has no session left. */
const NO_DEVICE = /No capable devices found/i;

/**
 * Tells which kind of failure it was by what the engine says; one that died or hung says nothing. NVENC gives the same code for two
 * kinds: there, what it wrote to standard error decides.
 */
export function deviceFailureOf({ context }: EngineError): DeviceFailure {
  const said = context['deviceFailure'];
  if (said !== 'sessions' && said !== 'format') return 'fault';
  const written = String(context['stderr'] ?? '');
  if (NO_SESSION.test(written)) return 'sessions';
  return NO_DEVICE.test(written) ? 'format' : said;
}
