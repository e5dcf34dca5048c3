import { Packet } from 'node-av/lib';
import { AV_PKT_DATA_SKIP_SAMPLES } from 'node-av/constants';
import type { SynthesisSpec, SynthesisTarget, SynthesizeReply, SynthesizeRequest } from '../synthesis.js';
import type { JobRequest, JobResult } from './job.js';
import { exitWithParent } from './parent-watch.js';
import { SynthesisMuxer } from './synthesis-muxer.js';
import { openAudioStream, openVideoStream, type SynthesisStream } from './synthesis-stream.js';

/** Makes media: into a file when there is a target, else as packets. */
export function synthesizeJob({ meta }: JobRequest): JobResult {
  const { spec, target } = meta as unknown as SynthesizeRequest;
  const packet = new Packet();
  const streams: SynthesisStream[] = [];
  packet.alloc();
  try {
    for (const video of spec.video ?? []) streams.push(openVideoStream(video, spec.durationMs));
    for (const audio of spec.audio ?? []) streams.push(openAudioStream(audio, spec.durationMs));
    if (target === undefined) return encodePackets(streams, packet);
    writeFile(spec, target, streams, packet);
    return { meta: { tracks: [] }, parts: [] };
  } finally {
    for (const stream of streams) stream[Symbol.dispose]();
    packet.free();
  }
}

function writeFile(
  spec: SynthesisSpec,
  target: SynthesisTarget,
  streams: readonly SynthesisStream[],
  packet: Packet,
): void {
  const subtitles = spec.subtitles ?? [];
  using muxer = new SynthesisMuxer(target);
  for (const stream of streams) muxer.addStream(stream);
  for (const track of subtitles) muxer.addSubtitles(track);
  muxer.begin();
  // libavformat sorts: all cues are few, and may go in before everything else.
  subtitles.forEach((track, index) => {
    for (const cue of track.cues) muxer.writeCue(streams.length + index, packet, cue);
  });
  encodeInTurn(streams, packet, (track) => muxer.write(track, packet, streams[track]!));
  muxer.finish();
}

function encodePackets(streams: readonly SynthesisStream[], packet: Packet): JobResult {
  const rows = streams.map((): [number, number, number, number, number][] => []);
  const data = streams.map((): Uint8Array[] => []);
  encodeInTurn(streams, packet, (track) => {
    // FLAC and others end with an empty packet that only carries side data.
    if (packet.size === 0) return;
    const bytes = packet.data!;
    const { num, den } = streams[track]!.encoder.timeBase;
    // The discarded samples are in samples; so are the ticks of a sound track.
    const discarded = packet.getSideData(AV_PKT_DATA_SKIP_SAMPLES)?.readUInt32LE(4) ?? 0;
    const isSync = packet.isKeyframe ? 1 : 0;
    rows[track]!.push([
      Number(packet.pts) * num,
      Number(packet.duration) * num,
      den === streams[track]!.encoder.sampleRate ? discarded : 0,
      isSync,
      bytes.byteLength,
    ]);
    data[track]!.push(Uint8Array.from(bytes));
  });
  const privates = streams.map(({ encoder }) => Uint8Array.from(encoder.extraData ?? []));
  const reply: SynthesizeReply = {
    tracks: streams.map(({ encoder }, track) => ({
      timescale: encoder.timeBase.den,
      codecPrivateBytes: privates[track]!.byteLength,
      packets: rows[track]!,
    })),
  };
  return { meta: { ...reply }, parts: privates.flatMap((bytes, track) => [bytes, ...data[track]!]) };
}

/** Encodes all tracks side by side, always the one that is furthest behind, as a muxer likes it. */
function encodeInTurn(
  streams: readonly SynthesisStream[],
  packet: Packet,
  take: (track: number) => void,
): void {
  const running = new Set(streams.keys());
  while (running.size > 0) {
    exitWithParent();
    const track = [...running].reduce((a, b) => (streams[b]!.position < streams[a]!.position ? b : a));
    if (!streams[track]!.advance(packet, () => take(track))) running.delete(track);
  }
}
