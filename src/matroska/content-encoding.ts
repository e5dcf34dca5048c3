import { checkLimit } from '../bytes/limits.js';
import { InvariantError, MalformedMediaError, SegmintError, UnsupportedMediaError } from '../errors.js';
import { restoreProresAtom, restoreWavpackHeaders } from './codec-framing.js';
import type { ElementCursor } from './element-cursor.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';

/**
 * Inflates zlib data (RFC 1950).
 * @param data - the compressed bytes.
 * @param maxBytes - the most that may come out; the function throws rather than give more.
 */
export type Inflate = (data: Uint8Array, maxBytes: number) => Uint8Array;

/** One step that turns stored bytes back into the codec's: an encoding is undone, or what Matroska leaves out put back. */
export type DecodingStep =
  | { readonly kind: 'prepend'; readonly header: Uint8Array }
  | { readonly kind: 'inflate' }
  | { readonly kind: 'prores' }
  | { readonly kind: 'wavpack'; readonly version: number }
  | { readonly kind: 'unsupported'; readonly name: string };

/** What was done to a track's bytes before they were stored. */
export interface ContentEncodings {
  /** Steps that restore a frame, in the order in which they are taken. */
  readonly frameSteps: readonly DecodingStep[];
  /** Steps that restore the CodecPrivate. */
  readonly privateSteps: readonly DecodingStep[];
  /** Name of the cipher, when frames are encrypted. */
  readonly encryption: string | undefined;
}

/** What holds for a track whose bytes are stored as they are. */
export const NO_ENCODINGS: ContentEncodings = { frameSteps: [], privateSteps: [], encryption: undefined };

interface Encoding {
  order: number;
  scope: number;
  step: DecodingStep | undefined;
  cipher: string | undefined;
}

const COMPRESSIONS = ['zlib', 'bzlib', 'lzo1x'];
const CIPHERS = ['signature only', 'DES', '3DES', 'Twofish', 'Blowfish', 'AES'];
/** ContentEncodingScope: the encoding is applied to all frames. */
const SCOPE_FRAMES = 1;
/** ContentEncodingScope: the encoding is applied to the CodecPrivate. */
const SCOPE_PRIVATE = 2;

/**
 * Parses a ContentEncodings element.
 * @see RFC 9559, section 5.1.4.1.31
 */
export function parseContentEncodings(encodings: ElementCursor): ContentEncodings {
  const found: Encoding[] = [];
  while (encodings.next()) {
    if (encodings.id !== ID.ContentEncoding) continue;
    checkLimit('number of ContentEncodings', found.length + 1, LIMITS.contentEncodings);
    found.push(parseEncoding(encodings.master()));
  }
  // Encodings were applied in ascending order, so they are undone in descending order.
  found.sort((a, b) => b.order - a.order);
  const steps = (scope: number): DecodingStep[] =>
    found.flatMap((encoding) =>
      encoding.step !== undefined && (encoding.scope & scope) !== 0 ? [encoding.step] : [],
    );
  return {
    frameSteps: steps(SCOPE_FRAMES),
    privateSteps: steps(SCOPE_PRIVATE),
    encryption: found.find((encoding) => encoding.cipher !== undefined)?.cipher,
  };
}

function parseEncoding(encoding: ElementCursor): Encoding {
  const parsed: Encoding = { order: 0, scope: SCOPE_FRAMES, step: undefined, cipher: undefined };
  let type = 0;
  let step: DecodingStep = { kind: 'inflate' };
  let cipher = 'unknown cipher';
  while (encoding.next()) {
    switch (encoding.id) {
      case ID.ContentEncodingOrder:
        parsed.order = encoding.uint();
        break;
      case ID.ContentEncodingScope:
        parsed.scope = encoding.uint(SCOPE_FRAMES);
        break;
      case ID.ContentEncodingType:
        type = encoding.uint();
        break;
      case ID.ContentCompression:
        step = parseCompression(encoding.master());
        break;
      case ID.ContentEncryption:
        cipher = parseEncryption(encoding.master());
        break;
    }
  }
  if (type === 0) parsed.step = step;
  else if (type === 1) parsed.cipher = cipher;
  else parsed.step = { kind: 'unsupported', name: `content encoding type ${type}` };
  return parsed;
}

function parseCompression(compression: ElementCursor): DecodingStep {
  let algorithm = 0;
  let settings: Uint8Array = new Uint8Array(0);
  while (compression.next()) {
    if (compression.id === ID.ContentCompAlgo) algorithm = compression.uint();
    else if (compression.id === ID.ContentCompSettings) {
      checkLimit('size of a stripped header in bytes', compression.size, LIMITS.strippedHeaderBytes);
      // Copied, as what is kept of the head must not keep a whole chunk of the source alive.
      settings = compression.view().slice();
    }
  }
  if (algorithm === 0) return { kind: 'inflate' };
  if (algorithm === 3) return { kind: 'prepend', header: settings };
  return { kind: 'unsupported', name: `${COMPRESSIONS[algorithm] ?? `number ${algorithm}`} compression` };
}

function parseEncryption(encryption: ElementCursor): string {
  let algorithm = 0;
  while (encryption.next()) {
    if (encryption.id === ID.ContentEncAlgo) algorithm = encryption.uint();
  }
  return CIPHERS[algorithm] ?? `cipher ${algorithm}`;
}

/** Whether a track's frames can be restored. */
export function isDecodable(steps: readonly DecodingStep[], inflate: Inflate | undefined): boolean {
  return steps.every((step) => canTake(step, inflate));
}

function canTake(step: DecodingStep, inflate: Inflate | undefined): boolean {
  return step.kind === 'inflate' ? inflate !== undefined : step.kind !== 'unsupported';
}

/**
 * Refuses a track whose frames cannot be restored.
 * @throws {UnsupportedMediaError} when a compression is unknown, or is zlib and no `inflate` was given.
 */
export function requireDecodable(
  steps: readonly DecodingStep[],
  inflate: Inflate | undefined,
  trackId: number,
): void {
  for (const step of steps) {
    if (canTake(step, inflate)) continue;
    const name = step.kind === 'unsupported' ? step.name : 'zlib compression';
    throw new UnsupportedMediaError(`Track ${trackId} is stored with ${name}, which is not supported here.`, {
      context: { track: trackId, spec: 'RFC 9559, section 5.1.4.1.31' },
    });
  }
}

/**
 * Restores stored bytes.
 * @param data - the stored bytes; given back as they are when there is no step.
 * @param maxBytes - the most that may come out of a step.
 * @returns `data` itself, or a copy: header and frame must lie together, and inflated bytes are new.
 * @throws {MalformedMediaError | LimitExceededError} when the bytes cannot be inflated or are too many.
 */
export function decodeContent(
  data: Uint8Array,
  steps: readonly DecodingStep[],
  inflate: Inflate | undefined,
  maxBytes: number,
): Uint8Array {
  let bytes = data;
  for (const step of steps) {
    switch (step.kind) {
      case 'prepend': {
        const joined = new Uint8Array(step.header.length + bytes.length);
        joined.set(step.header);
        joined.set(bytes, step.header.length);
        bytes = joined;
        break;
      }
      case 'inflate':
        bytes = inflateCapped(bytes, inflate, maxBytes);
        break;
      case 'prores':
        bytes = restoreProresAtom(bytes);
        break;
      case 'wavpack':
        bytes = restoreWavpackHeaders(bytes, step.version);
        break;
      case 'unsupported':
        throw new InvariantError(`Frames stored with ${step.name} were read.`);
    }
  }
  return bytes;
}

function inflateCapped(data: Uint8Array, inflate: Inflate | undefined, maxBytes: number): Uint8Array {
  if (inflate === undefined) throw new InvariantError('Compressed frames were read without an inflate.');
  let bytes: Uint8Array;
  try {
    bytes = inflate(data, maxBytes);
  } catch (cause) {
    if (cause instanceof SegmintError) throw cause;
    const message = 'A frame cannot be inflated: it is no zlib data, or there is too much in it.';
    throw new MalformedMediaError(message, { cause });
  }
  checkLimit('size of an inflated frame in bytes', bytes.length, maxBytes);
  return bytes;
}
