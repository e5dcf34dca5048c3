import { describeElementaryStream, type ElementaryStreamInfo } from './stream-info.js';

/** table_id of the programme association section. */
const associationTable = 0;
/** table_id of the programme map section. */
const mapTable = 2;
/** Bytes before the entries of either table, and of the CRC behind them. */
const headerBytes = 8;
const crcBytes = 4;

/** The map of one programme. */
export interface ProgrammeMap {
  /** program_number. */
  readonly number: number;
  /** Its elementary streams, in stored order. */
  readonly streams: readonly ElementaryStreamInfo[];
}

/** Whether a section is one that holds now, and of a table. */
function isCurrent(section: Uint8Array, table: number): boolean {
  return section[0] === table && section.length >= headerBytes + crcBytes && (section[5]! & 1) === 1;
}

/**
 * Parses a section of the programme association table.
 * @param section - whole, its CRC included.
 * @returns program_number and PID of the map of each programme; undefined when it is no such section, or is not yet valid.
 * @see ISO/IEC 13818-1, section 2.4.4.3
 */
export function parseAssociations(section: Uint8Array): [number, number][] | undefined {
  if (!isCurrent(section, associationTable)) return undefined;
  const entries: [number, number][] = [];
  for (let at = headerBytes; at + 4 <= section.length - crcBytes; at += 4) {
    const number = (section[at]! << 8) | section[at + 1]!;
    // Number 0 is the network's own table.
    if (number !== 0) entries.push([number, ((section[at + 2]! & 0x1f) << 8) | section[at + 3]!]);
  }
  return entries;
}

/**
 * Parses a programme map section.
 * @param section - whole, its CRC included; its descriptors are not held.
 * @returns undefined when it is no such section, or is not yet valid.
 * @see ISO/IEC 13818-1, section 2.4.4.8
 */
export function parseMap(section: Uint8Array): ProgrammeMap | undefined {
  const streamsAt = headerBytes + 4;
  if (!isCurrent(section, mapTable) || section.length < streamsAt + crcBytes) return undefined;
  const end = section.length - crcBytes;
  const informationEnd = Math.min(end, streamsAt + (((section[10]! & 0x0f) << 8) | section[11]!));
  const information = section.subarray(streamsAt, informationEnd);
  const streams: ElementaryStreamInfo[] = [];
  for (let at = informationEnd; at + 5 <= end;) {
    const length = ((section[at + 3]! & 0x0f) << 8) | section[at + 4]!;
    const descriptors = section.subarray(at + 5, Math.min(end, at + 5 + length));
    const pid = ((section[at + 1]! & 0x1f) << 8) | section[at + 2]!;
    streams.push(describeElementaryStream(pid, section[at]!, descriptors, information));
    at += 5 + length;
  }
  return { number: (section[3]! << 8) | section[4]!, streams };
}
