/**
 * Writes transport streams of one programme, packet by packet, where ffmpeg's writer would not have them so.
 * @see ISO/IEC 13818-1, sections 2.4.3 and 2.4.4
 */
import { sectionCrc32 } from '../../src/mpegts/crc32.js';

const packetBytes = 188;
const mapPid = 0x1000;

/** A PES packet to be written. */
export interface WrittenPes {
  readonly pid: number;
  /** In 90 kHz; undefined leaves it out. */
  readonly pts: number | undefined;
  /** As `pts` when absent. */
  readonly dts?: number;
  readonly payload: Uint8Array;
}

/**
 * Writes a transport stream: tables, then PES packets in the order in which they are given.
 * @param streams - stream_type by PID; the first is the one with the clock.
 */
export function writeTransport(
  streams: ReadonlyMap<number, number>,
  packets: readonly WrittenPes[],
): Uint8Array<ArrayBuffer> {
  const counters = new Map<number, number>();
  const parts: Uint8Array[] = [];
  const clockPid = [...streams.keys()][0]!;
  const write = (pid: number, payload: Uint8Array): void => {
    for (let at = 0; at < payload.length; at += packetBytes - 4) {
      const counter = counters.get(pid) ?? 0;
      counters.set(pid, (counter + 1) & 15);
      parts.push(writePacket(pid, payload.subarray(at, at + packetBytes - 4), at === 0, counter));
    }
  };
  const map = [...streams].flatMap(([pid, type]) => [type, 0xe0 | (pid >> 8), pid & 255, 0xf0, 0]);
  write(0, writeSection(0, [0, 1, 0xc1, 0, 0, 0, 1, 0xe0 | (mapPid >> 8), mapPid & 255]));
  const program = [0, 1, 0xc1, 0, 0, 0xe0 | (clockPid >> 8), clockPid & 255, 0xf0, 0];
  write(mapPid, writeSection(2, [...program, ...map]));
  for (const { pid, pts, dts = pts, payload } of packets) {
    const isVideo = pid === clockPid;
    const header = writeHeader(isVideo, pts, dts, payload.length);
    const bytes = new Uint8Array(header.length + payload.length);
    bytes.set(header);
    bytes.set(payload, header.length);
    write(pid, bytes);
  }
  const bytes = new Uint8Array(parts.length * packetBytes);
  parts.forEach((part, i) => bytes.set(part, i * packetBytes));
  return bytes;
}

/** Payload that does not fill its packet stands behind an adaptation field of stuffing. */
function writePacket(pid: number, payload: Uint8Array, isStart: boolean, counter: number): Uint8Array {
  const packet = new Uint8Array(packetBytes).fill(0xff);
  const stuffing = packetBytes - 4 - payload.length;
  packet.set([0x47, (isStart ? 0x40 : 0) | (pid >> 8), pid & 255, (stuffing > 0 ? 0x30 : 0x10) | counter]);
  if (stuffing > 0) packet[4] = stuffing - 1;
  if (stuffing > 1) packet[5] = 0;
  packet.set(payload, packetBytes - payload.length);
  return packet;
}

function writeSection(table: number, body: readonly number[]): Uint8Array {
  const length = body.length + 4;
  const head = [table, 0xb0 | (length >> 8), length & 255, ...body];
  const crc = sectionCrc32(Uint8Array.from(head));
  return Uint8Array.from([0, ...head, crc >>> 24, (crc >> 16) & 255, (crc >> 8) & 255, crc & 255]);
}

function writeHeader(
  isVideo: boolean,
  pts: number | undefined,
  dts: number | undefined,
  size: number,
): number[] {
  const hasDecodeTime = dts !== undefined && dts !== pts;
  const times =
    pts === undefined
      ? []
      : [...writeTime(hasDecodeTime ? 3 : 2, pts), ...(hasDecodeTime ? writeTime(1, dts) : [])];
  const flags = pts === undefined ? 0 : hasDecodeTime ? 0xc0 : 0x80;
  const length = isVideo ? 0 : size + 3 + times.length;
  return [0, 0, 1, isVideo ? 0xe0 : 0xc0, length >> 8, length & 255, 0x80, flags, times.length, ...times];
}

function writeTime(mark: number, time: number): number[] {
  const high = Math.floor(time / 2 ** 30) & 7;
  const middle = (time >>> 15) & 0x7fff;
  const low = time & 0x7fff;
  return [
    (mark << 4) | (high << 1) | 1,
    middle >> 7,
    ((middle & 0x7f) << 1) | 1,
    low >> 7,
    ((low & 0x7f) << 1) | 1,
  ];
}
