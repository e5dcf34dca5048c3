// How hls.js is set up for a server that makes what it sends when it is asked for it.
import type Hls from 'hls.js';
import type {
  FragmentLoaderConstructor,
  FragmentLoaderContext,
  HlsConfig,
  Level,
  LoaderCallbacks,
  LoaderConfiguration,
  LoaderResponse,
  RetryConfig,
} from 'hls.js';

/** A server that has to convert takes its time for the first byte, and one that scans a file for its first playlist. */
const policy = (maxTimeToFirstByteMs: number, maxLoadTimeMs: number) => ({
  default: {
    maxTimeToFirstByteMs,
    maxLoadTimeMs,
    timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: 4, retryDelayMs: 500, maxRetryDelayMs: 8000, shouldRetry: isWorthRetrying },
  },
});

/** Settings of every player. */
const SETTINGS: Partial<HlsConfig> = {
  // The page's content security policy lets no worker be made of text, and segments of MP4 need none.
  enableWorker: false,
  maxBufferLength: 40,
  backBufferLength: 90,
  manifestLoadPolicy: policy(Infinity, 300_000),
  playlistLoadPolicy: policy(60_000, 60_000),
  fragLoadPolicy: policy(60_000, 180_000),
  // The first variant is the original, copied where it can be: a line is taken for good enough for it until it is measured.
  abrEwmaDefaultEstimateMax: Infinity,
  // Begun by hand, once the variants are made equal.
  autoStartLoad: false,
  // Of no group: the page chooses subtitles, by what the viewer chose before.
  subtitlePreference: { groupId: '' },
};

/**
 * There are no interstitials, and their controller plays by itself what the viewer may just have paused (1.7.4). hls.js leaves it
 * away so for players of its own; its type does not tell.
 */
const NO_INTERSTITIALS = { interstitialsController: undefined } as unknown as Partial<HlsConfig>;

/** What a server refuses it refuses again. */
function isWorthRetrying(
  _config: RetryConfig | null | undefined,
  _count: number,
  _isTimeout: boolean,
  response: LoaderResponse | undefined,
  isRetry: boolean,
): boolean {
  const status = response?.code ?? 0;
  return isRetry && !(status >= 400 && status < 500);
}

/** What of the time to the first byte of a segment is taken for the line's, in milliseconds. */
const ROUND_TRIP_MS = 100;

/**
 * Makes the loader of segments. hls.js counts the time to the first byte as time on the line. Of a segment that is encoded
 * when it is asked for it is the server's, and a good line would be taken for a slow one, for good. It is left out as long as the
 * server keeps up with the player; a server that does not is a reason to go down.
 */
function segmentLoader(library: typeof Hls): FragmentLoaderConstructor {
  const Loader = library.DefaultConfig.loader as unknown as FragmentLoaderConstructor;
  return class extends Loader {
    override load(
      context: FragmentLoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<FragmentLoaderContext>,
    ): void {
      super.load(context, config, {
        ...callbacks,
        onSuccess(response, stats, ...rest) {
          const { loading } = stats;
          const waitedMs = loading.first - loading.start;
          const keepsUp = waitedMs < context.frag.duration * 1000;
          if (keepsUp && waitedMs > ROUND_TRIP_MS) loading.start = loading.first - ROUND_TRIP_MS;
          callbacks.onSuccess(response, stats, ...rest);
        },
      });
    }
  };
}

/**
 * The settings of a player.
 * @param library - hls.js.
 * @param bitRate - bits a second that the line carried when something was played last; undefined while nothing was.
 */
export function settingsOf(library: typeof Hls, bitRate: number | undefined): Partial<HlsConfig> {
  return {
    ...SETTINGS,
    ...NO_INTERSTITIALS,
    ...(bitRate === undefined ? {} : { abrEwmaDefaultEstimate: bitRate }),
    fLoader: segmentLoader(library),
  };
}

/**
 * Makes variants equal but for their size. hls.js goes by itself only between those of one codec and one dynamic range, and it
 * begins with what every browser plays: with a lower form that is encoded, and not with the copied original in HEVC or HDR, and would
 * stay there. What the server offers this browser plays, and source buffers can be told of another codec.
 */
export function makeEqual(levels: readonly Level[]): void {
  const { SourceBuffer, ManagedSourceBuffer = SourceBuffer } = globalThis as {
    SourceBuffer?: typeof globalThis.SourceBuffer;
    ManagedSourceBuffer?: typeof globalThis.SourceBuffer;
  };
  // Not in every browser that has source buffers.
  const prototype = ManagedSourceBuffer?.prototype as Partial<SourceBuffer> | undefined;
  if (prototype?.changeType === undefined) return;
  for (const level of levels) {
    (level as { codecSet: string }).codecSet = '';
    delete level.attrs['VIDEO-RANGE'];
  }
}
