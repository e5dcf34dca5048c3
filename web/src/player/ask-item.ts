// What an item is, as soon as that is known.
import { fetchInfo, type ItemInfo } from '../shared/api.js';
import { isRefusal, Problem, type Failure } from '../shared/words.js';

/** What is known of an item. */
export interface AskedItem {
  /** Undefined where the server did not say. */
  readonly info?: ItemInfo | undefined;
  /** Why it cannot be had in any way. */
  readonly refusal?: Failure;
}

/**
 * Asks what an item is, again and again while it is being found out how it can be played.
 * @param onPending - told what is known meanwhile.
 */
export async function askItem(
  ref: string,
  signal: AbortSignal,
  onPending: (info: ItemInfo) => void,
): Promise<AskedItem> {
  try {
    let info = await fetchInfo(ref, signal);
    while (!signal.aborted && info.hls?.state === 'pending') {
      onPending(info);
      info = await fetchInfo(ref, signal);
    }
    return { info };
  } catch (error) {
    // Where the item itself is the reason nothing else would help. Without what else is wrong the stream may do, or say it.
    return error instanceof Problem && isRefusal(error.failure) ? { refusal: error.failure } : {};
  }
}
