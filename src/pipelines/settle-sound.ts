import { openWithLibav } from '../engine/demux/libav-demuxer.js';
import { SegmintError } from '../errors.js';
import { openBytes } from '../io/bytes-source.js';
import type { ReadOptions } from '../media/source.js';
import type { AudioTrack, Track } from '../media/track.js';
import { isDecodedOnly } from '../mpegts/describe-track.js';
import type { TransportHead, TransportTrack } from '../mpegts/transport-head.js';

/**
 * Finds out what rate and how many channels come out of a decoder, where nothing else tells: whether AAC is HE-AAC. The
 * beginning is decoded by libavformat, in a process that ends with that.
 * @param head - what the beginning says.
 * @param bytes - the beginning.
 * @param options - a signal.
 * @returns the same with what was found out; undefined when decoding does not tell either.
 * @throws the signal's reason.
 */
export async function settleSound(
  head: TransportHead,
  bytes: Uint8Array,
  { signal }: ReadOptions,
): Promise<TransportHead | undefined> {
  if (!head.tracks.some(({ track }) => isDecodedOnly(track))) return head;
  const decoded = await describeDecoded(bytes, signal);
  const tracks: TransportTrack[] = [];
  for (const one of head.tracks) {
    const track = isDecodedOnly(one.track) ? settle(one.track, decoded) : one.track;
    if (track === undefined) return undefined;
    tracks.push({ ...one, track });
  }
  return { ...head, tracks };
}

function settle(track: AudioTrack, decoded: readonly Track[]): AudioTrack | undefined {
  const found = decoded.find(({ id }) => id === track.id);
  if (found?.type !== 'audio' || found.codec !== 'aac') return undefined;
  const { sampleRate, channels } = found;
  const isPossible = sampleRate === track.sampleRate || sampleRate === 2 * track.sampleRate;
  return isPossible && channels > 0
    ? { ...track, sampleRate, outputSampleRate: sampleRate, channels }
    : undefined;
}

async function describeDecoded(
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<readonly Track[]> {
  const source = openBytes(bytes);
  try {
    await using demuxer = await openWithLibav(source, { signal });
    return demuxer.info.tracks;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof SegmintError) return [];
    throw error;
  } finally {
    await source[Symbol.asyncDispose]();
  }
}
