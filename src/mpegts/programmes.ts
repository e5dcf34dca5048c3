/** A programme of a transport stream. */
export interface TransportProgramme {
  /** program_number. */
  readonly number: number;
  /** PIDs of its elementary streams. */
  readonly pids: ReadonlySet<number>;
}

/** What the beginning of a transport stream says of itself. */
export interface TransportSurvey {
  /** The programmes whose maps were found, in the order of the association table. */
  readonly programmes: readonly TransportProgramme[];
  /** PIDs of which most packets are scrambled. */
  readonly scrambledPids: ReadonlySet<number>;
}

/** Sizes of a packet: plain, with a time before it (M2TS), with a checksum behind it. */
const PACKET_SIZES = [188, 192, 204] as const;
const PACKET_BYTES = 188;
const SYNC_BYTE = 0x47;
/** So many sync bytes in a row are no accident. */
const SYNC_RUN = 5;

const ASSOCIATION_PID = 0;
const ASSOCIATION_TABLE = 0;
const MAP_TABLE = 2;
/** Bytes before the entries of either table, and of the CRC behind them. */
const TABLE_HEADER_BYTES = 8;
const CRC_BYTES = 4;

/**
 * Parses the programmes of a transport stream from its beginning. What is damaged is passed over.
 * @param head - bytes from the beginning of the source; a part of a packet at the end does not count.
 * @see ISO/IEC 13818-1, section 2.4.3 (packets) and 2.4.4 (programme association and map)
 */
export function parseTransportProgrammes(head: Uint8Array): TransportSurvey {
  const mapPids = new Map<number, number>();
  const maps = new Map<number, ReadonlySet<number>>();
  const sections = new SectionCollector();
  const counts = new Map<number, { scrambled: number; all: number }>();
  for (const packet of packetsIn(head)) {
    const pid = ((packet[1]! & 0x1f) << 8) | packet[2]!;
    const count = counts.get(pid) ?? { scrambled: 0, all: 0 };
    const isScrambled = packet[3]! >> 6 !== 0;
    counts.set(pid, { scrambled: count.scrambled + Number(isScrambled), all: count.all + 1 });
    if (isScrambled || (pid !== ASSOCIATION_PID && !mapPids.has(pid))) continue;
    for (const section of sections.push(pid, packet)) {
      if (pid === ASSOCIATION_PID && section[0] === ASSOCIATION_TABLE) {
        for (const [number, mapPid] of associationsIn(section)) mapPids.set(mapPid, number);
      } else if (section[0] === MAP_TABLE) {
        const number = ((section[3] ?? 0) << 8) | (section[4] ?? 0);
        // A programme that moves to other PIDs stays the same.
        maps.set(number, new Set([...(maps.get(number) ?? []), ...streamsIn(section)]));
      }
    }
  }
  // Several programmes may have their maps on one PID: those that no association names come behind.
  const order = [...new Set([...mapPids.values(), ...maps.keys()])];
  return {
    programmes: order.flatMap((number) => {
      const pids = maps.get(number);
      return pids === undefined ? [] : [{ number, pids }];
    }),
    scrambledPids: new Set(
      [...counts].flatMap(([pid, { scrambled, all }]) => (scrambled * 2 > all ? [pid] : [])),
    ),
  };
}

/** Views the packets, without what stands before or behind them. */
function* packetsIn(head: Uint8Array): Generator<Uint8Array> {
  for (const size of PACKET_SIZES) {
    for (let first = 0; first < size; first++) {
      if (!isSynchronous(head, first, size)) continue;
      for (let at = first; at + PACKET_BYTES <= head.length; at += size) {
        if (head[at] === SYNC_BYTE) yield head.subarray(at, at + PACKET_BYTES);
      }
      return;
    }
  }
}

function isSynchronous(head: Uint8Array, first: number, size: number): boolean {
  for (let i = 0; i < SYNC_RUN; i++) if (head[first + i * size] !== SYNC_BYTE) return false;
  return true;
}

/** Joins the sections that packets carry; of each PID one is open at a time, of 4098 bytes at most. */
class SectionCollector {
  readonly #open = new Map<number, Uint8Array>();

  /** Takes a packet and gives the sections that end in it. */
  *push(pid: number, packet: Uint8Array): Generator<Uint8Array> {
    const hasField = (packet[3]! & 0x20) !== 0;
    if ((packet[3]! & 0x10) === 0) return;
    let payload = packet.subarray(hasField ? 5 + packet[4]! : 4);
    const begins = (packet[1]! & 0x40) !== 0;
    if (begins) {
      const pointer = payload[0] ?? 0;
      yield* this.#append(pid, payload.subarray(1, 1 + pointer));
      this.#open.set(pid, new Uint8Array(0));
      payload = payload.subarray(1 + pointer);
    }
    yield* this.#append(pid, payload);
  }

  *#append(pid: number, bytes: Uint8Array): Generator<Uint8Array> {
    const open = this.#open.get(pid);
    if (open === undefined) return;
    let data = new Uint8Array(open.length + bytes.length);
    data.set(open);
    data.set(bytes, open.length);
    // What follows the last section is filled with 0xff.
    while (data.length >= 3 && data[0] !== 0xff) {
      const length = 3 + (((data[1]! & 0x0f) << 8) | data[2]!);
      if (data.length < length) {
        this.#open.set(pid, data);
        return;
      }
      yield data.subarray(0, length);
      data = data.subarray(length);
    }
    if (data.length < 3 && data[0] !== 0xff) this.#open.set(pid, data);
    else this.#open.delete(pid);
  }
}

/** program_number and PID of the map of each programme. */
function associationsIn(section: Uint8Array): [number, number][] {
  const entries: [number, number][] = [];
  for (let at = TABLE_HEADER_BYTES; at + 4 <= section.length - CRC_BYTES; at += 4) {
    const number = (section[at]! << 8) | section[at + 1]!;
    // Number 0 is the network's own table.
    if (number !== 0) entries.push([number, ((section[at + 2]! & 0x1f) << 8) | section[at + 3]!]);
  }
  return entries;
}

/** PIDs of the elementary streams of a map. */
function streamsIn(section: Uint8Array): ReadonlySet<number> {
  const pids = new Set<number>();
  const programmeInfo = (((section[10] ?? 0) & 0x0f) << 8) | (section[11] ?? 0);
  for (let at = TABLE_HEADER_BYTES + 4 + programmeInfo; at + 5 <= section.length - CRC_BYTES;) {
    pids.add(((section[at + 1]! & 0x1f) << 8) | section[at + 2]!);
    at += 5 + (((section[at + 3]! & 0x0f) << 8) | section[at + 4]!);
  }
  return pids;
}
