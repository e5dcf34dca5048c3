import { DamageLog } from '../media/damage-log.js';
import type { Track } from '../media/track.js';
import { createStream } from './create-stream.js';
import { clockRate, describeTrack } from './describe-track.js';
import type { ElementaryFrame, ElementaryStream } from './elementary-stream.js';
import { findPackets } from './packet.js';
import { ProgrammeFollower } from './programme-follower.js';
import { parseTransportProgrammes, type TransportProgramme, type TransportSurvey } from './programmes.js';
import type { ElementaryStreamInfo } from './stream-info.js';
import { TransportReader } from './transport-reader.js';

/** A stream of a transport stream that is a track. */
export interface TransportTrack {
  /** What the map says of it. */
  readonly info: ElementaryStreamInfo;
  /** The track. */
  readonly track: Track;
}

/** What the beginning of a transport stream says of all of it. */
export interface TransportHead {
  /** Bytes from one packet to the next. */
  readonly distance: number;
  /** The programme that is offered. */
  readonly programme: TransportProgramme;
  /** All programmes. */
  readonly survey: TransportSurvey;
  /** Its tracks, in the order of its map. */
  readonly tracks: readonly TransportTrack[];
  /** The earliest time that is stated of a picture or of sound, in 90 kHz. */
  readonly startTime: number;
}

/** Frames of one stream that are kept to be looked at. */
const mostFrames = 64;
/** Where nothing tells after this long what a stream is, somebody else is asked: a live stream is not to wait. */
const longestWait = 10 * clockRate;

/**
 * Describes a transport stream by its beginning.
 * @param head - bytes from its beginning; views of it are not held.
 * @param isWhole - there is no more of it, or no more will be given.
 * @returns `more` when a longer beginning may tell; undefined when it is no transport stream, or holds what is not taken
 * apart here: other codecs, fields, scrambled streams, sound that never comes. libavformat may know what to do with it.
 */
export function describeTransport(head: Uint8Array, isWhole: boolean): TransportHead | 'more' | undefined {
  const lattice = findPackets(head);
  if (lattice === undefined) return undefined;
  const undecided = isWhole ? undefined : 'more';
  const survey = parseTransportProgrammes(head);
  const announced = new Set(survey.mapPids.values());
  const hasMaps = survey.programmes.length >= Math.max(1, announced.size);
  if (!hasMaps) return undecided;
  const programme = chooseProgramme(survey);
  const streams = programme?.streams.filter(({ content }) => content.type !== 'data') ?? [];
  if (programme === undefined || !streams.every((stream) => isReadable(stream, survey))) return undefined;
  const beginnings = readBeginnings(head, lattice.distance, programme, streams, survey, isWhole);
  const tracks: TransportTrack[] = [];
  let isWaiting = false;
  for (const info of streams) {
    const track = describeTrack(info, beginnings.get(info)!.frames, isWhole);
    if (track === undefined || isOddAudio(info, beginnings.get(info)!)) return undefined;
    if (track === 'more') isWaiting = true;
    else tracks.push({ info, track });
  }
  const heard = [...beginnings].flatMap(([{ content }, one]) => (content.type === 'subtitle' ? [] : one));
  if (isWaiting) return heard.some((one) => one.waitTicks > longestWait) ? undefined : undecided;
  const startTime = heard.reduce((least, one) => Math.min(least, one.startTime), Infinity);
  return { distance: lattice.distance, programme, survey, tracks, startTime };
}

function isReadable({ pid, content }: ElementaryStreamInfo, { scrambledPids }: TransportSurvey): boolean {
  return content.type !== 'foreign' && !scrambledPids.has(pid);
}

/**
 * The first programme whose video can be read, else the first whose sound can. A viewer is offered what belongs together, and
 * a programme that is encrypted does not keep others from being seen.
 */
function chooseProgramme({ programmes, scrambledPids }: TransportSurvey): TransportProgramme | undefined {
  const first = (type: 'video' | 'audio'): TransportProgramme | undefined =>
    programmes.find(({ streams }) =>
      streams.some(
        // What is not known may be either.
        ({ pid, content }) =>
          (content.type === type || content.type === 'foreign') && !scrambledPids.has(pid),
      ),
    );
  return first('video') ?? first('audio');
}

/** How a stream begins. */
class Beginning {
  /** Its first frames; of pictures from the first random access point on, where there is one. */
  readonly frames: ElementaryFrame[] = [];
  /** The earliest presentation time. */
  startTime = Infinity;
  /** Bytes of payload, and of all frames in it. */
  payloadBytes = 0;
  frameBytes = 0;
  #firstTime: number | undefined;
  #lastTime = 0;

  /** How long it goes on, as far as was read. */
  get waitTicks(): number {
    return this.#firstTime === undefined ? 0 : Math.abs(this.#lastTime - this.#firstTime);
  }

  readonly take = (frame: ElementaryFrame): void => {
    const pts = frame.pts ?? Infinity;
    // The first picture need not be the first that is shown; a counter that begins anew is another matter.
    const isEarlier = pts < this.startTime && this.startTime - pts < longestWait;
    if (isEarlier || this.startTime === Infinity) this.startTime = pts;
    this.frameBytes += frame.data.length;
    this.#firstTime ??= frame.dts;
    this.#lastTime = frame.dts ?? this.#lastTime;
    if (this.frames.length >= mostFrames) {
      if (this.frames[0]!.isKey) return;
      this.frames.shift();
    }
    this.frames.push(frame);
  };
}

/** Bytes of sound that may be left over in any stream: of frames that are not complete. */
const leftOverBytes = 32 << 10;

/** Whether what is told of a stream's sound is not what it is: its frames would be found by accident only. */
function isOddAudio({ content }: ElementaryStreamInfo, { payloadBytes, frameBytes }: Beginning): boolean {
  return content.type === 'audio' && payloadBytes > 2 * frameBytes + leftOverBytes;
}

function countPayload(stream: ElementaryStream, beginning: Beginning): ElementaryStream {
  return {
    begin: (stamp) => stream.begin(stamp),
    append: (bytes, from, to) => {
      beginning.payloadBytes += to - from;
      stream.append(bytes, from, to);
    },
    complete: () => stream.complete(),
    markLoss: () => stream.markLoss(),
    finish: () => stream.finish(),
  };
}

function readBeginnings(
  head: Uint8Array,
  distance: number,
  { number }: TransportProgramme,
  streams: readonly ElementaryStreamInfo[],
  { mapPids }: TransportSurvey,
  isWhole: boolean,
): ReadonlyMap<ElementaryStreamInfo, Beginning> {
  const beginnings = new Map(streams.map((info) => [info, new Beginning()]));
  const parts = new Map<ElementaryStreamInfo, ElementaryStream>();
  for (const [info, beginning] of beginnings) {
    const { take } = beginning;
    const part = createStream(info.content, { take, reportLoss: () => undefined, pictureTicks: 0 });
    if (part !== undefined) parts.set(info, countPayload(part, beginning));
  }
  const programme = new ProgrammeFollower(number, streams, mapPids);
  const reader = new TransportReader({ distance, programme, streams: parts, damage: new DamageLog() });
  reader.push(head, 0);
  if (isWhole) reader.finish(head.length);
  return beginnings;
}
