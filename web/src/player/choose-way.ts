// In which way an item is played.
import type { HlsOffer, ReadyHls } from '../shared/api.js';
import type { Failure } from '../shared/words.js';
import { playsHls } from './hls-library.js';

/** For trying things out: a stream, one without Media Source Extensions, or HLS as the browser plays it. */
export type WantedWay = 'stream' | 'plain' | 'native' | undefined;

/** HLS, where there is an offer to be tried; else a stream, with the reason where there is something to be said about that. */
export interface ChosenWay {
  readonly offer?: ReadyHls;
  readonly refusal?: Failure;
}

/**
 * Chooses between HLS and a stream.
 * @param offer - what the server says of HLS; undefined where it says nothing.
 * @param wanted - how to play, if not in the best way.
 */
export function chooseWay(offer: HlsOffer | undefined, wanted: WantedWay): ChosenWay {
  if (offer === undefined || wanted === 'stream' || wanted === 'plain') return {};
  if (offer.state === 'unavailable') return { refusal: offer.error };
  if (!playsHls()) return { refusal: { message: 'This browser does not play HLS.' } };
  return offer.state === 'ready' ? { offer } : {};
}
