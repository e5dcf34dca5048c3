/**
 * The error taxonomy. Every failure that a caller can meet is one of these classes; the code is stable and is what
 * programs compare, the message is for a person and says what to do, the context says where.
 *
 * Cancellation is not a failure of ours: an operation that its `AbortSignal` ends rejects with `signal.reason`, as
 * the platform's own functions do.
 */

/** Stable identification of an error's kind, for programs. A code is never given another meaning. */
export type ErrorCode =
  | 'malformed_media'
  | 'unsupported_media'
  | 'limit_exceeded'
  | 'source_failed'
  | 'engine_failed'
  | 'overloaded'
  | 'bad_request'
  | 'invariant';

/** Where and in what an error arose; every field that is known is given. */
export interface ErrorContext {
  /** Byte offset in the source. */
  readonly offset?: number;
  /** Path of the element or box, outermost first, such as `Segment/Cluster/SimpleBlock` or `moov/trak`. */
  readonly element?: string;
  /** The specification and section that is violated, such as `RFC 9559, section 10.2`. */
  readonly spec?: string;
  /** Container track number. */
  readonly track?: number;
  /** Further facts that help a person; values are small. */
  readonly [detail: string]: string | number | boolean | undefined;
}

/** Cause and context of an error. */
export interface ErrorDetails {
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** Where it happened. */
  readonly context?: ErrorContext;
}

/** The root of the taxonomy. Thrown only as one of its subclasses. */
export abstract class SegmintError extends Error {
  /** The stable code of this kind of error. */
  abstract readonly code: ErrorCode;
  /** Where it happened; empty when nothing is known. */
  readonly context: ErrorContext;

  /**
   * @param message - one sentence for a person: what is wrong and, where there is one, the way out.
   * @param details - cause and context.
   */
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.context = details.context ?? {};
  }
}

/** The source's bytes break the format's rules, and reading on would mean guessing. */
export class MalformedMediaError extends SegmintError {
  /** Always `malformed_media`. */
  readonly code = 'malformed_media';
}

/** The source is well-formed, but holds what segmint or the target cannot handle. */
export class UnsupportedMediaError extends SegmintError {
  /** Always `unsupported_media`. */
  readonly code = 'unsupported_media';
}

/** A size or a count in the source is above the cap that protects the process. */
export class LimitExceededError extends SegmintError {
  /** Always `limit_exceeded`. */
  readonly code = 'limit_exceeded';
}

/** Reading the source failed: a file system or network error, a timeout, a source that changed. */
export class SourceError extends SegmintError {
  /** Always `source_failed`. */
  readonly code = 'source_failed';
}

/** A decoder, filter or encoder failed, or its process died. */
export class EngineError extends SegmintError {
  /** Always `engine_failed`. */
  readonly code = 'engine_failed';
}

/** All capacity is in use; the same request may succeed later. */
export class OverloadedError extends SegmintError {
  /** Always `overloaded`. */
  readonly code = 'overloaded';
}

/** The caller asked for something that does not exist or makes no sense. */
export class RequestError extends SegmintError {
  /** Always `bad_request`. */
  readonly code = 'bad_request';
  /** Whether the fault is the request's form, its lack of credentials, its permission, or the absence of what it names. */
  readonly reason: 'invalid' | 'unauthorized' | 'forbidden' | 'not_found';

  /**
   * @param message - one sentence for a person.
   * @param reason - what is wrong with the request.
   * @param details - cause and context.
   */
  constructor(message: string, reason: RequestError['reason'] = 'invalid', details: ErrorDetails = {}) {
    super(message, details);
    this.reason = reason;
  }
}

/** A bug in segmint: something that the code's own reasoning excludes has happened. */
export class InvariantError extends SegmintError {
  /** Always `invariant`. */
  readonly code = 'invariant';
}
