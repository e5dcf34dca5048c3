import { RequestError } from '../errors.js';
import { parseTimeMs } from '../time/parse-time.js';
import type { StreamRequest } from './media-service.js';

/**
 * Parses the query of a stream's URL.
 * @param query - as the web framework gives it: text, or a list where a name is repeated. Unknown names are passed over.
 * @throws {RequestError} when a value cannot be understood.
 */
export function parseStreamQuery(query: Readonly<Record<string, unknown>>): StreamRequest {
  return {
    ...optional('startMs', take(query, 'start', parseTimeMs, 'a time, such as 90 or 1:30')),
    ...optional(
      'maxDurationMs',
      take(query, 'duration', parsePositiveTime, 'a duration, such as 90 or 1:30'),
    ),
    ...optional('audioTrack', take(query, 'audioTrack', parseTrack, 'the number of a track, or none')),
    ...optional('videoTrack', take(query, 'videoTrack', parseTrack, 'the number of a track, or none')),
    ...optional('audio', take(query, 'audio', oneOf('auto', 'copy', 'aac'), 'auto, copy or aac')),
    ...optional('video', take(query, 'video', oneOf('auto', 'copy', 'h264'), 'auto, copy or h264')),
    ...optional('height', take(query, 'height', parseHeight, 'a number of pixels, such as 720')),
    ...optional('audioChannels', take(query, 'audioChannels', parseChannels, '2 or 6')),
    ...optional('timeline', take(query, 'timeline', oneOf('zero', 'absolute'), 'zero or absolute')),
  };
}

function take<T>(
  query: Readonly<Record<string, unknown>>,
  name: string,
  parse: (text: string) => T | undefined,
  expected: string,
): T | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  const value = typeof text === 'string' ? parse(text) : undefined;
  if (value === undefined) throw new RequestError(`The parameter ${name} must be ${expected}.`);
  return value;
}

function parsePositiveTime(text: string): number | undefined {
  const ms = parseTimeMs(text);
  return ms === 0 ? undefined : ms;
}

function parseTrack(text: string): number | 'none' | undefined {
  if (text === 'none') return text;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function parseChannels(text: string): 2 | 6 | undefined {
  return text === '2' ? 2 : text === '6' ? 6 : undefined;
}

function parseHeight(text: string): number | undefined {
  const height = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return height >= 16 && height <= 8192 ? height : undefined;
}

function oneOf<const T extends string>(...known: readonly T[]): (text: string) => T | undefined {
  return (text) => known.find((value) => value === text);
}

/** A property that is absent, and not undefined, when there is no value. */
function optional<K extends string, T>(key: K, value: T | undefined): Readonly<Partial<Record<K, T>>> {
  return (value === undefined ? {} : { [key]: value }) as Readonly<Partial<Record<K, T>>>;
}
