import { packetBytes, payloadAt, pidAt } from './packet.js';
import type { TransportSurvey } from './programmes.js';
import { SectionCollector } from './section-collector.js';
import type { ElementaryStreamInfo } from './stream-info.js';
import { parseAssociations, parseMap } from './tables.js';

const associationPid = 0;

/** So many PES packets of others in a row, when the programme is announced no more, mean that it will not come again. */
const mostStrangers = 200;

/** Follows one programme through its tables, to which PIDs it moves. */
export class ProgrammeFollower {
  readonly #number: number;
  readonly #collectors = new Map<number, SectionCollector>();
  /** The streams of the programme as it was in the beginning, and the PIDs on which they come now. */
  readonly #streams: readonly ElementaryStreamInfo[];
  readonly #pids: number[];
  #isAnnounced = true;
  #strangers = 0;

  /**
   * @param number - program_number.
   * @param streams - its streams, as its first map has them.
   * @param mapPids - where maps come.
   */
  constructor(number: number, streams: readonly ElementaryStreamInfo[], mapPids: TransportSurvey['mapPids']) {
    this.#number = number;
    this.#streams = streams;
    this.#pids = streams.map(({ pid }) => pid);
    for (const pid of [associationPid, ...mapPids.keys()]) this.#collectors.set(pid, new SectionCollector());
  }

  /** The source has gone over to another programme for good. */
  get hasGone(): boolean {
    return this.#strangers > mostStrangers;
  }

  /** The PID on which a stream of the programme comes now. */
  pidOf(stream: ElementaryStreamInfo): number | undefined {
    return this.#pids[this.#streams.indexOf(stream)];
  }

  /** A PES packet of the programme began. */
  meetOwn(): void {
    this.#strangers = 0;
  }

  /**
   * Takes a packet that is of no stream of the programme.
   * @returns whether the programme has moved to other PIDs.
   */
  push(bytes: Uint8Array, at: number): boolean {
    const pid = pidAt(bytes, at);
    const collector = this.#collectors.get(pid);
    if (collector === undefined) {
      if (!this.#isAnnounced && beginsPes(bytes, at)) this.#strangers++;
      return false;
    }
    let hasMoved = false;
    for (const section of collector.push(bytes, at)) {
      const associations = pid === associationPid ? parseAssociations(section) : undefined;
      if (associations !== undefined) this.#associate(associations);
      const map = pid === associationPid ? undefined : parseMap(section);
      if (map?.number === this.#number && this.#follow(map.streams)) hasMoved = true;
    }
    return hasMoved;
  }

  #associate(associations: readonly (readonly [number, number])[]): void {
    this.#isAnnounced = associations.some(([number]) => number === this.#number);
    for (const [number, pid] of associations) {
      if (number === this.#number && !this.#collectors.has(pid))
        this.#collectors.set(pid, new SectionCollector());
    }
  }

  /** A stream goes on under another PID where the map has one of its kind that is not known, at best in its old place. */
  #follow(streams: readonly ElementaryStreamInfo[]): boolean {
    let hasMoved = false;
    const isTaken = (pid: number): boolean => this.#pids.includes(pid);
    this.#streams.forEach((stream, i) => {
      if (streams.some(({ pid }) => pid === this.#pids[i])) return;
      const isFit = (one: ElementaryStreamInfo | undefined): boolean =>
        one !== undefined && isSameContent(one, stream) && !isTaken(one.pid);
      const found = isFit(streams[i]) ? streams[i] : streams.find(isFit);
      if (found === undefined) return;
      this.#pids[i] = found.pid;
      hasMoved = true;
    });
    return hasMoved;
  }
}

function isSameContent({ content: one }: ElementaryStreamInfo, { content: other }: ElementaryStreamInfo) {
  if (!('codec' in one) || !('codec' in other)) return one.type === other.type;
  return one.codec === other.codec;
}

function beginsPes(bytes: Uint8Array, at: number): boolean {
  const payload = payloadAt(bytes, at);
  const isBegun = (bytes[at + 1]! & 0x40) !== 0 && payload + 3 <= at + packetBytes;
  return isBegun && bytes[payload] === 0 && bytes[payload + 1] === 0 && bytes[payload + 2] === 1;
}
