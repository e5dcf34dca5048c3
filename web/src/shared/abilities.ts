// Which codecs this browser plays from segments: what the server then need not convert.

/** Codecs beside H.264 and AAC by the server's names, each with all forms of it that files have. */
const VIDEO = {
  hevc: ['hvc1.1.6.L120.90', 'hvc1.2.4.L120.90'],
  av1: ['av01.0.08M.08', 'av01.0.08M.10'],
  vp9: ['vp09.00.40.08', 'vp09.02.40.10'],
};
const AUDIO = { opus: ['opus'], flac: ['flac'], ac3: ['ac-3'], eac3: ['ec-3'] };

/** A picture that a browser has to be able to decode; its capabilities are asked for one. */
const PICTURE = { width: 1920, height: 1080, bitrate: 8_000_000, framerate: 30 };

let asked: Promise<string> | undefined;

/**
 * Asks the browser, once.
 * @returns the query of `master.m3u8` and `info.json`: `video=` and `audio=`.
 */
export function playerQuery(): Promise<string> {
  asked ??= ask();
  return asked;
}

/** Whether hls.js can be used: by Media Source Extensions, or the managed ones of Safari. */
export function mediaSourceClass(): typeof MediaSource | undefined {
  const { ManagedMediaSource, MediaSource } = globalThis as {
    ManagedMediaSource?: typeof globalThis.MediaSource;
    MediaSource?: typeof globalThis.MediaSource;
  };
  return ManagedMediaSource ?? MediaSource;
}

async function ask(): Promise<string> {
  const [video, audio] = await Promise.all([
    playable(VIDEO, 'video', (contentType) => ({ video: { contentType, ...PICTURE } })),
    playable(AUDIO, 'audio', (contentType) => ({ audio: { contentType } })),
  ]);
  const query = { video: ['h264', ...video].join(','), audio: ['aac', ...audio].join(',') };
  return new URLSearchParams(query).toString();
}

async function playable(
  codecs: Readonly<Record<string, readonly string[]>>,
  kind: 'video' | 'audio',
  configurationOf: (contentType: string) => MediaConfiguration,
): Promise<readonly string[]> {
  const answers = Object.entries(codecs).map(async ([name, forms]) => {
    const types = forms.map((form) => `${kind}/mp4; codecs="${form}"`);
    const isKnown = types.every(isTypeSupported);
    if (!isKnown) return [];
    const isDecoded = await Promise.all(types.map((type) => isDecodable(configurationOf(type))));
    return isDecoded.every(Boolean) ? [name] : [];
  });
  return (await Promise.all(answers)).flat();
}

function isTypeSupported(type: string): boolean {
  const MediaSource = mediaSourceClass();
  return MediaSource === undefined
    ? document.createElement('video').canPlayType(type) === 'probably'
    : MediaSource.isTypeSupported(type);
}

/** What Media Capabilities say; a browser that has none of them, or does not know the question, has said enough. */
async function isDecodable(configuration: MediaConfiguration): Promise<boolean> {
  const type = mediaSourceClass() === undefined ? 'file' : 'media-source';
  try {
    return (await navigator.mediaCapabilities.decodingInfo({ type, ...configuration })).supported;
  } catch {
    return true;
  }
}
