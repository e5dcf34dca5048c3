import type { AudioConfiguration } from '../codecs/configuration.js';
import { DEFAULT_AUDIO_OUTPUT, encodeAudio } from '../engine/audio-job.js';
import type { EnginePool } from '../engine/pool.js';
import { SegmintError, UnsupportedMediaError } from '../errors.js';
import type { AudioTrack } from '../media/track.js';
import { audioDecoderOf } from './audio-decoding.js';
import { isCommonProfile } from './decide.js';

/** Codecs whose every frame says how it is decoded: their decoders open whatever the container states beside it. */
const SELF_CONTAINED: ReadonlySet<string> = new Set([
  'ac3',
  'dts',
  'eac3',
  'mlp',
  'mp1',
  'mp2',
  'mp3',
  'truehd',
]);
/** The most channels of PCM that no decoder minds. */
const MAX_PLAIN_CHANNELS = 32;

/**
 * Whether a decoder may refuse a track when it is opened. Of most sound it is known without asking: of codecs that need no
 * configuration, and where the configuration was understood here.
 * @param track - the track.
 * @param configuration - how it would be declared as it is; undefined when MP4 cannot hold it.
 */
export function mayBeRefused(track: AudioTrack, configuration: AudioConfiguration | undefined): boolean {
  const { codec, channels } = track;
  if (codec === 'unknown' || SELF_CONTAINED.has(codec)) return false;
  if (codec.startsWith('pcm_')) return channels < 1 || channels > MAX_PLAIN_CHANNELS;
  return configuration === undefined || !isCommonProfile(configuration);
}

/**
 * Has an engine open the decoder of a track, for one packet.
 * @param pool - the engines.
 * @param track - the track.
 * @param packet - any packet of it: some decoders are told its size.
 * @param signal - ends it.
 * @returns why the decoder refuses the track, as a clause; undefined when it takes it, and also when the engine fails or is
 * overloaded, which says nothing of the track.
 * @throws the signal's reason.
 */
export async function findRefusal(
  pool: EnginePool,
  track: AudioTrack,
  packet: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    await encodeAudio(
      pool,
      {
        decoder: audioDecoderOf(track),
        packets: [{ start: 0, discardPadding: 0, data: packet }],
        timescale: track.timescale,
        firstFrame: 0,
        frameCount: 1,
        output: DEFAULT_AUDIO_OUTPUT,
      },
      { signal },
    );
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof SegmintError)) throw error;
    return isOfDecoder(error) ? clauseOf(error.message) : undefined;
  }
}

/** A track that may have to be decoded. */
interface Doubtful {
  /** The track. */
  readonly track: AudioTrack;
  /** Any packet of it. */
  readonly packet: Uint8Array;
  /** How it would be declared as it is; undefined when MP4 cannot hold it. */
  readonly configuration: AudioConfiguration | undefined;
}

/**
 * Finds the tracks whose decoder refuses them. An engine is asked only of those of which nothing else tells.
 * @param engines - who decodes.
 * @param sound - the tracks.
 * @param signal - ends it.
 * @returns by the tracks' ids, why; one after the other, so that a source with many takes one engine at most.
 * @throws the signal's reason.
 */
export async function findRefusedSound(
  engines: { get(): EnginePool },
  sound: readonly Doubtful[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, string>> {
  const refused = new Map<number, string>();
  for (const { track, packet, configuration } of sound) {
    if (!mayBeRefused(track, configuration)) continue;
    const refusal = await findRefusal(engines.get(), track, packet, signal);
    if (refusal !== undefined) refused.set(track.id, refusal);
  }
  return refused;
}

/** Whether the decoder was what refused: an encoder that is missing is no fault of the track. */
function isOfDecoder(error: SegmintError): boolean {
  return error instanceof UnsupportedMediaError && error.context['codec'] !== undefined;
}

function clauseOf(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}
