import { Buffer } from 'node:buffer';
import { renameSync, rmSync } from 'node:fs';
import type { Packet } from 'node-av/lib';
import { Dictionary, FormatContext, type Stream } from 'node-av/lib';
import {
  AVFMT_FLAG_BITEXACT,
  AVMEDIA_TYPE_SUBTITLE,
  AV_CODEC_ID_ASS,
  AV_CODEC_ID_SUBRIP,
  AV_CODEC_ID_WEBVTT,
  AV_PKT_FLAG_KEY,
} from 'node-av/constants';
import type { SynthesisTarget, SynthesizedCue, SynthesizedSubtitles } from '../synthesis.js';
import { check } from './native.js';
import type { SynthesisStream } from './synthesis-stream.js';

const SUBTITLE_CODECS = { subrip: AV_CODEC_ID_SUBRIP, webvtt: AV_CODEC_ID_WEBVTT, ass: AV_CODEC_ID_ASS };

/** Subtitle times are given in milliseconds. */
const MILLISECONDS = { num: 1, den: 1000 };

/** A file that libavformat writes. It appears under its name when it is whole, and not at all when it fails. */
export class SynthesisMuxer implements Disposable {
  readonly #format = new FormatContext();
  readonly #streams: Stream[] = [];
  readonly #target: SynthesisTarget;
  readonly #partialPath: string;
  #isOpen = false;

  /**
   * Begins a file.
   * @param target - where to.
   * @throws {EngineError} when there is no such container, or the file cannot be written.
   */
  constructor(target: SynthesisTarget) {
    this.#target = target;
    this.#partialPath = `${target.path}.${process.pid}.partial`;
    check(
      this.#format.allocOutputContext2(null, target.format, this.#partialPath),
      `Setting up the container ${target.format}`,
    );
    // Without random identifiers and dates.
    this.#format.setFlags(AVFMT_FLAG_BITEXACT);
  }

  /** Declares a picture or sound track. */
  addStream({ encoder, language }: SynthesisStream): void {
    const stream = this.#format.newStream();
    check(stream.codecpar.fromContext(encoder), 'Declaring a track');
    // The tag belongs to the container that a codec comes from; this one chooses its own.
    stream.codecpar.codecTag = 0;
    stream.timeBase = encoder.timeBase;
    stream.avgFrameRate = encoder.framerate;
    this.#describe(stream, language);
  }

  /** Declares a text track. */
  addSubtitles({ codec, header, language }: SynthesizedSubtitles): void {
    const stream = this.#format.newStream();
    stream.codecpar.codecType = AVMEDIA_TYPE_SUBTITLE;
    stream.codecpar.codecId = SUBTITLE_CODECS[codec];
    if (header !== undefined) stream.codecpar.extradata = Buffer.from(header);
    stream.timeBase = MILLISECONDS as never;
    this.#describe(stream, language);
  }

  /** Opens the file and writes what comes before the packets. */
  begin(): void {
    for (const [name, value] of Object.entries(this.#target.options ?? {})) {
      check(this.#format.setOption(name, value), `Setting the muxer's ${name}`);
    }
    check(this.#format.openOutputSync(), `Opening ${this.#target.path}`);
    this.#isOpen = true;
    check(this.#format.writeHeaderSync(null), 'Writing the container’s header');
  }

  /** Writes a packet of a picture or sound track. */
  write(track: number, packet: Packet, { encoder }: SynthesisStream): void {
    const stream = this.#streams[track]!;
    packet.streamIndex = track;
    packet.rescaleTs(encoder.timeBase, stream.timeBase);
    check(this.#format.interleavedWriteFrameSync(packet), 'Writing a packet');
  }

  /** Writes a piece of text. */
  writeCue(track: number, packet: Packet, cue: SynthesizedCue): void {
    packet.data = Buffer.from(cue.text);
    packet.pts = BigInt(cue.startMs);
    packet.dts = packet.pts;
    packet.duration = BigInt(cue.durationMs);
    packet.streamIndex = track;
    packet.setFlags(AV_PKT_FLAG_KEY);
    packet.rescaleTs(MILLISECONDS, this.#streams[track]!.timeBase);
    check(this.#format.interleavedWriteFrameSync(packet), 'Writing a cue');
    packet.unref();
  }

  /** Ends the file and gives it its name. */
  finish(): void {
    check(this.#format.writeTrailerSync(), 'Ending the container');
    this.#close();
    renameSync(this.#partialPath, this.#target.path);
  }

  /** Closes what is open; a file that was not finished is removed. */
  [Symbol.dispose](): void {
    this.#close();
    this.#format.freeContext();
    rmSync(this.#partialPath, { force: true });
  }

  #describe(stream: Stream, language: string | undefined): void {
    if (language !== undefined) stream.metadata = Dictionary.fromObject({ language });
    this.#streams.push(stream);
  }

  #close(): void {
    if (this.#isOpen) this.#format.closeOutputSync();
    this.#isOpen = false;
  }
}
