/** Bytes of the check sum at the end of a frame. */
const crcBytes = 4;

/** What the adaptive Rice code of one channel has learnt. */
interface RiceState {
  k0: number;
  k1: number;
  sum0: number;
  sum1: number;
}

/**
 * Counts the samples in a TTA frame. The frame does not state it, and the last one of a file is shorter than the others: its
 * code is read, value for value, without decoding what the values mean.
 * @param packet - a frame, with its CRC.
 * @param channels - channels.
 * @param most - samples a channel that no frame exceeds.
 * @returns samples a channel; undefined when there are none.
 * @see TTA1 format, "Adaptive Rice coding"
 */
export function ttaPacketSamples(packet: Uint8Array, channels: number, most: number): number | undefined {
  if (channels < 1) return undefined;
  const states = Array.from({ length: channels }, (): RiceState => ({ k0: 10, k1: 10, sum0: 1 << 14, sum1: 1 << 14 })); // prettier-ignore
  const bits = new LeastFirstBits(packet.subarray(0, Math.max(0, packet.length - crcBytes)));
  let samples = 0;
  // What is left in the last byte is padding.
  while (samples < most && bits.left >= 8) {
    for (const state of states) passValue(bits, state);
    if (bits.left < 0) break;
    samples++;
  }
  return samples === 0 ? undefined : samples;
}

/** Reads one value: a unary part, of which 0 stands for small values, and a binary one as wide as values were of late. */
function passValue(bits: LeastFirstBits, state: RiceState): void {
  const unary = bits.countOnes();
  if (unary === 0) {
    const value = bits.read(state.k0);
    learnSmall(state, value);
    return;
  }
  const large = (unary - 1) * 2 ** state.k1 + bits.read(state.k1);
  state.sum1 = (state.sum1 + large - Math.floor(state.sum1 / 16)) % 2 ** 32;
  if (state.k1 > 0 && state.sum1 < threshold(state.k1)) state.k1--;
  else if (state.sum1 > threshold(state.k1 + 1)) state.k1++;
  learnSmall(state, large + 2 ** state.k0);
}

function learnSmall(state: RiceState, value: number): void {
  state.sum0 = (state.sum0 + value - Math.floor(state.sum0 / 16)) % 2 ** 32;
  if (state.k0 > 0 && state.sum0 < threshold(state.k0)) state.k0--;
  else if (state.sum0 > threshold(state.k0 + 1)) state.k0++;
}

function threshold(k: number): number {
  return k === 0 ? 0 : 2 ** Math.min(k + 4, 31);
}

/** Bits of bytes, the least significant first. */
class LeastFirstBits {
  /** How many there are; negative when more were read. */
  left: number;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.left = bytes.length * 8;
  }

  /** Passes ones and the zero behind them; tells how many ones. */
  countOnes(): number {
    let ones = 0;
    for (; this.left > 0; ones++) {
      this.left--;
      const bit = (this.#bytes[this.#at >> 3]! >> (this.#at & 7)) & 1;
      this.#at++;
      if (bit === 0) return ones;
    }
    this.left = -1;
    return ones;
  }

  /** Reads a number of some bits. */
  read(count: number): number {
    let value = 0;
    for (let done = 0; done < count;) {
      const shift = this.#at & 7;
      const taken = Math.min(8 - shift, count - done);
      const part = ((this.#bytes[this.#at >> 3] ?? 0) >> shift) & ((1 << taken) - 1);
      value += part * 2 ** done;
      this.#at += taken;
      done += taken;
    }
    this.left -= count;
    return value;
  }
}
