import { packetBytes, pidAt, viewPackets } from './packet.js';
import { SectionCollector } from './section-collector.js';
import type { ElementaryStreamInfo } from './stream-info.js';
import { parseAssociations, parseMap } from './tables.js';

/** A programme of a transport stream. */
export interface TransportProgramme {
  /** program_number. */
  readonly number: number;
  /** PIDs of its elementary streams, also of those that it had before. */
  readonly pids: ReadonlySet<number>;
  /** Its elementary streams, as its first map has them. */
  readonly streams: readonly ElementaryStreamInfo[];
}

/** What the beginning of a transport stream says of itself. */
export interface TransportSurvey {
  /** The programmes whose maps were found, in the order of the association table. */
  readonly programmes: readonly TransportProgramme[];
  /** PIDs of which most packets are scrambled. */
  readonly scrambledPids: ReadonlySet<number>;
  /** PIDs on which maps come, and the number of a programme that has its map there. */
  readonly mapPids: ReadonlyMap<number, number>;
}

const associationPid = 0;

/**
 * Parses the programmes of a transport stream from its beginning. What is damaged is passed over.
 * @param head - bytes from the beginning of the source; a part of a packet at the end does not count.
 * @see ISO/IEC 13818-1, section 2.4.3 (packets) and 2.4.4 (programme association and map)
 */
export function parseTransportProgrammes(head: Uint8Array): TransportSurvey {
  const mapPids = new Map<number, number>();
  const maps = new Map<number, TransportProgramme>();
  const collectors = new Map<number, SectionCollector>([[associationPid, new SectionCollector()]]);
  const all = new Uint32Array(0x2000);
  const scrambled = new Uint32Array(0x2000);
  for (const packet of viewPackets(head)) {
    const pid = pidAt(packet, 0);
    all[pid]!++;
    if (packet[3]! >> 6 !== 0) scrambled[pid]!++;
    const collector = collectors.get(pid);
    if (collector === undefined || packet[3]! >> 6 !== 0 || packet.length < packetBytes) continue;
    for (const section of collector.push(packet, 0)) {
      for (const [number, mapPid] of (pid === associationPid ? parseAssociations(section) : undefined) ??
        []) {
        mapPids.set(mapPid, number);
        if (!collectors.has(mapPid)) collectors.set(mapPid, new SectionCollector());
      }
      const map = pid === associationPid ? undefined : parseMap(section);
      if (map === undefined) continue;
      const { number, streams } = map;
      const known = maps.get(number);
      // A programme that moves to other PIDs stays the same.
      const pids = new Set([...(known?.pids ?? []), ...streams.map((stream) => stream.pid)]);
      maps.set(number, { number, pids, streams: known?.streams ?? streams });
    }
  }
  // Several programmes may have their maps on one PID: those that no association names come behind.
  const order = [...new Set([...mapPids.values(), ...maps.keys()])];
  return {
    programmes: order.flatMap((number) => maps.get(number) ?? []),
    scrambledPids: new Set([...all.keys()].filter((pid) => scrambled[pid]! * 2 > all[pid]!)),
    mapPids,
  };
}
