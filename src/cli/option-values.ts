import { InvalidArgumentError } from 'commander';
import { parseOrigin } from '../server/origin.js';
import { parseTimeMs } from '../time/parse-time.js';
import { isRedis } from './store-place.js';

/** Parses a time for commander: milliseconds. */
export function timeOption(text: string): number {
  const ms = parseTimeMs(text);
  if (ms === undefined)
    throw new InvalidArgumentError('Give a time such as 90, 90.5, 1:30, 1:02:03.5 or 1m30s.');
  return ms;
}

/** Parses a duration for commander: milliseconds, above zero. */
export function durationOption(text: string): number {
  const ms = timeOption(text);
  if (ms === 0) throw new InvalidArgumentError('Give a duration above zero.');
  return ms;
}

/** Parses how long to wait for commander: milliseconds, of an hour at most, which a timer can still count. */
export function waitingOption(text: string): number {
  const ms = timeOption(text);
  if (ms > 3_600_000) throw new InvalidArgumentError('Give an hour at most.');
  return ms;
}

/** Parses the choice of a track for commander. */
export function trackOption(text: string): number | 'none' {
  if (text === 'none') return text;
  if (!/^\d{1,15}$/.test(text)) {
    throw new InvalidArgumentError("Give a track's number, as segmint probe shows it, or none.");
  }
  return Number(text);
}

/** Parses the number of channels for commander. */
export function channelsOption(text: string): 2 | 6 {
  if (text !== '2' && text !== '6') throw new InvalidArgumentError('Give 2 for stereo or 6 for 5.1.');
  return text === '2' ? 2 : 6;
}

/** Parses a bit rate for commander: bits a second. */
export function bitRateOption(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)([kM]?)$/i.exec(text);
  if (match === null) throw new InvalidArgumentError('Give bits a second, such as 192000, 192k or 2.5M.');
  return Math.round(Number(match[1]) * 1000 ** ['', 'K', 'M'].indexOf(match[2]!.toUpperCase()));
}

/** Parses a constant rate factor for commander. */
export function crfOption(text: string): number {
  const crf = /^\d{1,2}(?:\.\d{1,2})?$/.test(text) ? Number(text) : NaN;
  if (!(crf >= 1 && crf <= 51)) throw new InvalidArgumentError('Give a number from 1 (best) to 51 (worst).');
  return crf;
}

/** Parses a picture's height for commander: pixels. */
export function heightOption(text: string): number {
  const height = /^\d{1,4}p?$/.test(text) ? Number.parseInt(text, 10) : NaN;
  if (!(height >= 16 && height <= 8192))
    throw new InvalidArgumentError('Give a number of pixels, such as 720.');
  return height;
}

/** Parses a port for commander. */
export function portOption(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535))
    throw new InvalidArgumentError('Give a number from 0 to 65535; 0 takes any free port.');
  return port;
}

/** Parses an amount of memory for commander: bytes. */
export function bytesOption(text: string): number {
  const match = /^(\d{1,9})([kMGT]?)(?:i?B)?$/i.exec(text);
  if (match === null) throw new InvalidArgumentError('Give a size such as 512M or 2G, or 0 for none.');
  return Number(match[1]) * 1024 ** ['', 'K', 'M', 'G', 'T'].indexOf(match[2]!.toUpperCase());
}

/** Parses where segments are kept, for commander. */
export function storeOption(text: string): string {
  if (text === '' || (isRedis(text) && !URL.canParse(text))) {
    throw new InvalidArgumentError('Give a folder, a redis:// URL, memory, or none.');
  }
  return text;
}

/** Parses an origin for commander. */
export function originOption(text: string): string {
  const origin = parseOrigin(text);
  if (origin === undefined) {
    throw new InvalidArgumentError('Give an origin such as https://player.example, or * for all.');
  }
  return origin;
}

/** Collects `Name: value` headers for commander. */
export function headerOption(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const match = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(text);
  if (match === null) throw new InvalidArgumentError("Give a header as 'Name: value'.");
  return { ...before, [match[1]!]: match[2]! };
}

/** Collects what may be repeated for commander. */
export function listOption(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
