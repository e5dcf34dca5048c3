import { MalformedMediaError, UnsupportedMediaError } from '../../errors.js';
import { adtsForm, isAdtsFrame } from './adts.js';
import { isLoasFrame, LatmReader } from './latm.js';

/**
 * Tells how a decoder must be configured for an AAC frame that says so itself, as those of broadcasts do.
 * @param sample - a sample as its container stores it.
 * @returns the same text for frames that one configuration holds for; undefined where the frame does not say it.
 */
export function statedAacForm(sample: Uint8Array): string | undefined {
  if (isAdtsFrame(sample)) return `adts ${adtsForm(sample)}`;
  if (!isLoasFrame(sample)) return undefined;
  try {
    return `latm ${new LatmReader().readConfig(sample).join(' ')}`;
  } catch (error) {
    // Most frames refer to the configuration of one before.
    if (error instanceof MalformedMediaError || error instanceof UnsupportedMediaError) return undefined;
    throw error;
  }
}
