import type { Sample } from '../../media/sample.js';

/** Copies packets out of what was read, into one buffer for all: hundreds of small ones would cost more than the copying. */
export function copyPackets(packets: readonly Sample[]): Sample[] {
  const bytes = new Uint8Array(packets.reduce((sum, { data }) => sum + data.byteLength, 0));
  let end = 0;
  return packets.map((packet) => {
    const start = end;
    end += packet.data.byteLength;
    bytes.set(packet.data, start);
    return { ...packet, data: bytes.subarray(start, end) };
  });
}
