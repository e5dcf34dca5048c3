// Numbers and errors as people read them.

/** An error whose message is meant to be read on the page. */
export class Problem extends Error {}

/** A time in seconds as 1:02:03 or 2:03. */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** A number of bytes as 1.2 GB. */
export function bytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** A file's name without its ending. */
export function titleOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.replace(/\.[^.]{1,5}$/, '');
}

/** A BCP-47 tag as the language's name. */
export function language(tag: string | undefined): string {
  if (!tag || tag === 'und') return '';
  try {
    return new Intl.DisplayNames(undefined, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** What an answer of the server that is not a good one says, in one sentence. */
export async function problemOf(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { error: { message: string } };
    return error.message;
  } catch {
    return `The server answered with status ${response.status}.`;
  }
}

/** The same of a request that hls.js made. */
export function problemIn(request: XMLHttpRequest | undefined): string {
  try {
    const { response } = request as { response: ArrayBuffer | string };
    const text = typeof response === 'string' ? response : new TextDecoder().decode(response);
    return (JSON.parse(text) as { error: { message: string } }).error.message;
  } catch {
    return `The server answered with status ${request?.status}.`;
  }
}

/** Why a media element gave up. */
export function mediaProblem(error: MediaError | null): string {
  switch (error?.code) {
    case MediaError.MEDIA_ERR_NETWORK:
      return 'The connection to the server was lost.';
    case MediaError.MEDIA_ERR_DECODE:
      return `This browser could not decode the stream. ${error.message}`;
    case MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED:
      return `This browser cannot play the stream. ${error.message}`;
    default:
      return error?.message ?? 'Playing failed.';
  }
}
