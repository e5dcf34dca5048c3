import { Buffer } from 'node:buffer';
import { Dictionary, FFmpegError, FormatContext, Packet } from 'node-av/lib';
import {
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVERROR_HTTP_OTHER_4XX,
  AVERROR_PATCHWELCOME,
  AVFMT_FLAG_GENPTS,
  AVFMT_FLAG_NOFILLIN,
  AVFMT_TS_DISCONT,
  AVSEEK_FLAG_BACKWARD,
  AVSEEK_FLAG_BYTE,
  AV_NOPTS_VALUE,
  AV_PKT_DATA_SKIP_SAMPLES,
  AV_PKT_FLAG_CORRUPT,
  AV_PKT_FLAG_KEY,
} from 'node-av/constants';
import { viewAnnexBNalUnits } from '../../codecs/nal/annex-b.js';
import { LimitExceededError, MalformedMediaError, UnsupportedMediaError } from '../../errors.js';
import type { OpenReply, OpenRequest, ReadReply, ReadRequest, SeekRequest } from '../demux/demux-protocol.js';
import { hasDecodeTimesOnly, isMisguessed } from '../demux/describe-tracks.js';
import { PacketTableWriter } from '../demux/packet-table.js';
import { checkOpened } from './check-opened.js';
import { readChapters } from './demux-chapters.js';
import { describeStream, readMetadata } from './demux-describe.js';

/** How often libavformat may say "try again" in a row before that counts as the end. */
const MAX_PAUSES = 100;

/**
 * So many packets in a row of streams that were not there when the input was opened, and none of those that were, mean
 * that a transport stream has gone over to another programme for good.
 */
const MAX_STRANGERS = 1000;

/** The beginning of a source that can be read only once is not kept any more. */
const GONE = AVERROR_HTTP_OTHER_4XX;

const NO_DATA = Buffer.alloc(0);

const START_CODE = Uint8Array.of(0, 0, 1);

/** An input that libavformat has open. */
export class DemuxInput implements Disposable {
  #context = new FormatContext();
  readonly #packet = new Packet();
  readonly #table = new PacketTableWriter();
  #isOpen = false;
  #strangers = 0;
  #opened: OpenReply | undefined;

  private constructor() {
    this.#packet.alloc();
  }

  /**
   * Opens an input and finds out what is in it.
   * @param request - what to open, and how.
   * @throws {UnsupportedMediaError} when it is none of the containers that may be used.
   * @throws {MalformedMediaError} when it breaks its container's rules so that nothing is to be had.
   * @throws {SourceError} when the path leads elsewhere by now.
   */
  static async open(request: OpenRequest): Promise<DemuxInput> {
    const input = new DemuxInput();
    try {
      await input.#open(request);
      return input;
    } catch (error) {
      input[Symbol.dispose]();
      throw error;
    }
  }

  /** What it is. */
  get opened(): OpenReply {
    return this.#opened!;
  }

  /**
   * Goes to another place.
   * @returns false when libavformat cannot.
   */
  seek(request: SeekRequest): boolean {
    const context = this.#context;
    return 'byte' in request
      ? context.seekFrameSync(-1, BigInt(request.byte), AVSEEK_FLAG_BYTE) >= 0
      : context.seekFrameSync(request.stream, BigInt(request.time), AVSEEK_FLAG_BACKWARD) >= 0;
  }

  /**
   * Reads the next packets.
   * @returns the answer and its payload, which is good until the next call.
   */
  read({ bytes, byteStreams, maxPackets, maxBytes, maxMs }: ReadRequest): {
    reply: ReadReply;
    payload: readonly Uint8Array[];
  } {
    const table = this.#table;
    table.clear();
    const until = performance.now() + maxMs;
    let passed = 0;
    let code = 0;
    for (let pauses = 0; passed < maxPackets && table.bytes < maxBytes;) {
      code = this.#context.readFrameSync(this.#packet);
      if (code === AVERROR_EAGAIN && ++pauses < MAX_PAUSES) continue;
      if (code < 0) break;
      pauses = 0;
      passed += 1;
      const index = this.#packet.streamIndex;
      this.#take(table, index, bytes[index] ?? -1, byteStreams.includes(index));
      this.#strangers = index < this.opened.streams.length ? 0 : this.#strangers + 1;
      this.#packet.unref();
      // Packets that are left out count as well: whoever waits is to hear that things go on.
      if (performance.now() >= until || this.#strangers > MAX_STRANGERS) break;
    }
    const hasGone = this.#strangers > MAX_STRANGERS;
    const isEnd = code < 0 || hasGone;
    const reason = hasGone ? 'it goes over to another programme' : faultOf(code);
    const fault = isEnd && code !== AVERROR_EOF ? reason : '';
    return { reply: { packets: table.count, isEnd, fault }, payload: table.finish() };
  }

  /** Closes the input and frees the native parts. */
  [Symbol.dispose](): void {
    this.#packet.free();
    // An input that could not be opened was freed by libavformat itself.
    if (this.#isOpen) this.#context.closeInputSync();
    this.#isOpen = false;
  }

  async #open(request: OpenRequest): Promise<void> {
    const opening = this.#openContext(request);
    if (opening < 0) throw openError(opening);
    const context = this.#context;
    // Where there are decode times only, or none: what would be guessed from them is wrong where B pictures refer to others.
    if (!hasDecodeTimesOnly(context.iformat?.name ?? '')) context.setFlags(AVFMT_FLAG_GENPTS);
    const finding = context.findStreamInfoSync(null);
    if (finding < 0) {
      throw new MalformedMediaError(
        `Nothing playable can be made out in the source: ${FFmpegError.strerror(finding)}.`,
        { context: { code: finding } },
      );
    }
    const { duration, iformat } = context;
    const container = iformat?.name ?? '';
    const opened = {
      container,
      mayJump: ((iformat?.flags ?? 0) & AVFMT_TS_DISCONT) !== 0,
      durationUs: duration === AV_NOPTS_VALUE || duration <= 0n ? null : Number(duration),
      metadata: readMetadata(context.metadata),
      chapters: await readChapters(context),
      streams: context.streams.map(describeStream),
    };
    const hasGuesses = opened.streams.some(({ codec }) => isMisguessed(container, codec));
    this.#opened = { ...opened, hasStatedTimesOnly: hasGuesses && this.#stopGuessing(request) };
  }

  /**
   * Opens the input, in place of what is open.
   * @returns libavformat's code; below zero, what is open stays so.
   */
  #openContext(request: OpenRequest): number {
    const context = new FormatContext();
    context.allocContext();
    using options = Dictionary.fromObject({
      format_whitelist: request.formats,
      protocol_whitelist: request.protocols,
      probesize: request.probeBytes,
      analyzeduration: request.analyzeUs,
      // Programs whose tables come late are there too.
      scan_all_pmts: 1,
      // A programme that moves to other PIDs in mid-stream stays the same streams.
      merge_pmt_versions: 1,
      ...(request.url.startsWith('http:')
        ? { seekable: request.seekable ? 1 : 0, multiple_requests: 0 }
        : {}),
    });
    const code = context.openInputSync(request.url, null, options);
    if (code < 0) return code;
    if (this.#isOpen) this.#context.closeInputSync();
    this.#context = context;
    this.#isOpen = true;
    if (request.path !== undefined) checkOpened(request.path);
    return code;
  }

  /**
   * Has packets keep the times that are stated, from the first on. Not before streams were found out about: their rates
   * and beginnings are guessed by the same means.
   * @returns false when that cannot be: what was read by then has its times.
   */
  #stopGuessing(request: OpenRequest): boolean {
    if (request.seekable) {
      if (!this.seek({ byte: 0 })) return false;
    } else {
      // What was read is kept until the input is open. What is in it is known: nothing is found out anew.
      const opening = this.#openContext(request);
      if (opening === GONE) return false;
      if (opening < 0) throw openError(opening);
    }
    this.#context.clearFlags(AVFMT_FLAG_GENPTS);
    this.#context.setFlags(AVFMT_FLAG_NOFILLIN);
    return true;
  }

  #take(table: PacketTableWriter, stream: number, most: number, isByteStream: boolean): void {
    if (most < 0) return;
    const packet = this.#packet;
    const { data: whole, flags } = packet;
    const data = whole === null || most === 0 ? NO_DATA : whole.subarray(0, most);
    const units = isByteStream && data !== NO_DATA ? viewNalUnits(data) : undefined;
    const row = {
      stream,
      pts: timeOf(packet.pts),
      dts: timeOf(packet.dts),
      duration: timeOf(packet.duration) ?? 0,
      discard: this.#discardOf(packet),
      offset: Number(packet.pos),
      size: packet.size,
      isKey: (flags & AV_PKT_FLAG_KEY) !== 0,
      isCorrupt: (flags & AV_PKT_FLAG_CORRUPT) !== 0,
      data,
    };
    if (units === 'absurd') table.add({ ...row, isCorrupt: true, data: NO_DATA });
    else table.add(row, units);
  }

  /** What of a packet's sound an encoder added, in units of its stream's time base: at its end, or, negative, before it. */
  #discardOf(packet: Packet): number {
    const { container, streams } = this.opened;
    if (!PADDED.has(container)) return 0;
    const skipped = packet.getSideData(AV_PKT_DATA_SKIP_SAMPLES);
    const stream = streams[packet.streamIndex];
    if (skipped === null || stream === undefined || stream.sampleRate === 0) return 0;
    const [unit, denominator] = stream.timeBase;
    // What Opus has before its beginning its decoder leaves out, and times have already.
    const before = stream.codec === 'opus' ? 0 : skipped.readUInt32LE(0);
    const samples = before > 0 ? -before : skipped.readUInt32LE(4);
    return Math.round((samples * denominator) / (stream.sampleRate * unit));
  }
}

/** Containers of which only libavformat knows what their encoder added; of others times or private data say it. */
const PADDED: ReadonlySet<string> = new Set(['mp3', 'ogg']);

/**
 * Views the NAL units of a byte stream: Node's search is several times as fast as a loop of ours.
 * @returns `absurd` for more than any picture has: it is damaged.
 */
function viewNalUnits(stream: Buffer): Uint8Array[] | 'absurd' {
  try {
    return viewAnnexBNalUnits(stream, (bytes, from) => bytes.indexOf(START_CODE, from));
  } catch (error) {
    if (error instanceof LimitExceededError) return 'absurd';
    throw error;
  }
}

/** What keeps libavformat from reading on. Of several Ogg streams one after another it knows those of sound alone. */
function faultOf(code: number): string {
  return code === AVERROR_PATCHWELCOME
    ? 'other streams follow that are not understood'
    : FFmpegError.strerror(code);
}

/** A time that is no time, or that no file means, is none. */
function timeOf(value: bigint): number | undefined {
  if (value === AV_NOPTS_VALUE) return undefined;
  const time = Number(value);
  return Number.isSafeInteger(time) ? time : undefined;
}

function openError(code: number): UnsupportedMediaError | MalformedMediaError {
  const said = FFmpegError.strerror(code);
  // EINVAL is also what the whitelist answers.
  return new UnsupportedMediaError(`The source is no media container that can be read: ${said}.`, {
    context: { code },
  });
}
