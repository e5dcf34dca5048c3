/** One coded packet: a sample as the container stores it. */
export interface VideoPacket {
  /** Presentation time in ticks; may be negative. */
  readonly presentationTime: number;
  /** Decode time in ticks, where the container has it. */
  readonly decodeTime?: number | undefined;
  /** Whether the container says that decoding can begin here. */
  readonly isKey: boolean;
  /** What it shows is decoded, for those after it, and not encoded, whatever its time; false when absent. */
  readonly isHidden?: boolean | undefined;
  /** Decoding begins anew here: nothing refers to what comes before; false when absent. */
  readonly beginsAnew?: boolean | undefined;
  /** The palette that it is of, as AV_PKT_DATA_PALETTE; by default that of the packet before it, or of the configuration. */
  readonly palette?: Uint8Array | undefined;
  /** The packet; a view is fine, it is written to the engine's pipe as it is. */
  readonly data: Uint8Array;
}

/** Presentation time, decode time (null where there is none), bits of {@link PACKET_MARK}, and size of a packet. */
export type PacketEntry = readonly [time: number, decodeTime: number | null, marks: number, size: number];

/**
 * Says of each packet what an engine has to know beside its bytes.
 * @param packets - in decode order.
 */
export function listPackets(packets: readonly VideoPacket[]): PacketEntry[] {
  return packets.map((packet, i) => [
    packet.presentationTime,
    packet.decodeTime ?? null,
    marksOf(packet, packets[i - 1]),
    packet.data.byteLength,
  ]);
}

/**
 * Gives the bytes that belong to the list: of each packet its palette, where that has to be told, and its data.
 * @param packets - in decode order.
 */
export function partsOf(packets: readonly VideoPacket[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (const [i, packet] of packets.entries()) {
    if (hasNewPalette(packet, packets[i - 1])) parts.push(packet.palette);
    parts.push(packet.data);
  }
  return parts;
}

/** What is said of a packet beside its times. */
export const PACKET_MARK = { key: 1, hidden: 2, beginsAnew: 4, hasPalette: 8 } as const;

function marksOf(packet: VideoPacket, before: VideoPacket | undefined): number {
  const { key, hidden, beginsAnew, hasPalette } = PACKET_MARK;
  return (
    (packet.isKey ? key : 0) |
    (packet.isHidden === true ? hidden : 0) |
    (packet.beginsAnew === true ? beginsAnew : 0) |
    (hasNewPalette(packet, before) ? hasPalette : 0)
  );
}

/** Whether a packet's palette has to be told: a decoder keeps the last one. */
function hasNewPalette(
  packet: VideoPacket,
  before: VideoPacket | undefined,
): packet is VideoPacket & { readonly palette: Uint8Array } {
  const { palette, beginsAnew } = packet;
  return palette !== undefined && (beginsAnew === true || palette !== before?.palette);
}
